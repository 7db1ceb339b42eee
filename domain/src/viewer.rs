//! Who is looking, as the server knows them. A browser never says who it is: the server decides.

use serde::{Deserialize, Serialize};

use crate::code::LandCode;

/// What somebody has proved of themselves (the tiers of the disclosure table).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// P: anybody.
    #[default]
    Public,
    /// R: real-name login and a stated purpose (意向人).
    Registered,
    /// I: proven interested party (利害关系人).
    Interested,
    /// H: verified right-holder or agent (权利人).
    Holder,
    /// S: staff with a role, every look recorded.
    Staff,
}

impl Tier {
    /// Every tier, least first.
    pub const ALL: [Self; 5] =
        [Self::Public, Self::Registered, Self::Interested, Self::Holder, Self::Staff];

    /// Its name in policy files, assertions and the audit.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Registered => "registered",
            Self::Interested => "interested",
            Self::Holder => "holder",
            Self::Staff => "staff",
        }
    }
}

/// The one who looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// What they have proved.
    pub tier: Tier,
    /// A name that only the identity service can resolve; `None` for the public.
    pub subject: Option<String>,
    /// Why they look, where their tier must say so.
    pub purpose: Option<String>,
    /// The one place their tier is proved for (不动产登记资料查询暂行办法 art. 24, to
    /// be confirmed: one unit per application); `None` when it holds for every place, as it does for staff.
    pub place: Option<LandCode>,
}

impl Viewer {
    /// Anybody.
    #[must_use]
    pub fn public() -> Self {
        Self::default()
    }

    /// The tier that counts for a place: their own where it was proved, public everywhere else.
    #[must_use]
    pub fn tier_for(&self, code: &LandCode) -> Tier {
        match &self.place {
            Some(place) if place.canonical() != code.canonical() => Tier::Public,
            Some(_) | None => self.tier,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Strictness;

    fn code(text: &str) -> LandCode {
        LandCode::parse(text, Strictness::LookUp).unwrap().code
    }

    #[test]
    fn p4_a_proof_for_one_place_is_none_for_another() {
        let viewer = Viewer {
            tier: Tier::Holder,
            place: Some(code("330521001002GB00011F00010001")),
            ..Viewer::public()
        };
        assert_eq!(viewer.tier_for(&code("330521001002GB00011F00010001")), Tier::Holder);
        assert_eq!(viewer.tier_for(&code("330521001002GB00011F00010002")), Tier::Public);
        assert_eq!(viewer.tier_for(&code("330521001002GB00011")), Tier::Public);
    }

    #[test]
    fn a_parcel_is_meant_by_its_own_unit_too() {
        let place = Some(code("330521001002GB00011W00000000"));
        let viewer = Viewer { tier: Tier::Interested, place, ..Viewer::public() };
        assert_eq!(viewer.tier_for(&code("330521001002GB00011")), Tier::Interested);
    }

    #[test]
    fn staff_are_staff_everywhere() {
        let viewer = Viewer { tier: Tier::Staff, ..Viewer::public() };
        assert_eq!(viewer.tier_for(&code("330521001002GB00011")), Tier::Staff);
        assert_eq!(Viewer::public().tier_for(&code("330521001002GB00011")), Tier::Public);
    }
}
