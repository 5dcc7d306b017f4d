//! Requests that log at the same time: one commit, and each its own outcome.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::thread;

use assay_core::RunId;
use assay_core::tracking::{
    DEFAULT_EXPERIMENT_ID, LogEntry, MetricSample, NewTrackedRun, TrackedRun,
};
use assay_store::Error;

use crate::support::{ACT, Lab};

fn begin(lab: &Lab, bits: u128) -> RunId {
    let new = NewTrackedRun {
        run_id: RunId::from_bits(bits),
        experiment_id: DEFAULT_EXPERIMENT_ID,
        name: "client's".to_owned(),
        user: String::new(),
        started_ms: ACT.at_ms,
        tags: BTreeMap::new(),
    };
    let run: TrackedRun = lab.store.begin_tracked_run(&new).unwrap();
    run.run_id
}

fn entry(run_id: &RunId, steps: &[i64], params: &[(&str, &str)]) -> LogEntry {
    let samples = steps
        .iter()
        .map(|&step| MetricSample {
            value: step as f64,
            step,
            at_ms: 1,
        })
        .collect();
    LogEntry {
        run_id: run_id.clone(),
        metrics: vec![("loss".to_owned(), samples)],
        params: params
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        tags: vec![("stage".to_owned(), steps.len().to_string())],
    }
}

fn steps(lab: &Lab, run_id: &RunId) -> Vec<i64> {
    let points = lab.store.metric_points(run_id, "loss").unwrap();
    points.iter().map(|point| point.step).collect()
}

#[test]
fn a_group_is_one_change_and_a_refused_entry_leaves_nothing() {
    let lab = Lab::new();
    let (a, b) = (begin(&lab, 1), begin(&lab, 2));
    let trained = lab.run(3);
    let absent = RunId::from_bits(9);
    let entries = [
        (entry(&a, &[1, 2], &[("depth", "3")]), "ok"),
        (entry(&absent, &[1], &[]), "not found"),
        (entry(&b, &[1], &[("depth", "5")]), "ok"),
        (entry(&a, &[3], &[("depth", "4"), ("new", "1")]), "invalid"),
        (entry(&trained, &[1], &[]), "conflict"),
        (entry(&b, &[2], &[("x", "1"), ("x", "2")]), "invalid"),
        (entry(&a, &[4], &[("depth", "3")]), "ok"),
    ];
    let before = lab.store.change_number().unwrap();
    let (sender, receiver) = channel();
    for (place, (entry, _)) in entries.iter().enumerate() {
        let sender = sender.clone();
        let leads = lab.store.enqueue(
            entry.clone(),
            Box::new(move |outcome| sender.send((place, outcome)).unwrap()),
        );
        assert_eq!(leads, place == 0, "one of them writes for all");
    }
    assert!(receiver.try_recv().is_err(), "nothing was written yet");
    lab.store.commit_queue(|| ACT.at_ms);
    let outcomes: Vec<(usize, &str)> = receiver
        .try_iter()
        .map(|(place, outcome)| {
            let word = match outcome {
                Ok(()) => "ok",
                Err(Error::NotFound { .. }) => "not found",
                Err(Error::Invalid { .. }) => "invalid",
                Err(Error::Conflict { .. }) => "conflict",
                Err(other) => panic!("{other}"),
            };
            (place, word)
        })
        .collect();
    let expected: Vec<(usize, &str)> = entries
        .iter()
        .enumerate()
        .map(|(place, (_, word))| (place, *word))
        .collect();
    assert_eq!(outcomes, expected);
    assert_eq!(lab.store.change_number().unwrap(), before + 1);
    assert_eq!(steps(&lab, &a), [1, 2, 4]);
    assert_eq!(steps(&lab, &b), [1]);
    let params = lab.store.tracked_run(&a).unwrap().params;
    assert_eq!(params.len(), 1, "{params:?}");
    assert_eq!(lab.store.tracked_run(&b).unwrap().params["depth"], "5");

    // The next one leads again.
    assert!(
        lab.store
            .enqueue(entry(&a, &[5], &[]), Box::new(|outcome| outcome.unwrap()))
    );
    lab.store.commit_queue(|| ACT.at_ms);
    assert_eq!(steps(&lab, &a), [1, 2, 4, 5]);
}

#[test]
fn every_entry_of_many_threads_is_answered() {
    const THREADS: i64 = 8;
    const ENTRIES: i64 = 50;
    let lab = Lab::new();
    let run = begin(&lab, 1);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (lab, run) = (&lab, &run);
            scope.spawn(move || {
                for step in number * ENTRIES..(number + 1) * ENTRIES {
                    let (sender, receiver) = channel();
                    let answer = move |outcome| sender.send(outcome).unwrap();
                    if lab
                        .store
                        .enqueue(entry(run, &[step], &[]), Box::new(answer))
                    {
                        lab.store.commit_queue(|| ACT.at_ms);
                    }
                    receiver.recv().unwrap().unwrap();
                }
            });
        }
    });
    let mut found = steps(&lab, &run);
    found.sort_unstable();
    assert_eq!(found, (0..THREADS * ENTRIES).collect::<Vec<_>>());
}
