//! Searching runs: what the columns in memory answer is what looking at every run would answer, whatever happened to the
//! lab since they were read, and whoever did it.

mod asked;
mod naive;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use assay_core::query::{self, Filter, Literal, Operator, Value};
use assay_core::run::{RunStatus, RunSummary};
use assay_core::run_table::{RunQuery, RunRow};
use assay_core::tracking::{
    DEFAULT_EXPERIMENT_ID, DatasetInput, ExperimentId, NewTrackedRun, OrderBy, RunUpdate,
    TrackedQuery, TrackedRun, ViewType,
};
use assay_core::{Code, ExperimentName, RunId};
use assay_store::{MetricPoint, Store};
use proptest::prelude::*;
use proptest::sample::select;

use self::asked::*;
use self::naive::*;
use crate::support::{ACT, Lab};

/// A lab that two processes have open, and what a naive reader remembers of it.
struct Both {
    lab: Lab,
    other: Store,
    experiments: [ExperimentId; 2],
    /// In the order in which they were begun.
    runs: Vec<RunId>,
}

impl Both {
    fn new() -> Self {
        let lab = Lab::new();
        let other = lab.open_again();
        let second = lab
            .store
            .create_experiment("second", None, &[], ACT.at_ms)
            .unwrap();
        Self {
            lab,
            other,
            experiments: [DEFAULT_EXPERIMENT_ID, second],
            runs: Vec::new(),
        }
    }

    /// What is refused (a deleted run, a parameter written twice) changes nothing.
    fn take(&mut self, number: usize, step: &Step) {
        let store = if number.is_multiple_of(2) {
            &self.lab.store
        } else {
            &self.other
        };
        let at_ms = ACT.at_ms + number as i64;
        let run = |run: usize| self.runs.get(run % self.runs.len().max(1)).cloned();
        match step.clone() {
            Step::Begin {
                started,
                experiment,
            } => {
                let run_id = RunId::from_bits((number as u128 * 7_919) << 90 | number as u128);
                let new = NewTrackedRun {
                    run_id: run_id.clone(),
                    experiment_id: self.experiments[experiment],
                    name: format!("run {number}"),
                    user: "ana".to_owned(),
                    started_ms: started,
                    tags: BTreeMap::new(),
                };
                if store.begin_tracked_run(&new).is_ok() {
                    self.runs.push(run_id);
                }
            }
            Step::Metric {
                run: of,
                key,
                value,
            } => {
                if let Some(run) = run(of) {
                    let point = MetricPoint {
                        key: METRICS[key].to_owned(),
                        value: NUMBERS[value],
                        step: number as i64,
                        at_ms,
                    };
                    let _ = store.log_batch(&run, &[point], &[], &[], at_ms);
                }
            }
            Step::Param { run: of, key, word } => {
                if let Some(run) = run(of) {
                    let param = (TEXTS[key].to_owned(), WORDS[word].to_owned());
                    let _ = store.log_batch(&run, &[], &[param], &[], at_ms);
                }
            }
            Step::Tag { run: of, key, word } => {
                if let Some(run) = run(of) {
                    let _ = store.set_tracked_tag(&run, TEXTS[key], WORDS[word], at_ms);
                }
            }
            Step::TakeTag { run: of, key } => {
                if let Some(run) = run(of) {
                    let _ = store.delete_tracked_tag(&run, TEXTS[key], at_ms);
                }
            }
            Step::End { run: of, ended } => {
                if let Some(run) = run(of) {
                    let update = RunUpdate {
                        status: Some(RunStatus::Finished),
                        ended_ms: Some(ended + 10),
                        name: None,
                    };
                    let _ = store.update_tracked_run(&run, &update, at_ms);
                }
            }
            Step::Rename { run: of, word } => {
                if let Some(run) = run(of) {
                    let update = RunUpdate {
                        name: Some(WORDS[word].to_owned()),
                        ..RunUpdate::default()
                    };
                    let _ = store.update_tracked_run(&run, &update, at_ms);
                }
            }
            Step::Input {
                run: of,
                name,
                word,
            } => {
                if let Some(run) = run(of) {
                    let input = DatasetInput {
                        name: ["iris", "7"][name].to_owned(),
                        digest: WORDS[word].to_owned(),
                        tags: BTreeMap::from([(
                            "mlflow.data.context".to_owned(),
                            WORDS[word].to_owned(),
                        )]),
                        ..DatasetInput::default()
                    };
                    let _ = store.log_inputs(&run, &[input], &[], at_ms);
                }
            }
            Step::Delete { run: of } => {
                if let Some(run) = run(of) {
                    store.delete_tracked_run(&run, at_ms).unwrap();
                }
            }
            Step::Restore { run: of } => {
                if let Some(run) = run(of) {
                    store.restore_tracked_run(&run, at_ms).unwrap();
                }
            }
            Step::DeleteExperiment => {
                let _ = store.delete_experiment(self.experiments[1], at_ms);
            }
            Step::RestoreExperiment => {
                let _ = store.restore_experiment(self.experiments[1], at_ms);
            }
            Step::RenameExperiment { word } => {
                let _ = store.rename_experiment(self.experiments[1], WORDS[word], at_ms);
            }
        }
    }

