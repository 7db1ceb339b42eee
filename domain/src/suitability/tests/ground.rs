//! What is told of a site against its ground. The ground is drawn by chance in cells, with features that may lie
//! over each other and that may be called by no class; what the rules are told of it are shares and names. Whatever
//! they make of that has to hold of the ground (*sites S2*), and stays when less is told (*S3*).

use std::collections::{BTreeMap, BTreeSet};

use super::lab::{self, Chance, DAY};
use crate::{
    law::register,
    localized::Localized,
    suitability::{
        FactKey, Facts, Outcome, Overlap, Overlaps, Reading, RuleFile, RuleSet,
        amount::{Amount, Dimension, Range},
        covers::compare,
        table::Entry,
        tree::{Atom, Features, Subject, Test, Tree},
        truth::Truth,
    },
};

const CELLS: u32 = 20;
const ALL: u32 = (1 << CELLS) - 1;
/// Classes of features by their codes, with a word that stands in names: two are asked for, the third is only known.
const CLASSES: [(&str, &str); 3] = [("01", "danger"), ("02", "prone"), ("03", "safe")];
/// D has an empty cell in the table, and E no row.
const ZONES: [&str; 5] = ["A", "B", "C", "D", "E"];

struct Feature {
    cells: u32,
    /// The place of its class or zone.
    class: usize,
    /// Whether its name says which.
    told: bool,
}

struct Ground {
    layers: BTreeMap<&'static str, Vec<Feature>>,
    cell_m2: f64,
}

