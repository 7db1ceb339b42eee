//! What the department said of its requests: kept before it is sent, with the portal's answer.

use std::collections::BTreeMap;

use domain::{
    request::{Outcome as Formal, RequestState},
    suitability,
};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use crate::{DepartmentError, ledger::Ledger};

/// A word on a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// The request's number.
    pub request: String,
    /// The department that says it.
    pub department: String,
    /// Counts up from 1 within the request at this department.
    pub number: u32,
    /// The state it names.
    pub state: RequestState,
    /// Words for the applicant.
    pub note: Option<String>,
    /// The department's own reference.
    pub reference: Option<String>,
    /// What it says of the facts that it was asked for.
    pub facts: BTreeMap<String, suitability::Said>,
    /// What it makes of the request as an application.
    pub formal: Option<Formal>,
    /// When that was asked which it answers, UTC: to take the request up again.
    pub reopening: Option<Timestamp>,
    /// When it was said first, UTC.
    pub at: Timestamp,
    /// What the portal answered.
    pub outcome: Outcome,
}

impl Word {
    /// The id under which it is sent, always the same: sent twice it counts once.
    pub(crate) fn message_id(&self) -> String {
        format!("word_{}_{}_{}", self.request, self.department, self.number)
    }

    /// Whether two say the same.
    fn says_like(&self, other: &Self) -> bool {
        let said = |word: &Self| {
            let Self { state, note, reference, facts, formal, reopening, .. } = word.clone();
            (state, note, reference, facts, formal, reopening)
        };
        said(self) == said(other)
    }
}

/// What the portal answered to a word.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Nothing yet: it has to be sent again.
    Unanswered {
        /// What is known of why.
        why: String,
    },
    /// Taken.
    Taken {
        /// Whether it said anything new.
        changed: bool,
    },
    /// Not taken.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the portal says of it.
        detail: String,
    },
}

/// What became of a word that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is kept now, and to be sent.
    Now,
    /// It was kept before, in the same words: the form was sent twice.
    Before,
    /// Another one has its place.
    Overtaken,
}

impl Ledger {
    /// Keeps a word, once for its number.
    pub(crate) async fn say(&self, word: Word) -> Result<Said, DepartmentError> {
        self.with(move |connection| {
            let transaction = connection.transaction()?;
            let key = params![word.request, word.department, word.number];
            let sql = format!("{SELECT} where request = ?1 and department = ?2 and number = ?3");
            let known = transaction.query_row(&sql, key, read).optional()?;
            let said = match known {
                Some(known) if known.says_like(&word) => Said::Before,
                Some(_) => Said::Overtaken,
                None => {
                    transaction.execute(
                        "insert into word (request, department, number, state, note, reference, at,
                             outcome, facts, formal, reopening)
                         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                        params![
                            word.request,
                            word.department,
                            word.number,
                            word.state.name(),
                            word.note,
                            word.reference,
                            word.at.to_string(),
                            written(&word.outcome),
                            written(&word.facts),
                            written(&word.formal),
                            word.reopening.map(|asked_at| asked_at.to_string()),
                        ],
                    )?;
                    Said::Now
                }
            };
            transaction.commit()?;
            Ok(said)
        })
        .await
    }

    /// Notes what the portal answered to a word.
    pub(crate) async fn answered(
        &self,
        word: Word,
        outcome: Outcome,
    ) -> Result<(), DepartmentError> {
        self.with(move |connection| {
            connection.execute(
                "update word set outcome = ?4 where request = ?1 and department = ?2 and number = ?3",
                params![word.request, word.department, word.number, written(&outcome)],
            )?;
            Ok(())
        })
        .await
    }

    /// Every word, oldest first.
    pub(crate) async fn words(&self) -> Result<Vec<Word>, DepartmentError> {
        self.with(|connection| {
            let mut statement = connection.prepare(&format!("{SELECT} order by at, number"))?;
            let words = statement.query_map([], read)?;
            Ok(words.collect::<Result<_, _>>()?)
        })
        .await
    }
}

const SELECT: &str = "select request, department, number, state, note, reference, at, outcome, facts, \
                      formal, reopening from word";

/// What stands in the ledger of an outcome or of facts; strings and numbers always serialise.
fn written(content: &impl serde::Serialize) -> String {
    serde_json::to_string(content).unwrap_or_default()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Word> {
    let unread = || rusqlite::Error::InvalidQuery;
    let (state, at, outcome): (String, String, String) = (row.get(3)?, row.get(6)?, row.get(7)?);
    let (facts, formal): (String, String) = (row.get(8)?, row.get(9)?);
    let reopening: Option<String> = row.get(10)?;
    Ok(Word {
        request: row.get(0)?,
        department: row.get(1)?,
        number: row.get(2)?,
        state: RequestState::from_name(&state).ok_or_else(unread)?,
        note: row.get(4)?,
        reference: row.get(5)?,
        facts: serde_json::from_str(&facts).or(Err(unread()))?,
        formal: serde_json::from_str(&formal).or(Err(unread()))?,
        reopening: reopening.map(|at| at.parse()).transpose().or(Err(unread()))?,
        at: at.parse().or(Err(unread()))?,
        outcome: serde_json::from_str(&outcome).or(Err(unread()))?,
    })
}
