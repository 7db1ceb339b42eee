//! The queue of a hall.

use domain::{
    queue::{HallDay, PRIORITY_IN_A_ROW, Ticket, TicketState},
    service::Aim,
    staff::StaffId,
};
use jiff::civil::date;
use store::{CounterPress, Press, Pressed, Seen, Store};
use tokio::task::JoinSet;

use super::{Storage, samples::*};

fn hall() -> HallDay {
    HallDay { hall: "main".into(), day: date(2026, 11, 30) }
}

fn at_counter(counter: &str, second: i64) -> CounterPress {
    let staff = StaffId::parse("li.na").unwrap();
    CounterPress { counter: counter.into(), staff, at: at(second) }
}

fn seen(ticket: u32, calls: u32) -> Seen {
    Seen { ticket, calls }
}

fn next(after: Option<Seen>) -> Press {
    Press::Next { after, serves: Aim::ALL.into(), in_a_row: PRIORITY_IN_A_ROW }
}

fn done(pressed: Pressed) -> Ticket {
    let Pressed::Done(ticket) = pressed else { panic!("{pressed:?}") };
    ticket
}

pub async fn desk_d9_tickets_are_recalled_skipped_held_handed_on_and_brought_back<S: Store>(
    place: &Storage<S>,
) {
    let (store, hall) = (place.open(), hall());
    let one = at_counter("1", 100);
    let press = async |press: Press| store.press(&hall, &press, &one).await.unwrap();
    assert_eq!(press(next(None)).await, Pressed::NobodyWaits);
    let mut numbers = Vec::new();
    for (aim, priority) in
        [(Aim::Register, false), (Aim::Know, false), (Aim::Register, true), (Aim::Register, false)]
    {
        let ticket = store.take_ticket(&hall, aim, priority, at(10)).await.unwrap();
        numbers.push((ticket.sequence, ticket.number.to_string()));
    }
    let expected = [(1, "B001"), (2, "A001"), (3, "B002"), (4, "B003")];
    assert_eq!(numbers, expected.map(|(sequence, text)| (sequence, text.to_owned())));
    // Another hall and another day have numbers of their own.
    for other in [
        HallDay { hall: "east".into(), ..hall.clone() },
        HallDay { day: date(2026, 12, 1), ..hall.clone() },
    ] {
        let ticket = store.take_ticket(&other, Aim::Register, false, at(10)).await.unwrap();
        assert_eq!((ticket.sequence, ticket.number.to_string()), (1, "B001".to_owned()));
    }
    // Priority first, then by when they were taken; what a counter does not serve it does not call.
    let first = done(press(next(None)).await);
    assert_eq!((first.sequence, first.counter.as_deref(), first.calls), (3, Some("1"), 1));
    let served = Press::Next {
        after: Some(seen(3, 1)),
        serves: vec![Aim::Know],
        in_a_row: PRIORITY_IN_A_ROW,
    };
    assert_eq!(done(press(served).await).sequence, 2);
    // A press counts once: by then another ticket is there.
    assert_eq!(press(next(Some(seen(3, 1)))).await, Pressed::Stale);
    assert_eq!(press(next(None)).await, Pressed::Stale);
    assert_eq!(press(Press::Done(seen(3, 1))).await, Pressed::Stale);
    let again = done(press(Press::Recall(seen(2, 1))).await);
    assert_eq!((again.calls, again.state), (2, TicketState::Called));
    assert_eq!(press(Press::Recall(seen(2, 1))).await, Pressed::Stale, "sent twice, called once");
    assert_eq!(press(Press::Hold(seen(2, 1))).await, Pressed::Stale, "of a page before that call");
    // Nobody else does anything about what is at this counter.
    let two = at_counter("2", 101);
    for press in [
        Press::Skip(seen(2, 2)),
        Press::Hold(seen(2, 2)),
        Press::HandOn(seen(2, 2), Aim::Build),
        Press::Back(seen(2, 2)),
    ] {
        assert_eq!(store.press(&hall, &press, &two).await.unwrap(), Pressed::Stale, "{press:?}");
    }
    assert_eq!(done(press(Press::Hold(seen(2, 2))).await).state, TicketState::Held);
    assert_eq!(done(press(next(None)).await).sequence, 1);
    assert_eq!(done(press(Press::Skip(seen(1, 1))).await).state, TicketState::Missed);
    // Who comes after all waits behind the others; who was asked to wait does not.
    assert_eq!(done(press(Press::Back(seen(1, 1))).await).state, TicketState::Waiting);
    assert_eq!(done(press(Press::Back(seen(2, 2))).await).state, TicketState::Waiting);
    let waits = store.hall_now(&hall).await.unwrap();
    let order: Vec<u32> = waits.waiting.iter().map(|ticket| ticket.sequence).collect();
    assert_eq!(order, [2, 4, 1]);
    assert_eq!(waits.longest_wait(at(10 + 61 * 60)), 61);
    assert_eq!(done(press(next(None)).await).sequence, 2);
    let handed = done(press(Press::HandOn(seen(2, 3), Aim::Build)).await);
    assert_eq!((handed.aim, handed.number.to_string()), (Aim::Build, "A001".to_owned()));
    let builds = Press::Next { after: None, serves: vec![Aim::Build], in_a_row: PRIORITY_IN_A_ROW };
    assert_eq!(done(press(builds).await).sequence, 2, "by when it was taken");
    let now = store.hall_now(&hall).await.unwrap();
    assert_eq!(now.at_counter("1").map(|ticket| ticket.sequence), Some(2));
    assert_eq!(now.at_counter("2"), None);
    assert_eq!(done(press(Press::Done(seen(2, 4))).await).state, TicketState::Done);
    // Also who had priority, once nobody came.
    let urgent = store.take_ticket(&hall, Aim::Know, true, at(20)).await.unwrap().sequence;
    assert_eq!(done(press(next(None)).await).sequence, urgent);
    done(press(Press::Skip(seen(urgent, 1))).await);
    done(press(Press::Back(seen(urgent, 1))).await);
    let waits = store.hall_now(&hall).await.unwrap().waiting;
    assert_eq!(waits.last().map(|ticket| ticket.sequence), Some(urgent));
    let after = store.hall_now(&hall).await.unwrap();
    assert!(after.called.is_empty() && after.revision > now.revision);
    // What is long past is dropped, and no revision comes twice.
    let next_year = HallDay { day: date(2028, 1, 10), ..hall.clone() };
    let late = at(500 * 24 * 3_600);
    store.take_ticket(&next_year, Aim::Know, false, late).await.unwrap();
    let gone = store.hall_now(&hall).await.unwrap();
    assert!(gone.waiting.is_empty() && gone.revision > after.revision);
}

