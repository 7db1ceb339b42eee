use std::collections::BTreeSet;

use super::*;

const HOST: &str = "jianma.example.gov.cn";
const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Counts up: every draw differs, and a test can say what comes next.
struct Counting(std::sync::atomic::AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed).wrapping_mul(151);
        }
    }
}

fn ring() -> KeyRing {
    let mut ring = KeyRing::default();
    ring.rotate([7; 32]).unwrap();
    ring
}

fn code(text: &str) -> LandCode {
    LandCode::parse(text, Strictness::Issue).unwrap().code
}

fn place(ring: &KeyRing) -> LabelText {
    let subject = Subject::Place { code: code("330521001001GB00001"), serial: 42 };
    LabelText::seal(subject, HOST, &ring.current().unwrap(), ring).unwrap()
}

fn home(ring: &KeyRing, entropy: &Counting) -> LabelText {
    let subject = Subject::Home(Token::draw(entropy));
    LabelText::seal(subject, HOST, &ring.current().unwrap(), ring).unwrap()
}

#[test]
fn q1_a_label_is_an_https_address_in_the_alphanumeric_set() {
    let ring = ring();
    let label = place(&ring);
    let address = label.address(HOST);
    assert!(
        address.starts_with("HTTPS://JIANMA.EXAMPLE.GOV.CN/L/330521001001GB00001-A-0000042-"),
        "{address}"
    );
    assert!(address.chars().all(|c| ALPHANUMERIC.contains(c)), "{address}");
    let home = home(&ring, &Counting(0.into())).address(HOST);
    assert!(home.chars().all(|c| ALPHANUMERIC.contains(c)), "{home}");
}

#[test]
fn q2_a_genuine_label_holds_in_any_case() {
    let ring = ring();
    for label in [place(&ring), home(&ring, &Counting(3.into()))] {
        let text = label.to_string();
        for written in [text.clone(), text.to_lowercase(), format!(" {text} ")] {
            let read = LabelText::parse(&written).unwrap();
            assert_eq!(read, label);
            assert!(read.holds(HOST, &ring));
            assert!(read.holds(&HOST.to_uppercase(), &ring));
        }
    }
}

#[test]
fn q2_one_changed_character_anywhere_is_seen() {
    let ring = ring();
    for label in [place(&ring), home(&ring, &Counting(9.into()))] {
        let text = label.to_string();
        let mut readable = 0;
        for at in 0..text.len() {
            for other in ALPHANUMERIC.chars().filter(|c| c.is_ascii_alphanumeric()) {
                let mut altered = text.clone();
                altered.replace_range(at..=at, &other.to_string());
                let Some(read) = LabelText::parse(&altered) else { continue };
                // Another way of writing the same (O for 0) is no change.
                if read == label {
                    continue;
                }
                readable += 1;
                assert!(!read.holds(HOST, &ring), "{altered} passes for {text}");
            }
        }
        assert!(readable > 500, "only {readable} altered labels could be read at all");
    }
}

#[test]
fn q2_a_random_tag_or_a_foreign_key_does_not_hold() {
    let ring = ring();
    let genuine = place(&ring);
    for forged in 0..=255 {
        let tag = Tag::new([forged; TAG_BYTES]);
        assert!(!LabelText { tag, ..genuine.clone() }.holds(HOST, &ring));
    }
    let other =
        KeyRing::new(vec![LabelKey { id: KeyId::first(), secret: [8; 32], retired: false }]);
    assert!(!genuine.holds(HOST, &other.unwrap()));
    let key = KeyId::parse("B").unwrap();
    assert!(!LabelText { key, ..genuine }.holds(HOST, &ring));
}

#[test]
fn q2_a_label_does_not_hold_on_another_host() {
    let ring = ring();
    let label = place(&ring);
    for host in ["evil.example", "jianma.example.gov.cn:8443", "jianma.example.gov.cn.evil", ""] {
        assert!(!label.holds(host, &ring), "{host}");
    }
}

#[test]
fn q2_a_rotated_key_still_checks_and_a_retired_one_does_not() {
    let mut ring = ring();
    let old = place(&ring);
    assert_eq!(ring.rotate([9; 32]).unwrap().as_str(), "B");
    let new = place(&ring);
    assert_eq!(new.key.as_str(), "B");
    assert_ne!(old.tag, new.tag);
    assert!(old.holds(HOST, &ring) && new.holds(HOST, &ring));
    assert!(ring.retire(&old.key));
    assert!(!old.holds(HOST, &ring) && new.holds(HOST, &ring));
    assert_eq!(ring.seal(&old.key, b"anything"), None);
    assert!(ring.retire(&new.key));
    assert_eq!(ring.current(), None, "a retired key seals nothing");
    assert!(!ring.retire(&KeyId::parse("C").unwrap()));
}

#[test]
fn q1_a_home_is_a_token_that_nothing_can_be_computed_from() {
    assert!(needs_token(&code("330521001001GB00047F00010002")));
    assert!(!needs_token(&code("330521001001GB00047")));
    assert!(!needs_token(&code("330521001001GB00047W00000000")));
    assert!(!needs_token(&code("330521001001GE00047L00000002")));
    // The code is no input of a token: all that decides it is the random source.
    let entropy = Counting(0.into());
    let tokens: BTreeSet<String> = (0..20).map(|_| Token::draw(&entropy).to_string()).collect();
    assert_eq!(tokens.len(), 20);
    assert!(tokens.iter().all(|token| token.len() * 5 >= 80));
}

#[test]
fn what_no_label_looks_like_is_not_read() {
    let label = place(&ring()).to_string();
    for text in [
        "",
        "-",
        "330521001001GB00001",
        "330521001001GB00001-A-42-0123456789ABCDEF",
        "330521001001GB00001-A-00000042-0123456789ABCDEF",
        "330521001001GB00001-A-0000042-0123456789ABCDE",
        "330521001001GB00001-A1-0000042-0123456789ABCDEF",
        "330521001001GB00001-ABCD-0000042-0123456789ABCDEF",
        "330521001001QB00001-A-0000042-0123456789ABCDEF",
        "330521001001GB00001-A-99999999999999999999999-0123456789ABCDEF",
        &format!("{label}-"),
        &format!("{label}/../../c"),
        &label.replace('A', "Ａ"),
        &"A".repeat(10_000),
    ] {
        assert_eq!(LabelText::parse(text), None, "{text}");
    }
}

#[test]
fn names_of_keys_follow_each_other() {
    let next = |text: &str| KeyId::parse(text).unwrap().next().map(|id| id.to_string());
    for (id, after) in [("A", "B"), ("Z", "AA"), ("AZ", "BA"), ("ZZ", "AAA"), ("ABZ", "ACA")] {
        assert_eq!(next(id).as_deref(), Some(after), "{id}");
    }
    assert_eq!(next("ZZZ"), None);
    let key = |id| LabelKey { id: KeyId::parse(id).unwrap(), secret: [0; 32], retired: false };
    assert!(KeyRing::new(vec![key("A"), key("A")]).is_none());
    assert!(!format!("{:?}", key("A")).contains("secret"));
}

#[test]
fn labels_point_to_hosts_that_a_label_can_write() {
    for host in ["portal.example.gov.cn", "127.0.0.1:3000", "localhost:80", "xn--fiqs8s"] {
        assert!(is_label_host(host), "{host}");
    }
    for host in ["", "[::1]:3000", "a b", "host:", "host:0", "host:99999", "见码.cn", ".cn", "a/b"]
    {
        assert!(!is_label_host(host), "{host}");
    }
}
