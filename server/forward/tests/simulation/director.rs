//! What happens in a schedule, step by step, as the seed decides.

use std::sync::{Arc, atomic::Ordering};

use store::{DeliveryFilter, DeliveryState};

use crate::{
    fault::Mood,
    people, promises,
    time::{DAY, HOUR, MINUTE, SECOND},
    world::{MACHINES, OFFICES, World},
};

/// Hours that everything has at the end to arrive, once nothing goes wrong any more.
const PATIENCE: u32 = 24 * 30;

/// Runs a schedule from its begin to its end.
pub async fn direct(world: Arc<World>) {
    world.start(0);
    if world.dice.percent(60) {
        world.start(1);
    }
    world.machine.freezes.store(world.freezes, Ordering::Relaxed);
    people::submit(&world);
    for _ in 0..world.dice.between(6, 24) {
        step(&world);
        let gap = match world.dice.below(20) {
            0..12 => world.dice.between(0, 3 * SECOND),
            12..16 => world.dice.between(0, MINUTE),
            16..19 => world.dice.between(0, 20 * MINUTE),
            _ => world.dice.between(0, DAY),
        };
        world.time.sleep(gap).await;
        // What is broken stays broken, and opening everything that is kept takes time.
        if world.dice.percent(20) {
            promises::hold(&world);
        }
    }
    promises::hold(&world);
    world.tell("everything goes well again");
    world.mend();
    for _ in 0..PATIENCE {
        people::retry_what_is_stuck(&world);
        world.time.sleep(HOUR).await;
        if has_arrived(&world) {
            promises::hold(&world);
            return promises::kept_at_the_end(&world);
        }
    }
    world.breaks("something waits that should have arrived long ago".to_owned());
    for record in people::records(&world, &DeliveryFilter::default()) {
        world.tell(&format!("{record:?}"));
    }
}

fn has_arrived(world: &World) -> bool {
    let states = DeliveryState::UNDELIVERED.to_vec();
    let waiting = DeliveryFilter { states, ..DeliveryFilter::default() };
    world.network.straggling.load(Ordering::Relaxed) == 0
        && people::records(world, &waiting).is_empty()
}

fn step(world: &Arc<World>) {
    match world.dice.below(100) {
        0..15 => people::submit(world),
        15..20 => people::correct(world),
        20..23 => people::withdraw(world),
        23..26 => people::delete(world),
        26..32 => people::speak(world),
        32..44 => people::intervene(world),
        44..58 => kill_or_start(world),
        58..74 => change_mood(world),
        74..80 => change_configuration(world),
        80..86 => fill_disk_or_free_it(world),
        86..94 if world.clocks_jump => move_a_clock(world),
        _ => {}
    }
}

fn kill_or_start(world: &Arc<World>) {
    let machine = world.dice.below(MACHINES);
    if world.is_running(machine) {
        world.tell(&format!("the worker of machine {machine} is killed"));
        world.kill(machine);
        // Mostly something starts it again at once.
        if world.dice.percent(30) {
            return;
        }
    }
    world.tell(&format!("a worker starts on machine {machine}"));
    world.start(machine);
}

fn change_mood(world: &World) {
    let office = *world.dice.one_of(&OFFICES);
    let mood = *world.dice.one_of(&Mood::ALL);
    // What goes wrong in one way alone is seldom; anything may, and does.
    let mood = if world.dice.percent(40) { Mood::Flaky } else { mood };
    world.tell(&format!("{office} is {mood:?}"));
    world.network.set_mood(office, mood);
}

/// A configuration is read when a worker starts.
fn change_configuration(world: &Arc<World>) {
    let office = *world.dice.one_of(&OFFICES);
    let taken_out = world.configured.lock().unwrap().remove(office);
    if taken_out {
        world.count("taken out of the configuration");
    } else {
        world.configured.lock().unwrap().insert(office.to_owned());
        world.count("put back into the configuration");
    }
    let done = if taken_out { "taken out" } else { "put back" };
    world.tell(&format!("{office} is {done}, and every worker starts again"));
    for machine in 0..MACHINES {
        if world.is_running(machine) {
            world.kill(machine);
            world.start(machine);
        }
    }
}

fn fill_disk_or_free_it(world: &World) {
    let full = !world.machine.disk_full.fetch_xor(true, Ordering::Relaxed);
    world.tell(&format!("the disk is {}", if full { "full" } else { "free again" }));
}

fn move_a_clock(world: &World) {
    const YEAR: i64 = 365 * DAY;
    let jumps = [0, 0, -3 * YEAR, -DAY, -HOUR, -10 * MINUTE, 10 * MINUTE, HOUR, DAY, 4 * YEAR];
    let (machine, ahead) = (world.dice.below(MACHINES), *world.dice.one_of(&jumps));
    world.tell(&format!("the clock of machine {machine} goes {} s ahead", ahead / SECOND));
    world.count("clock moved");
    world.clocks[machine].set_ahead(ahead);
}
