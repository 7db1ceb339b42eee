//! What the law, or the portal itself, leaves no operator to decide.

use super::{Disclosure, Field};
use crate::viewer::Tier;

/// Fields that are closed below a tier whatever the operator decides, the first tier that may see
/// them (`None`: none), and the law, or the portal's own rule. What stands in the second list binds
/// a register, not the owner of data published under an open licence.
pub(super) const CLOSED: [(Field, Option<Tier>, &str); 10] = [
    (Field::HolderPerson, Some(Tier::Interested), "{law:personal-information-law:25}, rule P3"),
    (
        Field::HolderIdentity,
        Some(Tier::Holder),
        "{law:civil-code:1034; personal-information-law:6,25,51}",
    ),
    (Field::HolderContact, Some(Tier::Holder), "{law:personal-information-law:6,25}"),
    (Field::Mortgage, Some(Tier::Interested), "{law:registration-inquiry-measures:19}"),
    (
        Field::Seizure,
        Some(Tier::Interested),
        "the portal's own rule; {law:registration-inquiry-measures:19,22}",
    ),
    (
        Field::RegisterNotes,
        Some(Tier::Holder),
        "the portal's own rule; {law:registration-inquiry-measures:2,4,19}",
    ),
    (
        Field::OriginalFiles,
        Some(Tier::Holder),
        "the portal's own rule; {law:registration-inquiry-measures:2}",
    ),
    (Field::FloorPlan, Some(Tier::Holder), "{law:personal-information-law:6}, privacy of the home"),
    (Field::HazardContacts, Some(Tier::Holder), "{law:personal-information-law:6,25}"),
    (Field::Terrain, None, "{law:surveying-secrets:20}, separate network only"),
];
pub(super) const CLOSED_IN_A_REGISTER: [(Field, Option<Tier>, &str); 13] = [
    (Field::BuildingArea, Some(Tier::Registered), "{law:registration-inquiry-measures:21}"),
    (Field::BuildingStoreys, Some(Tier::Registered), "{law:registration-inquiry-measures:21}"),
    (Field::BuildingYear, Some(Tier::Registered), "{law:registration-inquiry-measures:21}"),
    (Field::UnitCount, Some(Tier::Registered), "{law:registration-inquiry-measures:21}"),
    (Field::CoOwned, Some(Tier::Registered), "{law:registration-inquiry-measures:21}"),
    (Field::OwnershipShare, Some(Tier::Interested), "{law:registration-inquiry-measures:19}"),
    (Field::Encumbered, Some(Tier::Registered), "{law:registration-inquiry-measures:21}"),
    (Field::Seized, Some(Tier::Registered), "{law:registration-inquiry-measures:21}"),
    (Field::CertificateNumber, Some(Tier::Interested), "{law:registration-regulation:28}"),
    (
        Field::Valuation,
        Some(Tier::Holder),
        "{law:personal-information-law:4; disclosure-regulation:15}",
    ),
    (Field::BoundaryPoints, Some(Tier::Staff), "{law:public-map-content:?}, rule M4"),
    (
        Field::Neighbours,
        Some(Tier::Interested),
        "{law:personal-information-law:25}, it often names neighbours",
    ),
    (
        Field::RestrictionVectors,
        Some(Tier::Staff),
        "the portal's own rule; {law:natural-resources-data-security}",
    ),
];

/// Fields that nobody gets in full through the portal: more takes a step-up that it has not.
pub(super) const NEVER_IN_FULL: [(Field, &str); 2] = [
    (Field::HolderIdentity, "{law:civil-code:1034; personal-information-law:6,51}"),
    (Field::HolderContact, "{law:personal-information-law:6}"),
];
/// Fields that a register gives in full to nobody below a tier. The corners of an outline are the
/// boundary points.
pub(super) const NOT_IN_FULL: [(Field, Tier, &str); 5] = [
    (Field::UnitCode, Tier::Registered, "{law:registration-inquiry-measures:24}, rule P7"),
    (Field::UnitLocation, Tier::Registered, "{law:personal-information-law:6,25}"),
    (Field::Outline, Tier::Staff, "{law:public-map-content:?}, rules M3, M4"),
    (Field::Centroid, Tier::Staff, "{law:public-map-content:?}, rule M3"),
    (
        Field::RestrictionExtent,
        Tier::Staff,
        "the portal's own rule; {law:natural-resources-data-security}",
    ),
];

/// Rows that may be shown below a tier only by the owner's written approval: Beijing and Shanghai
/// are precedents, not authority in Zhejiang (rule P11), and whether a plan or a supply result was
/// published is for the owner to say. Rows 12, 14 and 45 to 47 for registered visitors too;
/// no article was found that opens rows 46 and 47.
pub(super) const BY_APPROVAL: [(u8, Tier); 13] = [
    (1, Tier::Registered),
    (3, Tier::Registered),
    (4, Tier::Registered),
    (6, Tier::Registered),
    (9, Tier::Registered),
    (10, Tier::Registered),
    (11, Tier::Registered),
    (12, Tier::Interested),
    (14, Tier::Interested),
    (15, Tier::Registered),
    (45, Tier::Interested),
    (46, Tier::Interested),
    (47, Tier::Interested),
];

/// Rows that no field stands for, P to S and N: the portal does what they say whatever a file says,
/// so a file must not say anything else.
pub(super) const FIXED: [(u8, [Disclosure; 6]); 3] = {
    use Disclosure::{Deny, Never, Show};
    [
        (41, [Never; 6]),
        (42, [Never, Show, Show, Show, Show, Deny]),
        (43, [Never, Show, Show, Show, Show, Never]),
    ]
};
