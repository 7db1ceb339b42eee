use jiff::civil::date;
use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{service::services, working_days::working_days};

const TODAY: Date = date(2026, 11, 30);

fn handled(received: Date, count: u32) -> Handled {
    Handled {
        item: "data-correction".into(),
        received,
        begun: Some(received),
        decided: None,
        withdrawn: None,
        stars: None,
        count,
    }
}

fn figures(rows: &[Handled], window: Window) -> (Line, Line, Figures) {
    let figures = Figures::of(rows, window, TODAY, services(), working_days());
    let of_item =
        |office: &&OfficeFigures| office.items.iter().any(|(id, _)| id == "data-correction");
    let office = figures.offices.iter().find(of_item).unwrap();
    let (_, line) = office.items.iter().find(|(id, _)| id == "data-correction").unwrap();
    (line.clone(), office.all.clone(), figures.clone())
}

#[test]
fn s12_figures_count_the_days_of_their_window_and_what_is_open_at_its_end() {
    let decided = Handled {
        decided: Some(date(2026, 11, 10)),
        stars: Some(5),
        ..handled(date(2026, 11, 2), 23)
    };
    let rows = [
        Handled { stars: Some(1), count: 3, ..decided.clone() },
        decided,
        // Received before the window, and decided in it.
        Handled { decided: Some(date(2026, 11, 2)), ..handled(date(2026, 10, 12), 11) },
        // Today is not over.
        handled(TODAY, 40),
        Handled { decided: Some(TODAY), ..handled(date(2026, 3, 2), 10) },
        Handled { withdrawn: Some(date(2026, 11, 29)), ..handled(date(2026, 11, 28), 12) },
    ];
    let (line, _, figures) = figures(&rows, Window::Month);
    assert_eq!((figures.from, figures.to), (date(2026, 10, 31), date(2026, 11, 29)));
    assert_eq!(line.received, Shown::Count(35), "38");
    assert_eq!(line.decided, Shown::Count(35), "37");
    assert_eq!(line.withdrawn, Shown::Count(10), "12");
    assert_eq!(line.open, Shown::Count(10), "decided today is open yesterday");
    assert_eq!(line.days, Some(6), "26 took 6 working days, 11 took longer");
    assert_eq!(line.satisfied, Some(85), "23 of 26");
    assert!(!figures.is_silent());
}

#[test]
fn s12_what_is_past_its_time_is_counted_where_the_law_sets_one() {
    let limited = services().iter().find(|item| item.working_days == Some(20)).unwrap();
    let of = |received: Date| Handled { item: limited.id.clone(), ..handled(received, 10) };
    // 20 working days after 2 November end on the 30th, after the 30th of October on the 27th.
    let rows = [of(date(2026, 11, 2)), of(date(2026, 10, 30))];
    let figures = Figures::of(&rows, Window::Month, TODAY, services(), working_days());
    let mut lines = figures.offices.iter().flat_map(|office| &office.items);
    let (_, line) = lines.find(|(id, _)| *id == limited.id).unwrap();
    assert_eq!((line.open, line.overdue), (Shown::Count(20), Some(Shown::Count(10))));
    let unlimited = services().iter().find(|item| item.working_days.is_none()).unwrap();
    let (_, line) = figures
        .offices
        .iter()
        .flat_map(|office| &office.items)
        .find(|(id, _)| *id == unlimited.id)
        .unwrap();
    assert_eq!(line.overdue, None);
}

#[test]
fn s12_where_everything_is_few_that_is_said() {
    let figures = Figures::of(&[], Window::Year, TODAY, services(), working_days());
    assert!(figures.is_silent());
    let one_a_service: Vec<_> = services()
        .iter()
        .map(|item| Handled { item: item.id.clone(), ..handled(date(2026, 11, 2), 9) })
        .collect();
    let few = Figures::of(&one_a_service, Window::Year, TODAY, services(), working_days());
    assert_eq!(few, figures, "nine of everything look like nothing");
    for office in &figures.offices {
        assert_eq!(office.all.received, Shown::Withheld);
    }
}

#[test]
fn s12_a_service_that_is_gone_is_counted_all_the_same() {
    let rows = [Handled { item: "long-gone".into(), ..handled(date(2026, 11, 2), 15) }];
    let figures = Figures::of(&rows, Window::Month, TODAY, services(), working_days());
    let last = figures.offices.last().unwrap();
    assert_eq!((last.department.as_str(), last.all.open), ("", Shown::Count(15)));
    // What came in is the sum of what became of it, of which two parts are few.
    assert_eq!(last.all.received, Shown::AtLeast(15));
}

