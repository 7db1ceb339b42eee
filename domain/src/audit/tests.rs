//! Chains that pass, and chains that must not.

use jiff::Timestamp;

use super::*;
use crate::{
    clock::Leap,
    code::{LandCode, Strictness},
    policy::Field,
    viewer::Tier,
};

fn note(number: i64) -> AuditNote {
    AuditNote {
        at: Timestamp::from_second(number).unwrap(),
        who: "s-1".into(),
        tier: Tier::Holder,
        purpose: Some("抵押".into()),
        code: LandCode::parse("330521001002GB00011", Strictness::LookUp).unwrap().code,
        outcome: Outcome::Disclosed,
        reason: None,
        fields: vec![Field::HolderPerson],
        policy: Some("zhejiang@1".into()),
    }
}

const KEY: AuditKey = AuditKey::new([3; 32]);

fn head(entry: &AuditEntry) -> Head {
    Head { sequence: entry.sequence, seal: entry.seal.clone() }
}

fn chain(length: i64) -> Vec<AuditEntry> {
    let mut out: Vec<AuditEntry> = Vec::new();
    for number in 0..length {
        let previous = out.last().map(head);
        out.push(KEY.entry(previous.as_ref(), note(number).into()));
    }
    out
}

fn check(entries: &[AuditEntry], noted: &AuditEntry) -> Result<Option<Head>, AuditFault> {
    let mut check = AuditCheck::new(&KEY, Vec::new());
    for entry in entries {
        check.take(entry)?;
    }
    let noted = head(noted);
    let proof = KEY.head_proof(&noted);
    check.end(Some((noted, proof))).map(|checked| checked.head)
}

#[test]
fn p9_an_untouched_chain_passes() {
    let entries = chain(5);
    let end = check(&entries, &entries[4]).unwrap().unwrap();
    assert_eq!(end.to_string().parse::<Head>().unwrap(), end);
    assert_eq!(AuditCheck::new(&KEY, Vec::new()).end(None), Ok(Checked::default()));
}

#[test]
fn x2_an_entry_that_was_changed_removed_or_moved_shows() {
    let entries = chain(5);
    for at in 0..5_usize {
        let sequence = at as u64 + 1;
        let mut changed = entries.clone();
        changed[at].record = AuditNote { who: "s-2".into(), ..note(0) }.into();
        assert_eq!(check(&changed, &entries[4]), Err(AuditFault::Seal { sequence }));

        let mut removed = entries.clone();
        removed.remove(at);
        let fault = match at {
            4 => AuditFault::CutOff { expected: 5, found: 4 },
            _ => AuditFault::Gap { expected: sequence, found: sequence + 1 },
        };
        assert_eq!(check(&removed, &entries[4]), Err(fault));

        for other in (0..5).filter(|other| *other != at) {
            let mut moved = entries.clone();
            moved.swap(at, other);
            for (at, entry) in moved.iter_mut().enumerate() {
                entry.sequence = at as u64 + 1;
            }
            assert!(matches!(check(&moved, &entries[4]), Err(AuditFault::Seal { .. })));
        }
    }
}

#[test]
fn x2_a_chain_made_anew_without_the_key_does_not_pass() {
    let stranger = AuditKey::new([4; 32]);
    let mut forged: Vec<AuditEntry> = Vec::new();
    for number in 0..3 {
        let previous = forged.last().map(head);
        forged.push(stranger.entry(previous.as_ref(), note(number).into()));
    }
    assert_eq!(check(&forged, &forged[2]), Err(AuditFault::Seal { sequence: 1 }));
}

#[test]
fn x2_a_chain_rolled_back_misses_the_head_noted_outside() {
    let entries = chain(5);
    let mut check = AuditCheck::new(&KEY, vec![head(&entries[4])]);
    for entry in &entries[..3] {
        check.take(entry).unwrap();
    }
    let old = head(&entries[2]);
    let proof = KEY.head_proof(&old);
    let fault = check.end(Some((old, proof)));
    assert_eq!(fault, Err(AuditFault::CutOff { expected: 5, found: 3 }));
}

