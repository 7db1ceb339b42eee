//! The history around a code, followed tie by tie within one snapshot, and what is left of codes
//! whose records have gone.

use std::collections::{BTreeMap, HashSet, VecDeque};

use domain::{
    ParcelCode,
    lineage::{MOST_CODES, MOST_GENERATIONS, Succession},
    record::{LandRecord, ParcelRecord},
};
use geo::MultiPolygon;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension};
use store::Tied;

use super::{
    error::SqliteError,
    value::{read_codes, read_date, read_parcel_code, text, text_or_null},
    versions::VersionCache,
};

/// Which way a code was come upon, and so which way the walk goes on from it.
#[derive(Clone, Copy)]
enum Way {
    /// The code asked for.
    Both,
    /// It is older than the code asked for.
    Back,
    /// It is younger.
    Forward,
    /// It ended in the same change as one of the others.
    EndedBeside,
    /// It began in the same change as one of the others.
    BegunBeside,
}

impl Way {
    /// How its predecessors are come upon, and whether they are a generation farther: all codes of
    /// one change are as near, so that each of them tells the same story of it.
    const fn back(self) -> Option<(Self, usize)> {
        match self {
            Self::Both | Self::Back => Some((Self::Back, 1)),
            Self::Forward | Self::BegunBeside => Some((Self::EndedBeside, 0)),
            Self::EndedBeside => None,
        }
    }

    /// Which way its successors are looked at, and how much farther they are.
    const fn forward(self) -> Option<(Self, usize)> {
        match self {
            Self::Both | Self::Forward => Some((Self::Forward, 1)),
            Self::Back | Self::EndedBeside => Some((Self::BegunBeside, 0)),
            Self::BegunBeside => None,
        }
    }
}

/// The ties of a code, and whether a current data set has a record of it.
pub(super) struct Found {
    pub(super) tied: Tied,
    pub(super) recorded: bool,
}

/// Nearest first. A code that has been seen is not looked at again, so circles end.
pub(super) fn around(connection: &Connection, code: ParcelCode) -> Result<Vec<Found>, SqliteError> {
    let own = read_ties(connection, code)?;
    own.map_or_else(|| Ok(Vec::new()), |own| around_what(connection, own))
}

/// What is around a code whose ties are known: these first, then nearest first.
pub(super) fn around_what(connection: &Connection, own: Found) -> Result<Vec<Found>, SqliteError> {
    let code = own.tied.ties.code;
    let mut waiting = VecDeque::from([(code, Way::Both, 0)]);
    let mut seen = HashSet::from([code]);
    let mut found = Vec::new();
    let mut own = Some(own);
    while let Some((code, way, generation)) = waiting.pop_front() {
        let known = own.take().map_or_else(|| read_ties(connection, code), |own| Ok(Some(own)))?;
        let Some(each) = known else { continue };
        let ties = &each.tied.ties;
        let next = [(&ties.predecessors, way.back()), (&ties.successors, way.forward())];
        for (codes, way_on) in next {
            let Some((way_on, farther)) = way_on else { continue };
            let generation = generation + farther;
            for next in codes.iter().filter(|_| generation <= MOST_GENERATIONS) {
                // What waits counts: no more is looked up than may be told.
                if seen.len() < MOST_CODES && seen.insert(*next) {
                    waiting.push_back((*next, way_on, generation));
                }
            }
        }
        found.push(each);
    }
    Ok(found)
}

/// What a data set ever said of one code, by either record of a pair.
pub(super) struct RecordedSuccession {
    /// Codes that it was formed from, and since when.
    before: Vec<(ParcelCode, Option<Date>)>,
    /// Codes that it became, and since when.
    after: Vec<(ParcelCode, Option<Date>)>,
}

impl RecordedSuccession {
    pub(super) fn read(
        connection: &Connection,
        dataset: &str,
        code: &ParcelCode,
    ) -> Result<Self, SqliteError> {
        let most = i64::try_from(MOST_CODES).unwrap_or(i64::MAX);
        let read = |sql: &str| -> Result<Vec<(ParcelCode, Option<Date>)>, SqliteError> {
            connection
                .prepare_cached(sql)?
                .query_and_then((code.as_str(), dataset, most), |row| {
                    Ok((read_parcel_code(text(row, 0)?)?, read_date(text_or_null(row, 1)?)?))
                })?
                .collect()
        };
        Ok(Self {
            before: read(
                "select old, since from standing_tie where new = ?1 and dataset = ?2 order by old limit ?3",
            )?,
            after: read(
                "select new, since from standing_tie where old = ?1 and dataset = ?2 order by new limit ?3",
            )?,
        })
    }

    /// Adds to what a record says of itself what others say of it. Where these alone tell that it
    /// ended, they tell when: a successor that is still to begin has ended nothing yet.
    pub(super) fn complete(
        &self,
        predecessors: &mut Vec<ParcelCode>,
        successors: &mut Vec<ParcelCode>,
        valid_to: &mut Option<Date>,
    ) {
        if valid_to.is_none() && successors.is_empty() {
            *valid_to = first_day(&self.after);
        }
        for (said, codes) in [(&self.before, predecessors), (&self.after, successors)] {
            for (code, _) in said {
                if !codes.contains(code) {
                    codes.push(*code);
                }
            }
        }
    }
}

