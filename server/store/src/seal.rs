//! Sealing what is personal: authenticated encryption under keys that are not in the database.
//!
//! What is sealed says in its head by which cipher and key, so that keys rotate: a new one seals,
//! the old ones open. The place it belongs to, table, row and column, is authenticated with it, so
//! that a value moved to another row does not open.

use std::{fmt, sync::Arc};

use aes_gcm::{
    Aes256Gcm, AesGcm, Nonce,
    aead::{Aead, KeyInit, Payload, consts::U12},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Entropy;
use sha2::{Digest, Sha256};
use sm4::Sm4;

/// The first byte of what is sealed: version of the head, so that another one can follow.
const VERSION: u8 = 1;
/// Version, cipher, key id, nonce.
const HEAD: usize = 2 + KEY_ID + NONCE;
const KEY_ID: usize = 8;
const NONCE: usize = 12;

/// A cipher with authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// AES-256 in GCM (NIST SP 800-38D).
    Aes256Gcm,
    /// SM4 (GB/T 32907) in GCM (RFC 8998).
    Sm4Gcm,
}

impl Cipher {
    /// Every cipher.
    pub const ALL: [Self; 2] = [Self::Aes256Gcm, Self::Sm4Gcm];

    /// Its name in configuration and key files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aes256Gcm => "aes-256-gcm",
            Self::Sm4Gcm => "sm4-gcm",
        }
    }

    /// The cipher of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cipher| cipher.name() == name)
    }

    const fn mark(self) -> u8 {
        match self {
            Self::Aes256Gcm => 1,
            Self::Sm4Gcm => 2,
        }
    }
}

/// Names a key without telling anything of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordKeyId([u8; KEY_ID]);

impl fmt::Display for RecordKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for RecordKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKeyId({self})")
    }
}

impl RecordKeyId {
    /// The key by which something was sealed; `None` for what was not sealed.
    #[must_use]
    pub fn of(sealed: &[u8]) -> Option<Self> {
        let id = sealed.get(2..2 + KEY_ID).filter(|_| sealed.first() == Some(&VERSION))?;
        id.try_into().ok().map(Self)
    }
}

/// Why something cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is not in the form of something sealed.
    #[error("it is not sealed")]
    NotSealed,
    /// The key is not at hand.
    #[error("its key {0} is not among the keys of requests")]
    UnknownKey(RecordKeyId),
    /// Changed, moved from another place, or sealed by another key under this id.
    #[error("it was changed, or moved here from elsewhere, or its key is another one")]
    Forged,
    /// The keys themselves cannot be used. The text says why.
    #[error("the keys of requests cannot be read")]
    NoKeys,
}

/// Seals and opens what is personal. A device that keeps its keys to itself can stand behind it.
pub trait Sealer: Send + Sync + fmt::Debug {
    /// Seals by the newest key what belongs to `place`.
    ///
    /// # Errors
    /// [`SealError::NoKeys`].
    fn seal(&self, place: &str, clear: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Opens what was sealed for `place`, by whichever key.
    ///
    /// # Errors
    /// [`SealError`].
    fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError>;

    /// The newest key.
    ///
    /// # Errors
    /// [`SealError::NoKeys`].
    fn newest(&self) -> Result<RecordKeyId, SealError>;
}

/// What becomes of requests that are found in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clear {
    /// They are of an older program, and are sealed.
    Sealed,
    /// All were sealed before: somebody put them there, and nothing of them is believed.
    Refused,
}

/// A key, and the cipher it is for.
#[derive(Clone)]
pub struct RecordKey {
    /// The cipher.
    pub cipher: Cipher,
    /// The secret, from which the cipher's key is made.
    pub secret: [u8; 32],
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKey({} {})", self.cipher.name(), self.id())
    }
}