    fn tracked(&self) -> Vec<TrackedRun> {
        self.runs
            .iter()
            .map(|run| self.other.tracked_run(run).unwrap())
            .collect()
    }

    fn check_tracked(&self, question: &Question) {
        let names: BTreeMap<ExperimentId, String> = self
            .other
            .tracked_experiments()
            .unwrap()
            .into_iter()
            .map(|experiment| (experiment.experiment_id, experiment.name))
            .collect();
        let mut wanted = TrackedQuery {
            experiments: self.experiments[..question.n_experiments].to_vec(),
            view: question.view,
            filter: question.filter.to_string(),
            order_by: question.orders.clone(),
            after: None,
            limit: question.limit,
            artifact_root: ROOT.to_owned(),
        };
        let mut expected: Vec<TrackedRun> = self
            .tracked()
            .into_iter()
            .filter(|run| {
                wanted.experiments.contains(&run.experiment_id)
                    && wanted.view.shows(run.is_deleted)
                    && holds(&question.filter, run, &names[&run.experiment_id])
            })
            .collect();
        expected.sort_by(|a, b| {
            let keys = wanted.order_by.iter().map(|order| {
                let value =
                    |run: &TrackedRun| tracked_value(run, &names[&run.experiment_id], &order.name);
                in_order(&value(a), &value(b), order.ascending, &|a, b| a.cmp(b))
            });
            keys.fold(Ordering::Equal, Ordering::then)
                .then(b.started_ms.cmp(&a.started_ms))
                .then(a.run_id.cmp(&b.run_id))
        });
        let expected: Vec<&RunId> = expected.iter().map(|run| &run.run_id).collect();
        let mut found = Vec::new();
        loop {
            let (page, next) = self.lab.store.search_tracked_runs(&wanted).unwrap();
            found.extend(page.into_iter().map(|run| run.run_id));
            match next {
                // As it travels.
                Some(next) => {
                    let token = serde_json::to_string(&next).unwrap();
                    wanted.after = Some(serde_json::from_str(&token).unwrap());
                }
                None => break,
            }
        }
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{wanted:?}");
    }

