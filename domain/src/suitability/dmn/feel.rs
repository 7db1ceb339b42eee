//! Trees and tests as expressions of FEEL. Each is true, false or null, and null wherever the facts leave it
//! open.

use super::Drawing;
use crate::suitability::{
    amount::{Amount, Dimension, Limit},
    model::Classes,
    tree::{Atom, Codes, Comparison, Features, Subject, Test, Tree},
};

/// A text of FEEL.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let each: Vec<String> = texts.into_iter().map(|text| quoted(text)).collect();
    format!("[{}]", each.join(", "))
}

/// Kleene's *and*, which is FEEL's.
pub(super) fn conjunction(all: &[String]) -> String {
    joined(all, " and ", "true")
}

/// Kleene's *or*, which is FEEL's.
pub(super) fn disjunction(all: &[String]) -> String {
    joined(all, " or ", "false")
}

fn joined(all: &[String], with: &str, none: &str) -> String {
    match all {
        [] => none.to_owned(),
        [one] => one.clone(),
        _ => format!("({})", all.join(with)),
    }
}

pub(super) fn number(amount: Amount) -> String {
    amount.figure().to_string()
}

impl Drawing<'_> {
    pub(super) fn tree(&mut self, tree: &Tree, needs: &mut Vec<String>) -> String {
        let mut each = |trees: &[Tree]| -> Vec<String> {
            trees.iter().map(|tree| self.tree(tree, needs)).collect()
        };
        match tree {
            Tree::All(trees) => conjunction(&each(trees)),
            Tree::Any(trees) => disjunction(&each(trees)),
            Tree::Not(tree) => format!("not({})", self.tree(tree, needs)),
            Tree::AtLeast(least, trees) => {
                let (all, count) = (each(trees), trees.len());
                format!(
                    "(for them in [[{}]] return if count(them[item = true]) >= {least} then true \
                     else if {count} - count(them[item = false]) < {least} then false else null)[1]",
                    all.join(", ")
                )
            }
            Tree::Atom(atom) => self.atom(atom, needs),
        }
    }

    fn atom(&mut self, Atom { subject, test }: &Atom, needs: &mut Vec<String>) -> String {
        let name = match subject {
            Subject::Overlap { layer, features } | Subject::Outside { layer, features } => {
                self.covers(layer, features)
            }
            Subject::TableEntry { table } => {
                let name = self.entry(table);
                needs.push(name.clone());
                let Test::Among(codes) = test else { return "null".to_owned() };
                return format!(
                    "(if {name} = null then null else list contains({}, {name}))",
                    list(&codes.codes)
                );
            }
            _ => self.fact(subject),
        };
        needs.push(name.clone());
        match (test, subject) {
            (Test::Counts, Subject::Overlap { layer, .. }) => self.counts(&name, layer),
            (Test::Covered, Subject::Outside { layer, .. }) => {
                needs.push(self.fact(&Subject::Area));
                self.covered(&name, layer)
            }
            (Test::Compare(how, limit), Subject::Overlap { .. } | Subject::Outside { .. }) => {
                let of = if limit.dimension == Dimension::Area { "area" } else { "share" };
                let ends = (format!("{name}.{of}_lo"), format!("{name}.{of}_hi"));
                guarded(&[&name], &compared(*how, &ends, &constant(limit)))
            }
            (Test::Compare(how, limit), _) => {
                let ends = (format!("{name}.lo"), format!("{name}.hi"));
                guarded(&[&name], &compared(*how, &ends, &constant(limit)))
            }
            (Test::CompareWith(how, other), _) => {
                let other = self.fact(other);
                needs.push(other.clone());
                let left = (format!("{name}.lo"), format!("{name}.hi"));
                let right = (format!("{other}.lo"), format!("{other}.hi"));
                guarded(&[&name, &other], &compared(*how, &left, &right))
            }
            (Test::Among(codes), _) => guarded(&[&name], &among(&name, codes)),
            _ => "null".to_owned(),
        }
    }

    /// Whether what is covered is more than a sliver.
    fn counts(&self, name: &str, layer: &str) -> String {
        let Some(layer) = self.set.layers.get(layer) else { return "null".to_owned() };
        let area = number(layer.tolerance.area.amount);
        let share = number(layer.tolerance.share.amount);
        guarded(
            &[name],
            &format!(
                "if {name}.n = 0 and {name}.open = 0 then false \
                 else if {name}.touches or {name}.n > 0 and ({name}.area_lo >= {area} or {name}.share_lo >= {share}) then true \
                 else if not({name}.may_touch) and {name}.area_hi < {area} and {name}.share_hi < {share} then false else null"
            ),
        )
    }

    /// Whether what is left uncovered is a sliver.
    fn covered(&self, name: &str, layer: &str) -> String {
        let Some(layer) = self.set.layers.get(layer) else { return "null".to_owned() };
        let area = number(layer.tolerance.area.amount);
        let share = number(layer.tolerance.share.amount);
        let (lo, hi) = (format!("(1 - {name}.share_hi)"), format!("(1 - {name}.share_lo)"));
        guarded(
            &[name],
            &format!(
                "if {lo} >= {share} and {lo} > 0 then false else if {hi} = 0 then true \
                 else if area = null then null else if area.lo * {lo} >= {area} then false \
                 else if area.hi * {hi} < {area} and {hi} < {share} then true else null"
            ),
        )
    }
}