impl RecordKey {
    /// What names it: a digest, from which the secret cannot be found.
    #[must_use]
    pub fn id(&self) -> RecordKeyId {
        let digest = Sha256::new()
            .chain_update(b"jianma record key id\0")
            .chain_update(self.cipher.name())
            .chain_update(self.secret)
            .finalize();
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&digest[..KEY_ID]);
        RecordKeyId(id)
    }

    /// The cipher's own key: never the secret itself, nor the same for another cipher.
    fn derived(&self) -> [u8; 32] {
        let name = self.cipher.name().as_bytes();
        domain::digest::keyed_digest(&self.secret, &[b"jianma record key\0", name])
    }

    fn seal(&self, nonce: [u8; NONCE], payload: Payload<'_, '_>) -> Result<Vec<u8>, SealError> {
        let (key, nonce) = (self.derived(), Nonce::from(nonce));
        let sealed = match self.cipher {
            Cipher::Aes256Gcm => Aes256Gcm::new(&key.into()).encrypt(&nonce, payload),
            Cipher::Sm4Gcm => sm4(&key)?.encrypt(&nonce, payload),
        };
        // Fails only for what is longer than 64 GiB.
        sealed.map_err(|_too_long| SealError::NotSealed)
    }

    fn open(&self, nonce: [u8; NONCE], payload: Payload<'_, '_>) -> Result<Vec<u8>, SealError> {
        let (key, nonce) = (self.derived(), Nonce::from(nonce));
        let clear = match self.cipher {
            Cipher::Aes256Gcm => Aes256Gcm::new(&key.into()).decrypt(&nonce, payload),
            Cipher::Sm4Gcm => sm4(&key)?.decrypt(&nonce, payload),
        };
        clear.map_err(|_unlike| SealError::Forged)
    }
}

fn sm4(key: &[u8; 32]) -> Result<AesGcm<Sm4, U12>, SealError> {
    AesGcm::new_from_slice(&key[..16]).map_err(|_length| SealError::NoKeys)
}

/// Keys in memory, oldest first: the last one seals.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<RecordKey>,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.keys).finish()
    }
}

impl Keyring {
    /// Keys, oldest first. Nonces are drawn from `entropy`: a key seals far fewer than 2³² values.
    #[must_use]
    pub fn new(keys: Vec<RecordKey>, entropy: Arc<dyn Entropy>) -> Self {
        Self { keys, entropy }
    }

    /// The keys, oldest first.
    #[must_use]
    pub fn keys(&self) -> &[RecordKey] {
        &self.keys
    }
}

impl Sealer for Keyring {
    fn seal(&self, place: &str, clear: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.keys.last().ok_or(SealError::NoKeys)?;
        let mut nonce = [0; NONCE];
        self.entropy.fill(&mut nonce);
        let mut sealed = Vec::with_capacity(HEAD + clear.len() + 16);
        sealed.extend([VERSION, key.cipher.mark()]);
        sealed.extend(key.id().0);
        sealed.extend(nonce);
        let aad = authenticated(&sealed[..HEAD], place);
        sealed.extend(key.seal(nonce, Payload { msg: clear, aad: &aad })?);
        Ok(sealed)
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let id = RecordKeyId::of(sealed).ok_or(SealError::NotSealed)?;
        let (head, rest) = sealed.split_at_checked(HEAD).ok_or(SealError::NotSealed)?;
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&head[HEAD - NONCE..]);
        let key = self.keys.iter().rev().find(|key| key.id() == id);
        let key = key.ok_or(SealError::UnknownKey(id))?;
        key.open(nonce, Payload { msg: rest, aad: &authenticated(head, place) })
    }

    fn newest(&self) -> Result<RecordKeyId, SealError> {
        self.keys.last().map(RecordKey::id).ok_or(SealError::NoKeys)
    }
}

