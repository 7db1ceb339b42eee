//! Which laws a policy cites, row by row.

use super::{Policy, check};
use crate::law::Ledger;

impl Policy {
    /// Every citation of the table; what a cell takes from its row counts once.
    #[must_use]
    pub fn citations(&self) -> Ledger {
        let mut ledger = Ledger::default();
        let file = format!("policy {}", self.id);
        for row in &self.rows {
            let place = format!("row {}", row.number);
            ledger.add(&file, &place, &row.source);
            let note = row.note.iter().map(|note| (place.clone(), note));
            let cells = row.cells().flat_map(|(column, cell)| {
                let place = format!("row {}, {}", row.number, column.letter());
                let source = Some(&cell.source).filter(|source| **source != row.source);
                source.into_iter().chain(&cell.note).map(move |text| (place.clone(), text))
            });
            for (place, text) in note.chain(cells) {
                ledger.add(&file, &place, text);
            }
        }
        ledger
    }
}

/// What the ceilings rest on that no policy can lift.
#[must_use]
pub fn ceilings() -> Ledger {
    check::ceilings()
}
