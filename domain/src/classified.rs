//! Classified parcels are known by a keyed digest of their code and by nothing else
//! (地图管理条例 art. 8, 36: what may not be on a map may not be in the database that serves it).

use std::fmt;

use crate::{ParcelCode, closed::Cell, digest::keyed_digest};

/// The key of the digests. Kept apart from the database: with it, every code of a district could
/// be tried.
#[derive(Clone)]
pub struct ClassifiedKey([u8; 32]);

impl fmt::Debug for ClassifiedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClassifiedKey(…)")
    }
}

/// What is kept of a classified code: the first half of HMAC-SHA-256 over it.
pub type CodeDigest = [u8; 16];

impl ClassifiedKey {
    /// A key from 32 unguessable bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest of a parcel's code.
    #[must_use]
    pub fn digest(&self, code: &ParcelCode) -> CodeDigest {
        self.digest_of(code.as_str())
    }

    /// The digest of a code as it is stored, 19 characters.
    #[must_use]
    pub fn digest_of(&self, code: &str) -> CodeDigest {
        self.half(&[b"classified code", code.as_bytes()])
    }

    /// The digest of a cell of ground that stays closed.
    #[must_use]
    pub fn digest_of_cell(&self, cell: Cell) -> CodeDigest {
        self.half(&[b"closed cell", cell.text().as_bytes()])
    }

    /// What hides how a layer is moved in a block of ground ([`crate::veil`]).
    #[must_use]
    pub fn digest_of_block(&self, layer: &str, (east, north): (i32, i32)) -> CodeDigest {
        self.half(&[b"block of ground", layer.as_bytes(), format!(" {east} {north}").as_bytes()])
    }

    /// What tells this key from another one, without telling anything of it.
    #[must_use]
    pub fn mark(&self) -> CodeDigest {
        self.half(&[b"mark of the key"])
    }

    fn half(&self, parts: &[&[u8]]) -> CodeDigest {
        let mut half = CodeDigest::default();
        half.copy_from_slice(&keyed_digest(&self.0, parts)[..16]);
        half
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Strictness;

    #[test]
    fn a_digest_tells_codes_and_keys_apart_and_nothing_else() {
        let code = |text| ParcelCode::parse(text, Strictness::Issue).unwrap().code;
        let [one, two] = ["330521001001GB00001", "330521001001GB00002"].map(code);
        let [key, other] = [[1; 32], [2; 32]].map(ClassifiedKey::new);
        assert_eq!(key.digest(&one), key.digest(&code("330521 001001 GB00001")));
        assert_ne!(key.digest(&one), key.digest(&two));
        assert_ne!(key.digest(&one), other.digest(&one));
        assert_ne!(key.mark(), other.mark());
        assert_eq!(format!("{key:?}"), "ClassifiedKey(…)");
    }
}
