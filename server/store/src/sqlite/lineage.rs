//! The history around a code, followed tie by tie within one snapshot.

use std::collections::{HashSet, VecDeque};

use domain::{
    ParcelCode,
    lineage::{MOST_CODES, MOST_GENERATIONS, Ties},
};
use rusqlite::{Connection, OptionalExtension};

use super::{
    land::read_codes,
    value::{read_date, text_or_null},
};
use crate::StoreError;

/// Which way a code was come upon, and so which way the walk goes on from it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The code asked for.
    Both,
    /// It is older than the code asked for.
    Back,
    /// It is younger.
    Forward,
    /// It changed together with one of the others; the walk ends here.
    Beside,
}

/// Nearest first. A code that has been seen is not looked at again, so circles end.
pub(super) fn around(connection: &Connection, code: ParcelCode) -> Result<Vec<Ties>, StoreError> {
    let mut waiting = VecDeque::from([(code, Way::Both, 0)]);
    let mut seen = HashSet::from([code]);
    let mut found = Vec::new();
    while let Some((code, way, generation)) = waiting.pop_front() {
        let Some(ties) = read_ties(connection, code)? else { continue };
        let next = [
            (
                &ties.predecessors,
                if matches!(way, Way::Both | Way::Back) { Way::Back } else { Way::Beside },
            ),
            (
                &ties.successors,
                if matches!(way, Way::Both | Way::Forward) { Way::Forward } else { Way::Beside },
            ),
        ];
        for (codes, way_on) in next {
            let goes_on = way != Way::Beside && generation < MOST_GENERATIONS;
            for next in codes.iter().filter(|_| goes_on) {
                // What waits counts: no more is looked up than may be told.
                if seen.len() < MOST_CODES && seen.insert(*next) {
                    waiting.push_back((*next, way_on, generation + 1));
                }
            }
        }
        found.push(ties);
    }
    Ok(found)
}

/// A code in two data sets: the newest import answers, as for its record.
fn read_ties(connection: &Connection, code: ParcelCode) -> Result<Option<Ties>, StoreError> {
    connection
        .prepare_cached(
            "select b.predecessors, b.successors, b.valid_from, b.valid_to
             from parcel p
             join data_version v on v.id = p.version_id
             join parcel_body b on b.parcel_id = p.id
             where p.code = ?1 and v.state = 'current'
             order by p.version_id desc limit 1",
        )?
        .query_row([code.as_str()], |row| {
            Ok((|| {
                Ok(Ties {
                    code,
                    predecessors: read_codes(row, 0)?,
                    successors: read_codes(row, 1)?,
                    valid_from: read_date(text_or_null(row, 2)?)?,
                    valid_to: read_date(text_or_null(row, 3)?)?,
                })
            })())
        })
        .optional()?
        .transpose()
}
