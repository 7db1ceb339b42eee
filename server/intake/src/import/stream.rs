//! A file through all cores: read here, worked on batch by batch, accepted in the order of the
//! file. Memory grows with a batch and not with the file.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::{
    Run,
    unread::Unread,
    work::{Made, Notebook, Worked, work_on},
};
use crate::{
    error::IntakeError,
    feature::{Feature, Properties, RawFeature},
    mapping::FileMapping,
    objection::{Allowance, Objection},
    progress::Progress,
    read::{Declared, Said, Stop, each_feature_of},
    report::{FileReport, Notes},
    seen::Seen,
    validity::Repair,
};

/// Features that are worked on at a time. Large enough that two threads do not wait for each
/// other, small enough that memory does not show it.
const BATCH: usize = 512;

/// JSON held at a time, bytes: a batch of huge features is cut short.
const BATCH_BYTES: usize = 16 << 20;

pub(super) type Accepted = Result<(), IntakeError>;

/// A feature to be stored: its place in the file, its id, and what was made of it.
pub(super) type Numbered<T> = (u64, String, T);

/// Stores a batch, and notes in the report what storage refused of it.
pub(super) type Accept<'a, R, T> =
    dyn FnMut(&mut R, Vec<Numbered<T>>, &mut FileReport) -> Accepted + 'a;

/// A file read to its end.
pub(super) struct Streamed {
    pub(super) report: FileReport,
    /// The features of a restriction layer that were refused.
    pub(super) unread: Vec<Unread>,
    /// Whether `where`, if there is one, asks for a property that the file has.
    pub(super) where_is_known: bool,
}

impl Run<'_> {
    /// Streams a file: features are read here, worked on by all cores, and accepted here again in
    /// the order of the file, batch by batch.
    pub(super) fn stream<T: Send>(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        work: &(dyn Fn(&Feature, &Properties<'_>, &mut Notebook) -> Made<T> + Sync),
        accept: &mut Accept<'_, Self, T>,
    ) -> Result<Streamed, IntakeError> {
        self.say(&format!("{} ({})", entry.name, entry.role.name()));
        let mut report = FileReport::of(entry, &self.options.notes);
        let seen = Seen::of(entry);
        let of = path.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        let mut batch: Vec<RawFeature> = Vec::with_capacity(BATCH);
        let mut bytes = 0;
        let mut unread: Vec<Unread> = Vec::new();
        let threads = self.threads;
        let mut flush = |batch: &mut Vec<RawFeature>| -> Result<(), IntakeError> {
            let worked = in_parallel(batch, threads, &|raw| work_on(raw, entry, &seen, work));
            let read_to = batch.last().map_or(0, |raw| raw.end);
            batch.clear();
            let done = sort_out(worked, path, &mut report, &mut unread)?;
            let count = done.len() as u64;
            let before = report.refused.total + report.withheld;
            accept(self, done, &mut report)?;
            // Parts of a parcel may be refused that came in an earlier batch.
            let after = report.refused.total + report.withheld;
            report.stored = report.stored + count - (after - before);
            let (file, features) = (report.name.as_str(), report.read);
            (self.progress)(Progress::Reading { file, features, bytes: read_to, of });
            Ok(())
        };
        let read = read_file(path, entry, &mut |raw| {
            bytes += raw.json.get().len();
            batch.push(raw);
            if batch.len() == BATCH || bytes >= BATCH_BYTES {
                bytes = 0;
                flush(&mut batch)?;
            }
            Ok(())
        });
        let Said { remarks, .. } = read?;
        flush(&mut batch)?;
        for remark in remarks.into_iter().map(|remark| format!("{}: {remark}", entry.name)) {
            if !self.report.warnings.contains(&remark) {
                self.report.warnings.push(remark);
            }
        }
        self.report.warnings.extend(seen.warnings(&report));
        if let Some(why) = seen.on_nothing("classified") {
            // Nothing would be withheld, and nobody would notice.
            let reason = format!("{}: {why}, so no parcel of it is classified", report.name);
            self.objections.push(Objection { allowance: Allowance::Unclassified, reason });
        }
        Ok(Streamed { report, unread, where_is_known: seen.on_nothing("where").is_none() })
    }
}

/// Writes a batch into the report and keeps what is to be stored.
fn sort_out<T>(
    worked: Vec<Worked<T>>,
    path: &Path,
    report: &mut FileReport,
    unread: &mut Vec<Unread>,
) -> Result<Vec<Numbered<T>>, IntakeError> {
    let mut done = Vec::with_capacity(worked.len());
    for worked in worked {
        let Worked { number, id, made, repair, repeated_points, had_heights, left_out, .. } =
            worked;
        unread.extend(worked.unread);
        report.read += 1;
        match made {
            Made::Filtered => report.filtered += 1,
            Made::Refused(reason) => report.refused.add(number, &id, reason),
            Made::Outside(source) => {
                return Err(IntakeError::OutsideCrs { path: path.to_owned(), number, id, source });
            }
            Made::Done(value) => {
                report.repeated_points += repeated_points;
                report.heights_dropped += u64::from(had_heights);
                if let Some(repair) = repair {
                    note_repair(&mut report.repaired, number, &id, &repair);
                }
                for reason in left_out {
                    report.values_left_out.add(number, &id, reason);
                }
                done.push((number, id, value));
            }
        }
    }
    Ok(done)
}

fn note_repair(notes: &mut Notes, number: u64, id: &str, repair: &Repair) {
    let Repair { reasons, area_before_m2, area_after_m2 } = repair;
    notes.add(
        number,
        id,
        format!("{}; {area_before_m2:.2} m² became {area_after_m2:.2} m²", reasons.join(", ")),
    );
}

/// Reads the features of a file; gives what it says of itself.
pub(super) fn read_file(
    path: &Path,
    entry: &FileMapping,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), IntakeError>,
) -> Result<Said, IntakeError> {
    each_feature_of(path, &Declared::of(entry), sink).map_err(|stop| match stop {
        Stop::Read(source) => IntakeError::Read { path: path.to_owned(), source },
        Stop::Sink(error) => error,
    })
}

/// `work` on every item by `threads` threads; answers in the order of the items.
pub(super) fn in_parallel<I: Sync, O: Send>(
    items: &[I],
    threads: usize,
    work: &(dyn Fn(&I) -> O + Sync),
) -> Vec<O> {
    if threads < 2 || items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let mut answers: Vec<(usize, O)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(items.len()))
            .map(|_| {
                scope.spawn(|| {
                    let mut answers = Vec::new();
                    // One huge outline must not hold up a whole share of the batch.
                    while let at = next.fetch_add(1, Ordering::Relaxed)
                        && let Some(item) = items.get(at)
                    {
                        answers.push((at, work(item)));
                    }
                    answers
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| match worker.join() {
                Ok(answers) => answers,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
