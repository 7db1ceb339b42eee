//! A rule set as DMN 1.5 with FEEL, for engines that others made. It is for export and not for import: what
//! stands in FEEL turns *not known* into *no* wherever nobody guards it.
//!
//! Here everything is guarded. What is not known is `null`, and stays `null` until a decision says true or false
//! for every value it may have by Kleene's strong logic, as [`super::RuleSet::possible_by_kleene`] does: FEEL's own `and`
//! and `or` are Kleene's, and every comparison is asked only where there is something to compare. Figures come as the
//! least and the most that they can be.
//!
//! Inputs are the facts (a [`DmnCase`] has them): `layer_X` with its features, `value_X` and `answer_X` with
//! codes or a figure, `distance_…`, `law_status_X`, `table_X` for what the office says where a table is silent, `area`,
//! `frontage`, beside `use` and `day`. Decisions are each rule (whether it stands in the way), `hard`,
//! `condition` and `outcome`.

mod cases;
mod feel;
mod zones;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    model::{Kind, Rule, RuleSet, Scope},
    tree::{Features, Subject},
};
use feel::{conjunction, disjunction, quoted};

pub use cases::{DmnCase, cases};

/// Something that an engine is asked, or works out.
struct Node {
    name: String,
    /// For people.
    label: String,
    /// The type of FEEL.
    kind: &'static str,
    /// None for an input.
    text: Option<String>,
    needs: Vec<String>,
}

/// Layers that are looked at in one way: their decision is worked out once.
type Looked = (String, Features);

/// The nodes of a set, while they are drawn up.
struct Drawing<'s> {
    set: &'s RuleSet,
    inputs: BTreeMap<String, Node>,
    /// What features cover, and what a table says, before the rules that ask.
    before: Vec<Node>,
    covers: BTreeMap<Looked, String>,
}

impl RuleSet {
    /// The set as a DMN 1.5 document with FEEL.
    #[must_use]
    pub fn as_dmn(&self) -> String {
        let mut drawing = Drawing {
            set: self,
            inputs: BTreeMap::new(),
            before: Vec::new(),
            covers: BTreeMap::new(),
        };
        drawing.input("use", "The use, by its id", "string");
        drawing.input("day", "The day it is for", "date");
        let rules: Vec<Node> = self.rules.iter().map(|rule| drawing.rule(rule)).collect();
        let last = self.outcome();
        let nodes = drawing.inputs.into_values().chain(drawing.before).chain(rules).chain(last);
        document(self, &nodes.collect::<Vec<_>>())
    }

    /// What follows of all rules: whether one stands in the way, whether something must be obtained, and what
    /// can be said then.
    fn outcome(&self) -> Vec<Node> {
        let of = |kind: Kind| -> Vec<String> {
            let rules = self.rules.iter().filter(|rule| rule.kind == kind);
            rules.map(|rule| rule_name(&rule.id)).collect()
        };
        let (hard, condition) = (of(Kind::Hard), of(Kind::Condition));
        let spoken: Vec<String> = self.rules.iter().map(|rule| applies(self, rule)).collect();
        let any = |name: &str, label: &str, needs: Vec<String>| Node {
            name: name.to_owned(),
            label: label.to_owned(),
            kind: "boolean",
            text: Some(disjunction(&needs)),
            needs,
        };
        vec![
            Node {
                name: "spoken_of".to_owned(),
                label: "Whether a rule speaks of the use on that day".to_owned(),
                kind: "boolean",
                text: Some(disjunction(&spoken)),
                needs: vec!["use".to_owned(), "day".to_owned()],
            },
            any("hard", "Whether something stands in the way", hard),
            any("condition", "Whether something must be obtained", condition),
            Node {
                name: "outcome".to_owned(),
                label: "suits, suits_if, does_not; null where it cannot be said".to_owned(),
                kind: "string",
                text: Some(
                    "if spoken_of != true then null else if hard = true then \"does_not\" \
                     else if hard = null or condition = null then null \
                     else if condition then \"suits_if\" else \"suits\""
                        .to_owned(),
                ),
                needs: ["spoken_of", "hard", "condition"].map(str::to_owned).into(),
            },
        ]
    }
}