/// Something that is asked only where all of these are known.
fn guarded(names: &[&str], text: &str) -> String {
    let unknown: Vec<String> = names.iter().map(|name| format!("{name} = null")).collect();
    format!("(if {} then null else {text})", unknown.join(" or "))
}

fn constant(limit: &Limit) -> (String, String) {
    let figure = number(limit.amount);
    (figure.clone(), figure)
}

/// Two figures of which the least and the most is known.
fn compared(how: Comparison, left: &(String, String), right: &(String, String)) -> String {
    let more = |a: &(String, String), b: &(String, String), yes: bool| {
        format!(
            "if {} > {} then {yes} else if {} <= {} then {} else null",
            a.0, b.1, a.1, b.0, !yes
        )
    };
    match how {
        Comparison::MoreThan => more(left, right, true),
        Comparison::AtMost => more(left, right, false),
        Comparison::LessThan => more(right, left, true),
        Comparison::AtLeast => more(right, left, false),
    }
}

/// Whether the codes of a site, of which there is at least one, are among those of a list.
fn among(name: &str, codes: &Codes) -> String {
    let quantifier = if codes.any { "some" } else { "every" };
    let list = list(&codes.codes);
    let has = if codes.below {
        format!("some class in {list} satisfies starts with(code, class)")
    } else {
        format!("list contains({list}, code)")
    };
    format!("{quantifier} code in {name} satisfies ({has})")
}

/// What the features that are meant cover together: their number, that of those of which nobody knows, whether one
/// touches without area, and the least and the most of area and share.
pub(super) fn covers(input: &str, features: &Features, classes: &Classes) -> String {
    let is_of = |features: &Features| match features {
        Features::Every => "true".to_owned(),
        Features::Kinds(kinds) => format!("list contains({}, item.kind)", list(kinds)),
        Features::Named(words) => {
            let has = words.iter().flat_map(|word| {
                ["zh", "en"]
                    .map(|name| format!("contains(lower case(item.{name}), {})", quoted(word)))
            });
            disjunction(&has.collect::<Vec<_>>())
        }
    };
    let every = match features {
        Features::Every => Features::Every,
        Features::Kinds(_) => Features::Kinds(classes.kinds.clone()),
        Features::Named(_) => Features::Named(classes.words.clone()),
    };
    let (meant, rest) = match features {
        Features::Every => (format!("{input}.features"), "[]".to_owned()),
        _ => (
            format!("{input}.features[{}]", is_of(features)),
            // The classes of the layer have those that are meant among them. A filter that begins with `not(` would
            // be a unary test to some.
            format!("{input}.features[({}) = false]", is_of(&every)),
        ),
    };
    let sum = |of: &str, field: &str| format!("(if count({of}) = 0 then 0 else sum({of}.{field}))");
    let most = |field: &str| format!("{} + {}", sum("them", field), sum("rest", field));
    let least = |field: &str| {
        format!(
            "if n = 0 then 0 else if {input}.apart then sum(them.{field}) else max(them.{field})"
        )
    };
    let whole = |text: &str| format!("min({text}, 1)");
    let touches =
        |of: &str| format!("some one in {of} satisfies (one.area_hi = 0 and one.share_hi = 0)");
    format!(
        "if {input} = null then null else {{\
         them: {meant}, rest: {rest}, n: count(them), open: count(rest), \
         touches: {}, may_touch: {}, \
         area_lo: {}, area_hi: {}, sum_lo: {}, sum_hi: {}, share_lo: {}, share_hi: {}}}",
        touches("them"),
        touches("rest"),
        least("area_lo"),
        most("area_hi"),
        least("share_lo"),
        most("share_hi"),
        whole("sum_lo"),
        whole("sum_hi"),
    )
}
