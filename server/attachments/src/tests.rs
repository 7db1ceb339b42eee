//! What is taken and what is refused, and what is left of it.

mod clamd;
mod s3;
mod uploads;

use std::{
    io::Cursor,
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::{
    Clock,
    attachment::{Budget, FileFault, MediaType},
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, RgbaImage};
use jiff::Timestamp;
use lopdf::{Document, Object, dictionary};
use object_store::memory::InMemory;
use store::{AttachmentState, Cipher, Clear, Keyring, Keys, RecordKey};
use store_sqlite::SqliteStore;

use crate::{Files, ObjectStore, Parts, Scanner, check};

const GPS: &[u8] = b"GPS-30.5347N-119.9731E";

fn picture(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(40, 20, |x, y| Rgb([x as u8 * 6, y as u8 * 12, 90]));
    let mut bytes = Vec::new();
    DynamicImage::from(picture).write_to(Cursor::new(&mut bytes), format).unwrap();
    bytes
}

/// A JPEG with an EXIF segment that says where it was taken, and that it lies on its side.
fn photo() -> Vec<u8> {
    let mut exif =
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    exif.extend(GPS);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let plain = picture(ImageFormat::Jpeg);
    [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
}

fn taken(name: &str, bytes: Vec<u8>) -> Result<(MediaType, Vec<u8>), FileFault> {
    check(name, bytes, &Budget::default(), None).map(|checked| (checked.media_type, checked.bytes))
}

fn fault(name: &str, bytes: impl Into<Vec<u8>>) -> FileFault {
    taken(name, bytes.into()).unwrap_err()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|part| part == wanted)
}

/// A document of so many pages, with something in its catalogue.
fn document(pages: u32, change: impl FnOnce(&mut Document, &mut lopdf::Dictionary)) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let kids: Vec<Object> = (0..pages)
        .map(|_| {
            let page = dictionary! {
                "Type" => "Page", "Parent" => tree,
                "MediaBox" => vec![0.into(), 0.into(), 200.into(), 200.into()],
            };
            document.add_object(page).into()
        })
        .collect();
    let node = dictionary! { "Type" => "Pages", "Count" => i64::from(pages), "Kids" => kids };
    document.objects.insert(tree, node.into());
    let mut catalogue = dictionary! { "Type" => "Catalog", "Pages" => tree };
    change(&mut document, &mut catalogue);
    let root = document.add_object(catalogue);
    document.trailer.set("Root", root);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn plain() -> Vec<u8> {
    document(2, |_, _| {})
}

#[test]
fn nothing_is_left_of_a_picture_but_its_pixels_the_right_way_up() {
    let photo = photo();
    assert!(holds(&photo, GPS));
    let (kind, kept) = taken("IMG_1.jpg", photo).unwrap();
    assert_eq!(kind, MediaType::Jpeg);
    assert!(!holds(&kept, b"Exif") && !holds(&kept, GPS));
    let seen = image::load_from_memory_with_format(&kept, ImageFormat::Jpeg).unwrap();
    assert_eq!(
        (seen.width(), seen.height()),
        (20, 40),
        "it was turned before its turn was forgotten"
    );
    // What was written behind the end of a picture is not in the one that is kept.
    let page = b"<html><script>alert(1)</script></html>";
    let both = [&picture(ImageFormat::Jpeg)[..], page].concat();
    let (_, kept) = taken("a.jpeg", both).unwrap();
    assert!(!holds(&kept, b"<script>"));
    let both = [&picture(ImageFormat::Png)[..], b"PK\x03\x04"].concat();
    let (kind, kept) = taken("a.png", both).unwrap();
    assert!(kind == MediaType::Png && !holds(&kept, b"PK\x03\x04"));
}

#[test]
fn a_webp_is_kept_as_what_everybody_can_open() {
    let (kind, kept) = taken("a.webp", picture(ImageFormat::WebP)).unwrap();
    assert_eq!(kind, MediaType::Jpeg);
    assert_eq!(image::guess_format(&kept).unwrap(), ImageFormat::Jpeg);
    let mut bytes = Vec::new();
    let glass = DynamicImage::from(RgbaImage::new(4, 4));
    glass.write_to(Cursor::new(&mut bytes), ImageFormat::WebP).unwrap();
    assert_eq!(taken("a.webp", bytes).unwrap().0, MediaType::Png);
}

#[test]
fn a_name_that_says_something_else_is_refused_and_so_is_every_other_kind() {
    use FileFault::{Empty, NotItsName, NotTaken};
    let png = picture(ImageFormat::Png);
    assert_eq!(fault("a.jpg", png.clone()), NotItsName { is: MediaType::Png });
    assert_eq!(fault("a.pdf", png.clone()), NotItsName { is: MediaType::Png });
    assert_eq!(fault("a.png", plain()), NotItsName { is: MediaType::Pdf });
    for name in ["a", "a.svg", "a.png.exe", "a.docm", ""] {
        assert_eq!(fault(name, png.clone()), NotTaken, "{name}");
    }
    let svg = &b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>"[..];
    let office = &b"PK\x03\x04\x14\0\x06\0\x08\0word/vbaProject.bin"[..];
    for (name, bytes) in [
        ("a.svg", svg),
        ("a.png", svg),
        ("a.html", b"<!doctype html><title>x</title>"),
        ("a.jpg", b"<!doctype html><title>x</title>"),
        ("a.docm", office),
        ("a.pdf", office),
        ("a.gif", b"GIF89a\x01\0\x01\0\0\0\0;"),
        ("a.jpg", b"GIF89a\x01\0\x01\0\0\0\0;"),
        ("a.pdf", b"MZ\x90\0"),
        ("a.pdf", b"\n%PDF-1.7 something stands before it %%EOF"),
    ] {
        assert_eq!(fault(name, bytes), NotTaken, "{name}");
    }
    assert_eq!(fault("a.png", b""), Empty);
}

#[test]
fn what_is_cut_off_is_refused_at_every_length() {
    for (name, whole) in [
        ("a.jpg", photo()),
        ("a.png", picture(ImageFormat::Png)),
        ("a.webp", picture(ImageFormat::WebP)),
        ("a.pdf", plain()),
    ] {
        taken(name, whole.clone()).unwrap();
        for part in 1..8 {
            let length = whole.len() * part / 8;
            let fault = fault(name, &whole[..length]);
            assert!(matches!(fault, FileFault::Broken), "{name}, {part} of 8: {fault}");
        }
    }
}

/// CRC-32 of PNG (ISO/IEC 15948, annex D).
fn crc(bytes: &[u8]) -> [u8; 4] {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| {
            if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 }
        })
    };
    (!bytes.iter().fold(u32::MAX, step)).to_be_bytes()
}

