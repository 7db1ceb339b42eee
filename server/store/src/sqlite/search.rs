//! Searching parcels by code, local id and address.

use std::{collections::HashSet, time::Duration};

use domain::code::{PARCEL_LENGTH, clean};
use rusqlite::{CachedStatement, Connection, ToSql, named_params};

use super::value::{self, read_parcel_code};
use crate::{Bounds, ParcelHit, SearchQuery, StoreError};

/// Of the matches of words, so many are looked at for the best. Enough for a page of results, and
/// a bound on what one search may cost.
const CANDIDATES: i64 = 1_000;

/// Longest time of one search: one that takes longer is too broad to be of use.
pub(super) const LONGEST: Duration = Duration::from_secs(2);

/// Where the trigrams of codes, ids and addresses stand; made on every reader.
pub(super) const TERMS: &str =
    "create virtual table temp.parcel_term using fts5vocab(main, parcel_text, instance)";

/// Of words of one character, so many parcels are looked through: such a word is found everywhere
/// or nowhere.
const LOOKED_THROUGH: i64 = 50_000;

/// Longest text looked for, characters: an address is shorter, and a phrase costs by its length.
const LONGEST_TEXT: usize = 64;

/// Most words of three characters or more that are looked for.
const MOST_WORDS: usize = 8;

/// Bounds when none are asked for.
const EVERYWHERE: Bounds = Bounds {
    west: f64::NEG_INFINITY,
    south: f64::NEG_INFINITY,
    east: f64::INFINITY,
    north: f64::INFINITY,
};

/// The columns of a hit.
macro_rules! hit {
    () => {
        "select p.code, p.local_id, p.location, p.longitude, p.latitude, v.dataset"
    };
}

/// Joined to `parcel p`: in a current version, not classified, in the bounds, and the one that
/// [`crate::Land::record`] would answer with, so that a parcel classified in one data set does not
/// show through another. A parcel without outline has no box, and is not found.
///
/// The bounds are held against the point as it is published, to three decimals (row 32): compared
/// with the box itself, asking often enough would give the survey away (rule M3). The box only
/// narrows the look, and is widened by more than the rounding moves a point.
macro_rules! visible {
    () => {
        " cross join data_version v on v.id = p.version_id
          cross join parcel_box b on b.id = p.id
          where v.state = 'current' and p.classified = 0
              and b.east >= :west - 0.001 and b.west <= :east + 0.001
              and b.north >= :south - 0.001 and b.south <= :north + 0.001
              and round(p.longitude * 1000.0) / 1000.0 between :west and :east
              and round(p.latitude * 1000.0) / 1000.0 between :south and :north
              and not exists (
                  select 1 from parcel other join data_version ov on ov.id = other.version_id
                  where other.code = p.code and other.id <> p.id and ov.state = 'current'
                      and (other.classified = 1
                          or (ov.info ->> 'source_date', other.version_id)
                              > (v.info ->> 'source_date', p.version_id))
              ) "
    };
}

/// Parcels that match: the very code or local id first, then those that begin like it, then those
/// that have every word, shortest address first (as FTS5's own rank does for one phrase; that one
/// also counts rows that are not visible). Without words, those in the bounds.
pub(super) fn search(
    connection: &Connection,
    query: &SearchQuery,
) -> Result<Vec<ParcelHit>, StoreError> {
    let mut search = Search {
        connection,
        bounds: query.bounds.unwrap_or(EVERYWHERE),
        limit: query.limit,
        hits: Vec::new(),
        seen: HashSet::new(),
    };
    // No stored text has control characters, and SQLite ends a text at the first NUL.
    let text = query.text.trim_start().chars().take(LONGEST_TEXT).collect::<String>();
    let text = text.replace(char::is_control, " ");
    let text = text.trim();
    if query.limit == 0 {
        return Ok(Vec::new());
    }
    if text.is_empty() {
        search.in_bounds()?;
    } else {
        search.exactly(text)?;
        search.beginning(text)?;
        search.words(text)?;
    }
    Ok(search.hits)
}

struct Search<'c> {
    connection: &'c Connection,
    bounds: Bounds,
    limit: usize,
    hits: Vec<ParcelHit>,
    seen: HashSet<domain::ParcelCode>,
}

