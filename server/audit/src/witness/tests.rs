//! What may be added to a witness, and what it still says then.

use std::fs;

use super::{super::ends::Ends, *};

fn head(sequence: u64) -> Head {
    Head { sequence, seal: "s".repeat(43) }
}

fn other(sequence: u64) -> Head {
    Head { sequence, seal: "w".repeat(43) }
}

const AT: Timestamp = Timestamp::UNIX_EPOCH;

struct Trial {
    folder: tempfile::TempDir,
    witness: Witness,
}

fn begun(ends: &[Head]) -> Trial {
    let folder = tempfile::tempdir().unwrap();
    let witness = Witness::at(folder.path().join("witness"));
    witness.make().unwrap();
    for end in ends {
        witness.add(AT, Kind::End, end).unwrap();
    }
    Trial { folder, witness }
}

impl Trial {
    fn append(&self, bytes: &[u8]) {
        let mut file = File::options().append(true).open(self.witness.path()).unwrap();
        file.write_all(bytes).unwrap();
    }

    /// As the portal reads it that was running, and as one does that is started now.
    fn known(&self) -> Option<Head> {
        let known = self.witness.known().unwrap();
        assert_eq!(Witness::at(self.witness.path().to_owned()).known().unwrap(), known);
        known
    }
}

impl Trial {
    /// Adds that a database was put back, and what the chain says of it.
    fn put_back(&self, restored: &Head, answer: &Restored) {
        self.witness.add(AT, Kind::Restored, restored).unwrap();
        assert!(self.witness.unanswered().unwrap().contains(restored));
        self.witness.answer(restored, answer);
    }
}

fn answer(known: &Head, found: &Head) -> Restored {
    let [known, found] = [known, found].map(|end| Some(end.clone()));
    Restored { at: AT, by: "王建国".into(), why: "disk".into(), known, found }
}

#[test]
fn x2_a_witness_is_only_added_to_and_missed_when_it_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("witness");
    let ends = Ends::of(folder.path(), Some(&path));
    assert!(ends.lacks_witness().unwrap());
    assert!(ends.note(AT, &head(1)).is_err(), "a witness that was taken away is missed");
    ends.make_witness().unwrap();
    ends.note(AT, &head(3)).unwrap();
    let before = fs::read(&path).unwrap();
    ends.note(AT, &head(2)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);
    // Cut off with the power.
    let mut file = File::options().append(true).open(&path).unwrap();
    file.write_all(b"1970-01-01T00:00:00Z end 77:sss").unwrap();
    ends.note(AT, &head(4)).unwrap();
    assert_eq!(ends.known().unwrap(), [head(4), head(4)]);
    // The end that is lost is noted before the one that goes back.
    ends.restored(AT, Some(&head(6)), &head(2)).unwrap();
    assert_eq!(ends.said().unwrap(), [head(2), head(2)]);
    assert_eq!(ends.known().unwrap(), [head(2), head(6)], "nobody answered yet");
    ends.note(AT, &head(3)).unwrap();
    assert_eq!(ends.said().unwrap(), [head(3), head(3)]);
    assert!(fs::read(&path).unwrap().starts_with(&before));
}

#[test]
fn x2_what_is_added_behind_an_end_does_not_put_it_out_of_sight() {
    let trial = begun(&[head(1), head(9)]);
    assert_eq!(trial.known(), Some(head(9)));
    trial.append(&vec![b'x'; 65_600]);
    assert_eq!(trial.known(), Some(head(9)));
    for _ in 0..1_000 {
        trial.witness.add(AT, Kind::End, &head(2)).unwrap();
    }
    assert_eq!(trial.known(), Some(head(9)));
    trial.witness.add(AT, Kind::End, &head(10)).unwrap();
    assert_eq!(trial.known(), Some(head(10)));
}

#[test]
fn x2_a_witness_with_lines_and_no_end_is_a_fault_and_not_a_new_one() {
    let trial = begun(&[]);
    assert_eq!(trial.known(), None);
    trial.append(&vec![b'x'; 65_600]);
    assert_eq!(trial.witness.known().unwrap_err().kind(), ErrorKind::InvalidData);
    assert_eq!(trial.witness.said().unwrap_err().kind(), ErrorKind::InvalidData);
}

#[test]
fn x2_a_witness_that_is_replaced_is_read_anew() {
    let trial = begun(&[head(1), head(9)]);
    assert_eq!(trial.known(), Some(head(9)));
    let next = trial.folder.path().join("next");
    fs::write(&next, format!("1970-01-01T00:00:00Z end {}", head(11))).unwrap();
    fs::rename(&next, trial.witness.path()).unwrap();
    assert_eq!(trial.known(), Some(head(11)), "a last line without its end of line");
}

#[test]
fn x2_a_line_of_a_restore_goes_back_only_once_and_where_the_chain_names_the_lost_end() {
    let trial = begun(&[head(6), head(14)]);
    trial.witness.add(AT, Kind::Restored, &head(6)).unwrap();
    assert_eq!(trial.known(), Some(head(14)));
    assert_eq!(trial.witness.unanswered().unwrap(), [head(6)]);
    // The chain answers for another one.
    trial.put_back(&other(7), &answer(&head(13), &head(6)));
    assert_eq!(trial.witness.known().unwrap(), Some(head(14)));
    trial.put_back(&other(8), &answer(&head(14), &other(7)));
    assert_eq!(trial.witness.known().unwrap(), Some(other(8)));
    // The same line again, with and without the end that it names.
    trial.witness.add(AT, Kind::End, &other(10)).unwrap();
    for _ in 0..2 {
        trial.put_back(&other(8), &answer(&head(14), &other(7)));
        assert_ne!(trial.witness.known().unwrap(), Some(other(8)));
        trial.witness.add(AT, Kind::End, &head(14)).unwrap();
    }
}