#[test]
fn a_picture_that_unpacks_into_far_more_is_not_unpacked() {
    let mut bomb = picture(ImageFormat::Png);
    // Width and height of the header, 16 to 24; its checksum is of 12 to 29.
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let sum = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum);
    let most = Budget::default().pixels;
    assert_eq!(fault("a.png", bomb), FileFault::TooManyPixels { most });
    let small = Budget { pixels: 799, ..Budget::default() };
    let refused = check("a.png", picture(ImageFormat::Png), &small, None).unwrap_err();
    assert_eq!(refused, FileFault::TooManyPixels { most: 799 });
    let short = Budget { file_bytes: 100, ..Budget::default() };
    let refused = check("a.png", picture(ImageFormat::Png), &short, None).unwrap_err();
    assert_eq!(refused, FileFault::TooLarge { most: 100 });
}

#[test]
fn a_document_is_kept_byte_for_byte_and_does_nothing() {
    use FileFault::{Active, Hidden, TooManyPages};
    let whole = plain();
    assert_eq!(taken("a.pdf", whole.clone()).unwrap(), (MediaType::Pdf, whole.clone()));
    let action = |kind: &str| {
        let kind = kind.to_owned();
        document(1, move |document, catalogue| {
            let action = dictionary! { "S" => Object::Name(kind.into_bytes()), "JS" => Object::string_literal("x") };
            let action = document.add_object(vec![Object::Dictionary(action)]);
            catalogue.set("OpenAction", action);
        })
    };
    assert_eq!(fault("a.pdf", action("JavaScript")), Active);
    let launch = document(1, |_, catalogue| {
        catalogue.set("AA", dictionary! { "WC" => dictionary! { "S" => "Launch" } });
    });
    assert_eq!(fault("a.pdf", launch), Active);
    let carrier = document(1, |document, _| {
        let inside = dictionary! { "Type" => "EmbeddedFile" };
        document.add_object(lopdf::Stream::new(inside, b"MZ".to_vec()));
    });
    assert_eq!(fault("a.pdf", carrier), Active);
    let form = document(1, |_, catalogue| {
        catalogue.set("AcroForm", dictionary! { "XFA" => Object::string_literal("x") });
    });
    assert_eq!(fault("a.pdf", form), Active);
    let zip = b"PK\x03\x04x PK\x01\x02 PK\x05\x06";
    assert_eq!(fault("a.pdf", [&whole[..], zip].concat()), Hidden);
    assert_eq!(fault("a.pdf", [&whole[..], zip, b"\n%%EOF"].concat()), Hidden);
    let many = document(10_000, |_, _| {});
    assert_eq!(fault("a.pdf", many), TooManyPages { most: Budget::default().pages });
    let locked = document(1, |document, _| {
        let lock = dictionary! {
            "Filter" => "Standard", "V" => 1, "R" => 2, "P" => -4,
            "O" => Object::string_literal([1; 32]), "U" => Object::string_literal([2; 32]),
        };
        let lock = document.add_object(lock);
        document.trailer.set("Encrypt", lock);
        document.trailer.set("ID", vec![Object::string_literal("x"), Object::string_literal("x")]);
    });
    assert_eq!(fault("a.pdf", locked), FileFault::Encrypted);
    // Deeper than any reader should follow.
    let deep =
        format!("%PDF-1.7\n1 0 obj\n{}{}\nendobj\n%%EOF", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(fault("a.pdf", deep), FileFault::Broken);
}

#[derive(Debug)]
struct At(std::sync::Mutex<Timestamp>);

impl Clock for At {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Place {
    files: Files,
    objects: Arc<dyn ObjectStore>,
    clock: Arc<At>,
    folder: tempfile::TempDir,
}

impl Place {
    /// A second portal on the same database and place.
    fn another(&self, reader: Option<PathBuf>) -> Files {
        let kept = (self.objects.clone(), self.clock.clone(), self.folder.path());
        files_of(kept, None, u64::MAX, reader)
    }
}

fn place(most_held: u64) -> Place {
    scanned_by(None, most_held)
}

fn scanned_by(scanner: Option<Scanner>, most_held: u64) -> Place {
    lying_in(Arc::new(InMemory::new()), scanner, most_held)
}

fn lying_in(objects: Arc<dyn ObjectStore>, scanner: Option<Scanner>, most_held: u64) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(At(std::sync::Mutex::new("2026-11-30T04:00:00Z".parse().unwrap())));
    let kept = (objects.clone(), clock.clone(), folder.path());
    let files = files_of(kept, scanner, most_held, None);
    Place { files, objects, clock, folder }
}

fn files_of(
    (objects, clock, folder): (Arc<dyn ObjectStore>, Arc<At>, &Path),
    scanner: Option<Scanner>,
    most_held: u64,
    reader: Option<PathBuf>,
) -> Files {
    let entropy = Arc::new(testkit::Numbered);
    let store = SqliteStore::open(folder, &testkit::CLASSIFIED_KEY).unwrap();
    let key = RecordKey { cipher: Cipher::Aes256Gcm, secret: [1; 32] };
    store.unlock(Arc::new(Keyring::new(vec![key], entropy.clone())), Clear::Sealed).unwrap();
    Files::new(Parts {
        objects,
        store: Arc::new(store),
        clock,
        entropy,
        cipher: Cipher::Sm4Gcm,
        budget: Budget::default(),
        most_held,
        scanner,
        reader,
    })
}

async fn lying(place: &Place) -> Vec<Vec<u8>> {
    use futures_util::TryStreamExt as _;
    use object_store::ObjectStoreExt as _;
    let metas: Vec<_> = place.objects.list(None).try_collect().await.unwrap();
    let mut all = Vec::new();
    for meta in metas {
        all.push(place.objects.get(&meta.location).await.unwrap().bytes().await.unwrap().to_vec());
    }
    all
}

#[tokio::test]
async fn x3_what_lies_there_opens_with_its_row_alone_and_goes_after_its_day() {
    keeps_and_forgets(&place(u64::MAX)).await;
}

/// What every place does with a file: keeps it sealed, hands it out, and has nothing left of it when it is due.
async fn keeps_and_forgets(place: &Place) {
    place.files.try_out().await.unwrap();
    assert!(lying(place).await.is_empty(), "nothing is left of what was tried out");
    let whole = plain();
    let held = place.files.hold("../../裂缝\u{202e}.pdf", whole.clone()).await.unwrap();
    assert_eq!((&*held.name, held.size), ("裂缝.pdf", whole.len() as u64));
    let [sealed] = lying(place).await.try_into().unwrap();
    assert!(!holds(&sealed, b"%PDF") && !holds(&sealed, b"MediaBox"));
    let (again, bytes) = place.files.fetch(&held.id).await.unwrap().unwrap();
    assert_eq!((again, bytes), (held.clone(), whole));
    let known = place.files.known(&[held.id.clone(), "none".into()]).await.unwrap();
    assert!(matches!(&known[..], [(_, AttachmentState::Held(_))]));
    assert_eq!(place.files.remove_due().await.unwrap(), 0);
    let day = jiff::SignedDuration::from_hours(24);
    *place.clock.0.lock().unwrap() += day;
    assert_eq!(place.files.remove_due().await.unwrap(), 1);
    assert!(lying(place).await.is_empty());
    assert_eq!(place.files.fetch(&held.id).await.unwrap(), None);
    let webp = place.files.hold("屏幕.截图.webp", picture(ImageFormat::WebP)).await.unwrap();
    assert_eq!((&*webp.name, webp.media_type), ("屏幕.截图.jpg", MediaType::Jpeg));
    place.files.let_go(&webp.id).await.unwrap();
    assert_eq!(place.files.remove_due().await.unwrap(), 1);
}

#[tokio::test]
async fn nobody_fills_the_disk_with_files_that_are_not_handed_in() {
    let place = place(600);
    let size = plain().len() as u64;
    assert!(size < 600 && 2 * size > 600, "{size}");
    let first = place.files.hold("a.pdf", plain()).await.unwrap();
    assert_eq!(place.files.hold("b.pdf", plain()).await, Err(FileFault::Unavailable));
    place.files.let_go(&first.id).await.unwrap();
    place.files.hold("b.pdf", plain()).await.unwrap();
}

#[tokio::test]
async fn what_is_let_go_of_is_removed_at_once() {
    let place = place(u64::MAX);
    let held = place.files.hold("a.pdf", plain()).await.unwrap();
    assert_eq!(lying(&place).await.len(), 1);
    let Place { files, objects, clock, folder } = place;
    let files = Arc::new(files);
    let tidying = tokio::spawn(crate::keep_tidy(files.clone()));
    // It looks when it begins; then it waits for its time.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    files.let_go(&held.id).await.unwrap();
    let gone = async {
        use futures_util::TryStreamExt as _;
        loop {
            let left: Vec<_> = objects.list(None).try_collect().await.unwrap();
            if left.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(20), gone).await;
    tidying.abort();
    waited.expect("within seconds, not within ten minutes");
    drop((folder, clock));
}

#[tokio::test]
async fn s11_a_file_waits_as_long_as_its_draft_unless_too_many_do() {
    let size = plain().len() as u64;
    // Half of it may wait with drafts: one file.
    let place = place(3 * size);
    let until = *place.clock.0.lock().unwrap() + jiff::SignedDuration::from_hours(24 * 30);
    let draft = |text: &str| domain::request::DraftNumber::parse(text).unwrap();
    let held = async |name: &str| place.files.hold(name, plain()).await.unwrap().id;
    let (first, second) = (held("a.pdf").await, held("b.pdf").await);
    let waits = async |id: &String, number: &str| {
        let ids = std::slice::from_ref(id);
        place.files.wait_with_draft(ids, &draft(number), until).await.unwrap();
        match &place.files.known(ids).await.unwrap()[..] {
            [(_, AttachmentState::Held(until))] => *until,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(waits(&first, "CG-22222222").await, until);
    assert_eq!(waits(&first, "CG-22222222").await, until, "saved again it is no second file");
    assert!(waits(&second, "CG-33333333").await < until, "its own day");
    *place.clock.0.lock().unwrap() += jiff::SignedDuration::from_hours(24);
    assert_eq!(place.files.remove_due().await.unwrap(), 1);
    assert!(place.files.fetch(&first).await.unwrap().is_some());
    *place.clock.0.lock().unwrap() = until;
    assert_eq!(place.files.remove_due().await.unwrap(), 1, "with its draft");
}

/// Answers each file as `clamd` does, once it has come whole; the word that it finds is in the file.
async fn like_clamd(listener: tokio::net::UnixListener, answer: &'static str) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    loop {
        let (mut line, _) = listener.accept().await.unwrap();
        let mut command = [0; 10];
        line.read_exact(&mut command).await.unwrap();
        assert_eq!(&command, b"zINSTREAM\0");
        let mut file = Vec::new();
        loop {
            let length = line.read_u32().await.unwrap();
            if length == 0 {
                break;
            }
            let mut piece = vec![0; length as usize];
            line.read_exact(&mut piece).await.unwrap();
            file.extend(piece);
        }
        let found = holds(&file, b"/Evil");
        let said = if found { "stream: Test.Signature FOUND" } else { answer };
        line.write_all(format!("{said}\0").as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn with_a_scanner_nothing_is_kept_that_it_has_not_let_pass() {
    let folder = tempfile::tempdir().unwrap();
    let evil = document(1, |_, catalogue| catalogue.set("Evil", true));
    for (at, (answer, taken)) in [
        ("stream: OK", Ok(())),
        ("INSTREAM size limit exceeded. ERROR", Err(FileFault::Unavailable)),
        ("stream: OK FOUND", Err(FileFault::Infected)),
        ("", Err(FileFault::Unavailable)),
    ]
    .into_iter()
    .enumerate()
    {
        let socket = folder.path().join(at.to_string());
        let place = scanned_by(Some(Scanner { socket: socket.clone() }), u64::MAX);
        // Nobody listens yet.
        assert_eq!(place.files.hold("a.pdf", plain()).await, Err(FileFault::Unavailable));
        let listener = tokio::net::UnixListener::bind(&socket).unwrap();
        let serving = tokio::spawn(like_clamd(listener, answer));
        assert_eq!(place.files.hold("a.pdf", plain()).await.map(drop), taken, "{answer}");
        assert_eq!(place.files.hold("a.pdf", evil.clone()).await, Err(FileFault::Infected));
        assert_eq!(lying(&place).await.len(), usize::from(taken.is_ok()));
        serving.abort();
    }
}
