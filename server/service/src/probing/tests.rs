use super::*;
use domain::{code::Strictness, viewer::Viewer};

fn probing() -> Probing {
    Probing::new(ProbingConfig::default())
}

fn client(last: u8) -> Asker {
    Asker::Address(ClientAddress(std::net::IpAddr::from([192, 0, 2, last])))
}

fn parcel(block: u32, number: u32) -> LandCode {
    let text = format!("330521{:03}{:03}GB{number:05}", block / 100, block % 100);
    LandCode::parse(&text, Strictness::LookUp).unwrap().code
}

fn unit(household: u32) -> LandCode {
    let text = format!("330521001001GB00001F0001{household:04}");
    LandCode::parse(&text, Strictness::LookUp).unwrap().code
}

/// Asks for codes one a second until refused; how many were answered, and how many slowly.
fn until_refused(
    probing: &Probing,
    asker: &Asker,
    codes: impl Iterator<Item = LandCode>,
    exists: impl Fn(&LandCode) -> bool,
) -> (usize, usize) {
    let start = Instant::now();
    let (mut answered, mut slowly) = (0, 0);
    for (second, code) in codes.enumerate() {
        let now = start + Duration::from_secs(second as u64);
        let Ok(admitted) = probing.look(asker, &code, now) else { return (answered, slowly) };
        assert!(admitted.pause <= LONGEST_PAUSE);
        slowly += usize::from(!admitted.pause.is_zero());
        if probing.settle(asker, Some(&code), admitted, exists(&code), now).is_some() {
            return (answered, slowly);
        }
        answered += 1;
    }
    (answered, slowly)
}

fn miss(probing: &Probing, asker: &Asker, code: &LandCode, now: Instant) -> bool {
    probing
        .look(asker, code, now)
        .is_ok_and(|admitted| probing.settle(asker, Some(code), admitted, false, now).is_none())
}

#[test]
fn p6_sequential_codes_are_slowed_and_then_refused() {
    let codes = (1..2_000).map(|number| parcel(1, number));
    let (answered, slowly) = until_refused(&probing(), &client(1), codes, |_| true);
    assert!((10..40).contains(&answered), "{answered}");
    assert!(slowly >= 5, "{slowly}");
}

#[test]
fn p6_random_codes_are_slowed_and_then_refused() {
    // One number in a hundred is in use.
    let codes = (1..2_000_u32)
        .map(|n| parcel(n.wrapping_mul(7_919) % 700, 1 + n.wrapping_mul(104_729) % 99_999));
    let (answered, slowly) =
        until_refused(&probing(), &client(1), codes, |code| code.as_str().ends_with("00"));
    assert!((10..60).contains(&answered), "{answered}");
    assert!(slowly >= 5, "{slowly}");
}

#[test]
fn p6_households_of_a_building_are_not_counted_through() {
    let (answered, slowly) = until_refused(&probing(), &client(1), (1..500).map(unit), |_| true);
    assert!((10..30).contains(&answered), "{answered}");
    assert!(slowly >= 5, "{slowly}");
}

#[test]
fn p6_a_block_guessed_at_from_many_addresses_becomes_narrow() {
    let probing = probing();
    let now = Instant::now();
    let quiet = |block, from: u32| {
        let codes = (0..500).map(move |n| parcel(block, from + 10 * n));
        until_refused(&probing, &client(200), codes, |_| true).0
    };
    let before = quiet(2, 1);
    for address in 0..30 {
        for number in 0..5 {
            let code = parcel(1, 30_000 + u32::from(address) * 50 + number * 7);
            assert!(miss(&probing, &client(address), &code, now));
        }
    }
    let fresh = Asker::Subject("another".into());
    let codes = (0..500).map(|n| parcel(1, 1 + 10 * n));
    let (answered, _) = until_refused(&probing, &fresh, codes, |_| true);
    assert!(answered * 2 < before, "{answered} of {before}");
    assert!(answered >= 5, "an honest visitor still sees the place they came for");
}