fn proved(entry: &AuditEntry) -> Option<(Head, String)> {
    let end = head(entry);
    let proof = KEY.head_proof(&end);
    Some((end, proof))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Three entries, then one that says that five were known.
fn put_back() -> (Vec<AuditEntry>, Vec<AuditEntry>) {
    let old = chain(5);
    let mut entries = old[..3].to_vec();
    let restored = Restored {
        at: at(9),
        by: "王建国".into(),
        why: "disk".into(),
        known: Some(head(&old[4])),
        found: Some(head(&old[2])),
    };
    assert_eq!(restored.lost(), Some(2));
    let record = AuditEvent::Restored(restored).into();
    entries.push(KEY.entry(Some(&head(&old[2])), record));
    (old, entries)
}

#[test]
fn x2_a_chain_from_before_events_reads_as_it_was_sealed() {
    // Written by the program of 22 November 2026.
    let text = r#"{"at":"1970-01-01T00:00:01Z","who":"s-1","tier":"holder","purpose":"抵押","code":"330521001002GB00011W00000000","outcome":"disclosed","reason":null,"fields":["holder_person"],"policy":"zhejiang@1"}"#;
    let record: Record = serde_json::from_str(text).unwrap();
    assert!(matches!(&record, Record::Look(note) if note.tier == Tier::Holder));
    assert_eq!(serde_json::to_string(&record).unwrap(), text);
    let began: Record = AuditEvent::Began { at: at(1) }.into();
    let text = serde_json::to_string(&began).unwrap();
    assert_eq!(text, r#"{"event":"began","at":"1970-01-01T00:00:01Z"}"#);
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), began);
}

#[test]
fn x2_a_pruning_of_before_anybody_answered_for_clocks_has_the_bytes_it_was_sealed_with() {
    // Written by the program of 29 November 2026.
    let text = r#"{"event":"pruned","at":"1970-01-01T00:00:09Z","by":"王建国","why":"time","until":{"sequence":3,"seal":"s"},"until_at":"1970-01-01T00:00:02Z","count":3}"#;
    let record: Record = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&record).unwrap(), text);
    let Record::Event(AuditEvent::Pruned(pruned)) = record else { panic!("{record:?}") };
    assert!(!pruned.clock_is_right);
    let pruned = Pruned { clock_is_right: true, ..pruned };
    let answered: Record = AuditEvent::Pruned(pruned.clone()).into();
    let text = serde_json::to_string(&answered).unwrap();
    assert!(text.ends_with(r#""count":3,"clock_is_right":true}"#), "{text}");
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), answered);
    let leaps = vec![AuditLeap { after: 3, leap: Leap { from: at(2), to: at(9) } }];
    let named: Record = AuditEvent::Pruned(Pruned { leaps, ..pruned }).into();
    let text = serde_json::to_string(&named).unwrap();
    let leap = r#"{"after":3,"from":"1970-01-01T00:00:02Z","to":"1970-01-01T00:00:09Z"}"#;
    assert!(text.ends_with(&format!(r#","clock_is_right":true,"leaps":[{leap}]}}"#)), "{text}");
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), named);
}

#[test]
fn x2_a_gap_that_somebody_answers_for_passes_and_stays_named() {
    let (old, entries) = put_back();
    let lost = head(&old[4]);
    let run = |known: &[Head], elsewhere: &[Head]| {
        let mut check = AuditCheck::new(&KEY, known.to_vec())
            .expecting(Elsewhere { ends: elsewhere.to_vec(), ..Elsewhere::default() });
        entries.iter().try_for_each(|entry| check.take(entry))?;
        check.end(proved(&entries[3]))
    };
    let checked = run(&[head(&entries[3])], &[head(&old[2]), lost.clone()]).unwrap();
    assert_eq!((checked.gaps.len(), checked.gaps[0].sequence), (1, 4));
    assert_eq!(checked.gone, std::slice::from_ref(&lost));
    // Whoever has the key alone cannot excuse a shortened chain: the witness still knows its end.
    assert_eq!(run(&[lost], &[]), Err(AuditFault::CutOff { expected: 5, found: 4 }));
    // What the entry does not answer for was not lost there.
    let beyond = Head { sequence: 6, seal: "any".into() };
    assert_eq!(run(&[], &[beyond]), Err(AuditFault::CutOff { expected: 6, found: 4 }));
}

