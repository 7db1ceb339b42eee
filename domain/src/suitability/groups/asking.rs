//! A use and what the applicant answered, asked of every group at once.

use std::collections::{BTreeSet, HashMap};

use super::{
    Bands, Groups, Relaxed,
    scheme::{About, OfUse},
};
use crate::suitability::{
    bits::{Bits, Column},
    columns::Columns,
    fact::{Fact, Facts},
    judge::Case,
    model::Rule,
    open::Open,
    outcome::Answer,
    tree::Atom,
};

impl Groups {
    /// What is said of each group for the use at that position; `None` for a use that the set does not
    /// have. It costs time where much is open: nothing for a thread that others wait for.
    #[must_use]
    pub fn ask(&self, use_at: usize, answers: &Facts) -> Option<Bands> {
        Some(Asking::of(self, use_at, answers)?.bands())
    }
}

struct Asking<'g> {
    groups: &'g Groups,
    use_at: usize,
    answers: &'g Facts,
    of_use: OfUse,
    /// The rules for the use, each with where it stands in the way.
    rules: Vec<(&'g Rule, Column)>,
    /// Groups that the rules for this use cannot tell apart: the first of each, by what tells them apart.
    alike: HashMap<Vec<u8>, usize>,
    /// What was said of the first of each, by all rules or without one.
    said: HashMap<(usize, Option<usize>), Open>,
}

impl<'g> Asking<'g> {
    fn of(groups: &'g Groups, use_at: usize, answers: &'g Facts) -> Option<Self> {
        let set = &*groups.scheme.set;
        set.uses.get(use_at)?;
        let mut asking = Self {
            groups,
            use_at,
            answers,
            of_use: groups.scheme.of_use(use_at),
            rules: Vec::new(),
            alike: HashMap::new(),
            said: HashMap::new(),
        };
        for rule in set.rules_for(use_at, groups.scheme.on) {
            let stands = rule.stands.column(groups.len, &mut |atom| asking.column(atom));
            asking.rules.push((rule, stands));
        }
        Some(asking)
    }

    /// How an atom stands in each group.
    fn column(&self, atom: &Atom) -> Column {
        let Groups { scheme, len, columns, .. } = self.groups;
        let of = &scheme.set.uses[self.use_at];
        let truth = |facts: &Facts| Case { set: &scheme.set, of, facts }.truth(atom);
        match About::of(atom) {
            About::Site => match scheme.place_of(atom, self.use_at) {
                Some(at) => columns[at].clone(),
                None => everywhere(*len, None),
            },
            About::Applicant => everywhere(*len, truth(self.answers).known()),
            About::Both => {
                let each = (0..*len).map(|group| truth(&self.groups.facts(group, self.answers)));
                let each: Vec<Option<bool>> = each.map(|truth| truth.known()).collect();
                Column {
                    yes: Bits::from_fn(*len, |at| each[at] == Some(true)),
                    unknown: Bits::from_fn(*len, |at| each[at].is_none()),
                }
            }
        }
    }

    /// What Kleene's logic says of each group, by all rules or without one.
    fn columns(&self, without: Option<usize>) -> Columns {
        let rules = self.rules.iter().enumerate().filter(|(at, _)| Some(*at) != without);
        let rules = rules.map(|(_, (rule, stands))| (rule.kind, stands));
        Columns::of(self.groups.len, rules)
    }

    fn bands(&mut self) -> Bands {
        let columns = self.columns(None);
        let mut answers = vec![Answer::CannotBeSaid; self.groups.len];
        for (answer, groups) in [
            (Answer::Suits, columns.suits()),
            (Answer::SuitsIf, columns.suits_if()),
            (Answer::DoesNot, columns.does_not()),
        ] {
            groups.ones().for_each(|group| answers[group] = answer);
        }
        let (mut open, mut exact) = (Vec::new(), true);
        for group in columns.cannot_be_said().ones() {
            let said = self.closely(group, None);
            exact &= said.possible.exact;
            answers[group] = said.possible.answer();
            if answers[group] == Answer::CannotBeSaid {
                open.push((group, said.matter.clone()));
            }
        }
        let fit = Bits::from_fn(self.groups.len, |at| answers[at].is_favourable());
        let relaxed = (0..self.rules.len()).map(|at| self.relaxed(at, &fit)).collect();
        Bands { answers, open, relaxed, exact }
    }

    /// What would fit without a rule and does not with it.
    fn relaxed(&mut self, at: usize, fit: &Bits) -> Relaxed {
        let (rule, stands) = (self.rules[at].0.id.clone(), self.rules[at].1.possible());
        // Where it does not stand in the way, nothing is gained without it.
        let may = fit.clone().not().and(&stands);
        let columns = self.columns(Some(at));
        let surely = columns.suits().or(&columns.suits_if()).and(&may);
        let mut gained: BTreeSet<usize> = surely.ones().collect();
        for group in columns.cannot_be_said().and(&may).ones() {
            let answer = self.closely(group, Some(at)).possible.answer();
            if answer.is_favourable() {
                gained.insert(group);
            }
        }
        let gained = Bits::from_fn(self.groups.len, |group| gained.contains(&group));
        Relaxed { rule, gained }
    }

    /// What a site of a group is told alone: worked out once for all that are alike to this use.
    fn closely(&mut self, group: usize, without: Option<usize>) -> &Open {
        let name = self.name_of(group);
        let first = *self.alike.entry(name).or_insert(group);
        let Self { groups, use_at, answers, rules, said, .. } = self;
        said.entry((first, without)).or_insert_with(|| {
            let facts = groups.facts(first, answers);
            let rule = without.map(|at| rules[at].0.id.as_str());
            let open = groups.scheme.set.open(*use_at, &facts, groups.scheme.on, rule);
            // The use is there: it was looked up first.
            open.unwrap_or_else(Open::unsaid)
        })
    }

    /// All that tells a group from others for this use.
    fn name_of(&self, group: usize) -> Vec<u8> {
        let Groups { scheme, columns, said, facts, kept, .. } = self.groups;
        let mut name = Vec::new();
        let mut whole: BTreeSet<usize> = scheme.against.clone();
        for at in &self.of_use.atoms {
            let open = columns[*at].unknown.get(group);
            name.push(u8::from(columns[*at].yes.get(group)) | u8::from(open) << 1);
            if open {
                whole.extend(&scheme.turns[*at]);
            }
        }
        name.extend(self.of_use.said.iter().map(|at| said[group * scheme.ways() + at]));
        for at in &self.of_use.keys {
            let place = kept[group * scheme.keys.len() + at];
            let is_open = matches!(facts[place as usize], Fact::Unknown(_));
            let told = if is_open || whole.contains(at) { place } else { u32::MAX };
            name.extend(told.to_le_bytes());
        }
        name
    }
}

fn everywhere(len: usize, known: Option<bool>) -> Column {
    Column { yes: Bits::all(len, known == Some(true)), unknown: Bits::all(len, known.is_none()) }
}