#[test]
fn p6_a_queue_behind_one_address_is_not_hurt() {
    // A service hall: forty people in the first five minutes, then four a minute for an hour.
    // Each searches once, looks at three places and comes back to one of them; one look in ten is a typing
    // error. Half of the places are in the ten sub-districts around the hall.
    let (probing, hall, start) = (probing(), client(7), Instant::now());
    let mut slowest = Duration::ZERO;
    let people = (0..40_u32).map(|n| (n, n * 7)).chain((40..280).map(|n| (n, 300 + (n - 40) * 15)));
    for (person, second) in people {
        let now = start + Duration::from_secs(second.into());
        let searched = probing.search(&hall, now);
        slowest = slowest.max(searched.unwrap_or_else(|_| panic!("{person} could not search")));
        probing.listed(&hall, 6, now);
        for look in 0..3 {
            let number = person * 3 + look;
            let block = if number % 2 == 0 { number / 2 % 10 } else { 100 + number % 400 };
            let code = parcel(block, 1 + number.wrapping_mul(7_919) % 900);
            for _ in 0..2 {
                let admitted = probing.look(&hall, &code, now);
                let admitted = admitted.unwrap_or_else(|_| panic!("person {person} was refused"));
                slowest = slowest.max(admitted.pause);
                let hit = number % 10 != 0;
                let refused = probing.settle(&hall, Some(&code), admitted, hit, now);
                assert_eq!(refused, None, "person {person}");
            }
        }
    }
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
}

#[test]
fn p6_staff_known_by_name_do_not_suffer_from_a_prober_at_the_next_desk() {
    let probing = probing();
    until_refused(&probing, &client(1), (1..500).map(|n| parcel(1, n)), |_| true);
    let staff = Viewer { tier: Tier::Staff, subject: Some("s-1".into()), ..Viewer::public() };
    let Asker::Address(address) = client(1) else { panic!() };
    let asker = |viewer| Asker::of(&Visit { viewer, client: address, key: None, epoch: None });
    let neighbour = asker(Viewer::public());
    let asker = asker(staff);
    assert!(probing.look(&asker, &parcel(3, 1), Instant::now()).is_ok());
    assert!((700..710).any(|n| probing.look(&neighbour, &parcel(1, n), Instant::now()).is_err()));
}

#[test]
fn p6_who_finds_their_place_is_answered_beside_somebody_who_guesses() {
    let (probing, hall, now) = (probing(), client(7), Instant::now());
    // One address, one missing code, again and again: counted once.
    for _ in 0..500 {
        assert!(miss(&probing, &hall, &parcel(5, 9_999), now));
    }
    let all = (0..60).filter(|n| miss(&probing, &hall, &parcel(100 + n, 99_999), now)).count();
    assert_eq!(all, ProbingConfig::default().misses.burst as usize - 1);
    let admitted = probing.look(&hall, &parcel(200, 8), now).unwrap();
    assert_eq!(admitted.pause, LONGEST_PAUSE);
    assert_eq!(probing.settle(&hall, Some(&parcel(200, 8)), admitted, true, now), None);
}

#[test]
fn p6_nobody_alone_makes_a_block_narrow_for_all() {
    let (probing, now) = (probing(), Instant::now());
    for number in 0..200 {
        miss(&probing, &client(1), &parcel(1, 50_000 + number * 10), now);
    }
    let fresh = Asker::Subject("another".into());
    let codes = (0..500).map(|n| parcel(1, 1 + 10 * n));
    assert!(until_refused(&probing, &fresh, codes, |_| true).0 > 30);
}

#[test]
fn p6_asking_all_at_once_gains_nothing() {
    let (probing, now) = (probing(), Instant::now());
    let asked: Vec<_> = (0..110)
        .filter_map(|n| Some((n, probing.look(&client(1), &parcel(n, 7), now).ok()?)))
        .collect();
    let told = asked
        .into_iter()
        .filter(|(n, admitted)| {
            probing.settle(&client(1), Some(&parcel(*n, 7)), *admitted, false, now).is_none()
        })
        .count();
    assert_eq!(told, ProbingConfig::default().misses.burst as usize);
}

#[test]
fn what_time_has_forgiven_is_forgotten() {
    let (probing, now) = (probing(), Instant::now());
    for number in 0..50 {
        assert!(miss(&probing, &client(1), &parcel(number, 1), now) || number >= 25);
    }
    probing.forget(now + Duration::from_secs(3_600));
    let memory = probing.memory.lock().unwrap();
    assert!(memory.counters.is_empty() && memory.recent.is_empty());
}

#[test]
fn p6_searches_run_out_by_what_they_tell() {
    let (probing, now) = (probing(), Instant::now());
    let searches = |asker: Asker, places| {
        let answered = (0..1_000).take_while(|_| {
            let answered = probing.search(&asker, now).is_ok();
            if answered {
                probing.listed(&asker, places, now);
            }
            answered
        });
        answered.count()
    };
    let burst = ProbingConfig::default().searches.burst as usize;
    assert_eq!(searches(client(1), 0), burst - LONGEST_LIST as usize + 1);
    assert_eq!(searches(client(2), 4), 96, "a short list costs no more than none");
    assert_eq!(searches(client(3), 100), 4, "a list of a hundred tells as much as 25 searches");
    let at_once = (0..50).filter(|_| probing.search(&client(4), now).is_ok()).count();
    assert_eq!(at_once, 4, "asking before the first answer gains nothing");
}

