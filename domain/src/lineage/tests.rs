use jiff::civil::date;

use super::*;
use crate::code::Strictness;

const TODAY: Date = date(2026, 11, 22);

fn code(number: u32) -> ParcelCode {
    ParcelCode::parse(&format!("330521001001GB{number:05}"), Strictness::Issue).unwrap().code
}

/// A code of `years`, formed from and become.
fn ties(number: u32, years: (i16, Option<i16>), from: &[u32], into: &[u32]) -> Succession {
    Succession {
        code: code(number),
        predecessors: from.iter().copied().map(code).collect(),
        successors: into.iter().copied().map(code).collect(),
        valid_from: Some(date(years.0, 1, 1)),
        valid_to: years.1.map(|year| date(year - 1, 12, 31)),
    }
}

fn told(all: &[Succession], days: bool) -> Vec<DisclosedSuccession> {
    all.iter().map(|one| one.told(TODAY, days)).collect()
}

fn of(number: u32, all: &[Succession]) -> Lineage {
    Lineage::of(code(number), &told(all, true))
}

#[test]
fn c7_the_kind_of_a_change_follows_from_its_codes() {
    let split = [
        ties(1, (2000, Some(2010)), &[], &[2, 3]),
        ties(2, (2010, None), &[1], &[]),
        ties(3, (2010, None), &[1], &[]),
    ];
    let merge = [
        ties(1, (2000, Some(2010)), &[], &[3]),
        ties(2, (2000, Some(2010)), &[], &[3]),
        ties(3, (2010, None), &[1, 2], &[]),
    ];
    let renumber = [ties(1, (2000, Some(2010)), &[], &[2]), ties(2, (2010, None), &[1], &[])];
    let readjust = [
        ties(1, (2000, Some(2010)), &[], &[3, 4]),
        ties(2, (2000, Some(2010)), &[], &[4]),
        ties(3, (2010, None), &[1], &[]),
        ties(4, (2010, None), &[1, 2], &[]),
    ];
    let extinguish = [ties(1, (2000, Some(2010)), &[], &[])];
    for (all, kind) in [
        (&split[..], ChangeKind::Split),
        (&merge, ChangeKind::Merge),
        (&renumber, ChangeKind::Renumber),
        (&readjust, ChangeKind::Readjust),
        (&extinguish, ChangeKind::Extinguish),
    ] {
        let lineage = of(1, all);
        assert_eq!(lineage.ended_by, Some(kind));
        assert!(lineage.ended);
        let kinds: Vec<ChangeKind> = lineage.changes.iter().map(|change| change.kind).collect();
        assert_eq!(kinds, [kind]);
        // The new codes tell the same story.
        for current in &lineage.in_force {
            let theirs = Lineage::of(*current, &told(all, true));
            assert_eq!((theirs.ended, &theirs.changes), (false, &lineage.changes));
            assert!(theirs.in_force.is_empty() && theirs.ended_by.is_none());
        }
    }
    assert_eq!(of(1, &split).ended_on, Some(date(2010, 1, 1)));
    assert_eq!(of(1, &split).in_force, [code(2), code(3)]);
    assert_eq!(of(1, &extinguish).ended_on, Some(date(2009, 12, 31)));
    assert_eq!(of(1, &extinguish).in_force, []);
}

#[test]
fn c7_an_old_code_leads_over_generations_to_what_is_in_force() {
    let all = [
        ties(1, (1990, Some(2000)), &[], &[2, 3]),
        ties(2, (2000, Some(2010)), &[1], &[4]),
        ties(3, (2000, Some(2012)), &[1], &[]),
        ties(4, (2010, Some(2015)), &[2], &[5, 6]),
        ties(5, (2015, None), &[4], &[]),
        ties(6, (2015, None), &[4], &[]),
    ];
    let lineage = of(1, &all);
    assert_eq!(lineage.in_force, [code(5), code(6)]);
    let kinds: Vec<_> = lineage.changes.iter().map(|change| change.kind).collect();
    assert_eq!(
        kinds,
        [ChangeKind::Split, ChangeKind::Renumber, ChangeKind::Extinguish, ChangeKind::Split]
    );
    assert!(lineage.changes.is_sorted_by_key(|change| change.date));
    assert_eq!(of(3, &all).ended_by, Some(ChangeKind::Extinguish));
    assert_eq!(of(5, &all).ended_on, None);
}

#[test]
fn p2_without_days_the_same_is_told_in_an_order_that_no_day_decides() {
    let story = |years: [i16; 3]| {
        let [first, second, third] = years;
        [
            ties(1, (1990, Some(first)), &[], &[2, 3]),
            ties(2, (first, Some(second)), &[1], &[4]),
            ties(3, (first, Some(third)), &[1], &[]),
            ties(4, (second, None), &[2], &[]),
        ]
    };
    let (one, other) = (story([2000, 2010, 2012]), story([1993, 1999, 1994]));
    for number in 1..=4 {
        let without = |all| Lineage::of(code(number), &told(all, false));
        assert_eq!(without(&one), without(&other), "{number}");
        let (days, silent) = (of(number, &one), without(&one));
        assert_eq!((days.ended, days.ended_by), (silent.ended, silent.ended_by));
        assert_eq!(days.in_force, silent.in_force);
        assert!(silent.ended_on.is_none() && days.changes.len() == silent.changes.len());
        let dates = silent.changes.iter().filter_map(|change| change.date);
        assert_eq!(dates.count(), 0);
        let first: Vec<_> = silent.changes.iter().map(|change| change.from[0]).collect();
        assert_eq!(first, [1, 2, 3].map(code));
    }
}

#[test]
fn c7_what_is_left_out_is_named_nowhere() {
    // 3 may not be shown.
    let all = [ties(1, (2000, Some(2010)), &[], &[2, 3]), ties(2, (2010, None), &[1], &[])];
    let lineage = of(1, &all);
    assert_eq!(lineage.in_force, [code(2)]);
    assert!(!format!("{lineage:?}").contains(code(3).as_str()));
    assert_eq!(of(9, &all), Lineage::default());
}

#[test]
fn c7_one_side_of_a_tie_is_enough_and_circles_end() {
    let one_sided = [ties(1, (2000, Some(2010)), &[], &[]), ties(2, (2010, None), &[1], &[])];
    assert_eq!(of(1, &one_sided).ended_by, Some(ChangeKind::Renumber));
    let circle =
        [ties(1, (2000, Some(2010)), &[2, 1], &[2, 1]), ties(2, (2010, Some(2012)), &[1], &[1])];
    assert_eq!(of(1, &circle).in_force, []);
    assert_eq!(of(1, &circle).changes.len(), 2);
}

#[test]
fn an_end_that_is_still_to_come_is_none_yet() {
    let all = [ties(1, (2000, Some(2030)), &[], &[])];
    assert_eq!(of(1, &all), Lineage::default());
}
