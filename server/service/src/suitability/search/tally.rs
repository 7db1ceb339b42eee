//! What is said of groups, with how many sites of each class of size it is said.

use std::collections::BTreeMap;

use domain::suitability::{Answer, Bands, FactKey, Told};
use service_api::site_search::{Band, Sizes};

use super::rows::{CLASSES, NOT_TOLD, SizesOf};

/// How many sites of each class of size.
type Counts = [usize; CLASSES];

/// What is said of all groups, and of how many sites.
#[derive(Debug)]
pub(super) struct Tallied {
    /// Of each group the place of what is said in `said`.
    of: Vec<u32>,
    said: Vec<(Told, Counts)>,
    /// Of how many sites each fact is missing.
    missing: Vec<(FactKey, Counts)>,
    /// How many would fit without each rule.
    without: Vec<(String, Counts)>,
    /// Sites whose size is not told that may fit, and would whatever their size is.
    of_any_size: usize,
    pub(super) exact: bool,
}

fn add(all: &mut Counts, more: &Counts) {
    all.iter_mut().zip(more).for_each(|(all, more)| *all += more);
}

impl Tallied {
    pub(super) fn of(bands: Bands, sizes: &SizesOf) -> Self {
        let mut counts = vec![[0; CLASSES]; bands.told.len()];
        for (group, told) in bands.of.iter().enumerate() {
            let counts = &mut counts[*told as usize];
            sizes.group(group).for_each(|(size, count)| counts[size] += count);
        }
        let mut missing: BTreeMap<&FactKey, Counts> = BTreeMap::new();
        let mut without: Vec<(String, Counts)> =
            bands.rules.into_iter().map(|rule| (rule, [0; CLASSES])).collect();
        let mut of_any_size = 0;
        for (told, counts) in bands.told.iter().zip(&counts) {
            let turns_on = told.turns_on.map(|at| &bands.matters[at as usize]);
            for fact in turns_on.into_iter().flatten() {
                add(missing.entry(fact).or_insert([0; CLASSES]), counts);
            }
            for rule in &told.gained {
                add(&mut without[usize::from(*rule)].1, counts);
            }
            let by_size = turns_on.is_some_and(|facts| facts.contains(&FactKey::Area));
            if told.answer != Answer::DoesNot && !by_size {
                of_any_size += counts[NOT_TOLD];
            }
        }
        Self {
            missing: missing.into_iter().map(|(fact, counts)| (fact.clone(), counts)).collect(),
            said: bands.told.into_iter().zip(counts).collect(),
            of: bands.of,
            without,
            of_any_size,
            exact: bands.exact,
        }
    }

    /// What a site of a group is told alone.
    pub(super) fn answer(&self, group: usize) -> Answer {
        self.said[self.of[group] as usize].0.answer
    }

    /// How many sites there are, by what they are told and their class of size, for which it says so.
    pub(super) fn count(&self, has: impl Fn(Answer, usize) -> bool) -> usize {
        let each = self.said.iter().flat_map(|(told, counts)| {
            counts.iter().enumerate().map(move |(size, count)| (told.answer, size, count))
        });
        each.filter(|(answer, size, _)| has(*answer, *size)).map(|(.., count)| count).sum()
    }

    /// Of how many sites each fact is missing, the most first.
    pub(super) fn missing(&self, sizes: Sizes) -> Vec<(FactKey, usize)> {
        let may = |size: usize| sizes.are_all() || size == NOT_TOLD || sizes.have(size);
        let mut missing: BTreeMap<FactKey, usize> = BTreeMap::new();
        for (fact, counts) in &self.missing {
            let own = counts.iter().enumerate().filter(|(size, _)| may(*size));
            let count: usize = own.map(|(_, count)| count).sum();
            if count > 0 {
                missing.insert(fact.clone(), count);
            }
        }
        if !sizes.are_all() && self.of_any_size > 0 {
            *missing.entry(FactKey::Area).or_default() += self.of_any_size;
        }
        let mut missing: Vec<(FactKey, usize)> = missing.into_iter().collect();
        missing.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        missing
    }

    /// How many more would fit without each rule.
    pub(super) fn without(&self, sizes: Sizes) -> Vec<(String, usize)> {
        let fit = |size: usize| sizes.are_all() || size != NOT_TOLD && sizes.have(size);
        let each = self.without.iter().map(|(rule, counts)| {
            let own = counts.iter().enumerate().filter(|(size, _)| fit(*size));
            (rule.clone(), own.map(|(_, count)| count).sum())
        });
        each.collect()
    }

    /// How many bytes it takes, nearly.
    pub(super) fn bytes(&self) -> usize {
        let said = |(told, _): &(Told, Counts)| {
            size_of::<(Told, Counts)>() + told.gained.len() * size_of::<u16>()
        };
        let few = (self.missing.len() + self.without.len()) * 256;
        self.of.len() * size_of::<u32>() + self.said.iter().map(said).sum::<usize>() + few
    }
}

/// The band of sites that are told so and are of that class of size; `None` of those of another size. Of what
/// size a site is may not be told: then it may be one of those that are wanted.
pub(super) fn band(answer: Answer, size: usize, sizes: Sizes) -> Option<Band> {
    let band = Band::of(answer);
    let is_told = size != NOT_TOLD;
    if sizes.are_all() || is_told && sizes.have(size) {
        Some(band)
    } else if is_told {
        None
    } else {
        Some(band.max(Band::Maybe))
    }
}
