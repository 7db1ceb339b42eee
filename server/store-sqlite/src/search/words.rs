//! Words: found through the trigram index, or by looking.

use domain::{
    division::NamedDivision,
    search::{SearchWords, is_number},
};
use rusqlite::{ToSql, named_params};
use store::Searched;

use super::{MOST_FOUND, Search, hit, visible};
use crate::error::SqliteError;

/// Of words of one character, so many parcels are looked through: such a word is found everywhere
/// or nowhere.
const LOOKED_THROUGH: i64 = 50_000;

/// Most words of three characters or more that are looked for.
const MOST_WORDS: usize = 8;

/// Most words that are compared one by one.
const MOST_COMPARED: usize = 4;

/// Data sets of which the same columns may be searched: words are looked for in those alone.
struct Group {
    /// Their names, as JSON.
    datasets: String,
    local_id: bool,
    location: bool,
    land_use: bool,
}

impl Group {
    fn all(datasets: &[Searched]) -> Vec<Self> {
        let open = |one: &Searched| (one.local_id, one.location, one.land_use);
        let mut kinds: Vec<_> = datasets.iter().map(open).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let group = |kind: (bool, bool, bool)| {
            let same = datasets.iter().filter(|one| open(one) == kind);
            let names: Vec<&str> = same.map(|one| one.dataset.as_str()).collect();
            let (local_id, location, land_use) = kind;
            Self { datasets: serde_json::json!(names).to_string(), local_id, location, land_use }
        };
        kinds.into_iter().map(group).collect()
    }

    /// The columns of the index. The kind is in the code.
    fn columns(&self) -> Vec<&'static str> {
        let all = [
            ("code", true),
            ("kind", true),
            ("local_id", self.local_id),
            ("location", self.location),
            ("land_use", self.land_use),
        ];
        all.into_iter().filter(|(_, may)| *may).map(|(name, _)| name).collect()
    }

    /// The condition that a parcel has the word that is bound to `word`. Where every parcel is looked
    /// at, only in what stands in its narrow table.
    fn has(&self, word: &str, way: &Way) -> String {
        let looking = matches!(way, Way::Looking);
        let address = if looking { "text_has" } else { "address_has" };
        let mut any = vec![format!("code_has(p.code, {word})")];
        if self.local_id {
            any.push(format!("code_has(p.local_id, {word})"));
        }
        if self.location {
            any.push(format!("{address}(p.location, {word})"));
        }
        if !looking {
            any.push(format!("kind_has(p.code, {word})"));
        }
        if self.land_use && !looking {
            any.push(format!(
                "(select use_has(b.fields, {word}) from parcel_body b where b.parcel_id = p.id)"
            ));
        }
        format!(" and ({})", any.join(" or "))
    }

    /// The condition that a parcel lies in the division of that number: its code says so, or its
    /// address does.
    fn lies_within(&self, division: usize) -> String {
        let by_address = format!(" or text_has(p.location, :division{division})");
        format!(
            " and (exists (
                  select 1 from json_each(:within{division}) d
                  where substr(p.code, 1, length(d.value)) = d.value
              ){})",
            if self.location { &by_address } else { "" }
        )
    }
}

/// How the parcels with every word are come upon, before the other words are compared.
enum Way {
    /// By the trigrams of phrases.
    Phrases(String),
    /// By the trigrams that begin with two characters.
    Pair(String),
    /// By looking.
    Looking,
}

impl Way {
    fn of(words: &[String]) -> Self {
        let phrases: Vec<_> = words
            .iter()
            .filter(|word| is_long(word))
            .take(MOST_WORDS)
            .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
            .collect();
        if !phrases.is_empty() {
            return Self::Phrases(phrases.join(" "));
        }
        let pair = words.iter().find(|word| word.chars().count() == 2);
        pair.map_or(Self::Looking, |pair| Self::Pair(pair.clone()))
    }
}