    fn check_listed(&self, question: &Question) {
        let experiment = (question.n_experiments == 1).then(|| "Default".to_owned());
        let query = RunQuery {
            filter: question.filter.to_string(),
            order_by: question.orders.clone(),
            experiment: experiment.as_deref().map(ExperimentName::new),
            limit: 1_000,
            ..RunQuery::default()
        };
        let all: Vec<(usize, RunSummary)> = self
            .runs
            .iter()
            .enumerate()
            .filter_map(|(place, run)| Some((place, self.other.run(run.as_str()).ok()?)))
            .filter(|(_, run)| {
                experiment
                    .as_ref()
                    .is_none_or(|name| run.experiment.as_str() == name)
            })
            .collect();
        let mut expected: Vec<&(usize, RunSummary)> = all
            .iter()
            .filter(|(_, run)| {
                question
                    .filter
                    .matches(&|name: &str| listed_value(run, name))
            })
            .collect();
        expected.sort_by(|(place_a, a), (place_b, b)| {
            let keys = query.order_by.iter().map(|order| {
                let value = |run: &RunSummary| owned(listed_value(run, &order.name));
                in_order(&value(a), &value(b), order.ascending, &by_number_first)
            });
            let keys = keys.fold(Ordering::Equal, Ordering::then);
            keys.then(b.started_ms.cmp(&a.started_ms))
                .then(place_b.cmp(place_a))
        });
        let ids = |runs: &[RunSummary]| -> Vec<RunId> {
            runs.iter().map(|run| run.run_id.clone()).collect()
        };
        let found = |runs: &[RunRow]| -> Vec<RunId> {
            runs.iter().map(|run| run.summary.run_id.clone()).collect()
        };
        let expected: Vec<RunSummary> = expected.into_iter().map(|(_, run)| run.clone()).collect();
        let page = self.lab.store.runs(&query).unwrap();
        assert_eq!(found(&page.runs), ids(&expected), "{query:?}");
        assert_eq!(
            (page.n_matching as usize, page.n_total as usize),
            (expected.len(), all.len()),
            "{query:?}"
        );
        let names = |of: &dyn Fn(&RunSummary) -> Vec<String>| -> Vec<String> {
            let names: BTreeSet<String> = expected.iter().flat_map(of).collect();
            names.into_iter().collect()
        };
        assert_eq!(
            page.param_names,
            names(&|run| run.params.keys().cloned().collect())
        );
        assert_eq!(
            page.metric_names,
            names(&|run| run.metrics.keys().cloned().collect())
        );

        let part = RunQuery {
            offset: u64::from(question.limit),
            limit: question.limit,
            ..query
        };
        let page = self.lab.store.runs(&part).unwrap();
        let limit = question.limit as usize;
        let wanted: Vec<RunSummary> = expected.into_iter().skip(limit).take(limit).collect();
        assert_eq!(found(&page.runs), ids(&wanted), "{part:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_looking_at_every_run_finds(
        rounds in prop::collection::vec(
            (
                prop::collection::vec(step(), 5..40),
                prop::collection::vec(question(tracked_names(), 3), 4..12),
                prop::collection::vec(question(listed_names(), 3), 4..12),
            ),
            1..4,
        ),
    ) {
        let mut both = Both::new();
        let mut number = 0;
        for (steps, tracked, listed) in &rounds {
            for step in steps {
                number += 1;
                both.take(number, step);
            }
            for question in tracked {
                both.check_tracked(question);
            }
            for question in listed {
                both.check_listed(question);
            }
        }
    }
}

/// Runs `0..n` with the metric `m` counting up.
fn counted(both: &mut Both, n: usize) {
    for number in 0..n {
        let step = Step::Begin {
            started: number as i64,
            experiment: 0,
        };
        both.take(number * 2, &step);
        log(both, number, number as f64);
    }
}

fn log(both: &Both, run: usize, value: f64) {
    let point = MetricPoint {
        key: "m".to_owned(),
        value,
        step: 0,
        at_ms: 0,
    };
    both.other
        .log_batch(&both.runs[run], &[point], &[], &[], 0)
        .unwrap();
}

#[test]
fn pages_neither_repeat_nor_miss_runs_while_others_are_logged() {
    let mut both = Both::new();
    counted(&mut both, 30);
    let mut wanted = TrackedQuery {
        experiments: vec![DEFAULT_EXPERIMENT_ID],
        order_by: vec![OrderBy {
            name: "metrics.m".to_owned(),
            ascending: false,
        }],
        limit: 7,
        ..TrackedQuery::default()
    };
    let old: BTreeSet<RunId> = both.runs.iter().cloned().collect();
    let mut found = Vec::new();
    for number in 0.. {
        let (page, next) = both.lab.store.search_tracked_runs(&wanted).unwrap();
        found.extend(page.into_iter().map(|run| run.run_id));
        let Some(next) = next else { break };
        wanted.after = Some(next);
        // One before the page and one behind it, and the last run that was shown goes.
        for value in [1_000.0, -1.0] {
            let begin = Step::Begin {
                started: 99,
                experiment: 0,
            };
            both.take(1_000 + number * 10 + usize::from(value > 0.0), &begin);
            log(&both, both.runs.len() - 1, value);
        }
        let last = found.last().unwrap();
        both.other.delete_tracked_run(last, ACT.at_ms).unwrap();
    }
    let distinct: BTreeSet<RunId> = found.iter().cloned().collect();
    assert_eq!(distinct.len(), found.len(), "no run twice");
    assert!(old.is_subset(&distinct), "no run missed");
}

#[test]
fn a_page_of_another_order_is_refused() {
    let mut both = Both::new();
    counted(&mut both, 3);
    let mut wanted = TrackedQuery {
        experiments: vec![DEFAULT_EXPERIMENT_ID],
        limit: 1,
        ..TrackedQuery::default()
    };
    let (_, next) = both.lab.store.search_tracked_runs(&wanted).unwrap();
    wanted.after = next;
    wanted.order_by.push(OrderBy {
        name: "metrics.m".to_owned(),
        ascending: true,
    });
    let error = both.lab.store.search_tracked_runs(&wanted).unwrap_err();
    assert_eq!(error.code(), Code::Invalid);
    assert!(query::parse("metrics.m >").is_err());
}

/// So many that what was touched cannot be told any more, and everything is read again.
#[test]
fn a_reader_that_slept_for_long_sees_everything() {
    let mut both = Both::new();
    counted(&mut both, 3);
    let question = Question {
        filter: query::parse("metrics.m > 0").unwrap(),
        orders: Vec::new(),
        view: ViewType::All,
        n_experiments: 2,
        limit: 5,
    };
    let wanted = TrackedQuery {
        experiments: vec![DEFAULT_EXPERIMENT_ID],
        filter: question.filter.to_string(),
        limit: 5,
        ..TrackedQuery::default()
    };
    assert_eq!(
        both.lab.store.search_tracked_runs(&wanted).unwrap().0.len(),
        2
    );
    both.lab.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         INSERT INTO changes (kind, at_ms) SELECT 'jobs', i FROM n;
         DELETE FROM changes WHERE number < (SELECT max(number) FROM changes);
         UPDATE metric_summaries SET last = 5.0; DELETE FROM run_changes;",
    );
    assert_eq!(
        both.lab.store.search_tracked_runs(&wanted).unwrap().0.len(),
        3
    );
}