#[test]
fn p6_who_hangs_up_is_told_nothing_and_owes_nothing() {
    let (probing, now) = (probing(), Instant::now());
    let (one, code) = (client(1), parcel(1, 77));
    for _ in 0..500 {
        let admitted = probing.look(&one, &code, now).unwrap();
        assert!(admitted.counted && admitted.pause.is_zero());
        probing.take_back(&one, &code, admitted, now);
    }
    // Asked to the end it is a miss like any other, for the asker and for the block.
    for number in 0..80 {
        let (asker, code) = (client(number / 5), parcel(1, 100 + 10 * u32::from(number)));
        let aborted = probing.look(&asker, &code, now).unwrap();
        probing.take_back(&asker, &code, aborted, now);
        miss(&probing, &asker, &code, now);
    }
    let fresh = Asker::Subject("another".into());
    let codes = (0..500).map(|n| parcel(1, 2_000 + 10 * n));
    assert!(until_refused(&probing, &fresh, codes, |_| true).0 < 30, "the block is dear");
}

#[test]
fn p6_who_rides_on_a_question_that_is_taken_back_owes_for_it() {
    let (probing, now) = (probing(), Instant::now());
    let one = client(1);
    let codes = (0..5_000).map(|n| parcel(1, 10 * n));
    let learned = codes.take_while(|code| {
        let (Ok(first), Ok(rider)) = (probing.look(&one, code, now), probing.look(&one, code, now))
        else {
            return false;
        };
        let told = probing.settle(&one, Some(code), rider, false, now).is_none();
        probing.take_back(&one, code, first, now);
        told
    });
    assert!(learned.count() < 60, "as many misses as of whoever asks one after the other");
}

#[test]
fn p6_who_asks_twice_at_once_for_one_place_owes_for_one() {
    let (probing, now) = (probing(), Instant::now());
    let (one, code) = (client(1), parcel(1, 77));
    for _ in 0..500 {
        let twice = [0, 1].map(|_| probing.look(&one, &code, now).unwrap());
        for admitted in twice {
            assert!(admitted.pause.is_zero());
            assert_eq!(probing.settle(&one, Some(&code), admitted, true, now), None);
        }
    }
}

/// A square of 100 m, so many metres east of a place.
fn drawn(east: f64) -> Drawing {
    let (x, y) = (120.001 + east / 95_700.0, 30.501);
    let corners = [(x, y), (x + 0.001, y), (x + 0.001, y + 0.0009), (x, y + 0.0009)];
    let lines = corners.map(|(x, y)| format!("{x:.9} {y:.9}"));
    Drawing::of(&domain::outline::Outline::read(&lines.join("\n")).unwrap())
}

#[test]
fn sites_s12_whoever_moves_an_edge_to_and_fro_is_slowed_and_then_refused() {
    let (probing, start) = (probing(), Instant::now());
    let (mut answered, mut slowly) = (0, 0);
    // Halving needs a dozen looks for each point of a line; a metre apart, one a second.
    for step in 0..1_000_u32 {
        let now = start + Duration::from_secs(u64::from(step));
        match probing.draw(&client(1), &drawn(f64::from(step % 200)), now) {
            Ok(pause) => {
                answered += 1;
                slowly += u32::from(!pause.is_zero());
            }
            Err(seconds) => assert!(seconds >= 1),
        }
    }
    // Sixteen minutes: what is given at once, and one a minute.
    assert!((12..=30).contains(&answered) && slowly >= 5, "{answered}, {slowly} slowly");
}

#[test]
fn sites_s12_people_who_draw_here_and_there_are_not_held_up() {
    let (probing, start) = (probing(), Instant::now());
    for site in 0..20_u32 {
        let now = start + Duration::from_secs(60 * u64::from(site));
        for try_again in 0..3 {
            let east = f64::from(site) * 2_000.0 + f64::from(try_again) * 10.0;
            assert_eq!(probing.draw(&client(1), &drawn(east), now), Ok(Duration::ZERO), "{site}");
        }
    }
}

#[test]
fn sites_s12_where_many_draw_it_becomes_dear_for_everybody() {
    let (probing, now) = (probing(), Instant::now());
    let asker =
        |number: u32| Asker::Address(ClientAddress(std::net::IpAddr::from(number.to_be_bytes())));
    for number in 0..121 {
        assert!(probing.draw(&asker(number), &drawn(f64::from(number)), now).is_ok(), "{number}");
    }
    let tries = |asker: &Asker, east: f64| {
        (0..50)
            .filter(|step| probing.draw(asker, &drawn(east + f64::from(*step)), now).is_ok())
            .count()
    };
    assert_eq!(tries(&asker(999), 0.0), 4, "twelve at three each");
    assert_eq!(tries(&asker(998), 50_000.0), 12, "elsewhere nothing has changed");
}