/// Whether the index finds a word as it is.
fn is_long(word: &str) -> bool {
    word.chars().count() >= 3
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

    /// The parcels of a group that `way` leads to and that meet the conditions of the group.
    fn add(&mut self, at: usize, group: &Group, way: &Way, compared: usize, within: usize) {
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
                let from = format!(
                    " from (
                          select distinct doc as id from temp.parcel_term
                          where term >= :pair and term < :after and col in ('{}')
                      ) t cross join parcel p on p.id = t.id",
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
        let has: String = (0..compared).map(|w| group.has(&format!(":word{w}"), way)).collect();
        let lies: String = (0..within).map(|division| group.lies_within(division)).collect();
        self.sql.push(format!(
            "select * from ({}{from}{}and v.dataset {in_group}{condition}{lies}{has} limit :candidates)",
            hit!(),
            visible!(),
        ));
    }
}

impl Search<'_> {
    /// Words of three characters or more through the trigram index. One of two characters is found
    /// through the trigrams that begin like it; of a code or an id its end alone is not. Shorter words
    /// are compared one by one, as are all that come beside a longer one, and numbers that are not to
    /// be found at the end of a longer number.
    pub(super) fn words(&mut self, asked: &SearchWords) -> Result<(), SqliteError> {
        let SearchWords { within, words } = asked;
        if self.is_full() {
            return Ok(());
        }
        if words.is_empty() {
            let length = |division: &&NamedDivision| division.codes.iter().map(String::len).min();
            let narrowest = within.iter().max_by_key(length);
            return narrowest.map_or(Ok(()), |narrowest| self.in_division(narrowest, within));
        }
        let way = Way::of(words);
        let compared = words.iter().filter(|word| !is_long(word) || is_number(word));
        let compared: Vec<_> = compared.take(MOST_COMPARED).cloned().collect();
        let mut parts = Parts::default();
        for (at, group) in Group::all(&self.query.datasets).iter().enumerate() {
            parts.add(at, group, &way, compared.len(), within.len());
        }
        for (at, word) in compared.into_iter().enumerate() {
            parts.bind(&format!(":word{at}"), word);
        }
        for (at, division) in within.iter().enumerate() {
            let codes = serde_json::json!(division.codes).to_string();
            parts.bind(&format!(":within{at}"), codes);
            if self.query.datasets.iter().any(|one| one.location) {
                parts.bind(&format!(":division{at}"), division.name.clone());
            }
        }
        parts.bind(":candidates", MOST_FOUND);
        match &way {
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

    /// Where nothing but divisions is asked for: what lies in the narrowest, by code.
    fn in_division(
        &mut self,
        narrowest: &NamedDivision,
        within: &[NamedDivision],
    ) -> Result<(), SqliteError> {
        let lies_in = |code: &str, division: &NamedDivision| {
            division.codes.iter().any(|other| code.starts_with(other.as_str()))
        };
        let lies_in_all = |code: &&String| within.iter().all(|division| lies_in(code, division));
        for from in narrowest.codes.iter().filter(lies_in_all) {
            let statement = self.connection.prepare_cached(concat!(
                hit!(),
                " from parcel p",
                visible!(),
                "and p.code >= :from and p.code < :to order by p.code limit :limit"
            ))?;
            let to = format!("{from}\u{10FFFF}");
            self.add(statement, named_params! { ":from": from, ":to": to })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_sets_that_are_as_open_are_searched_together() {
        let one = |dataset: &str, location| Searched {
            dataset: dataset.into(),
            location,
            ..Searched::default()
        };
        let groups = Group::all(&[one("a", true), one("b", false), one("c", true)]);
        let names: Vec<_> = groups.iter().map(|group| group.datasets.as_str()).collect();
        assert_eq!(names, [r#"["b"]"#, r#"["a","c"]"#]);
        assert_eq!(groups[0].columns(), ["code", "kind"]);
    }
}
