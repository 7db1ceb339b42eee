//! Many sites, or many ways in which the unknown may come out, at once: one bit each in words of 64.

use super::tree::{Atom, Tree};

/// A row of bits of a fixed length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// All of them off, or on.
    #[must_use]
    pub fn all(len: usize, on: bool) -> Self {
        let mut bits = Self { words: vec![if on { u64::MAX } else { 0 }; len.div_ceil(64)], len };
        bits.trim();
        bits
    }

    /// Those for which `on` says so.
    #[must_use]
    pub fn from_fn(len: usize, mut on: impl FnMut(usize) -> bool) -> Self {
        let mut bits = Self::all(len, false);
        for at in 0..len {
            bits.words[at / 64] |= u64::from(on(at)) << (at % 64);
        }
        bits
    }

    /// Those of an index, 64 in a word, the first in the lowest bit. `None` where there are too few or
    /// too many words, or a bit is on after the last.
    #[must_use]
    pub fn from_words(words: Vec<u64>, len: usize) -> Option<Self> {
        let bits = Self { words, len };
        let mut trimmed = bits.clone();
        trimmed.trim();
        (bits.words.len() == len.div_ceil(64) && trimmed == bits).then_some(bits)
    }

    fn trim(&mut self) {
        let rest = self.len % 64;
        if rest != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << rest) - 1;
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the one at that place is on.
    #[must_use]
    pub fn get(&self, at: usize) -> bool {
        at < self.len && self.words[at / 64] >> (at % 64) & 1 == 1
    }

    /// How many are on.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The words, 64 bits each.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The places that are on, in order.
    pub fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            // Each turn takes the lowest bit off.
            std::iter::successors(Some(*word).filter(|word| *word != 0), |word| {
                Some(word & (word - 1)).filter(|word| *word != 0)
            })
            .map(move |word| at * 64 + word.trailing_zeros() as usize)
        })
    }

    pub(super) fn and(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
        self
    }

    pub(super) fn or(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
        self
    }

    pub(super) fn not(mut self) -> Self {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
        self
    }

    /// Where at least `least` of them are on.
    fn at_least(least: usize, len: usize, all: &[Self]) -> Self {
        // reached[n] is where n + 1 of those looked at so far are on.
        let mut reached = vec![Self::all(len, false); least];
        for one in all {
            for n in (0..least).rev() {
                let before = if n == 0 { one.clone() } else { reached[n - 1].clone().and(one) };
                reached[n] = reached[n].clone().or(&before);
            }
        }
        reached.pop().unwrap_or_else(|| Self::all(len, true))
    }
}

/// Three values of many sites: where something holds, and where nobody can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Where it holds.
    pub yes: Bits,
    /// Where it is not known; nowhere that it holds.
    pub unknown: Bits,
}

impl Column {
    /// Where it holds or may hold.
    #[must_use]
    pub fn possible(&self) -> Bits {
        self.yes.clone().or(&self.unknown)
    }

    pub(super) fn or(self, other: &Self) -> Self {
        let possible = self.possible().or(&other.possible());
        Self::of(self.yes.or(&other.yes), possible)
    }

    fn and(self, other: &Self) -> Self {
        let possible = self.possible().and(&other.possible());
        Self::of(self.yes.and(&other.yes), possible)
    }

    fn of(yes: Bits, possible: Bits) -> Self {
        let unknown = possible.and(&yes.clone().not());
        Self { yes, unknown }
    }

    fn at_least(least: usize, len: usize, all: &[Self]) -> Self {
        let yes: Vec<Bits> = all.iter().map(|column| column.yes.clone()).collect();
        let possible: Vec<Bits> = all.iter().map(Self::possible).collect();
        Self::of(Bits::at_least(least, len, &yes), Bits::at_least(least, len, &possible))
    }
}

impl Tree {
    /// What it says of many sites, where `column` says it of an atom: the same as [`Tree::truth`] of
    /// each (rule *sites Q1*).
    pub fn column(&self, len: usize, column: &mut impl FnMut(&Atom) -> Column) -> Column {
        match self {
            Self::Atom(atom) => column(atom),
            Self::Not(tree) => {
                let Column { yes, unknown } = tree.column(len, column);
                let no = yes.or(&unknown).not();
                Column { yes: no, unknown }
            }
            Self::All(trees) => trees
                .iter()
                .map(|tree| tree.column(len, column))
                .reduce(|a, b| a.and(&b))
                .unwrap_or_else(|| Column {
                    yes: Bits::all(len, true),
                    unknown: Bits::all(len, false),
                }),
            Self::Any(trees) => trees
                .iter()
                .map(|tree| tree.column(len, column))
                .reduce(|a, b| a.or(&b))
                .unwrap_or_else(|| Column {
                    yes: Bits::all(len, false),
                    unknown: Bits::all(len, false),
                }),
            Self::AtLeast(least, trees) => {
                let all: Vec<Column> = trees.iter().map(|tree| tree.column(len, column)).collect();
                Column::at_least(*least, len, &all)
            }
        }
    }

    /// The sites for which it holds, where nothing is unknown.
    pub(super) fn bits(&self, len: usize, bits: &mut impl FnMut(&Atom) -> Bits) -> Bits {
        let none = Bits::all(len, false);
        self.column(len, &mut |atom| Column { yes: bits(atom), unknown: none.clone() }).yes
    }
}
