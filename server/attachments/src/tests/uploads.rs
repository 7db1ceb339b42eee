//! Files that come in parts: over broken lines, kills and two at once.

use domain::attachment::FileFault;
use jiff::SignedDuration;

use super::{Place, document, holds, lying, place, plain};
use crate::NotGrown;

/// A document longer than two parts.
fn long() -> Vec<u8> {
    document(2, |document, catalogue| {
        let drawing = lopdf::Stream::new(lopdf::Dictionary::new(), vec![b' '; 2_500_000]);
        catalogue.set("Long", document.add_object(drawing));
    })
}

async fn add(place: &Place, id: &str, offset: u64, bytes: &[u8]) -> Result<u64, NotGrown> {
    let mut growing = place.files.grow(id, offset).await?;
    for chunk in bytes.chunks(700_001) {
        growing.push(chunk).await?;
    }
    Ok(growing.ended().await?.offset)
}

#[tokio::test]
async fn s5_a_file_in_parts_goes_on_where_its_line_broke_and_is_checked_when_it_is_whole() {
    let place = place(u64::MAX);
    let whole = long();
    let size = whole.len() as u64;
    let begun = place.files.begin("../照片.pdf", size).await.unwrap();
    assert_eq!((&*begun.name, begun.size, begun.offset), ("照片.pdf", size, 0));
    let id = &*begun.id;
    // The line breaks: what came is there, sealed.
    assert_eq!(add(&place, id, 0, &whole[..300]).await, Ok(300));
    let [sealed] = lying(&place).await.try_into().unwrap();
    assert!(!holds(&sealed, b"%PDF"));
    // Killed in the midst: each whole mebibyte is there, the rest comes once more.
    let mut growing = place.files.grow(id, 300).await.unwrap();
    assert_eq!(place.files.grow(id, 300).await.unwrap_err(), NotGrown::Busy);
    growing.push(&whole[300..2_000_000]).await.unwrap();
    drop(growing);
    let come = place.files.arriving(id).await.unwrap();
    assert_eq!((come.offset, &come.file), (300 + 1_048_576, &None));
    assert_eq!(add(&place, id, 300, &whole[300..]).await, Err(NotGrown::Offset));
    assert!(place.files.known(&[id.to_owned()]).await.unwrap().is_empty(), "no file yet");
    let rest = usize::try_from(come.offset).unwrap();
    assert_eq!(add(&place, id, come.offset, &whole[rest..]).await, Ok(size));
    let (file, bytes) = place.files.fetch(id).await.unwrap().unwrap();
    assert_eq!((&*file.name, bytes), ("照片.pdf", whole));
    assert_eq!(place.files.arriving(id).await.unwrap().file, Some(file));
    assert_eq!(add(&place, id, size, b"x").await, Err(NotGrown::Offset));
    assert!(lying(&place).await.len() > 1);
    place.files.remove_due().await.unwrap();
    assert_eq!(lying(&place).await.len(), 1, "its parts are gone");
}

#[tokio::test]
async fn s5_killed_before_a_file_was_put_together_it_is_when_somebody_looks() {
    let place = place(u64::MAX);
    let whole = plain();
    let size = whole.len() as u64;
    let begun = place.files.begin("a.pdf", size).await.unwrap();
    let mut growing = place.files.grow(&begun.id, 0).await.unwrap();
    growing.push(&whole).await.unwrap();
    growing.keep().await.unwrap();
    drop(growing);
    let come = place.files.arriving(&begun.id).await.unwrap();
    assert_eq!((come.offset, come.file.unwrap().size), (size, size));
}

#[tokio::test]
async fn s5_an_upload_is_refused_as_a_file_is_and_nothing_is_left_of_it() {
    let place = place(u64::MAX);
    let begin = async |name: &str, size: u64| place.files.begin(name, size).await.map(|it| it.id);
    let most = place.files.budget().file_bytes;
    assert_eq!(begin("a.pdf", 0).await, Err(FileFault::Empty));
    assert_eq!(begin("a.exe", 9).await, Err(FileFault::NotTaken));
    assert_eq!(begin("a.pdf", most + 1).await, Err(FileFault::TooLarge { most }));
    let id = begin("a.png", plain().len() as u64).await.unwrap();
    let fault = add(&place, &id, 0, &plain()).await.unwrap_err();
    assert!(matches!(fault, NotGrown::File(FileFault::NotItsName { .. })), "{fault:?}");
    assert_eq!(place.files.arriving(&id).await, Err(NotGrown::Gone));
    let id = begin("a.pdf", 5).await.unwrap();
    assert_eq!(add(&place, &id, 0, b"%PDF-1").await, Err(NotGrown::TooLong));
    // Its time is over, and that of one that nobody took up.
    add(&place, &id, 0, b"%P").await.unwrap();
    *place.clock.0.lock().unwrap() += SignedDuration::from_hours(24);
    assert_eq!(add(&place, &id, 2, b"DF-").await, Err(NotGrown::Gone));
    assert_eq!(place.files.remove_due().await.unwrap(), 2);
    assert!(lying(&place).await.is_empty());
}

#[tokio::test]
async fn what_is_about_to_come_counts_as_waiting_from_the_beginning() {
    let place = place(1_000);
    let begun = place.files.begin("a.pdf", 800).await.unwrap();
    assert_eq!(place.files.begin("b.pdf", 300).await, Err(FileFault::Unavailable));
    place.files.let_go(&begun.id).await.unwrap();
    place.files.begin("b.pdf", 300).await.unwrap();
}
