//! The fields of the register that the policy knows.

use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($variant:ident $name:literal $row:literal $doc:literal),* $(,)?) => {
        /// A field of the register, after the rows of `docs/rules.md`. One that no policy names is
        /// denied.
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

            /// Its row in the table; 44 to 47 are the portal's own: the base map,
            /// the days of changes, restrictions that no other row names, and where in a place
            /// restrictions lie.
            #[must_use]
            pub const fn row(self) -> u8 {
                match self { $(Self::$variant => $row),* }
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
    ParcelCode "parcel_code" 1 "ZDDM, row 1.",
    UnitCode "unit_code" 2 "BDCDYH of a household, row 2.",
    DivisionNames "division_names" 3 "County and cadastral district names, row 3.",
    Location "location" 4 "坐落 (ZL) of the parcel, row 4.",
    UnitLocation "unit_location" 5 "坐落 of the unit, row 5.",
    ParcelArea "parcel_area" 6 "宗地面积 (ZDMJ), m², row 6.",
    BuildingArea "building_area" 7 "房屋建筑面积, m², row 7.",
    BuildingStoreys "building_storeys" 7 "层次, row 7.",
    BuildingYear "building_year" 7 "竣工年份, row 7.",
    UnitCount "unit_count" 7 "Number of units on the parcel, row 7.",
    LandUse "land_use" 8 "用途 (YT), row 8.",
    FloorAreaRatio "floor_area_ratio" 9 "容积率 (RJL), row 9.",
    BuildingDensity "building_density" 9 "建筑密度 (JZMD), row 9.",
    HeightLimit "height_limit" 9 "建筑限高 (JZXG), m, row 9.",
    GreenRatio "green_ratio" 9 "绿地率, row 9.",
    PlanningConditions "planning_conditions" 9 "Themes of what a plan lays down: use and further conditions, row 9.",
    RightType "right_type" 10 "权利类型 (QLLX), row 10.",
    RightNature "right_nature" 11 "权利性质 (QLXZ), row 11.",
    RightTerm "right_term" 12 "使用期限, row 12.",
    HolderPerson "holder_person" 13 "Right-holder, natural person, row 13.",
    HolderOrganisation "holder_organisation" 14 "Right-holder, legal person, row 14.",
    CollectiveOwner "collective_owner" 15 "Collective owner's name, row 15.",
    HolderIdentity "holder_identity" 16 "Identity or credit code number, row 16.",
    HolderContact "holder_contact" 17 "Phone and postal address, row 17.",
    CoOwned "co_owned" 18 "Whether co-owned, row 18.",
    OwnershipShare "ownership_share" 19 "Share and form of co-ownership, row 19.",
    Encumbered "encumbered" 20 "Whether mortgaged or noted, row 20.",
    Mortgage "mortgage" 21 "Mortgagee, amount, term, row 21.",
    Seized "seized" 22 "Whether seized, row 22.",
    Seizure "seizure" 23 "Court and file number, row 23.",
    CertificateNumber "certificate_number" 24 "不动产权证号, row 24.",
    RegisterNotes "register_notes" 25 "附记, 业务号, 登簿人, row 25.",
    OriginalFiles "original_files" 26 "Contracts, identity copies, survey, row 26.",
    SupplyPrice "supply_price" 27 "Price of the land supply, row 27.",
    Valuation "valuation" 28 "Private price, valuation or tax base, row 28.",
    BoundaryPoints "boundary_points" 29 "界址点 and side lengths, row 29.",
    Neighbours "neighbours" 30 "四至, row 30.",
    Outline "outline" 31 "Parcel shape, row 31.",
    Centroid "centroid" 32 "Centroid, row 32.",
    FloorPlan "floor_plan" 33 "户室图, row 33.",
    Restrictions "restrictions" 34 "永久基本农田, row 34.",
    PlanBoundaries "plan_boundaries" 35 "生态保护红线 and 城镇开发边界, row 35.",
    GeologicalHazards "geological_hazards" 37 "地灾易发区 and 危险区, row 37.",
    RestrictionVectors "restriction_vectors" 36 "Vectors of restriction layers, row 36.",
    HazardContacts "hazard_contacts" 38 "Threatened households, row 38.",
    Terrain "terrain" 39 "Elevation, contours, pipelines, row 39.",
    PlanningPermits "planning_permits" 40 "规划许可 and published events, row 40.",
    LocalId "local_id" 1 "The source's own parcel id, row 1.",
    ChangeDays "change_days" 45 "Days on which codes began and ended, row 45: the portal's own.",
    BaseMap "base_map" 44 "Published base map features, row 44: the portal's own, after the table.",
    OtherRestrictions "other_restrictions" 46 "Themes that no other row names, row 46: the portal's own.",
    RestrictionExtent "restriction_extent" 47 "Where in a place its restrictions lie, for the drawing alone, row 47: the portal's own.",
}