#[test]
fn s12_in_a_portals_first_year_three_figures_do_not_lead_to_the_fourth() {
    let open = handled(date(2026, 11, 2), 40);
    let decided = Handled { decided: Some(date(2026, 11, 10)), ..handled(date(2026, 11, 2), 21) };
    let taken_back =
        |count| Handled { withdrawn: Some(date(2026, 11, 9)), ..handled(date(2026, 11, 2), count) };
    let told = |count| figures(&[open.clone(), decided.clone(), taken_back(count)], Window::Year);
    assert_eq!(told(1), told(9));
    let (line, all, _) = told(9);
    assert_eq!((line.received, line.withdrawn), (Shown::AtLeast(60), Shown::Few));
    assert_eq!(all.received, Shown::AtLeast(60));
    // With all parts told the sum is, too.
    assert_eq!(told(12).0.received, Shown::Count(70), "73");
    // What ended before the window tells nothing of it; what is older and open does.
    let ended = Handled { decided: Some(date(2026, 10, 1)), ..handled(date(2026, 9, 1), 30) };
    let rows = |older: Handled| [open.clone(), decided.clone(), taken_back(1), older];
    assert_eq!(figures(&rows(ended), Window::Month).0.received, Shown::AtLeast(60));
    let older = rows(handled(date(2026, 9, 1), 30));
    assert_eq!(figures(&older, Window::Month).0.received, Shown::Count(60), "62");
}

#[test]
fn s12_windows_are_these() {
    assert_eq!(Window::ALL.map(Window::days), [30, 90, 365]);
    assert_eq!(Window::of_days(31), None);
}

/// A count, and another that must look the same: any that is few for one that is few.
fn pair() -> impl Strategy<Value = (u32, u32)> {
    prop_oneof![(0..LEAST, 0..LEAST), (LEAST..60).prop_map(|count| (count, count))]
}

/// How long requests took; the second is another few of them where they are few.
fn pair_of_days() -> impl Strategy<Value = (BTreeMap<u32, u32>, BTreeMap<u32, u32>)> {
    let days = |most: usize| vec(0_u32..40, 0..most);
    let counted = |days: Vec<u32>| {
        let mut counted = BTreeMap::new();
        days.into_iter().for_each(|day| *counted.entry(day).or_default() += 1);
        counted
    };
    let few = LEAST as usize;
    prop_oneof![
        (days(few), days(few)).prop_map(move |(one, two)| (counted(one), counted(two))),
        vec(0_u32..40, few..30).prop_map(move |days| (counted(days.clone()), counted(days))),
    ]
}

fn pair_of_ratings() -> impl Strategy<Value = ((u32, u32), (u32, u32))> {
    let few = || (0..LEAST).prop_flat_map(|rated| (0..=rated, Just(rated)));
    let many = (LEAST..60).prop_flat_map(|rated| (0..=rated, Just(rated)));
    prop_oneof![(few(), few()), many.prop_map(|rated| (rated, rated))]
}

fn counts() -> impl Strategy<Value = (Counts, Counts)> {
    let counted = (pair(), pair(), pair(), pair(), proptest::option::of(pair()));
    (counted, pair_of_days(), pair_of_ratings()).prop_map(|(counted, days, ratings)| {
        let (received, decided, withdrawn, open, overdue) = counted;
        let first = Counts {
            received: received.0,
            decided: decided.0,
            withdrawn: withdrawn.0,
            open: open.0,
            overdue: overdue.map(|pair| pair.0),
            days: days.0,
            satisfied: ratings.0.0,
            rated: ratings.0.1,
        };
        let second = Counts {
            received: received.1,
            decided: decided.1,
            withdrawn: withdrawn.1,
            open: open.1,
            overdue: overdue.map(|pair| pair.1),
            days: days.1,
            satisfied: ratings.1.0,
            rated: ratings.1.1,
        };
        (first, second)
    })
}

proptest! {
    /// Whoever knows everything that is published, and how, knows of a count that is few only that it is.
    #[test]
    fn s12_no_small_count_is_had_by_subtraction(services in vec(counts(), 1..8)) {
        let (one, two): (Vec<_>, Vec<_>) = services.into_iter().unzip();
        let published = |counts: &[Counts], whole| {
            let lines: Vec<_> = counts.iter().map(|counts| line(counts, whole)).collect();
            (lines, line_of_all(&counts.iter().collect::<Vec<_>>(), whole))
        };
        prop_assert_eq!(published(&one, false), published(&two, false));
        // Where nothing is older, what came in is what became of it: three of the four lead to none.
        let came_in = |counts: Vec<Counts>| {
            let of = |one: Counts| Counts { received: one.decided + one.withdrawn + one.open, ..one };
            counts.into_iter().map(of).collect::<Vec<_>>()
        };
        prop_assert_eq!(published(&came_in(one), true), published(&came_in(two), true));
    }

    /// And what is told is true.
    #[test]
    fn s12_what_is_told_is_so(counts in vec(0_u32..60, 1..8)) {
        let of = |received| Counts { received, ..Counts::default() };
        let all: Vec<_> = counts.iter().copied().map(of).collect();
        let sum: u32 = counts.iter().sum();
        match line_of_all(&all.iter().collect::<Vec<_>>(), false).received {
            Shown::Count(told) => prop_assert!((told..told + STEP).contains(&sum)),
            Shown::AtLeast(told) => prop_assert!(told <= sum && told >= LEAST),
            Shown::Withheld => prop_assert!(counts.iter().all(|count| *count < LEAST)),
            Shown::Few => prop_assert!(false, "a sum is never few"),
        }
        for (counted, told) in counts.iter().zip(all.iter().map(|counts| line(counts, false).received)) {
            match told {
                Shown::Few => prop_assert!(*counted < LEAST),
                Shown::Count(told) => prop_assert!((told..told + STEP).contains(counted)),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