#[test]
fn sites_s12_nobody_alone_makes_a_place_dear_for_all() {
    let many = Allowance { burst: 150, per_minute: 1 };
    let allowances =
        ProbingConfig { outlines: many, outlines_on: many, ..ProbingConfig::default() };
    let (probing, now) = (Probing::new(allowances), Instant::now());
    let answered = |asker: &Asker, tries: u32| {
        (0..tries).filter(|step| probing.draw(asker, &drawn(f64::from(*step)), now).is_ok()).count()
    };
    // More than the 120 that make it dear.
    assert_eq!(answered(&client(1), 140), 140);
    assert_eq!(answered(&client(2), 60), 60, "at three each there would be fifty");
}

#[test]
fn sites_s12_a_large_outline_is_counted_in_few_squares() {
    // Nine kilometres across, and narrow enough to be a site.
    let wide = "119.95 30.41\n119.9502 30.41\n120.04 30.49\n120.0398 30.49";
    let wide = Drawing::of(&domain::outline::Outline::read(wide).unwrap());
    let probing = probing();
    assert_eq!(probing.draw(&client(1), &wide, Instant::now()), Ok(Duration::ZERO));
    // On each square: by this asker, by them towards all, by all; and how many they drew.
    let counters = probing.memory.lock().unwrap().counters.len();
    assert!((4..=3 * 16 + 1).contains(&counters), "{counters}");
}

#[test]
fn sites_s12_the_same_outline_is_told_again_for_nothing_twenty_times() {
    let few = Allowance { burst: 1, per_minute: 1 };
    let probing = Probing::new(ProbingConfig { outlines_on: few, ..ProbingConfig::default() });
    let now = Instant::now();
    let ask = || probing.draw(&client(1), &drawn(0.0), now);
    assert!(ask().is_ok());
    probing.drawn(&client(1), &drawn(0.0));
    for again in 0..20 {
        assert_eq!(ask(), Ok(Duration::ZERO), "{again}");
    }
    assert!(ask().is_err(), "then it is a look like any");
}

fn holder(sites: u32) -> Asker {
    Asker::Key(KeyHolder { name: "tool".into(), sites })
}

#[test]
fn p6_a_key_looks_at_as_many_sites_an_hour_as_it_is_for_wherever_they_lie() {
    let (probing, now) = (probing(), Instant::now());
    let looks = |asker: &Asker, now| {
        let looked = (1..=2_000).filter(|number| {
            let code = parcel(1, *number);
            let admitted = probing.look(asker, &code, now);
            admitted.is_ok_and(|it| probing.settle(asker, Some(&code), it, true, now).is_none())
        });
        looked.count()
    };
    assert_eq!(looks(&holder(600), now), 600);
    assert!(looks(&client(1), now) < 100, "nobody else has more than before");
    // Ten more are new; what it looked at last it may look at again.
    let later = now + Duration::from_secs(60);
    assert_eq!(looks(&holder(600), later), REMEMBERED);
}

#[test]
fn p6_a_key_that_guesses_is_refused_as_soon_as_anybody() {
    let codes = |block| (1..2_000_u32).map(move |number| parcel(block, 3 * number));
    let of_key = until_refused(&probing(), &holder(100_000), codes(1), |_| false);
    let of_anybody = until_refused(&probing(), &client(1), codes(1), |_| false);
    assert_eq!(of_key, of_anybody);
}

#[test]
fn sites_s11_s12_a_key_is_no_second_look_and_many_addresses_with_one_key_are_one() {
    let (probing, now) = (probing(), Instant::now());
    let by_key = |step: u8| {
        let drawing = drawn(f64::from(step)).also_by(client(100 + step));
        probing.draw(&holder(100_000), &drawing, now).is_ok()
    };
    // By an address of its own for each outline: twelve on one square.
    assert_eq!((0..100).filter(|step| by_key(*step)).count(), 12);
    // What somebody drew without their key counts with it.
    let fresh = Probing::new(ProbingConfig::default());
    for step in 0..12 {
        assert!(fresh.draw(&client(1), &drawn(f64::from(step)), now).is_ok());
    }
    let also = drawn(50.0).also_by(client(1));
    assert!(fresh.draw(&holder(100_000), &also, now).is_err());
    assert!(fresh.draw(&holder(100_000), &drawn(50.0).also_by(client(2)), now).is_ok());
}