impl Search<'_> {
    fn in_bounds(&mut self) -> Result<(), StoreError> {
        let statement = self.connection.prepare_cached(concat!(
            hit!(),
            " from parcel_box box cross join parcel p on p.id = box.id",
            visible!(),
            "and box.east >= :west - 0.001 and box.west <= :east + 0.001
             and box.north >= :south - 0.001 and box.south <= :north + 0.001
             limit :limit"
        ))?;
        self.add(statement, &[])?;
        self.hits.sort_by_key(|hit| hit.code);
        Ok(())
    }

    fn exactly(&mut self, text: &str) -> Result<(), StoreError> {
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
            "and p.local_id = :text order by p.code limit :limit"
        ))?;
        self.add(statement, named_params! { ":text": text })
    }

    fn beginning(&mut self, text: &str) -> Result<(), StoreError> {
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
             order by p.local_id, p.code limit :limit"
        ))?;
        self.add(statement, named_params! { ":from": text, ":to": after(text) })
    }

    /// Words of three characters or more through the trigram index. One of two characters is found
    /// through the trigrams that begin like it, and at the end of an address; of a code or an id
    /// its end alone is not. Shorter words are compared one by one, as are all that come beside a
    /// longer one.
    fn words(&mut self, text: &str) -> Result<(), StoreError> {
        let (long, short): (Vec<_>, Vec<_>) =
            text.split_whitespace().partition(|word| word.chars().count() >= 3);
        let phrases: Vec<_> = long
            .iter()
            .take(MOST_WORDS)
            .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
            .collect();
        let phrases = phrases.join(" ");
        let patterns: Vec<_> = short.iter().take(4).map(|word| pattern(word)).collect();
        let pair = short.iter().find(|word| word.chars().count() == 2).map(|w| w.to_lowercase());
        if !phrases.is_empty() {
            return self.through(
                " from parcel_text t cross join parcel p on p.id = t.rowid",
                "and parcel_text match :phrases",
                &[(":phrases", &phrases)],
                &patterns,
            );
        }
        let Some(pair) = pair else {
            return self.through(
                // Ids of a version follow one another, so kept versions are not even looked at.
                " from (
                     select p.* from data_version current cross join parcel p
                         on current.state = 'current'
                         and p.id >= (select min(id) from parcel where version_id = current.id)
                         and p.id <= (select max(id) from parcel where version_id = current.id)
                     limit :looked_through
                 ) p",
                "",
                &[(":looked_through", &LOOKED_THROUGH)],
                &patterns,
            );
        };
        self.through(
            " from (
                  select id from parcel
                  where location is not null and lower(substr(location, -2)) = :pair
                  union all
                  select doc as id from temp.parcel_term where term >= :pair and term < :after
              ) t cross join parcel p on p.id = t.id",
            "",
            &[(":pair", &pair), (":after", &format!("{pair}\u{10FFFF}"))],
            &patterns,
        )
    }

    /// The parcels that `from` leads to and that have every short word.
    fn through(
        &mut self,
        from: &str,
        condition: &str,
        of_condition: &[(&str, &dyn ToSql)],
        patterns: &[String],
    ) -> Result<(), StoreError> {
        if self.hits.len() >= self.limit {
            return Ok(());
        }
        let mut sql = String::from("select distinct * from (");
        sql.push_str(hit!());
        sql.push_str(from);
        sql.push_str(visible!());
        sql.push_str(condition);
        let mut parameters: Vec<(&str, &dyn ToSql)> = vec![(":candidates", &CANDIDATES)];
        parameters.extend_from_slice(of_condition);
        for (pattern, name) in patterns.iter().zip([":short1", ":short2", ":short3", ":short4"]) {
            sql.push_str(&format!(
                " and (p.location like {name} escape '\\' or p.local_id like {name} escape '\\'
                      or p.code like {name} escape '\\')"
            ));
            parameters.push((name, pattern));
        }
        sql.push_str(" limit :candidates) order by length(location), code limit :limit");
        let statement = self.connection.prepare_cached(&sql)?;
        self.add(statement, &parameters)
    }

    /// Adds what a statement finds and is not there yet, up to the limit.
    fn add(
        &mut self,
        mut statement: CachedStatement<'_>,
        more: &[(&str, &dyn ToSql)],
    ) -> Result<(), StoreError> {
        if self.hits.len() >= self.limit {
            return Ok(());
        }
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        let mut parameters: Vec<(&str, &dyn ToSql)> = vec![
            (":west", &self.bounds.west),
            (":east", &self.bounds.east),
            (":south", &self.bounds.south),
            (":north", &self.bounds.north),
            (":limit", &limit),
        ];
        parameters.extend_from_slice(more);
        let mut rows = statement.query(parameters.as_slice())?;
        while let Some(row) = rows.next()? {
            let code = read_parcel_code(value::text(row, 0)?)?;
            if !self.seen.insert(code) {
                continue;
            }
            self.hits.push(ParcelHit {
                code,
                local_id: row.get(1)?,
                location: row.get(2)?,
                centre: (row.get(3)?, row.get(4)?),
                dataset: row.get(5)?,
            });
            if self.hits.len() >= self.limit {
                break;
            }
        }
        Ok(())
    }
}

/// The text as a code or the beginning of one, if it may be: ASCII letters and digits, however
/// spaced.
fn code_text(text: &str) -> Option<String> {
    let code: String = clean(text).into_iter().collect();
    (!code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(code)
}

/// A `like` pattern that finds the word as it stands.
fn pattern(word: &str) -> String {
    let mut out = String::from("%");
    for character in word.chars() {
        if matches!(character, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('%');
    out
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

    #[test]
    fn the_signs_of_like_are_taken_as_they_stand() {
        assert_eq!(pattern("5%"), "%5\\%%");
        assert_eq!(pattern("_"), "%\\_%");
    }
}
