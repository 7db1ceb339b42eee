//! The oldest entries are removed, and what is left and what was removed both pass.

use super::*;

#[tokio::test]
async fn x2_the_oldest_entries_are_pruned_and_both_parts_still_pass() {
    let place = plain();
    serve_and_look(&place, 2).await;
    let refused = with_config(
        &place,
        &["audit", "prune", "--before", "2026-12-01", "--by", "王建国", "--reason", "time"],
    );
    let said = text(&refused);
    assert!(!refused.status.success() && said.contains("at least six months"), "{said}");
    let old = with_config(
        &place,
        &["audit", "prune", "--before", "2020-01-01", "--by", "王建国", "--reason", "time"],
    );
    assert!(!old.status.success() && text(&old).contains("no entry is older"), "{}", text(&old));

    // As if that had been long ago: the same chain with other times.
    make_old(&place);
    serve_and_look(&place, 1).await;
    let part = place.text("part");
    let prune = ["audit", "prune", "--before", "2021-01-01", "--export", &part];
    let answer = ["--by", "王建国", "--reason", "time"];
    let leapt = with_config(&place, &[&prune[..], &answer].concat());
    assert!(!leapt.status.success(), "{}", text(&leapt));
    assert!(text(&leapt).contains("--clock-is-right 3"), "nothing since 2020: {}", text(&leapt));
    assert!(!place.path("part").exists());
    let pruned = with_config(&place, &[&prune[..], &answer, &["--clock-is-right", "3"]].concat());
    assert!(pruned.status.success(), "{}", text(&pruned));
    assert!(text(&pruned).contains("removed 3 entries"), "{}", text(&pruned));
    let kept: i64 = database(&place)
        .query_row("select min(sequence) from audit_entry", [], |r| r.get(0))
        .unwrap();
    assert_eq!(kept, 4);
    let (passes, said) = verify(&place, &[]);
    assert!(passes && said.contains("entries up to 3 were pruned"), "{said}");
    let line = said.lines().find(|line| line.starts_with("PRUNED: ")).unwrap();
    for words in [
        "3 entries, up to entry 3 of 2020-06-01T",
        "by 王建国, who said that the clock was",
        "after entry 3 from 2020-06-01T",
        ": time",
    ] {
        assert!(line.contains(words), "{line}");
    }
    let (passes, said) = verify(&place, &[&part]);
    assert!(passes && said.contains("2 disclosures"), "{said}");
    serve_and_look(&place, 1).await;
    assert!(verify(&place, &[]).0);
    // A part that was changed does not pass.
    let changed = std::fs::read_to_string(place.path("part")).unwrap().replace("s-holder", "s-xxx");
    std::fs::write(place.path("part"), changed).unwrap();
    let (passes, said) = verify(&place, &[&part]);
    assert!(!passes && said.contains("TAMPERED"), "{said}");
}

/// Gives every entry a time of 2020, sealed as the portal of then would have.
fn make_old(place: &PortalFolder) {
    let triggers = "select group_concat(sql, ';') from sqlite_master
                    where type = 'trigger' and tbl_name in ('audit_entry', 'audit_head')";
    let triggers: String = database(place).query_row(triggers, [], |row| row.get(0)).unwrap();
    seal_anew(place, "data/audit.key", |note| {
        let mut value: Value = serde_json::from_str(note).unwrap();
        value["at"] = "2020-06-01T00:00:00Z".into();
        let record: Record = serde_json::from_value(value).unwrap();
        serde_json::to_string(&record).unwrap()
    });
    database(place).execute_batch(&triggers).unwrap();
}
