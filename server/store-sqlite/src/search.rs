//! Searching parcels by code, local id, address, use and kind. What a data set does not let be searched
//! is not looked at: it neither finds, nor sorts, nor counts.

use std::{collections::HashSet, time::Duration};

use domain::{
    code::{PARCEL_LENGTH, clean},
    search::{SearchWords, longest_text},
    text::narrow,
};
use rusqlite::{CachedStatement, Connection, ToSql, named_params};
use store::{Bounds, MOST_COUNTED, ParcelHit, SearchQuery, SearchResult, Searched};

use super::value::{self, read_parcel_code};
use crate::error::SqliteError;

mod functions;
mod words;

pub(super) use functions::register;

/// Longest time of one search: one that takes longer is too broad to be of use.
pub(super) const LONGEST: Duration = Duration::from_secs(2);

/// Most that one search comes upon: one more than it counts, so that it knows of more.
const MOST_FOUND: i64 = MOST_COUNTED as i64 + 1;

/// Where the trigrams of the words of parcels stand; made on every reader.
pub(super) const TERMS: &str =
    "create virtual table temp.parcel_term using fts5vocab(main, parcel_text, instance)";

/// Boxes that meet the bounds, up to which they are all looked at and put in order. Where more do,
/// parcels are taken in order until enough are in the bounds.
const FEW_BOXES: i64 = 2_000;

/// Bounds when none are asked for.
const EVERYWHERE: Bounds = Bounds {
    west: f64::NEG_INFINITY,
    south: f64::NEG_INFINITY,
    east: f64::INFINITY,
    north: f64::INFINITY,
};

/// The columns of a hit, empty where the data set does not let them be searched.
macro_rules! hit {
    () => {
        "select p.code as code,
             iif(v.dataset in (select value from json_each(:with_id)), p.local_id, null) as local_id,
             iif(v.dataset in (select value from json_each(:with_location)), p.location, null)
                 as location,
             iif(v.dataset in (select value from json_each(:with_point)), p.longitude, null)
                 as longitude,
             iif(v.dataset in (select value from json_each(:with_point)), p.latitude, null)
                 as latitude,
             v.dataset as dataset"
    };
}
use hit;

/// Joined to `parcel p`: in a current version of a data set that may be searched, in the bounds, and
/// the one that [`store::Land::record`] would answer with.
///
/// The bounds are held against the point as it is published, to three decimals (row 32): compared
/// with the outline itself, asking often enough would give the survey away (rule M3). Where the
/// point may not be told, no bounds find it.
macro_rules! visible {
    () => {
        " cross join data_version v on v.id = p.version_id
          where v.state = 'current'
              and v.dataset in (select value from json_each(:listed))
              and (:everywhere
                  or v.dataset in (select value from json_each(:with_point))
                      and round(p.longitude * 1000.0) / 1000.0 between :west and :east
                      and round(p.latitude * 1000.0) / 1000.0 between :south and :north)
              and not exists (
                  select 1 from parcel other join data_version ov on ov.id = other.version_id
                  where other.code = p.code and other.id <> p.id and ov.state = 'current'
                      and (ov.info ->> 'source_date', other.version_id)
                          > (v.info ->> 'source_date', p.version_id)
              ) "
    };
}
use visible;

/// Parcels that match: the very code or local id first, then those that begin like it, then those
/// that have every word, shortest address first (as FTS5's own rank does for one phrase; that one
/// also counts rows that are not visible). Where there is none of these, those that match a further reading
/// of the words. Without words, those in the bounds by code.
///
/// All that is counted is come upon, and the page cut out of it: every page is of the same order.
pub(super) fn search(
    connection: &Connection,
    query: &SearchQuery,
) -> Result<SearchResult, SqliteError> {
    let names = |of: fn(&Searched) -> bool| {
        let names: Vec<&str> =
            query.datasets.iter().filter(|one| of(one)).map(|one| one.dataset.as_str()).collect();
        serde_json::json!(names).to_string()
    };
    let mut search = Search {
        connection,
        query,
        listed: names(|_| true),
        with_id: names(|one| one.local_id),
        with_location: names(|one| one.location),
        with_point: names(|one| one.point),
        hits: Vec::new(),
        seen: HashSet::new(),
        coarser: false,
    };
    // No stored text has control characters, and SQLite ends a text at the first NUL.
    let text = query.text.trim_start().chars().take(longest_text(&query.text)).collect::<String>();
    let text = narrow(&text).replace(char::is_control, " ");
    let text = text.trim();
    if query.limit == 0 || query.datasets.is_empty() {
        return Ok(SearchResult::default());
    }
    if text.is_empty() {
        search.in_bounds()?;
    } else {
        search.exactly(text)?;
        search.beginning(text)?;
        let words = SearchWords::of(text);
        search.words(&words)?;
        if search.hits.is_empty() {
            for reading in words.readings() {
                search.words(&reading.words)?;
                search.coarser = reading.coarser && !search.hits.is_empty();
                if !search.hits.is_empty() {
                    break;
                }
            }
        }
    }
    Ok(search.page())
}

struct Search<'c> {
    connection: &'c Connection,
    query: &'c SearchQuery,
    /// Names of data sets, as JSON: all that may be searched, and those of which more may.
    listed: String,
    with_id: String,
    with_location: String,
    with_point: String,
    hits: Vec<ParcelHit>,
    seen: HashSet<domain::ParcelCode>,
    coarser: bool,
}