/// The first day of changes; none where one of them has no day, for that may have been the first.
fn first_day(said: &[(ParcelCode, Option<Date>)]) -> Option<Date> {
    said.iter().map(|(_, since)| *since).min().flatten()
}

/// A code in two data sets: the newest source answers, as for its record.
fn read_ties(connection: &Connection, code: ParcelCode) -> Result<Option<Found>, SqliteError> {
    let recorded = connection
        .prepare_cached(
            "select b.predecessors, b.successors, b.valid_from, b.valid_to, v.dataset
             from parcel p
             join data_version v on v.id = p.version_id
             join parcel_body b on b.parcel_id = p.id
             where p.code = ?1 and v.state = 'current'
             order by v.info ->> 'source_date' desc, p.version_id desc limit 1",
        )?
        .query_row([code.as_str()], |row| {
            Ok((|| {
                let ties = Succession {
                    code,
                    predecessors: read_codes(row, 0)?,
                    successors: read_codes(row, 1)?,
                    valid_from: read_date(text_or_null(row, 2)?)?,
                    valid_to: read_date(text_or_null(row, 3)?)?,
                };
                Ok::<_, SqliteError>((ties, text(row, 4)?.to_owned()))
            })())
        })
        .optional()?
        .transpose()?;
    if let Some((mut ties, dataset)) = recorded {
        let kept = RecordedSuccession::read(connection, &dataset, &code)?;
        kept.complete(&mut ties.predecessors, &mut ties.successors, &mut ties.valid_to);
        return Ok(Some(Found { tied: Tied { ties, dataset }, recorded: true }));
    }
    let Some(found) = Remembered::find(connection, code)? else { return Ok(None) };
    let kept = RecordedSuccession::read(connection, &found.dataset, &code)?;
    let tied = Tied { ties: found.ties(code, &kept), dataset: found.dataset };
    Ok(Some(Found { tied, recorded: false }))
}

/// A code that no current data set has a record of, and that is known to have ended.
pub(super) struct Remembered {
    version: i64,
    pub(super) dataset: String,
    ended: Option<Date>,
}

impl Remembered {
    /// Of data sets that know the code, the newest import answers. Not one that was classified:
    /// nothing is left that could say whether it may be shown. Nor one that led only to such.
    pub(super) fn find(
        connection: &Connection,
        code: ParcelCode,
    ) -> Result<Option<Self>, SqliteError> {
        let found = connection
            .prepare_cached(
                "select v.id, v.dataset, e.ended
                 from data_version v
                 left join standing_end e on e.dataset = v.dataset and e.code = ?1
                 where v.state = 'current'
                     and (
                         e.code is not null
                         or exists (
                             select 1 from standing_tie where old = ?1 and dataset = v.dataset
                         )
                     )
                     and not exists (
                         select 1 from parcel p
                         join data_version other on other.id = p.version_id
                         where p.code = ?1 and other.state = 'current'
                     )
                     and not exists (
                         select 1 from standing_withheld w
                         where w.digest = code_digest(?1) and (
                             w.withheld = 1
                             or w.withheld = 2
                                 and not exists (select 1 from standing_tie where old = ?1)
                         )
                     )
                     and not exists (
                         select 1 from classified_code c
                         join data_version other on other.id = c.version_id
                         where c.digest = code_digest(?1) and other.state = 'current'
                     )
                 order by v.id desc limit 1",
            )?
            .query_row([code.as_str()], |row| {
                Ok((|| {
                    let ended = read_date(text_or_null(row, 2)?)?;
                    let (version, dataset) = (row.get(0)?, text(row, 1)?.to_owned());
                    Ok::<_, SqliteError>(Self { version, dataset, ended })
                })())
            })
            .optional()?
            .transpose()?;
        Ok(found)
    }

    /// Its ties, with what was kept of the code.
    pub(super) fn ties(&self, code: ParcelCode, kept: &RecordedSuccession) -> Succession {
        let mut ties = Succession {
            code,
            predecessors: Vec::new(),
            successors: Vec::new(),
            valid_from: first_day(&kept.before),
            valid_to: self.ended,
        };
        kept.complete(&mut ties.predecessors, &mut ties.successors, &mut ties.valid_to);
        ties
    }

    /// A record with nothing in it but its history.
    pub(super) fn record(
        &self,
        connection: &Connection,
        versions: &VersionCache,
        ties: Succession,
    ) -> Result<LandRecord, SqliteError> {
        Ok(LandRecord {
            parcel: ParcelRecord {
                code: ties.code,
                local_id: None,
                fields: BTreeMap::new(),
                outline: MultiPolygon(Vec::new()),
                geometric_area_m2: 0.0,
                classified: false,
                events: Vec::new(),
                predecessors: ties.predecessors,
                successors: ties.successors,
                valid_from: ties.valid_from,
                valid_to: ties.valid_to,
            },
            unit: None,
            findings: Vec::new(),
            layers: Vec::new(),
            version: versions.get(connection, self.version)?.version.clone(),
        })
    }
}

/// A former code's record, if that is all that is left of it.
pub(super) fn former(
    connection: &Connection,
    versions: &VersionCache,
    code: ParcelCode,
) -> Result<Option<LandRecord>, SqliteError> {
    let Some(found) = Remembered::find(connection, code)? else { return Ok(None) };
    let ties = found.ties(code, &RecordedSuccession::read(connection, &found.dataset, &code)?);
    found.record(connection, versions, ties).map(Some)
}
