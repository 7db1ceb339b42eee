//! A tree as it is written, read into one whose atoms name what there is.

use std::collections::BTreeSet;

use super::{
    entries::limit,
    names::{Names, unknown, words},
};
use crate::{
    examination::Examination,
    suitability::{
        allowed::LAW_STATUS,
        amount::{Amount, Dimension, Limit},
        file::{Bound, MeasureText, Node, Other},
        model::Domain,
        table::Entry,
        tree::{Atom, Codes, Comparison, Features, Subject, Test, Tree},
    },
};

/// Reads the nodes of one rule.
pub(super) struct Reader<'r, 'e> {
    pub(super) entry: &'r str,
    pub(super) names: &'r Names,
    pub(super) exam: &'r mut Examination<'e>,
}

impl Reader<'_, '_> {
    fn wrong<T>(&mut self, place: &str, message: &str) -> Option<T> {
        words(place, self.entry, message, self.exam);
        None
    }

    /// `None` where something is wrong, which is noted.
    pub(super) fn tree(&mut self, place: &str, node: &Node) -> Option<Tree> {
        let branches = [
            node.all.is_some(),
            node.any.is_some(),
            node.not.is_some(),
            node.of.is_some(),
            is_atom(node),
        ];
        if branches.iter().filter(|is| **is).count() != 1 || !is_atom(node) && has_test(node) {
            return self.wrong(
                place,
                "write one of all, any, not, at_least with of, or one thing that is looked at: overlaps, within, distance, measure, value, answer, use_table, law_status",
            );
        }
        if let Some(nodes) = &node.all {
            return self.list(&format!("{place}/all"), nodes).map(Tree::All);
        }
        if let Some(nodes) = &node.any {
            return self.list(&format!("{place}/any"), nodes).map(Tree::Any);
        }
        if let Some(inner) = &node.not {
            return self.tree(&format!("{place}/not"), inner).map(|tree| Tree::Not(Box::new(tree)));
        }
        if let Some(nodes) = &node.of {
            let trees = self.list(&format!("{place}/of"), nodes)?;
            return match node.at_least {
                Some(Bound::Count(least)) if (1..=trees.len()).contains(&least) => {
                    Some(Tree::AtLeast(least, trees))
                }
                _ => self.wrong(
                    place,
                    "`of` goes with `at_least`, a number from 1 to as many as there are",
                ),
            };
        }
        self.atom(place, node).map(Tree::Atom)
    }

    fn list(&mut self, place: &str, nodes: &[Node]) -> Option<Vec<Tree>> {
        if nodes.is_empty() {
            return self
                .wrong(place, "the list is empty; an empty list would always or never hold");
        }
        let read = nodes.iter().enumerate();
        let read: Vec<Option<Tree>> =
            read.map(|(at, node)| self.tree(&format!("{place}/{at}"), node)).collect();
        read.into_iter().collect()
    }

    fn atom(&mut self, place: &str, node: &Node) -> Option<Atom> {
        let subject = self.subject(place, node)?;
        let figures = dimensions(&subject, self.names);
        let test = if let Some(test) = self.comparison(place, node, &subject, &figures) {
            test?
        } else if let Subject::Outside { .. } = subject {
            Test::Covered
        } else {
            self.codes(place, node, &subject).map(Test::Among)?
        };
        Some(Atom { subject, test })
    }

    fn subject(&mut self, place: &str, node: &Node) -> Option<Subject> {
        let features = self.features(place, node)?;
        if let Some(layer) =
            node.overlaps.as_ref().or(node.within.as_ref()).or(node.distance.as_ref())
        {
            let key = if node.overlaps.is_some() {
                "overlaps"
            } else if node.within.is_some() {
                "within"
            } else {
                "distance"
            };
            self.layer(&format!("{place}/{key}"), layer)?;
            self.known(place, layer, &features)?;
            let layer = layer.clone();
            return Some(match key {
                "overlaps" => Subject::Overlap { layer, features },
                "within" => Subject::Outside { layer, features },
                _ => Subject::Distance { layer, features },
            });
        }
        if features != Features::Every {
            return self.wrong(place, "`kinds` and `named` go with a layer");
        }
        if let Some(layer) = &node.law_status {
            self.layer(&format!("{place}/law_status"), layer)?;
            return Some(Subject::LawStatus { layer: layer.clone() });
        }
        if let Some(table) = &node.use_table {
            if !self.names.tables.contains(table) {
                unknown(&format!("{place}/use_table"), self.entry, "table", table, self.exam);
                return None;
            }
            return Some(Subject::TableEntry { table: table.clone() });
        }
        self.figure(place, node.measure, node.value.as_ref(), node.answer.as_ref())
    }

