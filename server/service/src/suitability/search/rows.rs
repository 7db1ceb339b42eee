//! The sites of an index: eight bytes each, in the order of their codes.

use domain::{ParcelCode, code::Strictness};
use service_api::site_search::SIZE_STEPS_M2;

/// The classes of size, and one of sites whose size is not told.
pub(super) const CLASSES: usize = SIZE_STEPS_M2.len() + 2;
/// The class of those.
pub(super) const NOT_TOLD: usize = CLASSES - 1;
/// Characters of a code before its own number: sites of one kind in one sub-district share them.
const SHARED: usize = 14;
/// Bits of a number of five digits.
const NUMBER_BITS: u32 = 17;
const NUMBER: u32 = (1 << NUMBER_BITS) - 1;

/// A site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) code: ParcelCode,
    /// The class of its size, or [`NOT_TOLD`].
    pub(super) size: u8,
    pub(super) group: u32,
}

/// Sites, by code.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// What the codes begin with, each with the place of the first site of it.
    shared: Vec<([u8; SHARED], usize)>,
    /// Number of the code and class of size in one, and the group.
    packed: Vec<(u32, u32)>,
}

impl Rows {
    /// The next site by code.
    pub(super) fn push(&mut self, row: Row) {
        let code = row.code.as_str();
        let mut shared = [0; SHARED];
        shared.copy_from_slice(&code.as_bytes()[..SHARED]);
        if self.shared.last().is_none_or(|(last, _)| *last != shared) {
            self.shared.push((shared, self.packed.len()));
        }
        // Five digits, as every code has.
        let number: u32 = code[SHARED..].parse().unwrap_or_default();
        self.packed.push((number | u32::from(row.size) << NUMBER_BITS, row.group));
    }

    pub(super) const fn len(&self) -> usize {
        self.packed.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// Class of size, and group, of each.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.packed.len()).map(|at| self.at(at))
    }

    /// The same of the site at that place, which there is.
    pub(super) fn at(&self, at: usize) -> (usize, usize) {
        let (packed, group) = self.packed[at];
        ((packed >> NUMBER_BITS) as usize, group as usize)
    }

    /// What orders them: the beginning of each code and its number.
    pub(super) fn keys(&self) -> impl Iterator<Item = ([u8; SHARED], u32)> + '_ {
        let ends = self.shared.iter().skip(1).map(|(_, first)| *first);
        let runs = self.shared.iter().zip(ends.chain([self.packed.len()]));
        runs.flat_map(|((shared, first), end)| {
            let own = self.packed[*first..end].iter();
            own.map(move |(packed, _)| (*shared, packed & NUMBER))
        })
    }

    /// The code of the site at that place.
    pub(super) fn code(&self, at: usize) -> Option<ParcelCode> {
        let (packed, _) = self.packed.get(at)?;
        let number = packed & NUMBER;
        let shared = self.shared.partition_point(|(_, first)| *first <= at).checked_sub(1)?;
        let shared = std::str::from_utf8(&self.shared.get(shared)?.0).ok()?;
        let code = format!("{shared}{number:05}");
        Some(ParcelCode::parse(&code, Strictness::LookUp).ok()?.code)
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.packed.shrink_to_fit();
    }

    pub(super) const fn bytes(&self) -> usize {
        self.packed.len() * size_of::<(u32, u32)>()
            + self.shared.len() * size_of::<([u8; SHARED], usize)>()
    }
}

/// How many sites of each group are of each class of size: most groups have few of all classes.
#[derive(Debug)]
pub(super) struct SizesOf {
    /// Where those of a group begin.
    first: Vec<u32>,
    /// The class, and how many are of it.
    counts: Vec<(u8, u32)>,
}

impl SizesOf {
    pub(super) fn of(groups: usize, rows: &Rows) -> Self {
        let mut each = vec![[0_u32; CLASSES]; groups];
        for (size, group) in rows.each() {
            each[group][size] += 1;
        }
        let (mut first, mut counts) = (vec![0], Vec::new());
        for sizes in &each {
            let own = (0_u8..).zip(sizes).filter(|(_, count)| **count > 0);
            counts.extend(own.map(|(size, count)| (size, *count)));
            first.push(u32::try_from(counts.len()).unwrap_or(u32::MAX));
        }
        counts.shrink_to_fit();
        Self { first, counts }
    }

    /// The classes of a group, with how many sites are of each.
    pub(super) fn group(&self, at: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let own = &self.counts[self.first[at] as usize..self.first[at + 1] as usize];
        own.iter().map(|(size, count)| (usize::from(*size), *count as usize))
    }

    pub(super) const fn bytes(&self) -> usize {
        self.first.len() * 4 + self.counts.len() * size_of::<(u8, u32)>()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn sites_q2_a_site_of_eight_bytes_comes_out_as_it_was_put_in() {
        let codes = [
            "330521001001GB00001",
            "330521001001GB00002",
            "330521001001GB99999",
            "330521001001JC00001",
            "330521001002GB00000",
            "330522001002GB12345",
        ];
        let mut rows = Rows::default();
        for (at, code) in codes.iter().enumerate() {
            let code = ParcelCode::parse(code, Strictness::LookUp).unwrap().code;
            let (size, group) = (u8::try_from(at).unwrap(), u32::try_from(at * 1_000).unwrap());
            rows.push(Row { code, size, group });
        }
        for (at, code) in codes.iter().enumerate() {
            assert_eq!(rows.code(at).unwrap().as_str(), *code);
            assert_eq!(rows.each().nth(at), Some((at, at * 1_000)));
            let (shared, number) = rows.keys().nth(at).unwrap();
            assert_eq!(format!("{}{number:05}", str::from_utf8(&shared).unwrap()), *code);
        }
        assert_eq!(rows.code(codes.len()), None);
    }
}