fn authenticated(head: &[u8], place: &str) -> Vec<u8> {
    [head, place.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn ring(keys: &[(Cipher, u8)]) -> Keyring {
        let keys =
            keys.iter().map(|(cipher, byte)| RecordKey { cipher: *cipher, secret: [*byte; 32] });
        Keyring::new(keys.collect(), Arc::new(Counting::default()))
    }

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pair =
            |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(pair).collect()
    }

    #[test]
    fn x3_sm4_gcm_is_that_of_the_standard() {
        // RFC 8998, appendix A.1.
        let cipher = AesGcm::<Sm4, U12>::new_from_slice(&bytes("0123456789ABCDEFFEDCBA9876543210"));
        let clear =
            bytes(&["AA", "BB", "CC", "DD", "EE", "FF", "EE", "AA"].map(|b| b.repeat(8)).concat());
        let aad = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let nonce: [u8; 12] = bytes("00001234567800000000ABCD").try_into().unwrap();
        let sealed =
            cipher.unwrap().encrypt(&Nonce::from(nonce), Payload { msg: &clear, aad: &aad });
        let right = "17F399F08C67D5EE19D0DC9969C4BB7D 5FD46FD3756489069157B282BB200735 \
                     D82710CA5C22F0CCFA7CBF93D496AC15 A56834CBCF98C397B4024A2691233B8D \
                     83DE3541E4C2B58177E065A9BF7B62EC";
        assert_eq!(sealed.unwrap(), bytes(right));
    }

    #[test]
    fn x3_the_block_cipher_is_that_of_the_standard() {
        use sm4::cipher::{BlockCipherEncrypt, KeyInit};
        // GB/T 32907-2016, appendix A.1.
        let key: [u8; 16] = bytes("0123456789abcdeffedcba9876543210").try_into().unwrap();
        let mut block = key.into();
        Sm4::new(&key.into()).encrypt_block(&mut block);
        assert_eq!(block.to_vec(), bytes("681edf34d206965e86b3e94f536e4246"));
    }

    #[test]
    fn x3_what_is_sealed_opens_at_its_place_and_nowhere_else() {
        for cipher in Cipher::ALL {
            let ring = ring(&[(cipher, 7)]);
            let sealed = ring.seal("message/1", "张三".as_bytes()).unwrap();
            assert!(!sealed.windows(6).any(|part| part == "张三".as_bytes()));
            assert_eq!(ring.open("message/1", &sealed).unwrap(), "张三".as_bytes());
            assert_eq!(ring.open("message/2", &sealed), Err(SealError::Forged));
            for at in 0..sealed.len() {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert!(ring.open("message/1", &changed).is_err(), "byte {at}");
            }
            assert!(ring.open("message/1", &sealed[..sealed.len() - 1]).is_err());
            assert_ne!(ring.seal("message/1", "张三".as_bytes()).unwrap(), sealed);
        }
    }

    #[test]
    fn x3_a_new_key_seals_and_the_old_one_opens_as_long_as_it_is_there() {
        let old = ring(&[(Cipher::Aes256Gcm, 1)]);
        let sealed = old.seal("a", b"text").unwrap();
        let both = ring(&[(Cipher::Aes256Gcm, 1), (Cipher::Sm4Gcm, 1)]);
        assert_eq!(both.open("a", &sealed).unwrap(), b"text");
        let again = both.seal("a", b"text").unwrap();
        assert_eq!(RecordKeyId::of(&again), Some(both.newest().unwrap()));
        let id = old.newest().unwrap();
        assert_eq!(ring(&[(Cipher::Sm4Gcm, 1)]).open("a", &sealed), Err(SealError::UnknownKey(id)));
        assert_eq!(old.open("a", &again), Err(SealError::UnknownKey(both.newest().unwrap())));
    }

    #[test]
    fn what_is_not_sealed_is_not_taken_for_clear_text() {
        let ring = ring(&[(Cipher::Aes256Gcm, 1)]);
        for text in [&b""[..], b"{}", b"\0{}", &[VERSION; 40]] {
            assert!(ring.open("a", text).is_err());
        }
        assert_eq!(RecordKeyId::of(b"{}"), None);
        assert!(!format!("{ring:?}").contains("1, 1"));
    }
}