    /// What is not of a layer: a measure, a value, an answer.
    pub(super) fn figure(
        &mut self,
        place: &str,
        measure: Option<MeasureText>,
        value: Option<&String>,
        answer: Option<&String>,
    ) -> Option<Subject> {
        match (measure, value, answer) {
            (Some(MeasureText::Area), None, None) => Some(Subject::Area),
            (Some(MeasureText::Frontage), None, None) => Some(Subject::Frontage),
            (None, Some(id), None) if self.names.values.contains_key(id) => {
                Some(Subject::Value { id: id.clone() })
            }
            (None, Some(id), None) => {
                unknown(&format!("{place}/value"), self.entry, "value", id, self.exam);
                None
            }
            (None, None, Some(id)) if self.names.questions.contains_key(id) => {
                Some(Subject::Answer { id: id.clone() })
            }
            (None, None, Some(id)) => {
                unknown(&format!("{place}/answer"), self.entry, "question", id, self.exam);
                None
            }
            _ => self.wrong(place, "write one of measure, value and answer"),
        }
    }

    pub(super) fn layer(&mut self, place: &str, layer: &str) -> Option<()> {
        if self.names.layers.contains_key(layer) {
            return Some(());
        }
        unknown(place, self.entry, "layer", layer, self.exam);
        None
    }

    /// Whether features are told apart by what their layer says that they can be: of a feature of none of it
    /// nobody knows what it is.
    pub(super) fn known(&mut self, place: &str, layer: &str, features: &Features) -> Option<()> {
        let classes = self.names.classes.get(layer)?;
        let (key, list, wanted, listed) = match features {
            Features::Every => return Some(()),
            Features::Kinds(wanted) => ("kinds", "kinds", wanted, &classes.kinds),
            Features::Named(wanted) => ("named", "words", wanted, &classes.words),
        };
        let Some(stranger) = wanted.difference(listed).next() else { return Some(()) };
        let message = format!(
            "the layer {layer} has no {stranger:?} in `{list}`; list there everything that its features can be, those that no rule asks for too"
        );
        self.wrong(&format!("{place}/{key}"), &message)
    }

    fn features(&mut self, place: &str, node: &Node) -> Option<Features> {
        self.features_of(place, node.kinds.as_ref(), node.named.as_ref())
    }

    pub(super) fn features_of(
        &mut self,
        place: &str,
        kinds: Option<&Vec<String>>,
        named: Option<&Vec<String>>,
    ) -> Option<Features> {
        match (kinds, named) {
            (None, None) => Some(Features::Every),
            (Some(kinds), None) if !kinds.is_empty() => {
                Some(Features::Kinds(kinds.iter().cloned().collect()))
            }
            (None, Some(named)) if !named.is_empty() => {
                if named.iter().any(|word| word.trim().is_empty() || *word != word.to_lowercase()) {
                    return self.wrong(place, "the words of `named` are in lower case: they are sought in names of any case");
                }
                Some(Features::Named(named.iter().cloned().collect()))
            }
            _ => self.wrong(place, "write `kinds` or `named`, not both, and at least one of them"),
        }
    }

    /// `None` where no bound is written.
    fn comparison(
        &mut self,
        place: &str,
        node: &Node,
        subject: &Subject,
        figures: &[Dimension],
    ) -> Option<Option<Test>> {
        let bounds = [
            (Comparison::MoreThan, "more_than", &node.more_than),
            (Comparison::AtLeast, "at_least", &node.at_least),
            (Comparison::LessThan, "less_than", &node.less_than),
            (Comparison::AtMost, "at_most", &node.at_most),
        ];
        let mut written =
            bounds.iter().filter_map(|(how, key, bound)| Some((*how, *key, bound.as_ref()?)));
        let (how, key, bound) = written.next()?;
        if written.next().is_some() || lists(node).next().is_some() {
            return Some(self.wrong(place, "write one test; join two of them with all"));
        }
        let place = format!("{place}/{key}");
        if figures.is_empty() || matches!(subject, Subject::Outside { .. }) {
            return Some(
                self.wrong(&place, "this is no figure that a limit could be held against"),
            );
        }
        Some(match bound {
            Bound::Limit(text) if text == "tolerance" => match subject {
                Subject::Overlap { .. } if how == Comparison::MoreThan => Some(Test::Counts),
                _ => self.wrong(&place, "\"tolerance\" goes with overlaps and more_than"),
            },
            Bound::Limit(text) => match limit(&place, self.entry, text, figures, self.exam) {
                Some(limit) if never_holds(how, &limit) => self.wrong(
                    &place,
                    "no figure is less than 0, and no share more than 100 %: this would never hold",
                ),
                limit => limit.map(|limit| Test::Compare(how, limit)),
            },
            Bound::Other(Other { measure, value, answer }) => {
                self.figure(&place, *measure, value.as_ref(), answer.as_ref()).and_then(|other| {
                    if dimensions(&other, self.names).iter().any(|one| figures.contains(one)) {
                        Some(Test::CompareWith(how, other))
                    } else {
                        self.wrong(&place, "the two figures are of different units")
                    }
                })
            }
            Bound::Count(_) => {
                self.wrong(&place, "a limit has a unit: \"500 m\", \"10 %\", \"3 storeys\"")
            }
        })
    }

