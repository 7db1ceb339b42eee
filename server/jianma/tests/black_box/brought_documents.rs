//! Documents are read in a process with bounds: one that would take all memory ends it, and nothing else.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// What the process ends with for a document that is taken.
const TAKEN: i32 = 40;

/// A document of one page with these objects beside it, with its table of where they are.
fn document(more: &[String]) -> Vec<u8> {
    let own = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>",
    ];
    let mut text = "%PDF-1.5\n".to_owned();
    let mut offsets = Vec::new();
    for (at, object) in own.iter().map(ToString::to_string).chain(more.iter().cloned()).enumerate()
    {
        offsets.push(text.len());
        text.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let table = text.len();
    text.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1));
    for offset in &offsets {
        text.push_str(&format!("{offset:010} 00000 n \n"));
    }
    let size = offsets.len() + 1;
    text.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
    text.into_bytes()
}

/// How the process ends that reads it; none where it was stopped.
fn ends(document: &[u8]) -> Option<i32> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jianma"))
        .args(["read-document", "500"])
        .env("MIMALLOC_ARENA_RESERVE", "32768")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // One that has ended does not read on.
    let _ = child.stdin.take().unwrap().write_all(document);
    child.wait().unwrap().code()
}

#[test]
fn a_document_that_takes_all_memory_ends_the_process_that_reads_it_and_is_not_taken() {
    assert_eq!(ends(&document(&[])), Some(TAKEN));
    // Each of many objects is the same long list: a few hundred kilobytes, and a hundred gigabytes when read.
    let pairs: String = (0..20_000).map(|at| format!("{} 0 ", 100 + at)).collect();
    let list = format!("[{}]", "0 ".repeat(50_000));
    let (first, length) = (pairs.len(), pairs.len() + list.len());
    let stream = format!(
        "<< /Type /ObjStm /N 20000 /First {first} /Length {length} >>\nstream\n{pairs}{list}\nendstream"
    );
    let ended = ends(&document(&[stream]));
    assert_ne!(ended, Some(TAKEN), "it is not taken");
}
