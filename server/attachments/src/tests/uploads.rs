//! Files that come in parts: over broken lines, kills and two at once.

use std::{io::Cursor, os::unix::fs::PermissionsExt as _, time::Duration};

use domain::attachment::FileFault;
use image::{DynamicImage, ImageFormat, RgbImage};
use jiff::SignedDuration;

use super::{Place, document, holds, lying, place, plain, taken};
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

#[tokio::test]
async fn s5_a_file_comes_in_so_many_short_parts_and_no_more() {
    let place = place(u64::MAX);
    let begun = place.files.begin("a.pdf", 1_000).await.unwrap();
    for offset in 0..65 {
        assert_eq!(add(&place, &begun.id, offset, b"x").await, Ok(offset + 1));
    }
    assert_eq!(add(&place, &begun.id, 65, b"x").await, Err(NotGrown::TooManyParts));
    assert_eq!(place.files.arriving(&begun.id).await, Err(NotGrown::Gone));
    place.files.remove_due().await.unwrap();
    assert!(lying(&place).await.is_empty());
}

#[tokio::test]
async fn s5_what_came_over_a_dead_line_is_never_laid_over_what_another_portal_has_kept() {
    let place = place(u64::MAX);
    let other = place.another(None);
    let whole = long();
    let size = whole.len() as u64;
    let begun = place.files.begin("a.pdf", size).await.unwrap();
    let mut late = place.files.grow(&begun.id, 0).await.unwrap();
    late.push(&whole[..500_000]).await.unwrap();
    let mut growing = other.grow(&begun.id, 0).await.unwrap();
    growing.push(&whole[..1_100_000]).await.unwrap();
    assert_eq!(growing.ended().await.unwrap().offset, 1_100_000);
    assert_eq!(late.ended().await, Err(NotGrown::Offset));
    assert_eq!(add(&place, &begun.id, 1_100_000, &whole[1_100_000..]).await, Ok(size));
    assert_eq!(place.files.fetch(&begun.id).await.unwrap().unwrap().1, whole);
}

#[tokio::test]
async fn s5_nothing_is_left_of_what_was_let_go_of_while_it_came() {
    let place = place(u64::MAX);
    let other = place.another(None);
    let begun = place.files.begin("a.pdf", 1_000).await.unwrap();
    let mut growing = place.files.grow(&begun.id, 0).await.unwrap();
    growing.push(&[b'x'; 300]).await.unwrap();
    assert_eq!(place.files.let_go_of_upload(&begun.id).await, Err(NotGrown::Busy));
    // Another portal does not know that something comes.
    other.let_go_of_upload(&begun.id).await.unwrap();
    other.remove_due().await.unwrap();
    assert_eq!(growing.ended().await, Err(NotGrown::Gone));
    assert!(lying(&place).await.is_empty());
    assert_eq!(place.files.let_go_of_upload(&begun.id).await, Err(NotGrown::Gone));
}

#[tokio::test]
async fn s5_a_file_that_waits_for_its_turn_has_its_room_and_is_not_left_when_it_is_let_go_of() {
    let place = place(u64::MAX);
    let other = place.another(None);
    let whole = plain();
    let begun = place.files.begin("a.pdf", whole.len() as u64).await.unwrap();
    let room = place.files.room.left();
    let mut growing = place.files.grow(&begun.id, 0).await.unwrap();
    growing.push(&whole).await.unwrap();
    assert!(place.files.room.left() < room, "also what is not kept yet takes room");
    growing.keep().await.unwrap();
    assert_eq!(place.files.room.left(), room);
    drop(growing);
    let turns = place.files.checking.acquire_many(2).await.unwrap();
    let meanwhile = async {
        let waits = async {
            while place.files.room.left() == room {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let waiting = tokio::time::timeout(Duration::from_secs(5), waits).await;
        waiting.expect("it takes room while it waits");
        other.let_go_of_upload(&begun.id).await.unwrap();
        other.remove_due().await.unwrap();
        drop(turns);
    };
    let (became, ()) = tokio::join!(place.files.arriving(&begun.id), meanwhile);
    assert_eq!(became, Err(NotGrown::Gone));
    assert!(lying(&place).await.is_empty());
    assert_eq!(place.files.room.left(), room);
}

#[tokio::test]
async fn s5_a_picture_that_grows_when_it_is_drawn_anew_is_asked_room_for() {
    let picture = DynamicImage::from(RgbImage::new(400, 400));
    let mut bytes = Vec::new();
    picture.write_to(Cursor::new(&mut bytes), ImageFormat::WebP).unwrap();
    let (_, kept) = taken("a.webp", bytes.clone()).unwrap();
    let size = bytes.len() as u64;
    assert!(kept.len() as u64 > size, "{} of {size}", kept.len());
    let place = place(kept.len() as u64 - 1);
    let begun = place.files.begin("a.webp", size).await.unwrap();
    let full = add(&place, &begun.id, 0, &bytes).await;
    assert_eq!(full, Err(NotGrown::File(FileFault::Unavailable)));
    assert!(place.files.known(&[begun.id]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_check_that_nobody_waits_for_any_more_keeps_its_turn_until_it_is_over() {
    let place = place(u64::MAX);
    let reader = place.folder.path().join("reader");
    std::fs::write(&reader, "#!/bin/sh\nexec sleep 0.3\n").unwrap();
    std::fs::set_permissions(&reader, std::fs::Permissions::from_mode(0o755)).unwrap();
    let files = place.another(Some(reader));
    let holding = files.hold("a.pdf", plain());
    tokio::time::timeout(Duration::from_millis(50), holding).await.unwrap_err();
    assert_eq!(files.checking.available_permits(), 1, "it is still being read");
}
