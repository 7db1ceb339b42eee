//! Words: found through the trigram index, or by looking.

use rusqlite::ToSql;
use store::Searched;

use super::{Search, hit, visible};
use crate::error::SqliteError;

/// Of the matches of words, so many are looked at for the best. Enough for a page of results, and
/// a bound on what one search may cost.
const CANDIDATES: i64 = 1_000;

/// Of words of one character, so many parcels are looked through: such a word is found everywhere
/// or nowhere.
const LOOKED_THROUGH: i64 = 50_000;

/// Most words of three characters or more that are looked for.
const MOST_WORDS: usize = 8;

/// Data sets of which the same columns may be searched: words are looked for in those alone.
struct Group {
    /// Their names, as JSON.
    datasets: String,
    local_id: bool,
    location: bool,
}

impl Group {
    fn all(datasets: &[Searched]) -> Vec<Self> {
        [(true, true), (false, true), (true, false), (false, false)]
            .into_iter()
            .filter_map(|(local_id, location)| {
                let same = |one: &&Searched| (one.local_id, one.location) == (local_id, location);
                let names: Vec<&str> =
                    datasets.iter().filter(same).map(|one| one.dataset.as_str()).collect();
                let some = !names.is_empty();
                let datasets = serde_json::json!(names).to_string();
                some.then_some(Self { datasets, local_id, location })
            })
            .collect()
    }

    fn columns(&self) -> Vec<&'static str> {
        let all = [("code", true), ("local_id", self.local_id), ("location", self.location)];
        all.into_iter().filter(|(_, may)| *may).map(|(name, _)| name).collect()
    }
}

/// How the parcels with every word are come upon, before short words are compared.
enum Way {
    /// By the trigrams of phrases.
    Phrases(String),
    /// By the trigrams that begin with two characters, and by the ends of addresses.
    Pair(String),
    /// By looking.
    Looking,
}

/// Texts of a statement and what is bound to its names.
#[derive(Default)]
struct Parts {
    sql: Vec<String>,
    bound: Vec<(String, Box<dyn ToSql>)>,
}

impl Parts {
    fn bind(&mut self, name: &str, value: impl ToSql + 'static) {
        self.bound.push((name.to_owned(), Box::new(value)));
    }

    /// The parcels of a group that `way` leads to and that have every short word.
    fn add(&mut self, at: usize, group: &Group, way: &Way, short: usize) {
        let datasets = format!(":group{at}");
        let in_group = format!("in (select value from json_each({datasets}))");
        self.bind(&datasets, group.datasets.clone());
        let columns = group.columns();
        let (from, condition) = match way {
            Way::Phrases(phrases) => {
                let name = format!(":phrases{at}");
                self.bind(&name, format!("{{{}}} : ({phrases})", columns.join(" ")));
                let from = " from parcel_text t cross join parcel p on p.id = t.rowid".to_owned();
                (from, format!(" and parcel_text match {name}"))
            }
            Way::Pair(_) => {
                let ending = "select id from parcel
                     where location is not null and lower(substr(location, -2)) = :pair
                     union all ";
                let from = format!(
                    " from (
                          {} select doc as id from temp.parcel_term
                          where term >= :pair and term < :after and col in ('{}')
                      ) t cross join parcel p on p.id = t.id",
                    if group.location { ending } else { "" },
                    columns.join("', '"),
                );
                (from, String::new())
            }
            // Ids of a version follow one another, so kept versions are not even looked at.
            Way::Looking => {
                let from = format!(
                    " from (
                          select p.* from data_version current cross join parcel p
                              on current.state = 'current' and current.dataset {in_group}
                              and p.id >= (select min(id) from parcel where version_id = current.id)
                              and p.id <= (select max(id) from parcel where version_id = current.id)
                          limit :looked_through
                      ) p"
                );
                (from, String::new())
            }
        };
        let has = |word: usize| {
            let like = |column| format!("p.{column} like :short{word} escape '\\'");
            let any: Vec<_> = columns.iter().map(like).collect();
            format!(" and ({})", any.join(" or "))
        };
        let shorts: String = (0..short).map(has).collect();
        self.sql.push(format!(
            "select * from ({}{from}{}and v.dataset {in_group}{condition}{shorts} limit :candidates)",
            hit!(),
            visible!(),
        ));
    }
}

impl Search<'_> {
    /// Words of three characters or more through the trigram index. One of two characters is found
    /// through the trigrams that begin like it, and at the end of an address; of a code or an id
    /// its end alone is not. Shorter words are compared one by one, as are all that come beside a
    /// longer one.
    pub(super) fn words(&mut self, text: &str) -> Result<(), SqliteError> {
        if self.hits.len() >= self.query.limit {
            return Ok(());
        }
        let (long, short): (Vec<_>, Vec<_>) =
            text.split_whitespace().partition(|word| word.chars().count() >= 3);
        let phrases: Vec<_> = long
            .iter()
            .take(MOST_WORDS)
            .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
            .collect();
        let pair = short.iter().find(|word| word.chars().count() == 2).map(|w| w.to_lowercase());
        let patterns: Vec<_> = short.iter().take(4).map(|word| pattern(word)).collect();
        let way = match pair {
            _ if !phrases.is_empty() => Way::Phrases(phrases.join(" ")),
            Some(pair) => Way::Pair(pair),
            None => Way::Looking,
        };
        self.by(&way, patterns)
    }

    fn by(&mut self, way: &Way, patterns: Vec<String>) -> Result<(), SqliteError> {
        let mut parts = Parts::default();
        for (at, group) in Group::all(&self.query.datasets).iter().enumerate() {
            parts.add(at, group, way, patterns.len());
        }
        for (at, pattern) in patterns.into_iter().enumerate() {
            parts.bind(&format!(":short{at}"), pattern);
        }
        parts.bind(":candidates", CANDIDATES);
        match way {
            Way::Phrases(_) => {}
            Way::Pair(pair) => {
                parts.bind(":pair", pair.clone());
                parts.bind(":after", format!("{pair}\u{10FFFF}"));
            }
            Way::Looking => parts.bind(":looked_through", LOOKED_THROUGH),
        }
        let statement = self.connection.prepare_cached(&format!(
            "select distinct * from ({}) order by length(location), code limit :limit",
            parts.sql.join(" union all ")
        ))?;
        let bound: Vec<(&str, &dyn ToSql)> =
            parts.bound.iter().map(|(name, value)| (name.as_str(), &**value)).collect();
        self.add(statement, &bound)
    }
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
    fn the_signs_of_like_are_taken_as_they_stand() {
        assert_eq!(pattern("5%"), "%5\\%%");
        assert_eq!(pattern("_"), "%\\_%");
    }
}
