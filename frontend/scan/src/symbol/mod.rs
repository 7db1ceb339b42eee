//! From the modules of a code to its text (ISO/IEC 18004, 12).

mod error_correction;
mod format_information;
mod layout;
mod reed_solomon;
mod segments;

pub(crate) use layout::{Alignments, LEAST_MODULES, Layout, MOST_MODULES, ModuleKind};
pub(crate) use segments::Decoded;

/// The modules of a code: below 0 is dark, and the farther from 0 the more certain.
pub(crate) struct Modules<'l> {
    /// Levels row by row, with a margin around the code.
    pub levels: &'l [f32],
    /// Levels in a row.
    pub stride: usize,
    pub margin: usize,
    /// Whether rows are columns, as in a mirror.
    pub mirrored: bool,
}

impl Modules<'_> {
    /// Modules a side.
    fn count(&self) -> usize {
        self.stride - 2 * self.margin
    }

    pub(crate) fn at(&self, column: usize, row: usize) -> f32 {
        let (column, row) = if self.mirrored { (row, column) } else { (column, row) };
        let at = (row + self.margin) * self.stride + column + self.margin;
        self.levels.get(at).copied().unwrap_or(0.0)
    }

    pub(crate) fn is_dark(&self, column: usize, row: usize) -> bool {
        self.at(column, row) < 0.0
    }
}

/// What a code says; nothing if its checksums do not hold or its words do not end as they should.
/// With `guess`, uncertain words may be taken for lost.
pub(crate) fn read(modules: &Modules<'_>, layout: &Layout, guess: bool) -> Option<Decoded> {
    let format = format_information::format_information(modules)?;
    let data = error_correction::data_codewords(modules, layout, format, guess)?;
    segments::decode(&data, (layout.modules - 17) / 4)
}

#[cfg(test)]
mod tests;
