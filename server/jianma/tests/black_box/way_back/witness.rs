//! What a witness outside the data folder shows, and what shows without one.

use super::*;

#[tokio::test]
async fn x2_a_witness_is_not_undone_by_adding_to_it() {
    let place = apart();
    serve_and_look(&place, 1).await;
    copy_aside(&place, "older");
    let old = std::fs::read_to_string(place.path("older.end")).unwrap();
    serve_and_look(&place, 3).await;
    put_back(&place, "older");
    let kept = std::fs::read_to_string(place.path("witness.log")).unwrap();
    let old_end = format!("\n2026-11-29T00:00:00Z end {old}\n");
    let old_restored = format!("\n2026-11-29T00:00:00Z restored {old}\n");
    for (added, why) in [
        (old_restored.clone(), "a restore that the chain does not know"),
        ("x".repeat(65_600), "no end among the last lines"),
        (old_end.repeat(1_000), "an old end alone among the last lines"),
    ] {
        add_to_witness(&place, &added);
        assert_closed(&place, why).await;
    }
    std::fs::write(place.path("witness.log"), "x".repeat(65_600)).unwrap();
    let portal = place.serve_logging("off", std::process::Stdio::null());
    assert_eq!(looked(&portal).await.0, 503);
    assert_eq!(audit_check(&portal).await, "no_witness");
    assert_eq!(portal.terminate(), Some(0));
    std::fs::write(place.path("witness.log"), format!("{kept}{old_restored}")).unwrap();

    // Somebody answers for it; from there on the same line does not count again.
    let accepted = accept(&place);
    assert!(accepted.status.success(), "{}", text(&accepted));
    copy_aside(&place, "accepted");
    let end = std::fs::read_to_string(place.path("accepted.end")).unwrap();
    serve_and_look(&place, 1).await;
    assert!(verify(&place, &[]).1.contains("GAP"));
    put_back(&place, "accepted");
    add_to_witness(&place, &format!("\n2026-11-29T00:00:00Z restored {end}\n"));
    assert!(!verify(&place, &[]).0);
}

#[tokio::test]
async fn x2_who_has_database_and_key_cannot_seal_past_a_witness() {
    let place = apart();
    serve_and_look(&place, 2).await;
    seal_anew(&place, "vault/audit.key", |note| note.replace("s-holder", "s-nobody"));
    let (passes, said) = verify(&place, &[]);
    assert!(!passes && said.contains("sealed anew"), "{said}");
    let portal = place.serve_logging("off", std::process::Stdio::null());
    assert_eq!(looked(&portal).await.0, 503);
    assert!(is_public_still_served(&portal).await);
    assert_eq!(audit_check(&portal).await, "tampered");
    assert_eq!(portal.terminate(), Some(0));
    // And that is not taken for a restore.
    let accepted = accept(&place);
    assert!(!accepted.status.success() && text(&accepted).contains("sealed anew"));
}

#[tokio::test]
async fn x2_a_witness_that_is_taken_away_is_missed() {
    let place = apart();
    let portal = place.serve_logging("off", std::process::Stdio::null());
    assert_eq!(looked(&portal).await, (200, true));
    let witness = std::fs::read_to_string(place.path("witness.log")).unwrap();
    assert_eq!(witness.lines().filter(|line| line.contains(" end ")).count(), 2, "{witness}");
    std::fs::rename(place.path("witness.log"), place.path("away")).unwrap();
    assert_eq!(looked(&portal).await.0, 503);
    assert!(is_public_still_served(&portal).await);
    std::fs::rename(place.path("away"), place.path("witness.log")).unwrap();
    assert_eq!(looked(&portal).await, (200, true));
}

#[tokio::test]
async fn what_one_folder_does_not_protect_against_is_said_once_at_the_start() {
    for (place, times) in [(plain(), 1), (apart(), 0)] {
        let log = std::fs::File::create(place.path("log")).unwrap();
        let portal = place.serve_logging("warn", log);
        assert_eq!(looked(&portal).await, (200, true));
        assert_eq!(portal.terminate(), Some(0));
        let log = std::fs::read_to_string(place.path("log")).unwrap();
        for words in ["[keys] folder", "[audit] witness"] {
            assert_eq!(log.matches(words).count(), times, "{log}");
        }
    }
}
