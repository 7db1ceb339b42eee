//! The restriction layers: theme, office, status and the law behind each. `mineral` has none, so
//! that its answer is *no data* everywhere.

use domain::{
    Localized,
    law::{Ledger, register},
    restriction::{LawStatus, LayerInfo, LegalDocument, Tolerance},
    theme::ThemeId,
};
use jiff::civil::{Date, date};

use super::names;

/// A law of the register, by its id, with the articles that matter.
struct Law {
    id: &'static str,
    articles: &'static [&'static str],
    /// The day from which it is a ground, for a law that comes later.
    from: Option<Date>,
}

const fn law(id: &'static str, articles: &'static [&'static str]) -> Law {
    Law { id, articles, from: None }
}

struct Layer {
    id: &'static str,
    theme: &'static str,
    title: (&'static str, &'static str),
    status: LawStatus,
    office: (&'static str, &'static str),
    laws: &'static [Law],
    /// The plan or announcement that draws the line here, if there is one.
    plan: Option<(&'static str, &'static str)>,
    sliver: (f64, f64),
}

const PLANNING: (&str, &str) = (
    "德清县自然资源和规划局（演示）",
    "Deqing bureau of natural resources and planning (demonstration)",
);
const ECOLOGY: (&str, &str) =
    ("湖州市生态环境局德清分局（演示）", "Deqing ecology and environment office (demonstration)");
const WATER: (&str, &str) =
    ("德清县水利局（演示）", "Deqing water resources bureau (demonstration)");
const HERITAGE: (&str, &str) =
    ("德清县文物主管部门（演示）", "Deqing heritage authority (demonstration)");
const FORESTRY: (&str, &str) =
    ("德清县林业主管部门（演示）", "Deqing forestry authority (demonstration)");

const PLAN_LAW: Law = law("planning-law", &["9", "36", "40"]);
const PLANNING_CONDITIONS: Law = law("zj-spatial-planning", &["47"]);
const LINES: Law = law("land-regulation", &["3"]);
const LINES_ZJ: Law = law("zj-land-regulation", &["9"]);

const LAYERS: &[Layer] = &[
    Layer {
        id: "planning-use",
        theme: "planning_use",
        title: ("详细规划用途（演示）", "Detailed plan, land use (demonstration)"),
        status: LawStatus::InForce,
        office: PLANNING,
        laws: &[PLAN_LAW, PLANNING_CONDITIONS],
        plan: Some(("演示镇详细规划", "Detailed plan of the demonstration town")),
        sliver: (10.0, 0.02),
    },
    Layer {
        id: "planning-use-draft",
        theme: "planning_use",
        title: ("详细规划修改草案（演示）", "Detailed plan, draft change (demonstration)"),
        status: LawStatus::ChangeWithoutPreEffect,
        office: PLANNING,
        laws: &[PLAN_LAW, PLANNING_CONDITIONS],
        plan: Some(("演示镇东部片区规划修改公示", "Notice of the plan change in the east")),
        sliver: (10.0, 0.02),
    },
    Layer {
        id: "riverside-design",
        theme: "planning_overlay",
        title: ("滨河风貌管控区（演示）", "Riverside design control (demonstration)"),
        status: LawStatus::ChangeWithPreEffect,
        office: PLANNING,
        laws: &[law("zj-spatial-planning", &["28", "47"])],
        plan: Some(("演示镇滨河城市设计", "Riverside urban design of the demonstration town")),
        sliver: (10.0, 0.02),
    },
    Layer {
        id: "basic-farmland",
        theme: "permanent_basic_farmland",
        title: ("永久基本农田（演示）", "Permanent basic farmland (demonstration)"),
        status: LawStatus::InForce,
        office: PLANNING,
        laws: &[
            law("land-law", &["33", "34", "35", "37", "44"]),
            Law {
                id: "farmland-law",
                articles: &["18", "20", "24", "27"],
                from: Some(date(2027, 1, 1)),
            },
        ],
        plan: Some(("永久基本农田划定公告", "Announcement of permanent basic farmland")),
        sliver: (30.0, 0.01),
    },
    Layer {
        id: "ecological-red-line",
        theme: "ecological_red_line",
        title: ("生态保护红线（演示）", "Ecological protection red line (demonstration)"),
        status: LawStatus::InForce,
        office: ECOLOGY,
        laws: &[LINES, LINES_ZJ],
        plan: None,
        sliver: (100.0, 0.01),
    },
    Layer {
        id: "development-boundary",
        theme: "urban_development_boundary",
        title: ("城镇开发边界（演示）", "Urban development boundary (demonstration)"),
        status: LawStatus::InForce,
        office: PLANNING,
        laws: &[LINES, LINES_ZJ],
        plan: None,
        sliver: (30.0, 0.02),
    },
    Layer {
        id: "geological-hazard",
        theme: "geological_hazard",
        title: ("地质灾害易发区和危险区（演示）", "Hazard-prone and danger zones (demonstration)"),
        status: LawStatus::InForce,
        office: PLANNING,
        laws: &[
            law("hazard-regulation", &["19", "21"]),
            law("zj-hazard-regulation", &["10", "12", "17", "18"]),
        ],
        plan: None,
        sliver: (50.0, 0.02),
    },
    Layer {
        id: "river-management",
        theme: "flood",
        title: ("河道管理范围（演示）", "River management extent (demonstration)"),
        status: LawStatus::InForce,
        office: WATER,
        laws: &[law("flood-law", &["22"])],
        plan: Some(("河道管理范围划定公告", "Announcement of the river management extent")),
        sliver: (15.0, 0.02),
    },
    Layer {
        id: "wetland",
        theme: "wetland",
        title: ("一般湿地名录（演示）", "List of ordinary wetlands (demonstration)"),
        status: LawStatus::InForce,
        office: FORESTRY,
        laws: &[law("wetland-law", &["19", "28"]), law("zj-wetland-regulation", &["23", "25"])],
        plan: None,
        sliver: (20.0, 0.02),
    },
    Layer {
        id: "water-source",
        theme: "water_source",
        title: ("饮用水水源保护区（演示）", "Drinking-water protection zones (demonstration)"),
        status: LawStatus::InForce,
        office: ECOLOGY,
        laws: &[law("ecological-code", &["317", "319", "320"])],
        plan: None,
        sliver: (50.0, 0.01),
    },
    Layer {
        id: "heritage",
        theme: "heritage",
        title: (
            "文物保护范围和建设控制地带（演示）",
            "Heritage protection and control zones (demonstration)",
        ),
        status: LawStatus::InForce,
        office: HERITAGE,
        laws: &[law("heritage-law", &["28", "29"])],
        plan: Some(("演示老街保护范围公告", "Announcement of the protected old street")),
        sliver: (5.0, 0.02),
    },
    Layer {
        id: "green-line",
        theme: "open_space",
        title: ("城市绿线（演示）", "Urban green line (demonstration)"),
        status: LawStatus::InForce,
        office: PLANNING,
        laws: &[law("greening-regulation", &["18"]), law("zj-spatial-planning", &["30-33"])],
        plan: None,
        sliver: (10.0, 0.02),
    },
    Layer {
        id: "public-forest",
        theme: "forest",
        title: ("公益林（演示）", "Public-benefit forest (demonstration)"),
        status: LawStatus::InForce,
        office: FORESTRY,
        laws: &[law("forest-law", &["37"])],
        plan: None,
        sliver: (100.0, 0.01),
    },
    Layer {
        id: "sea-zones",
        theme: "coastline",
        title: ("海岸线与海域管控（演示海域）", "Coast and sea control (demonstration sea)"),
        status: LawStatus::InForce,
        office: ("演示海洋主管部门", "Demonstration sea authority"),
        laws: &[law("sea-area-law", &["3"])],
        plan: None,
        sliver: (200.0, 0.01),
    },
];

/// What the layers rest on.
#[must_use]
pub fn citations() -> Ledger {
    let mut ledger = Ledger::default();
    for layer in all() {
        for document in &layer.documents {
            ledger.document("demonstration layers", &layer.id, document);
        }
    }
    ledger
}

/// Every layer, in the order of the themes.
pub(crate) fn all() -> Vec<LayerInfo> {
    LAYERS.iter().zip(1..).map(|(layer, number)| info(layer, number)).collect()
}

fn info(layer: &Layer, number: u32) -> LayerInfo {
    let mut documents: Vec<LegalDocument> = layer
        .laws
        .iter()
        .map(|law| LegalDocument {
            law: Some(law.id.to_owned()),
            title: register().get(law.id).map(|known| known.title.clone()).unwrap_or_default(),
            articles: law.articles.iter().map(|article| (*article).to_owned()).collect(),
            from: law.from,
            ..LegalDocument::default()
        })
        .collect();
    if let Some((zh, en)) = layer.plan {
        documents.push(LegalDocument {
            title: Localized::new(zh, en),
            number: Some(names::paper(2024, number + 40)),
            ..LegalDocument::default()
        });
    }
    LayerInfo {
        id: layer.id.to_owned(),
        theme: ThemeId(layer.theme.to_owned()),
        title: Localized::new(layer.title.0, layer.title.1),
        status: layer.status,
        office: Localized::new(layer.office.0, layer.office.1),
        source_date: date(2025, 10, 31),
        published_from: Some(date(2026, 1, 1)),
        published_until: None,
        documents,
        tolerance: Tolerance { min_area_m2: layer.sliver.0, min_share: layer.sliver.1 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z2_every_law_of_a_layer_is_in_the_register_and_in_force() {
        let ledger = citations();
        let cited: usize = LAYERS.iter().map(|layer| layer.laws.len()).sum();
        assert_eq!(ledger.entries().len(), cited, "each by an id of the register: {ledger:?}");
        assert!(ledger.prose().is_empty(), "{:?}", ledger.prose());
        let faults: Vec<_> = ledger.faults(register().date).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }

    #[test]
    fn z2_from_2027_on_the_farmland_layer_rests_on_the_farmland_law_too() {
        let farmland = all().into_iter().find(|layer| layer.id == "basic-farmland").unwrap();
        let laws = |today| -> Vec<String> {
            let standing = farmland.documents.iter().filter(|it| it.stands(today));
            standing.filter_map(|it| it.law.clone()).collect()
        };
        assert_eq!(laws(date(2026, 12, 31)), ["land-law"]);
        assert_eq!(laws(date(2027, 1, 1)), ["land-law", "farmland-law"]);
    }
}