/// Whatever comes with priority, the others come in their turn; whoever serves something else changes nothing of that.
pub async fn desk_d9_nobody_waits_for_ever_behind_those_with_priority<S: Store>(
    place: &Storage<S>,
) {
    let (store, hall) = (place.open(), hall());
    let take = async |aim, priority| {
        store.take_ticket(&hall, aim, priority, at(10)).await.unwrap().sequence
    };
    let press = async |counter: &str, after, serves: Vec<Aim>| {
        let next = Press::Next { after, serves, in_a_row: 2 };
        let pressed = store.press(&hall, &next, &at_counter(counter, 100)).await.unwrap();
        let ticket = done(pressed);
        (ticket.priority, seen(ticket.sequence, ticket.calls))
    };
    let first = take(Aim::Know, false).await;
    let second = take(Aim::Know, false).await;
    for _ in 0..12 {
        take(Aim::Know, true).await;
    }
    for _ in 0..6 {
        take(Aim::Build, false).await;
    }
    let (mut one, mut two, mut order) = (None, None, Vec::new());
    for _ in 0..7 {
        let (priority, ticket) = press("1", one, vec![Aim::Know]).await;
        order.push((priority, ticket.ticket));
        one = Some(ticket);
        // Beside it others are called all the time.
        let called = press("2", two, vec![Aim::Build]).await.1;
        two = Some(called);
        if order.len() == 6 {
            break;
        }
    }
    let turns: Vec<bool> = order.iter().map(|(priority, _)| *priority).collect();
    assert_eq!(turns, [true, true, false, true, true, false]);
    assert_eq!((order[2].1, order[5].1), (first, second), "by when they were taken");
    // Where nobody else waits, no turn is lost.
    let rest = [press("1", one, vec![Aim::Know]).await.0];
    assert_eq!(rest, [true]);
    assert_eq!(store.seat(&hall, "1").await.unwrap().unwrap().0.as_str(), "li.na");
    assert_eq!(store.seat(&hall, "3").await.unwrap(), None);
    let now = store.hall_now(&hall).await.unwrap();
    assert_eq!(store.queue_revision().await.unwrap(), now.revision);
}

pub async fn desk_d9_every_ticket_is_called_once_and_in_order_from_three_portals<S>(
    place: &Storage<S>,
) where
    S: Store + Clone + 'static,
{
    pressed_at_once(place, 50).await;
}

/// Twenty counters on three portals press "next" so many times each, every press twice as an impatient finger
/// does, the second on another portal: as many tickets as rounds are called, each once, in the order in which they
/// were taken.
pub async fn pressed_at_once<S>(place: &Storage<S>, rounds: u32)
where
    S: Store + Clone + 'static,
{
    const COUNTERS: u32 = 20;
    let stores = [place.open(), place.open(), place.open()];
    let hall = hall();
    let all = COUNTERS * rounds;
    for _ in 0..all {
        stores[0].take_ticket(&hall, Aim::Know, false, at(1)).await.unwrap();
    }
    let mut clients = JoinSet::new();
    for counter in 0..COUNTERS {
        let (stores, hall) = (stores.clone(), hall.clone());
        clients.spawn(async move {
            let own = usize::try_from(counter).unwrap();
            let by = at_counter(&counter.to_string(), 2);
            let (mut after, mut called) = (None, Vec::new());
            for _ in 0..rounds {
                let press = next(after);
                let [first, second] = [own, own + 1].map(|it| &stores[it % stores.len()]);
                let (one, two) =
                    tokio::join!(first.press(&hall, &press, &by), second.press(&hall, &press, &by));
                let ticket = match (one.unwrap(), two.unwrap()) {
                    (Pressed::Done(ticket), Pressed::Stale)
                    | (Pressed::Stale, Pressed::Done(ticket)) => ticket.sequence,
                    other => panic!("a press counted twice, or not at all: {other:?}"),
                };
                called.push(ticket);
                after = Some(seen(ticket, 1));
            }
            called
        });
    }
    let mut called = Vec::new();
    while let Some(own) = clients.join_next().await {
        let own = own.unwrap();
        assert!(own.is_sorted(), "what was called later was taken later: {own:?}");
        called.extend(own);
    }
    called.sort_unstable();
    assert_eq!(called, (1..=all).collect::<Vec<_>>(), "each once");
    let now = stores[2].hall_now(&hall).await.unwrap();
    assert!(now.waiting.is_empty());
    assert_eq!(now.called.len(), 20, "the last of each counter is there still");
}
