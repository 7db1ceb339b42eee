//! What staff at a counter say of the materials of a request: how each of them was before them (desk D11,
//! 不动产登记操作规范: the clerk who compared a copy with the original signs 原件相符).
//!
//! A word is of one material of one service at one place in one visit, and of the copies that lay there by their
//! digests: it can be moved to no other. It names who gave it, and is signed with the portal's key in the canonical
//! form of JSON (RFC 8785) without its signature.

#[cfg(feature = "signed")]
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[cfg(feature = "signed")]
use super::NotConfirmed;
#[cfg(feature = "signed")]
use crate::signing::{Held, PublishedKeys, Signer, Verifier};
use crate::{code::LandCode, signing::KeyName};

/// How a material was before a clerk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialBy {
    /// The original was seen.
    OriginalSeen,
    /// A copy was compared with the original and is like it (原件相符).
    CopyCompared,
    /// The department gets it by sharing of data: nobody was asked for paper.
    SharedData,
    /// The applicant has promised in writing that it is so (告知承诺).
    Promised,
}

impl MaterialBy {
    /// Every way, in the order in which they are offered.
    pub const ALL: [Self; 4] =
        [Self::OriginalSeen, Self::CopyCompared, Self::SharedData, Self::Promised];

    /// Its name in JSON, forms and locales.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OriginalSeen => "original_seen",
            Self::CopyCompared => "copy_compared",
            Self::SharedData => "shared_data",
            Self::Promised => "promised",
        }
    }

    /// The way of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }

    /// Whether it is a word about paper, and about the very copies of it that were kept.
    #[must_use]
    pub const fn is_of_paper(self) -> bool {
        matches!(self, Self::OriginalSeen | Self::CopyCompared)
    }
}

/// A clerk's signed word about a material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialSeen {
    /// The material, in the Chinese words of the catalogue as they were then.
    pub material: String,
    /// How it was before them.
    pub how: MaterialBy,
    /// SHA-256 of each copy that lay there, hexadecimal.
    pub files: Vec<String>,
    /// The number of the visit.
    pub visit: String,
    /// The service item.
    pub item: String,
    /// The place.
    pub code: LandCode,
    /// The office of the counter.
    pub office: String,
    /// Who gave the word, by their account.
    pub staff: String,
    /// When, UTC.
    pub at: Timestamp,
    /// The key that signed it.
    pub key: KeyName,
    /// The algorithm.
    pub algorithm: String,
    /// The signature, base64url.
    pub signature: String,
}

/// A material of a request that was handed in at a counter, as its department reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialAtCounter {
    /// The material, in the Chinese words of the catalogue.
    pub material: String,
    /// SHA-256 of the files of the request that show it, hexadecimal.
    pub files: Vec<String>,
    /// What the clerk said of it; none where it was not before anybody.
    pub seen: Option<MaterialSeen>,
}

#[cfg(feature = "signed")]
impl MaterialSeen {
    /// The same word, signed; whatever stood in its place for key and signature before.
    ///
    /// # Errors
    /// [`NotConfirmed`] where nothing can be signed.
    pub fn signed(self, signer: &dyn Signer) -> Result<Self, NotConfirmed> {
        let key = signer.current()?;
        let unsigned = Self { key: key.kid, algorithm: key.alg, ..self };
        let signature = signer.sign(&unsigned.key, &unsigned.message()?)?;
        Ok(Self { signature: URL_SAFE_NO_PAD.encode(signature), ..unsigned })
    }

    /// What is signed: all of it but the signature.
    fn message(&self) -> serde_json::Result<Vec<u8>> {
        let mut value = serde_json::to_value(self)?;
        if let Some(members) = value.as_object_mut() {
            members.remove("signature");
        }
        serde_json_canonicalizer::to_vec(&value)
    }

    /// What its signature comes to; none where nobody here knows the key that it names.
    #[must_use]
    pub fn held(&self, keys: &PublishedKeys, verifier: &dyn Verifier) -> Option<Held> {
        let key = keys.find(&self.key)?;
        let Ok(message) = self.message() else { return Some(Held::Altered) };
        Some(key.judge(&self.algorithm, &message, &self.signature, verifier))
    }
}

#[cfg(all(test, feature = "signed"))]
mod tests {
    use super::*;
    use crate::{code::Strictness, signing::trial::SIGNER};

    #[test]
    fn desk_d11_a_word_is_of_one_material_one_clerk_and_the_copies_that_lay_there() {
        let code = LandCode::parse("330521001001GB00001", Strictness::LookUp).unwrap();
        let word = MaterialSeen {
            material: "身份证明".to_owned(),
            how: MaterialBy::CopyCompared,
            files: vec!["0".repeat(64)],
            visit: "BJ-22334455".to_owned(),
            item: "data-correction".to_owned(),
            code: code.code,
            office: "registration".to_owned(),
            staff: "li.na".to_owned(),
            at: "2026-12-01T02:00:00Z".parse().unwrap(),
            key: KeyName::written(""),
            algorithm: String::new(),
            signature: String::new(),
        };
        let signed = word.signed(&SIGNER).unwrap();
        let keys = SIGNER.published().unwrap();
        assert_eq!(signed.held(&keys, &SIGNER), Some(Held::Genuine));
        // Read back from JSON it still holds.
        let text = serde_json::to_string(&signed).unwrap();
        let read: MaterialSeen = serde_json::from_str(&text).unwrap();
        assert_eq!(read.held(&keys, &SIGNER), Some(Held::Genuine));
        // Changed anywhere, it does not.
        let other: [fn(&mut MaterialSeen); 8] = [
            |it| it.material.push('件'),
            |it| it.how = MaterialBy::OriginalSeen,
            |it| it.files.clear(),
            |it| it.visit.push('6'),
            |it| it.item.push('x'),
            |it| it.office.push('x'),
            |it| it.staff = "wang".to_owned(),
            |it| it.at = Timestamp::UNIX_EPOCH,
        ];
        for change in other {
            let mut moved = signed.clone();
            change(&mut moved);
            assert_eq!(moved.held(&keys, &SIGNER), Some(Held::Altered), "{moved:?}");
        }
        assert_eq!(signed.held(&PublishedKeys::default(), &SIGNER), None);
    }

    #[test]
    fn desk_d11_each_way_is_found_by_its_name() {
        for way in MaterialBy::ALL {
            assert_eq!(MaterialBy::from_name(way.name()), Some(way));
            let written = serde_json::to_value(way).unwrap();
            assert_eq!(written, way.name(), "its name is that of JSON");
        }
        assert_eq!(MaterialBy::from_name("seen"), None);
    }
}
