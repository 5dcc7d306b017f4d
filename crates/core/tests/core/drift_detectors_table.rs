//! The table in docs/drift_detectors.md: delay and false alarms beside River and NannyML on the same streams. Written anew
//! when `ASSAY_GENERATED_ROOT` names the repository; in any case the page must be what the streams say.

use std::fmt::Write as _;
use std::path::Path;

use assay_core::drift::detectors::Detector;
use serde::Deserialize;

use crate::drift_detectors::{GOLDEN, Kind, detector, run, stream};

#[derive(Deserialize)]
struct Chunks {
    n_chunk: usize,
    cases: Vec<ChunkCase>,
}

#[derive(Deserialize)]
struct ChunkCase {
    kind: String,
    seed: u64,
    chunks: Vec<usize>,
}

/// What alarms on some streams come to.
#[derive(Default)]
struct Tally {
    n_streams: usize,
    n_changes: usize,
    delays: Vec<usize>,
    n_false: usize,
    n_stable_rows: usize,
}

impl Tally {
    fn add(&mut self, kind: &Kind, alarms: &[usize]) {
        self.n_streams += 1;
        let ends = kind.changes.iter().skip(1).copied().chain([GOLDEN.n_rows]);
        for (start, end) in kind.changes.iter().copied().zip(ends) {
            self.n_changes += 1;
            let first = alarms.iter().find(|row| (start..end).contains(row));
            self.delays.extend(first.map(|row| row - start));
        }
        let stable = kind.changes.first().copied().unwrap_or(GOLDEN.n_rows);
        self.n_stable_rows += stable;
        self.n_false += alarms.iter().filter(|row| **row < stable).count();
    }

    fn cells(&self) -> String {
        let found = match (self.n_changes, &self.delays[..]) {
            (0, _) => "–".to_owned(),
            (_, []) => "never".to_owned(),
            (_, delays) => {
                let mean = delays.iter().sum::<usize>() as f64 / delays.len() as f64;
                format!("{mean:.0} ({} %)", delays.len() * 100 / self.n_changes)
            }
        };
        let alarms = self.n_false as f64 * 10_000.0 / self.n_stable_rows.max(1) as f64;
        format!("{found} | {alarms:.1}")
    }
}

#[test]
fn the_page_says_what_the_streams_say() {
    let page = page();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let path = docs.join("drift_detectors.md");
    if std::env::var_os("ASSAY_GENERATED_ROOT").is_some() {
        std::fs::write(&path, &page).expect("the page is written");
    }
    let stored = std::fs::read_to_string(&path).expect("the page");
    assert_eq!(stored, page);
}

fn page() -> String {
    let chunks: Chunks = serde_json::from_str(include_str!("../golden/detector_chunks.json"))
        .expect("golden numbers");
    let mut page = String::from(HEAD);
    for kind in &GOLDEN.kinds {
        for (detector, name) in
            Detector::ALL
                .iter()
                .zip(["adwin", "ddm", "eddm", "page_hinkley", "kswin"])
        {
            let (mut ours, mut rivers) = (Tally::default(), Tally::default());
            let cases = GOLDEN.cases.iter().filter(|case| {
                case.detector == name && case.kind == kind.name && case.stream == "errors"
            });
            for case in cases {
                let values = stream("errors", &kind.name, case.seed);
                ours.add(kind, &run(&self::detector(name), &values).drift_rows);
                rivers.add(kind, &case.drift_rows);
            }
            line(&mut page, &kind.name, detector.label(), &ours, &rivers);
        }
        let mut nannyml = Tally::default();
        for case in chunks.cases.iter().filter(|case| case.kind == kind.name) {
            assert!(case.seed > 0);
            // A chunk speaks when it is full.
            let rows: Vec<usize> = case
                .chunks
                .iter()
                .map(|c| (c + 1) * chunks.n_chunk - 1)
                .collect();
            nannyml.add(kind, &rows);
        }
        let n = nannyml.n_streams;
        let _ = writeln!(
            page,
            "| {} | NannyML, chunks of {} rows | {n} | | | {} |",
            kind.name,
            chunks.n_chunk,
            nannyml.cells()
        );
    }
    page
}

fn line(page: &mut String, kind: &str, label: &str, ours: &Tally, rivers: &Tally) {
    let _ = writeln!(
        page,
        "| {kind} | {label} | {} | {} | {} |",
        ours.n_streams,
        ours.cells(),
        rivers.cells()
    );
}

const HEAD: &str = "# Concept drift detectors: delay and false alarms

Streams of 10,000 errors whose rate is 0.1 and rises to 0.3: at once at row 5,000 (abrupt), in ever more blocks of 50 rows
from row 4,000 to 6,000 (gradual), in a straight line there (incremental), or up and down again at rows 2,500, 5,000 and 7,500
(recurring). Delay is the mean number of rows from a change (from the first row of a slow one) to the first alarm before the
next, and in brackets the share of changes that were found; false alarms are those before the first change, per 10,000 rows.
Every detector has River 0.26's default parameters. ADWIN, DDM, EDDM and Page-Hinkley fire at the same rows as River's; KSWIN
draws with another generator. NannyML 0.13's accuracy per chunk, with limits from a reference stream without a change, speaks
at the end of a chunk.

A fall of the error rate is no alarm of DDM or EDDM, which is why they miss one of the three recurring changes or find it late.
EDDM is the first to speak, and pays with false alarms. KSWIN stands on two streams a kind: its window of 100 rows holds about
ten errors, too few to tell rates apart.

Made by the tests of `assay-core` from golden/detectors.json and golden/detector_chunks.json
(`ASSAY_GENERATED_ROOT=. cargo test -p assay-core --test core the_page_says`).

| drift | detector | streams | delay, rows | false alarms | River: delay | false alarms |
| --- | --- | --- | --- | --- | --- | --- |
";
