//! Who may see what. One data file decides; whatever it does not allow is absent (rules P1, P2).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    code::{LandCode, UnitCode},
    generalise::{generalise, rounded_centroid},
    profile::{Fact, Precision, PublicOutline, PublicProfile, PublicUnit, Sealed},
    record::{Fields, LandRecord, Value},
    restriction::Restrictions,
    viewer::{Tier, Viewer},
};

macro_rules! fields {
    ($($variant:ident $name:literal $doc:literal),* $(,)?) => {
        /// A field of the register, after the table of §2.4. One that no policy names is denied.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Field {
            $(#[doc = $doc] #[serde(rename = $name)] $variant,)*
        }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in policy files, mappings and JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The field of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

fields! {
    ParcelCode "parcel_code" "ZDDM, row 1.",
    UnitCode "unit_code" "BDCDYH of a household, row 2.",
    DivisionNames "division_names" "County and cadastral district names, row 3.",
    Location "location" "坐落 (ZL) of the parcel, row 4.",
    UnitLocation "unit_location" "坐落 of the unit, row 5.",
    ParcelArea "parcel_area" "宗地面积 (ZDMJ), m², row 6.",
    BuildingArea "building_area" "房屋建筑面积, m², row 7.",
    BuildingStoreys "building_storeys" "层次, row 7.",
    BuildingYear "building_year" "竣工年份, row 7.",
    UnitCount "unit_count" "Number of units on the parcel, row 7.",
    LandUse "land_use" "用途 (YT), row 8.",
    FloorAreaRatio "floor_area_ratio" "容积率 (RJL), row 9.",
    BuildingDensity "building_density" "建筑密度 (JZMD), row 9.",
    HeightLimit "height_limit" "建筑限高 (JZXG), m, row 9.",
    GreenRatio "green_ratio" "绿地率, row 9.",
    RightType "right_type" "权利类型 (QLLX), row 10.",
    RightNature "right_nature" "权利性质 (QLXZ), row 11.",
    RightTerm "right_term" "使用期限, row 12.",
    HolderPerson "holder_person" "Right-holder, natural person, row 13.",
    HolderOrganisation "holder_organisation" "Right-holder, legal person, row 14.",
    CollectiveOwner "collective_owner" "Collective owner's name, row 15.",
    HolderIdentity "holder_identity" "Identity or credit code number, row 16.",
    HolderContact "holder_contact" "Phone and postal address, row 17.",
    CoOwned "co_owned" "Whether co-owned, row 18.",
    OwnershipShare "ownership_share" "Share and form of co-ownership, row 19.",
    Encumbered "encumbered" "Whether mortgaged or noted, row 20.",
    Mortgage "mortgage" "Mortgagee, amount, term, row 21.",
    Seized "seized" "Whether seized, row 22.",
    Seizure "seizure" "Court and file number, row 23.",
    CertificateNumber "certificate_number" "不动产权证号, row 24.",
    RegisterNotes "register_notes" "附记, 业务号, 登簿人, row 25.",
    OriginalFiles "original_files" "Contracts, identity copies, survey, row 26.",
    SupplyPrice "supply_price" "Price of the land supply, row 27.",
    Valuation "valuation" "Private price, valuation or tax base, row 28.",
    BoundaryPoints "boundary_points" "界址点 and side lengths, row 29.",
    Neighbours "neighbours" "四至, row 30.",
    Outline "outline" "Parcel shape, row 31.",
    Centroid "centroid" "Centroid, row 32.",
    FloorPlan "floor_plan" "户室图, row 33.",
    Restrictions "restrictions" "Themes that concern the parcel, rows 34, 35, 37.",
    RestrictionVectors "restriction_vectors" "Vectors of restriction layers, row 36.",
    HazardContacts "hazard_contacts" "Threatened households, row 38.",
    Terrain "terrain" "Elevation, contours, pipelines, row 39.",
    PlanningPermits "planning_permits" "规划许可 and published events, row 40.",
    LocalId "local_id" "The source's own parcel id, row 1.",
}

/// What a cell of the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// Absent.
    Deny,
    /// As it is.
    Show,
    /// Masked by the one convention of §2.5.
    Mask,
    /// Moved to a grid (outline) or rounded to three decimals (centroid).
    Generalise,
    /// Only what the visitor brought, given back (row 2).
    Echo,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The field.
    pub field: Field,
    /// Row of the table in §2.4.
    pub row: u8,
    /// P.
    pub public: Disclosure,
    /// R.
    pub registered: Disclosure,
    /// I.
    pub interested: Disclosure,
    /// H.
    pub holder: Disclosure,
    /// S.
    pub staff: Disclosure,
    /// The rule behind it.
    pub source: String,
}

impl Row {
    fn cell(&self, tier: Tier) -> Disclosure {
        match tier {
            Tier::Public => self.public,
            Tier::Registered => self.registered,
            Tier::Interested => self.interested,
            Tier::Holder => self.holder,
            Tier::Staff => self.staff,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    id: String,
    version: String,
    grid_m: f64,
    row: Vec<Row>,
}

/// A disclosure policy: a table of fields and tiers.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name, which data sets refer to.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Side of the grid for generalised outlines, m; at least 25 (§2.3).
    pub grid_m: f64,
    order: Vec<Field>,
    rows: BTreeMap<Field, Row>,
}

/// Why a policy file is refused.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not TOML of the right shape.
    #[error("the policy file does not read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A field with two rows.
    #[error("the policy {policy} has two rows for {field:?}")]
    Twice {
        /// The policy.
        policy: String,
        /// The field.
        field: Field,
    },
    /// A grid finer than the law allows.
    #[error("the policy {policy} has a grid of {grid_m} m; below 25 m the survey can be read back")]
    Grid {
        /// The policy.
        policy: String,
        /// The side it asks for.
        grid_m: f64,
    },
    /// A household code shown to everybody.
    #[error("the policy {policy} shows {field:?} to the public, which no rule allows")]
    NeverPublic {
        /// The policy.
        policy: String,
        /// The field.
        field: Field,
    },
}

/// Fields that no policy may show to the public or to somebody with no more than an intention
/// (rule P3): personal data (PIPL art. 25) and what is secret by law.
const NEVER_PUBLIC: [Field; 7] = [
    Field::HolderPerson,
    Field::HolderIdentity,
    Field::HolderContact,
    Field::OriginalFiles,
    Field::FloorPlan,
    Field::HazardContacts,
    Field::Terrain,
];

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// [`PolicyError`], also for a table that contradicts the law.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let file: PolicyFile = toml::from_str(text)?;
        if file.grid_m.is_nan() || file.grid_m < 25.0 {
            return Err(PolicyError::Grid { policy: file.id, grid_m: file.grid_m });
        }
        let mut rows = BTreeMap::new();
        let mut order = Vec::new();
        for row in file.row {
            let field = row.field;
            if NEVER_PUBLIC.contains(&field)
                && (row.public != Disclosure::Deny || row.registered != Disclosure::Deny)
            {
                return Err(PolicyError::NeverPublic { policy: file.id, field });
            }
            order.push(field);
            if rows.insert(field, row).is_some() {
                return Err(PolicyError::Twice { policy: file.id, field });
            }
        }
        Ok(Self { id: file.id, version: file.version, grid_m: file.grid_m, order, rows })
    }

    /// The policies that come with the program: `zhejiang` and `open-cadastre`.
    ///
    /// # Errors
    /// [`PolicyError`], which a test rules out for the files of this repository.
    pub fn embedded() -> Result<Vec<Self>, PolicyError> {
        [
            include_str!("../data/policies/zhejiang.toml"),
            include_str!("../data/policies/open-cadastre.toml"),
        ]
        .into_iter()
        .map(Self::read)
        .collect()
    }

    /// What `tier` may see of `field`. A field without a row is denied.
    #[must_use]
    pub fn cell(&self, field: Field, tier: Tier) -> Disclosure {
        self.rows.get(&field).map_or(Disclosure::Deny, |row| row.cell(tier))
    }

    /// The rows, in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.order.iter().filter_map(|field| self.rows.get(field))
    }

    /// What `viewer` may see of `record` on `today`; `None` when nothing may be said, which reads
    /// exactly like "not found" (rule P5).
    ///
    /// `asked` is the unit code the visitor brought, if any: the only unit that can be echoed.
    #[must_use]
    pub fn disclose(
        &self,
        record: &LandRecord,
        asked: Option<&UnitCode>,
        viewer: &Viewer,
        today: Date,
    ) -> Option<PublicProfile> {
        let tier = viewer.tier_for(
            &asked.map_or(LandCode::Parcel(record.parcel.code), |unit| LandCode::Unit(*unit)),
        );
        let shows = |field| self.cell(field, tier) != Disclosure::Deny;
        let parcel = &record.parcel;
        if parcel.classified || !shows(Field::ParcelCode) {
            return None;
        }
        let drawn = !parcel.outline.0.is_empty();
        let outline = match self.cell(Field::Outline, tier) {
            _ if !drawn => None,
            Disclosure::Show => {
                Some(PublicOutline { outline: parcel.outline.clone(), precision: Precision::Exact })
            }
            Disclosure::Generalise => Some(PublicOutline {
                outline: generalise(&parcel.outline, self.grid_m),
                precision: Precision::Generalised { cell_m: self.grid_m },
            }),
            Disclosure::Deny | Disclosure::Mask | Disclosure::Echo => None,
        };
        let unit = record
            .unit
            .as_ref()
            .filter(|unit| match self.cell(Field::UnitCode, tier) {
                Disclosure::Show => true,
                Disclosure::Echo => asked == Some(&unit.code),
                Disclosure::Deny | Disclosure::Mask | Disclosure::Generalise => false,
            })
            .map(|unit| PublicUnit { code: unit.code, facts: self.facts(&unit.fields, tier) });
        let layers: &[_] = if shows(Field::Restrictions) { &record.layers } else { &[] };
        Some(PublicProfile {
            code: parcel.code,
            local_id: parcel.local_id.clone().filter(|_| shows(Field::LocalId)),
            unit,
            facts: self.facts(&parcel.fields, tier),
            outline,
            centroid: shows(Field::Centroid).then(|| rounded_centroid(&parcel.outline)).flatten(),
            restrictions: Restrictions::sort(layers, &record.findings, today),
            events: if shows(Field::PlanningPermits) { parcel.events.clone() } else { Vec::new() },
            predecessors: parcel.predecessors.clone(),
            successors: parcel.successors.clone(),
            version: record.version.clone(),
            policy: format!("{}@{}", self.id, self.version),
            sealed: Sealed,
        })
    }

    fn facts(&self, fields: &Fields, tier: Tier) -> Vec<Fact> {
        self.order
            .iter()
            .filter_map(|field| {
                let value = fields.get(field)?;
                let value = match self.cell(*field, tier) {
                    Disclosure::Show => value.clone(),
                    Disclosure::Mask => mask(*field, value)?,
                    Disclosure::Deny | Disclosure::Generalise | Disclosure::Echo => return None,
                };
                Some(Fact { field: *field, value })
            })
            .collect()
    }
}

/// Masks a value by §2.5; what has no convention is left out.
fn mask(field: Field, value: &Value) -> Option<Value> {
    let Value::Text(text) = value else { return None };
    let masked = match field {
        Field::UnitLocation => to_building(text)?,
        Field::HolderPerson => format!("{}**", text.chars().next()?),
        Field::HolderIdentity => keep_ends(text, 1, 2),
        Field::HolderContact => keep_ends(text, 3, 4),
        _ => return None,
    };
    Some(Value::Text(masked))
}

/// An address up to its building: `永乐路 8 号 3 幢 502 室` → `永乐路 8 号 3 幢`.
///
/// `None` when no building is named: then nothing tells where the household begins.
fn to_building(text: &str) -> Option<String> {
    let end = ["幢", "栋", "楼"]
        .iter()
        .filter_map(|mark| text.find(mark).map(|at| at + mark.len()))
        .min()?;
    text.get(..end).map(str::to_owned)
}

fn keep_ends(text: &str, first: usize, last: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= first + last {
        return "*".repeat(characters.len());
    }
    characters
        .iter()
        .enumerate()
        .map(|(at, c)| if at < first || at >= characters.len() - last { *c } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests;
