//! Codes worth trying.

use domain::{LandCode, Localized, code::Strictness};

const EXAMPLES: [(&str, &str, &str); 8] = [
    ("330521002001JD00066", "永久基本农田里的承包地", "A field in permanent basic farmland"),
    ("330521001003GB00008", "工业园里的厂房用地", "A factory site in the industrial park"),
    ("330521001001GB00047F00010002", "小区里的一套住宅", "A flat in a housing block"),
    ("330521000000GH00004", "演示海域里的养殖用海", "A fish farm in the demonstration sea"),
    ("330521004001JC00004", "滑坡危险区里的宅基地", "A homestead in a landslide danger zone"),
    ("330521001003GB00001", "已分割为两宗的旧代码", "A former code: the parcel was split in two"),
    ("330521000000GB00001", "尚未落宗的虚拟地块", "A virtual parcel that is not yet surveyed"),
    ("330521001001GB00172", "保护范围内的老街故居", "A historic house on the protected old street"),
];

/// Codes worth trying, with what they show; the same every time, so that the home page can show
/// them without generating anything.
#[must_use]
pub fn examples() -> Vec<(LandCode, Localized)> {
    EXAMPLES
        .iter()
        .filter_map(|(code, zh, en)| {
            let code = LandCode::parse(code, Strictness::Issue).ok()?.code;
            Some((code, Localized::new(*zh, *en)))
        })
        .collect()
}