impl Search<'_> {
    fn in_bounds(&mut self) -> Result<(), SqliteError> {
        let statement = if self.meets_few_boxes()? {
            // The box is widened by more than the rounding moves a point.
            concat!(
                hit!(),
                " from parcel_box box cross join parcel p on p.id = box.id",
                visible!(),
                "and box.east >= :west - 0.001 and box.west <= :east + 0.001
                 and box.north >= :south - 0.001 and box.south <= :north + 0.001
                 order by p.code limit :limit"
            )
        } else {
            concat!(
                hit!(),
                " from parcel p indexed by parcel_code",
                visible!(),
                "order by p.code limit :limit"
            )
        };
        let statement = self.connection.prepare_cached(statement)?;
        self.add(statement, &[])
    }

    fn meets_few_boxes(&self) -> Result<bool, SqliteError> {
        let Some(Bounds { west, south, east, north }) = self.query.bounds else {
            return Ok(false);
        };
        let met: i64 = self
            .connection
            .prepare_cached(
                "select count(*) from (
                     select 1 from parcel_box
                     where east >= ?1 - 0.001 and west <= ?2 + 0.001
                         and north >= ?3 - 0.001 and south <= ?4 + 0.001
                     limit ?5
                 )",
            )?
            .query_one((west, east, south, north, FEW_BOXES + 1), |row| row.get(0))?;
        Ok(met <= FEW_BOXES)
    }

    fn exactly(&mut self, text: &str) -> Result<(), SqliteError> {
        let code = code_text(text);
        // Of a unit code, its parcel.
        if let Some(parcel) = code.as_deref().and_then(|code| code.get(..PARCEL_LENGTH)) {
            let statement = self.connection.prepare_cached(concat!(
                hit!(),
                " from parcel p",
                visible!(),
                "and p.code = :code limit :limit"
            ))?;
            self.add(statement, named_params! { ":code": parcel })?;
        }
        let statement = self.connection.prepare_cached(concat!(
            hit!(),
            " from parcel p",
            visible!(),
            "and p.local_id = :text and v.dataset in (select value from json_each(:with_id))
             order by p.code limit :limit"
        ))?;
        self.add(statement, named_params! { ":text": text })
    }

    fn beginning(&mut self, text: &str) -> Result<(), SqliteError> {
        let after = |text: &str| format!("{text}\u{10FFFF}");
        if let Some(code) = code_text(text).filter(|code| code.len() < PARCEL_LENGTH) {
            let statement = self.connection.prepare_cached(concat!(
                hit!(),
                " from parcel p",
                visible!(),
                "and p.code >= :from and p.code < :to order by p.code limit :limit"
            ))?;
            self.add(statement, named_params! { ":from": code, ":to": after(&code) })?;
        }
        let statement = self.connection.prepare_cached(concat!(
            hit!(),
            " from parcel p",
            visible!(),
            "and p.local_id >= :from and p.local_id < :to
             and v.dataset in (select value from json_each(:with_id))
             order by p.local_id, p.code limit :limit"
        ))?;
        self.add(statement, named_params! { ":from": text, ":to": after(text) })
    }

    /// Adds what a statement finds and is not there yet, up to the limit.
    fn add(
        &mut self,
        mut statement: CachedStatement<'_>,
        more: &[(&str, &dyn ToSql)],
    ) -> Result<(), SqliteError> {
        if self.is_full() {
            return Ok(());
        }
        let bounds = self.query.bounds.unwrap_or(EVERYWHERE);
        let mut parameters: Vec<(&str, &dyn ToSql)> = vec![
            (":listed", &self.listed),
            (":with_id", &self.with_id),
            (":with_location", &self.with_location),
            (":with_point", &self.with_point),
            (":limit", &MOST_FOUND),
        ];
        let everywhere = self.query.bounds.is_none();
        parameters.extend_from_slice(&[
            (":everywhere", &everywhere as &dyn ToSql),
            (":west", &bounds.west),
            (":east", &bounds.east),
            (":south", &bounds.south),
            (":north", &bounds.north),
        ]);
        parameters.extend_from_slice(more);
        let mut rows = statement.query(parameters.as_slice())?;
        while let Some(row) = rows.next()? {
            let code = read_parcel_code(value::text(row, 0)?)?;
            if !self.seen.insert(code) {
                continue;
            }
            let (longitude, latitude): (Option<f64>, Option<f64>) = (row.get(3)?, row.get(4)?);
            self.hits.push(ParcelHit {
                code,
                local_id: row.get(1)?,
                location: row.get(2)?,
                centre: longitude.zip(latitude),
                dataset: row.get(5)?,
            });
            if self.is_full() {
                break;
            }
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.hits.len() > MOST_COUNTED
    }

    fn page(mut self) -> SearchResult {
        let more = self.is_full();
        self.hits.truncate(MOST_COUNTED);
        let matched = self.hits.len();
        let hits = self.hits.into_iter().skip(self.query.skip).take(self.query.limit).collect();
        SearchResult { hits, matched, more, coarser: self.coarser }
    }
}

/// The text as a code or the beginning of one, if it may be: ASCII letters and digits, however
/// spaced.
fn code_text(text: &str) -> Option<String> {
    let code: String = clean(text).into_iter().collect();
    (!code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_told_from_an_address_in_any_spacing() {
        assert_eq!(code_text("330521 ００１").as_deref(), Some("330521001"));
        assert_eq!(code_text("武康街道"), None);
        assert_eq!(code_text(" - "), None);
    }
}