#[test]
fn x2_an_end_inside_a_gap_is_excused_only_when_it_is_known_to_be_of_before() {
    let (old, mut entries) = put_back();
    let gap = head(&entries[3]);
    // The chain goes on through the numbers that were lost.
    for number in 4..6 {
        let previous = head(&entries[entries.len() - 1]);
        entries.push(KEY.entry(Some(&previous), note(number + 10).into()));
    }
    let run = |ends: Vec<Head>, before: Vec<(Head, Head)>| {
        let mut check = AuditCheck::new(&KEY, Vec::new()).expecting(Elsewhere { ends, before });
        entries.iter().try_for_each(|entry| check.take(entry))?;
        check.end(proved(&entries[5]))
    };
    let lost = head(&old[3]);
    let of_before = vec![(lost.clone(), gap.clone())];
    assert_eq!(run(vec![lost.clone()], of_before).unwrap().gone, std::slice::from_ref(&lost));
    let another = Err(AuditFault::Another { sequence: 4 });
    assert_eq!(run(vec![lost.clone()], Vec::new()), another);
    let of_another_gap = vec![(lost.clone(), Head { sequence: 4, ..lost.clone() })];
    assert_eq!(run(vec![lost], of_another_gap), another);
    // Noted later, of a history that was replaced since.
    let later = Head { sequence: 5, ..gap };
    assert_eq!(run(vec![later], Vec::new()), Err(AuditFault::Another { sequence: 5 }));
}

#[test]
fn x2_what_cannot_be_the_end_of_an_audit_does_not_read_as_one() {
    let seal = "s".repeat(43);
    assert!(format!("7:{seal}").parse::<Head>().is_ok());
    for text in [
        "7".to_owned(),
        "7:AAAA".to_owned(),
        "18446744073709551614:AAAA".to_owned(),
        format!("18446744073709551614:{seal}"),
        format!("0:{seal}"),
        format!("7:{}", "s".repeat(42)),
        format!("7:{}", "s".repeat(44)),
        format!("7:{}", "?".repeat(43)),
    ] {
        assert_eq!(text.parse::<Head>(), Err(HeadError), "{text}");
    }
}

#[test]
fn x2_a_chain_sealed_anew_with_the_key_misses_the_end_that_a_witness_keeps() {
    let entries = chain(5);
    let mut forged: Vec<AuditEntry> = Vec::new();
    for number in 0..5 {
        let previous = forged.last().map(head);
        let who = if number == 1 { "nobody" } else { "s-1" };
        let note = AuditNote { who: who.into(), ..note(number) };
        forged.push(KEY.entry(previous.as_ref(), note.into()));
    }
    assert!(check(&forged, &forged[4]).is_ok(), "by itself it is whole");
    let mut check = AuditCheck::new(&KEY, vec![head(&entries[4])]);
    let fault = forged.iter().try_for_each(|entry| check.take(entry));
    assert_eq!(fault, Err(AuditFault::Another { sequence: 5 }));
}

#[test]
fn x2_what_was_pruned_is_named_by_its_seal_and_the_rest_still_passes() {
    let mut entries = chain(5);
    let cut = head(&entries[2]);
    let pruned = Pruned {
        at: at(9),
        by: "王建国".into(),
        why: "over six months".into(),
        until: cut.clone(),
        until_at: at(2),
        count: 3,
        clock_is_right: false,
        leaps: Vec::new(),
    };
    entries.push(KEY.entry(Some(&head(&entries[4])), AuditEvent::Pruned(pruned.clone()).into()));
    let run = |cut: Head, proof: String, rest: &[AuditEntry], known: &[Head]| {
        let mut check = AuditCheck::new(&KEY, known.to_vec()).behind(Some((cut, proof)))?;
        rest.iter().try_for_each(|entry| check.take(entry))?;
        check.end(proved(&rest[rest.len() - 1]))
    };
    let proof = KEY.cut_proof(&cut);
    let checked =
        run(cut.clone(), proof.clone(), &entries[3..], &[head(&entries[0]), cut.clone()]).unwrap();
    assert_eq!((checked.cut, checked.gone), (Some(cut.clone()), vec![head(&entries[0])]));
    assert_eq!(checked.prunings, [(6, pruned)], "who, when, why and how many");
    // Cut by somebody without the key, at another place, or without an entry that says so.
    let other = head(&entries[3]);
    assert_eq!(
        run(other.clone(), proof.clone(), &entries[4..], &[]),
        Err(AuditFault::Cut),
        "the proof is of another cut"
    );
    let stolen = KEY.cut_proof(&other);
    assert_eq!(run(other, stolen, &entries[4..], &[]), Err(AuditFault::Cut));
    assert_eq!(run(cut, proof, &entries[3..5], &[]), Err(AuditFault::Cut));
}