    fn codes(&mut self, place: &str, node: &Node, subject: &Subject) -> Option<Codes> {
        let mut written = lists(node);
        let Some((key, codes)) = written.next() else {
            return self.wrong(place, "it says what is looked at and not what must be so of it");
        };
        if written.next().is_some() {
            return self.wrong(place, "write one test; join two of them with all");
        }
        let codes: BTreeSet<String> = codes.iter().cloned().collect();
        let (below, any) = (key.ends_with("under"), key.starts_with("any_"));
        let place = format!("{place}/{key}");
        if codes.is_empty() {
            return self.wrong(&place, "the list is empty; no code would ever be in it");
        }
        let is_table = matches!(subject, Subject::TableEntry { .. });
        if is_table != (key == "says") {
            return self.wrong(
                &place,
                "`says` goes with use_table, and the other lists with all but that",
            );
        }
        let fits = |code: &String| match subject {
            Subject::TableEntry { .. } => Entry::ALL.iter().any(|entry| entry.name() == code),
            Subject::LawStatus { .. } => LAW_STATUS.contains(&code.as_str()),
            Subject::Value { id } => {
                self.names.values.get(id).is_some_and(|domain| domain.has(code))
            }
            Subject::Answer { id } => {
                self.names.questions.get(id).is_some_and(|domain| domain.has(code))
            }
            _ => false,
        };
        if let Some(stranger) = codes.iter().find(|code| !fits(code)) {
            let message = format!("{stranger:?} is nothing that this can be");
            return self.wrong(&place, &message);
        }
        Some(Codes { codes, below, any })
    }
}

/// Whether no figure is on that side of a limit.
fn never_holds(how: Comparison, limit: &Limit) -> bool {
    let own = matches!(limit.dimension, Dimension::Own(_));
    match how {
        Comparison::LessThan => !own && limit.amount <= Amount::ZERO,
        Comparison::MoreThan => {
            limit.dimension == Dimension::Share && Amount::of(1.0) == Some(limit.amount)
        }
        Comparison::AtLeast | Comparison::AtMost => false,
    }
}

fn is_atom(node: &Node) -> bool {
    let Node { overlaps, within, distance, measure, value, answer, use_table, law_status, .. } =
        node;
    let named = [overlaps, within, distance, value, answer, use_table, law_status];
    named.iter().filter(|name| name.is_some()).count() + usize::from(measure.is_some()) == 1
}

/// Whether it has what only an atom has.
fn has_test(node: &Node) -> bool {
    let Node { overlaps, within, distance, measure, value, answer, use_table, law_status, .. } =
        node;
    let named = [overlaps, within, distance, value, answer, use_table, law_status];
    named.iter().any(|name| name.is_some())
        || measure.is_some()
        || node.kinds.is_some()
        || node.named.is_some()
        || node.more_than.is_some()
        || node.less_than.is_some()
        || node.at_most.is_some()
        || node.at_least.is_some() && node.of.is_none()
        || lists(node).next().is_some()
}

/// The lists of codes of a node; `is` is one of one.
fn lists(node: &Node) -> impl Iterator<Item = (&'static str, &[String])> {
    let is = node.is.as_ref().map(std::slice::from_ref);
    [
        ("is", is),
        ("in", node.among.as_deref()),
        ("any_in", node.any_in.as_deref()),
        ("under", node.under.as_deref()),
        ("any_under", node.any_under.as_deref()),
        ("says", node.says.as_deref()),
    ]
    .into_iter()
    .filter_map(|(key, codes)| Some((key, codes?)))
}

/// What figures a subject has; none for codes.
pub(super) fn dimensions(subject: &Subject, names: &Names) -> Vec<Dimension> {
    let of = |domain: Option<&Domain>| match domain {
        Some(Domain::Figure(dimension)) => vec![dimension.clone()],
        _ => Vec::new(),
    };
    match subject {
        Subject::Overlap { .. } | Subject::Outside { .. } => {
            vec![Dimension::Area, Dimension::Share]
        }
        Subject::Distance { .. } | Subject::Frontage => vec![Dimension::Length],
        Subject::Area => vec![Dimension::Area],
        Subject::Value { id } => of(names.values.get(id)),
        Subject::Answer { id } => of(names.questions.get(id)),
        Subject::TableEntry { .. } | Subject::LawStatus { .. } => Vec::new(),
    }
}
