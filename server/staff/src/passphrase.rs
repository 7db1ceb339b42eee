//! Passphrases: what is one (NIST SP 800-63B-4, 3.1.1), and what is kept of it.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use domain::{Entropy, staff::Member};

use crate::StaffError;

/// Shortest passphrase, characters.
pub const LEAST: usize = 15;
/// Longest passphrase, characters.
pub const MOST: usize = 128;

/// Passphrases of that length and more that are tried first, in small letters and without blanks: a row of
/// keys, a figure said to its end, a word said again.
const COMMON: [&str; 14] = [
    "correcthorsebatterystaple",
    "qwertyuiopasdfgh",
    "qwertyuiopasdfghjkl",
    "1q2w3e4r5t6y7u8i",
    "1qaz2wsx3edc4rfv",
    "123456789012345",
    "1234567890123456",
    "abcdefghijklmno",
    "abcdefghijklmnop",
    "changemechangeme",
    "administrator123",
    "thisismypassword",
    "mypasswordismypassword",
    "letmeinletmeinletmein",
];

/// What is wrong with a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassphraseFault {
    /// It is shorter than [`LEAST`] characters.
    Short,
    /// It is longer than [`MOST`] characters.
    Long,
    /// It is one of those that are tried first.
    Common,
    /// It is a short piece again and again.
    Repeats,
    /// It is little more than the name, the office or this portal.
    Names,
}

/// What is wrong with a passphrase that somebody chose; what it is made of is their own matter.
pub(crate) fn fault(passphrase: &str, member: &Member) -> Option<PassphraseFault> {
    let length = passphrase.chars().count();
    if length < LEAST {
        return Some(PassphraseFault::Short);
    }
    if length > MOST {
        return Some(PassphraseFault::Long);
    }
    let plain: String = passphrase.to_lowercase().split_whitespace().collect();
    if COMMON.contains(&&*plain) {
        return Some(PassphraseFault::Common);
    }
    if repeats(&plain) {
        return Some(PassphraseFault::Repeats);
    }
    let mut rest = plain;
    for known in [member.id.as_str(), &member.office, &member.name, "jianma", "见码", "password"]
    {
        rest = rest.replace(&known.to_lowercase(), "");
    }
    (rest.chars().count() < LEAST / 2).then_some(PassphraseFault::Names)
}

/// Whether a text is a piece of at most four characters again and again.
fn repeats(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (1..=4).any(|piece| letters.iter().zip(letters.iter().skip(piece)).all(|(a, b)| a == b))
}

/// What is kept of a passphrase: a PHC string of Argon2id at 19 MiB, two passes.
pub(crate) fn hashed(passphrase: &str, entropy: &dyn Entropy) -> Result<String, StaffError> {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    let hash = Argon2::default().hash_password_with_salt(passphrase.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| StaffError::Hash(error.to_string()))
}

/// Whether a passphrase is the one of a hash. Where there is no hash the same work is done for nothing.
pub(crate) fn is_right(passphrase: &str, kept: Option<&str>) -> Result<bool, StaffError> {
    let Some(kept) = kept else {
        let nobody = Argon2::default().hash_password_with_salt(passphrase.as_bytes(), &[0; 16]);
        return nobody.map(|_| false).map_err(|error| StaffError::Hash(error.to_string()));
    };
    let kept = PasswordHash::new(kept).map_err(|error| StaffError::Hash(error.to_string()))?;
    Ok(Argon2::default().verify_password(passphrase.as_bytes(), &kept).is_ok())
}
