//! Two rules for invented sites.

use domain::{
    law::register,
    suitability::{Library, RuleFile},
};

const RULES: &str = r#"
[set]
id = "trial"
date = "2026-01-01"
title = { zh = "试", en = "Trial" }
divisions = ["33"]
next_step = { zh = "问", en = "Ask" }

[[office]]
id = "office"
name = { zh = "局", en = "Office" }
department = "planning"

[[use]]
id = "mill"
name = { zh = "磨坊", en = "Mill" }
code = { system = "land-use-planning", version = "2023-11", code = "1001" }

[[layer]]
id = "farmland"
title = { zh = "永久基本农田", en = "Permanent basic farmland" }
theme = "permanent_basic_farmland"
tolerance = { area = "30 m2", share = "1 %" }
office = "office"

[[layer]]
id = "wetland"
title = { zh = "湿地", en = "Wetland" }
theme = "wetland"
tolerance = { area = "30 m2", share = "1 %" }
office = "office"

[[rule]]
id = "no-farmland"
kind = "hard"
title = { zh = "不占农田", en = "Not on farmland" }
uses = "all"
fails = { overlaps = "farmland", more_than = "tolerance" }
basis = [{ law = "land-law", articles = ["35"], text = { zh = "不得占用。", en = "Not to be occupied." } }]
office = "office"
action = { zh = "移出。", en = "Move off." }

[[rule]]
id = "wetland-permit"
kind = "condition"
title = { zh = "湿地", en = "Wetland" }
uses = "all"
fails = { overlaps = "wetland", more_than = "tolerance" }
basis = [{ law = "land-law", articles = ["35"], text = { zh = "须同意。", en = "To be agreed." } }]
office = "office"
action = { zh = "征求意见。", en = "Ask." }
"#;

/// A rule that forbids farmland and one that asks for an agreement about wetland, for the use `mill`.
#[must_use]
pub fn trial_rules() -> Library {
    let file = RuleFile { name: "trial/2026-01-01/rules.toml".into(), text: RULES.into() };
    Library::read("", &[file], register()).unwrap()
}