impl Drawing<'_> {
    fn input(&mut self, name: &str, label: &str, kind: &'static str) -> String {
        self.inputs.entry(name.to_owned()).or_insert_with(|| Node {
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            text: None,
            needs: Vec::new(),
        });
        name.to_owned()
    }

    /// The decision of a rule: whether it stands in the way. It never does of a use that it does not speak of.
    fn rule(&mut self, rule: &Rule) -> Node {
        let mut needs = vec!["use".to_owned(), "day".to_owned()];
        let stands = self.tree(&rule.stands, &mut needs);
        needs.sort();
        needs.dedup();
        Node {
            name: rule_name(&rule.id),
            label: format!("{} · {}", rule.title.zh, rule.title.en),
            kind: "boolean",
            text: Some(format!("if {} then {stands} else false", applies(self.set, rule))),
            needs,
        }
    }

    /// What the features of a layer that are meant cover, or null.
    fn covers(&mut self, layer: &str, features: &Features) -> String {
        let looked = (layer.to_owned(), features.clone());
        if let Some(name) = self.covers.get(&looked) {
            return name.clone();
        }
        let input = self.layer(layer);
        let name = format!("covers_{}_{}", safe(layer), self.covers.len() + 1);
        let label = self.set.layers.get(layer).map_or(String::new(), |it| it.title.en.clone());
        self.before.push(Node {
            name: name.clone(),
            label: format!("What is covered: {label}"),
            kind: "Any",
            text: Some(feel::covers(&input, features, self.set.classes(layer))),
            needs: vec![input],
        });
        self.covers.insert(looked, name.clone());
        name
    }

    fn layer(&mut self, layer: &str) -> String {
        let label = self.set.layers.get(layer).map_or(String::new(), |it| it.title.en.clone());
        self.input(
            &fact_name(&Subject::Overlap { layer: layer.to_owned(), features: Features::Every }),
            &label,
            "Any",
        )
    }

    /// What is looked at as one input.
    fn fact(&mut self, subject: &Subject) -> String {
        let label = match subject {
            Subject::Value { id } => self.set.values.get(id).map(|it| it.title.en.clone()),
            Subject::Answer { id } => self.set.question(id).map(|it| it.text.en.clone()),
            _ => None,
        };
        let name = fact_name(subject);
        self.input(&name, &label.unwrap_or_else(|| name.replace('_', " ")), "Any")
    }

    /// What a table says of the use in the site's zone, or null.
    fn entry(&mut self, id: &str) -> String {
        let name = format!("entry_{}", safe(id));
        if self.before.iter().any(|node| node.name == name) {
            return name;
        }
        let Some(table) = self.set.tables.get(id) else { return "null".to_owned() };
        let zone = match &table.zone {
            Subject::Overlap { layer, .. } => self.layer(layer),
            subject => self.fact(subject),
        };
        let own = self.fact(&Subject::TableEntry { table: id.to_owned() });
        self.before.push(Node {
            name: name.clone(),
            label: format!("What the table {id} says of the use in the site’s zone"),
            kind: "string",
            text: Some(zones::entry(self.set, table, &zone, &own)),
            needs: vec![zone, own, "use".to_owned()],
        });
        name
    }
}

/// Whether a rule speaks of the use on the day. A use that is in no set is none that is spoken of.
fn applies(set: &RuleSet, rule: &Rule) -> String {
    let uses: Vec<String> = match &rule.uses {
        Scope::All => set.uses.iter().map(|one| quoted(&one.id)).collect(),
        Scope::Uses(at) => {
            at.iter().filter_map(|at| set.uses.get(*at)).map(|one| quoted(&one.id)).collect()
        }
    };
    let mut all = vec![format!("list contains([{}], use)", uses.join(", "))];
    let on = |day: Date| format!("date({})", quoted(&day.to_string()));
    all.extend(rule.from.map(|from| format!("day >= {}", on(from))));
    all.extend(rule.until.map(|until| format!("day <= {}", on(until))));
    conjunction(&all)
}

fn rule_name(id: &str) -> String {
    format!("rule_{}", safe(id))
}

/// An id as a name of FEEL, in which a hyphen may be a minus.
fn safe(id: &str) -> String {
    id.replace('_', "__").replace('-', "_")
}

/// What an input is called.
fn fact_name(subject: &Subject) -> String {
    match subject {
        Subject::Overlap { layer, .. } | Subject::Outside { layer, .. } => {
            format!("layer_{}", safe(layer))
        }
        Subject::Distance { layer, features } => {
            let which = match features {
                Features::Every => String::new(),
                Features::Kinds(list) => format!("_kinds_{}", hashed(list)),
                Features::Named(list) => format!("_named_{}", hashed(list)),
            };
            format!("distance_{}{which}", safe(layer))
        }
        Subject::Area => "area".to_owned(),
        Subject::Frontage => "frontage".to_owned(),
        Subject::Value { id } => format!("value_{}", safe(id)),
        Subject::Answer { id } => format!("answer_{}", safe(id)),
        Subject::TableEntry { table } => format!("table_{}", safe(table)),
        Subject::LawStatus { layer } => format!("law_status_{}", safe(layer)),
    }
}

/// Words may be in any script, and a name of FEEL may not.
fn hashed(words: &std::collections::BTreeSet<String>) -> String {
    use sha2::{Digest, Sha256};
    let joined = words.iter().map(String::as_str).collect::<Vec<_>>().join("\0");
    crate::digest::hexadecimal(&Sha256::digest(joined)[..4])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn document(set: &RuleSet, nodes: &[Node]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!-- {} {}, hash {}. null is not known; figures are the least and the most that they can be.\n\
         This is information, and decides nothing. -->\n\
         <definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" id=\"{}\" name=\"{}\" \
         namespace=\"urn:jianma:rules:{}:{}\" expressionLanguage=\"https://www.omg.org/spec/DMN/20230324/FEEL/\">\n",
        set.id,
        set.date,
        set.hash,
        safe(&set.id),
        escaped(&set.title.en),
        set.id,
        set.date,
    );
    for Node { name, label, kind, text, needs } in nodes {
        let (element, label) =
            (if text.is_some() { "decision" } else { "inputData" }, escaped(label));
        xml.push_str(&format!("  <{element} id=\"{name}\" name=\"{name}\" label=\"{label}\">\n"));
        xml.push_str(&format!("    <variable name=\"{name}\" typeRef=\"{kind}\"/>\n"));
        for need in needs {
            let is_input = nodes.iter().any(|node| node.name == *need && node.text.is_none());
            let how = if is_input { "requiredInput" } else { "requiredDecision" };
            xml.push_str(&format!(
                "    <informationRequirement id=\"{name}-{need}\"><{how} href=\"#{need}\"/></informationRequirement>\n"
            ));
        }
        if let Some(text) = text {
            let text = escaped(text);
            xml.push_str(&format!(
                "    <literalExpression id=\"{name}-text\"><text>{text}</text></literalExpression>\n"
            ));
        }
        xml.push_str(&format!("  </{element}>\n"));
    }
    xml.push_str("</definitions>\n");
    xml
}
