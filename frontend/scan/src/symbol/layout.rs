//! What each module of a code is for (ISO/IEC 18004, 6.3).

/// The fewest modules a side: version 1.
pub(crate) const LEAST_MODULES: usize = 21;
/// The most modules a side: version 40.
pub(crate) const MOST_MODULES: usize = 177;
/// The fewest modules a side of a code that says its version: version 7.
const SAYS_VERSION: usize = 45;

/// What a module is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ModuleKind {
    Data,
    /// FormatInformation or version information.
    Information,
    /// Part of a pattern, dark or light.
    Pattern(bool),
}

/// Rows and columns of the middles of alignment patterns (Annex E).
pub(crate) struct Alignments {
    places: [usize; 7],
    count: usize,
}

impl Alignments {
    pub(crate) fn of(modules: usize) -> Self {
        let version = modules.saturating_sub(17) / 4;
        let mut places = [0; 7];
        if version < 2 {
            return Self { places, count: 0 };
        }
        let count = version / 7 + 2;
        // The standard spaces them evenly from the far side, by even numbers; 32 is its exception.
        let step =
            if version == 32 { 26 } else { (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2 };
        for (i, place) in places.iter_mut().take(count).enumerate() {
            *place = if i == 0 { 6 } else { modules - 7 - (count - 1 - i) * step };
        }
        Self { places, count }
    }

    /// From the near side to the far side; none in version 1.
    pub(crate) fn places(&self) -> &[usize] {
        self.places.get(..self.count).unwrap_or_default()
    }

    /// Whether the pattern in that row and column gives way to a finder pattern.
    pub(crate) fn is_hidden(&self, row: usize, column: usize) -> bool {
        let last = self.count.saturating_sub(1);
        (row == 0 && (column == 0 || column == last)) || (row == last && column == 0)
    }
}

/// The uses of all modules, row by row.
pub(crate) struct Layout {
    pub modules: usize,
    uses: Vec<ModuleKind>,
}

impl Layout {
    /// Of a code of that many modules a side, which is 17 more than a multiple of 4.
    pub(crate) fn of(modules: usize) -> Self {
        let mut layout = Self { modules, uses: vec![ModuleKind::Data; modules * modules] };
        let far = modules - 8;
        for at in 0..9 {
            layout.set(at, 8, ModuleKind::Information);
            layout.set(8, at, ModuleKind::Information);
        }
        for at in far..modules {
            layout.set(at, 8, ModuleKind::Information);
            layout.set(8, at, ModuleKind::Information);
        }
        if modules >= SAYS_VERSION {
            for at in 0..18 {
                layout.set(at / 3, far - 3 + at % 3, ModuleKind::Information);
                layout.set(far - 3 + at % 3, at / 3, ModuleKind::Information);
            }
        }
        for at in 8..far {
            layout.set(at, 6, ModuleKind::Pattern(at % 2 == 0));
            layout.set(6, at, ModuleKind::Pattern(at % 2 == 0));
        }
        let alignments = Alignments::of(modules);
        for (i, &row) in alignments.places().iter().enumerate() {
            for (j, &column) in alignments.places().iter().enumerate() {
                if !alignments.is_hidden(i, j) {
                    layout.rings((column, row), 2, |ring| ring != 1);
                }
            }
        }
        let far_middle = modules - 4;
        for middle in [(3, 3), (3, far_middle), (far_middle, 3)] {
            layout.rings(middle, 4, |ring| ring != 2 && ring != 4);
        }
        layout.set(8, far, ModuleKind::Pattern(true));
        layout
    }

    pub(crate) fn at(&self, column: usize, row: usize) -> ModuleKind {
        self.uses.get(row * self.modules + column).copied().unwrap_or(ModuleKind::Information)
    }

    fn set(&mut self, column: usize, row: usize, to: ModuleKind) {
        if let Some(module) = self.uses.get_mut(row * self.modules + column) {
            *module = to;
        }
    }

    /// Square rings around a module, as far as they lie in the code.
    fn rings(&mut self, (x, y): (usize, usize), reach: usize, dark: fn(usize) -> bool) {
        let last = self.modules - 1;
        for row in y.saturating_sub(reach)..=(y + reach).min(last) {
            for column in x.saturating_sub(reach)..=(x + reach).min(last) {
                let ring = row.abs_diff(y).max(column.abs_diff(x));
                self.set(column, row, ModuleKind::Pattern(dark(ring)));
            }
        }
    }
}
