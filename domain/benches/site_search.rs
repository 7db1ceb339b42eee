//! What it costs to put a million invented sites into groups under the rules of Zhejiang, and to ask of all of
//! them: `cargo bench -p domain --bench site_search`. Prints tab-separated lines, `what<TAB>figure<TAB>unit`;
//! nothing here passes or fails.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a measuring program")]

use std::{collections::BTreeSet, hint::black_box, sync::Arc, time::Instant};

use domain::{
    Localized,
    suitability::{
        Answer, Cause, FactKey, Facts, Gathering, Groups, Overlap, Overlaps, Reading, RuleSet,
        amount::Range, embedded,
    },
};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 29);
/// Unless `JIANMA_BENCH_SITES` says how many.
const SITES: usize = 1_000_000;
/// After so many seconds no further question is asked.
const ENOUGH_S: u64 = 60;

/// Numbers by chance (xorshift), the same on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end
    }
}

fn main() {
    let set = Arc::new(embedded().in_force("zhejiang", TODAY).unwrap().clone());
    let zones: Vec<String> =
        set.tables.values().flat_map(|table| table.entries.zones()).map(str::to_owned).collect();
    let count = std::env::var("JIANMA_BENCH_SITES").ok();
    let count = count.map_or(SITES, |count| count.parse().unwrap());
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let mut gathering = Gathering::new(set.clone(), TODAY);
    let keys = gathering.asks().to_vec();
    let (mut rows, mut seconds) = (Vec::with_capacity(count), 0.0);
    for _ in 0..count {
        let facts = site(&mut chance, &keys, &zones);
        let begun = Instant::now();
        rows.push(gathering.add(&facts));
        seconds += begun.elapsed().as_secs_f64();
    }
    let groups = gathering.finish();
    println!("sites into groups\t{:.2}\ts per 100,000", seconds / (count as f64 / 100_000.0));
    println!("groups of {count} sites\t{}\tgroups", groups.len());
    println!("index of them\t{:.1}\tMB", (groups.bytes() + count * 8) as f64 / 1e6);
    ask(&set, &groups, &rows);
}

/// Every use, with every answer the same: yes, no, not given. First the groups, then the count of sites.
fn ask(set: &RuleSet, groups: &Groups, rows: &[u32]) {
    let (mut asked, mut counted, mut slowest) = (Vec::new(), Vec::new(), (0.0, String::new()));
    let mut sizes = vec![0_usize; groups.len()];
    rows.iter().for_each(|row| sizes[*row as usize] += 1);
    let started = Instant::now();
    // As a portal does before anybody asks.
    (0..set.uses.len()).for_each(|use_at| drop(groups.ask(use_at, &Facts::default())));
    println!("every use once, before anybody asks\t{:.2}\ts", started.elapsed().as_secs_f64());
    let started = Instant::now();
    for use_at in 0..set.uses.len() {
        if started.elapsed().as_secs() > ENOUGH_S {
            break;
        }
        for said in ["yes", "no", ""] {
            let same = set.questions.iter().map(|one| (one.id.clone(), said.to_owned()));
            let answers = set.answered(&same.collect()).unwrap();
            let begun = Instant::now();
            let bands = groups.ask(use_at, &answers).unwrap();
            let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
            if milliseconds > slowest.0 {
                slowest = (milliseconds, format!("{} {said}", set.uses[use_at].id));
            }
            asked.push(milliseconds);
            let begun = Instant::now();
            let fit = (0..groups.len()).filter(|group| bands.told(*group).answer == Answer::Suits);
            black_box(fit.map(|group| sizes[group]).sum::<usize>());
            // The last page of a list looks at every site.
            let last =
                rows.iter().filter(|row| bands.told(**row as usize).answer == Answer::DoesNot);
            black_box(last.count());
            counted.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    println!("questions\t{}\tof {}", asked.len(), set.uses.len() * 3);
    println!("a question that nobody asked before, p50\t{:.2}\tms", quantile(&mut asked, 0.5));
    println!("a question that nobody asked before, p95\t{:.2}\tms", quantile(&mut asked, 0.95));
    println!("the slowest of them, {}\t{:.2}\tms", slowest.1, slowest.0);
    println!(
        "counts and the last page of one that was, p95\t{:.2}\tms",
        quantile(&mut counted, 0.95)
    );
}

fn quantile(figures: &mut [f64], share: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in the list"
    )]
    let at = ((figures.len() - 1) as f64 * share).round() as usize;
    figures[at]
}

/// A site of an open cadastre: in one or two zones, of most layers nothing, of some a sliver or a part, and here
/// and there no data.
fn site(chance: &mut Chance, keys: &[FactKey], zones: &[String]) -> Facts {
    let mut facts = Facts::default();
    for key in keys {
        match key {
            FactKey::Overlaps(_) if chance.below(40) == 0 => {
                facts.lack(key.clone(), Cause::NotCovered);
            }
            FactKey::Overlaps(layer) => {
                facts.put(key.clone(), overlaps(chance, layer, zones), Vec::new());
            }
            FactKey::Area => {
                let size = 100.0 + chance.below(50_000) as f64 / 7.0;
                facts.put(key.clone(), Reading::Figure(Range::measured(size).unwrap()), Vec::new());
            }
            FactKey::Value(id) if id == "parcel-type" => {
                let code = ["GB", "JC", "JB"][chance.below(3)];
                facts.put(key.clone(), Reading::Codes(BTreeSet::from([code.into()])), Vec::new());
            }
            FactKey::Value(id) if id == "present-use" && chance.below(3) > 0 => {
                let code = ["0501", "0701", "0702", "0101", "0301"][chance.below(5)];
                facts.put(key.clone(), Reading::Codes(BTreeSet::from([code.into()])), Vec::new());
            }
            _ => facts.lack(key.clone(), Cause::Missing),
        }
    }
    facts
}

fn overlaps(chance: &mut Chance, layer: &str, zones: &[String]) -> Reading {
    let feature = |kind: &str, share: f64| Overlap {
        kind: kind.to_owned(),
        label: Localized::same(kind),
        area: Range::measured(share * 1_000.0).unwrap(),
        share: Range::measured(share).unwrap(),
        of_feature: None,
    };
    let part = 0.001 + chance.below(997) as f64 / 1_000.0;
    let features = match layer {
        "planned-use" => {
            let mut zone = || zones[chance.below(zones.len())].as_str();
            let (one, other) = (zone(), zone());
            if part < 0.8 {
                vec![feature(one, 1.0)]
            } else {
                vec![feature(one, part), feature(other, 1.0 - part)]
            }
        }
        "urban-boundary" if chance.below(3) > 0 => vec![feature("城镇集中建设区", 1.0)],
        "hazard" if chance.below(4) == 0 => {
            vec![feature(["低易发区", "高易发区", "不易发区"][chance.below(3)], part)]
        }
        _ if chance.below(12) == 0 => vec![feature("", part)],
        _ => Vec::new(),
    };
    Reading::Overlaps(Overlaps { apart: true, features })
}