fn set() -> RuleSet {
    let lab = include_str!("lab.toml");
    let at = lab.find("[[layer]]").unwrap();
    let file = |name: &str, text: String| RuleFile { name: name.to_owned(), text };
    let files = [
        file("rules.toml", format!("{}{}", &lab[..at], include_str!("ground.toml"))),
        file("table.csv", "use,A,B,C,D\none,permitted,conditional,prohibited,\n".to_owned()),
    ];
    RuleSet::read("ground/", &files, register()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn ground(chance: &mut Chance, most: usize, classes_told: bool) -> Ground {
    let layers = ["hazard", "farm", "every", "largest"].map(|layer| {
        let classes = if matches!(layer, "hazard" | "farm") { CLASSES.len() } else { ZONES.len() };
        let features = (0..chance.below(most + 1)).map(|_| {
            let from = chance.below(20);
            let length = 1 + chance.below(20 - from);
            // Often the whole site or the half that others have too.
            let cells = match chance.below(4) {
                0 => ALL,
                1 => ALL >> (CELLS / 2),
                _ => (ALL >> (20 - length)) << from,
            };
            let told = classes_told || chance.below(2) == 0;
            Feature { cells, class: chance.below(classes), told }
        });
        (layer, features.collect())
    });
    Ground { layers: layers.into(), cell_m2: [50.0, 60.0][chance.below(2)] }
}

fn share(cells: u32) -> Amount {
    Amount::of(f64::from(cells.count_ones()) / f64::from(CELLS)).unwrap()
}

impl Ground {
    fn area(&self, cells: u32) -> Amount {
        Amount::of(f64::from(cells.count_ones()) * self.cell_m2).unwrap()
    }

    /// What a data set tells of it.
    fn told(&self, chance: &mut Chance) -> Facts {
        let mut facts = Facts::default();
        for (layer, features) in &self.layers {
            let mut seen = 0;
            let apart = features.iter().all(|one| {
                let free = seen & one.cells == 0;
                seen |= one.cells;
                free
            });
            let features = features.iter().map(|one| {
                let (kind, name) = match (*layer, one.told) {
                    ("hazard" | "farm", true) => {
                        let (code, word) = CLASSES[one.class];
                        (code, format!("The old {word} place"))
                    }
                    ("hazard" | "farm", false) => {
                        (["", "~"][chance.below(2)], ["", "滑坡体3号"][chance.below(2)].to_owned())
                    }
                    _ => (ZONES[one.class], String::new()),
                };
                Overlap {
                    kind: kind.to_owned(),
                    label: Localized::same(name),
                    area: Range::exactly(self.area(one.cells)),
                    share: Range::exactly(share(one.cells)),
                    of_feature: None,
                }
            });
            let features = features.collect();
            let apart = apart && chance.below(2) == 0;
            let reading = Reading::Overlaps(Overlaps { apart, features });
            facts.put(FactKey::Overlaps((*layer).to_owned()), reading, Vec::new());
        }
        for table in ["every", "largest"] {
            let said = lab::codes(&[*chance.one_of::<&str>(&["permitted", "prohibited"])]);
            facts.put(FactKey::TableEntry(table.to_owned()), said, Vec::new());
        }
        facts.put(FactKey::Area, Reading::Figure(Range::exactly(self.area(ALL))), Vec::new());
        facts
    }

    /// What a table says of the ground; `None` where no zone counts, or two are the largest.
    fn entry(&self, table: &str, facts: &Facts) -> Option<Entry> {
        let mut zones: BTreeMap<&str, u32> = BTreeMap::new();
        for one in &self.layers[table] {
            *zones.entry(ZONES[one.class]).or_default() |= one.cells;
        }
        let bare = ALL & !zones.values().fold(0, |all, cells| all | cells);
        zones.insert("", bare);
        // A tenth of the site counts.
        zones.retain(|_, cells| cells.count_ones() * 10 >= CELLS);
        if table == "largest" {
            let most = zones.values().map(|cells| cells.count_ones()).max()?;
            zones.retain(|_, cells| cells.count_ones() == most);
            if zones.len() > 1 {
                return None;
            }
        }
        if zones.keys().all(|zone| zone.is_empty()) && self.layers[table].is_empty() {
            return None;
        }
        let of_office = |()| match &facts.get(&FactKey::TableEntry(table.to_owned())).ok()?.reading
        {
            Reading::Codes(codes) => {
                Entry::ALL.into_iter().find(|entry| codes.contains(entry.name()))
            }
            _ => None,
        };
        let entries: Option<Vec<Entry>> = zones
            .keys()
            .map(|zone| match *zone {
                "A" => Some(Entry::Permitted),
                "B" => Some(Entry::Conditional),
                "C" => Some(Entry::Prohibited),
                _ => None,
            })
            .collect();
        if zones.contains_key("C") {
            return Some(Entry::Prohibited);
        }
        entries.map_or_else(|| of_office(()), |entries| entries.into_iter().max())
    }

    /// Whether an atom holds of the ground; `None` where nothing could say.
    fn holds(&self, set: &RuleSet, atom: &Atom, facts: &Facts) -> Option<bool> {
        let meant = |layer: &str, features: &Features| -> Vec<u32> {
            let is = |one: &&Feature| match features {
                Features::Every => true,
                Features::Kinds(kinds) => kinds.contains(CLASSES[one.class].0),
                Features::Named(words) => words.contains(CLASSES[one.class].1),
            };
            self.layers[layer].iter().filter(is).map(|one| one.cells).collect()
        };
        let exactly = |amount: Amount| Range::exactly(amount);
        Some(match (&atom.subject, &atom.test) {
            (Subject::Area, Test::Compare(how, limit)) => {
                compare(*how, exactly(self.area(ALL)), exactly(limit.amount))?
            }
            (Subject::Overlap { layer, features }, test) => {
                let cells = meant(layer, features);
                let all = cells.iter().fold(0, |all, cells| all | cells);
                let tolerance = &set.layers[layer].tolerance;
                match test {
                    Test::Counts => {
                        let (area, share) = (self.area(all), share(all));
                        let reaches =
                            area >= tolerance.area.amount || share >= tolerance.share.amount;
                        !cells.is_empty() && reaches
                    }
                    Test::Compare(how, limit) => {
                        let by_area = limit.dimension == Dimension::Area;
                        let figure = if by_area { self.area(all) } else { share(all) };
                        compare(*how, exactly(figure), exactly(limit.amount))?
                    }
                    other => panic!("{other:?}"),
                }
            }
            (Subject::Outside { layer, features }, _) => {
                let bare = ALL & !meant(layer, features).iter().fold(0, |all, cells| all | cells);
                let tolerance = &set.layers[layer].tolerance;
                let is_sliver =
                    self.area(bare) < tolerance.area.amount && share(bare) < tolerance.share.amount;
                bare == 0 || is_sliver
            }
            (Subject::TableEntry { table }, Test::Among(codes)) => {
                codes.codes.contains(self.entry(table, facts)?.name())
            }
            other => panic!("{other:?}"),
        })
    }

    fn outcome(&self, set: &RuleSet, facts: &Facts) -> Option<Outcome> {
        let mut open = false;
        let mut holds = |tree: &Tree| {
            let truth = tree.truth(&mut |atom| {
                let holds = self.holds(set, atom, facts);
                open |= holds.is_none();
                Truth::Known(holds.unwrap_or_default())
            });
            truth.known() == Some(true)
        };
        let stands: Vec<bool> = set.rules.iter().map(|rule| holds(&rule.stands)).collect();
        let outcome = match stands[..] {
            [false, false, false] => Outcome::Suits,
            [false, false, true] => Outcome::SuitsIf,
            _ => Outcome::DoesNot,
        };
        (!open).then_some(outcome)
    }
}

fn possible(set: &RuleSet, facts: &Facts) -> BTreeSet<Outcome> {
    let exact = set.possible(0, facts, DAY).unwrap().outcomes;
    let kleene = set.possible_by_kleene(0, facts, DAY).unwrap().outcomes;
    assert!(kleene.is_superset(&exact));
    exact
}

#[test]
fn sites_s2_what_is_said_of_shares_and_names_holds_of_the_ground_in_6_000_cases() {
    let (whole, mut chance) = (set(), Chance::seeded(22));
    let atoms: Vec<Atom> = whole.rules[0].stands.atoms().into_iter().cloned().collect();
    let (mut certain, mut open, mut cases) = (0, 0, 0);
    while cases < 6_000 {
        let set = lab::rules(&mut chance, &whole, &atoms);
        for _ in 0..20 {
            let (most, told) = (1 + chance.below(3), chance.below(2) == 0);
            let ground = ground(&mut chance, most, told);
            let facts = ground.told(&mut chance);
            let Some(outcome) = ground.outcome(&set, &facts) else { continue };
            let outcomes = possible(&set, &facts);
            cases += 1;
            assert!(
                outcomes.contains(&outcome),
                "{outcome:?} {outcomes:?} {:?} {facts:?}",
                set.rules
            );
            certain += usize::from(outcomes.len() == 1);
            open += usize::from(outcomes.len() > 1);
            // One feature of a layer, and what it is, tell all that there is.
            if most == 1 && told {
                assert_eq!(outcomes.len(), 1, "{:?} {facts:?}", set.rules);
            }
            let mut less = facts;
            for _ in 0..2 {
                let keys: Vec<FactKey> = less.0.keys().cloned().collect();
                less.lack(chance.one_of(&keys).clone(), lab::cause(&mut chance));
                let left = possible(&set, &less);
                assert!(
                    left.is_superset(&outcomes),
                    "{outcomes:?} {left:?} {:?} {less:?}",
                    set.rules
                );
            }
        }
    }
    assert!(certain > 2_000 && open > 300, "{certain} {open}");
}
