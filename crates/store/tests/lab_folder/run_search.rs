//! Searching runs: what the columns in memory answer is what looking at every run would answer, whatever happened to the
//! lab since they were read, and whoever did it.

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

use crate::support::{ACT, Lab};

const METRICS: [&str; 3] = ["loss", "test.acc", "a `b'"];
const TEXTS: [&str; 3] = ["p", "日本.x", "it's \"q\""];
const WORDS: [&str; 10] = [
    "v7", "7", "7.0", " 7", "NaN", "true", "Ünï", "v_7%", "", "FINISHED",
];
const NUMBERS: [f64; 8] = [
    0.0,
    -0.0,
    7.0,
    0.1,
    -1e300,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];
const ROOT: &str = "mlflow-artifacts:";

#[derive(Debug, Clone)]
enum Step {
    Begin {
        started: i64,
        experiment: usize,
    },
    Metric {
        run: usize,
        key: usize,
        value: usize,
    },
    Param {
        run: usize,
        key: usize,
        word: usize,
    },
    Tag {
        run: usize,
        key: usize,
        word: usize,
    },
    TakeTag {
        run: usize,
        key: usize,
    },
    End {
        run: usize,
        ended: i64,
    },
    Rename {
        run: usize,
        word: usize,
    },
    Input {
        run: usize,
        name: usize,
        word: usize,
    },
    Delete {
        run: usize,
    },
    Restore {
        run: usize,
    },
    DeleteExperiment,
    RestoreExperiment,
    RenameExperiment {
        word: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let run = || 0..40_usize;
    prop_oneof![
        4 => (0..5_i64, 0..2_usize).prop_map(|(started, experiment)| Step::Begin { started, experiment }),
        6 => (run(), 0..3_usize, 0..8_usize).prop_map(|(run, key, value)| Step::Metric { run, key, value }),
        4 => (run(), 0..3_usize, 0..10_usize).prop_map(|(run, key, word)| Step::Param { run, key, word }),
        4 => (run(), 0..3_usize, 0..10_usize).prop_map(|(run, key, word)| Step::Tag { run, key, word }),
        1 => (run(), 0..3_usize).prop_map(|(run, key)| Step::TakeTag { run, key }),
        2 => (run(), 0..5_i64).prop_map(|(run, ended)| Step::End { run, ended }),
        1 => (run(), 0..10_usize).prop_map(|(run, word)| Step::Rename { run, word }),
        2 => (run(), 0..2_usize, 0..10_usize).prop_map(|(run, name, word)| Step::Input { run, name, word }),
        2 => run().prop_map(|run| Step::Delete { run }),
        1 => run().prop_map(|run| Step::Restore { run }),
        1 => Just(Step::DeleteExperiment),
        1 => Just(Step::RestoreExperiment),
        1 => (0..10_usize).prop_map(|word| Step::RenameExperiment { word }),
    ]
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        select(&[0.0, 7.0, 0.1, -2.5, 3.0][..]).prop_map(Literal::Number),
        select(&WORDS[..]).prop_map(|word| Literal::Text(word.to_owned())),
        any::<bool>().prop_map(Literal::Boolean),
    ]
}

fn operator() -> impl Strategy<Value = Operator> {
    use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    select(vec![
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
    ])
}

/// Conditions of any shape on these names.
fn filter(names: Vec<String>) -> impl Strategy<Value = Filter> {
    let name = move || select(names.clone());
    let leaf = prop_oneof![
        4 => (name(), operator(), literal()).prop_map(|(name, operator, value)| Filter::Compare {
            name,
            operator,
            value,
        }),
        1 => (name(), select(&["%7%", "v_7%", "ü%", "", "F%"][..]), any::<bool>(), any::<bool>())
            .prop_map(|(name, pattern, ignore_case, negated)| Filter::Like {
                name,
                pattern: pattern.to_owned(),
                ignore_case,
                negated,
            }),
        1 => (name(), prop::collection::vec(literal(), 1..4), any::<bool>())
            .prop_map(|(name, values, negated)| Filter::In { name, values, negated }),
        1 => (name(), any::<bool>()).prop_map(|(name, negated)| Filter::IsNull { name, negated }),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn shared_names() -> Vec<String> {
    let mut names: Vec<String> = ["run_name", "run_id", "start_time", "end_time", "status"]
        .map(str::to_owned)
        .to_vec();
    names.extend(METRICS.map(|key| format!("metrics.{key}")));
    names.extend(TEXTS.map(|key| format!("params.{key}")));
    names.extend(TEXTS.map(|key| format!("tags.{key}")));
    names.extend(["metrics.none", "params.none", "experiment", "user_id"].map(str::to_owned));
    names
}

fn tracked_names() -> Vec<String> {
    let mut names = shared_names();
    names.extend(
        [
            "datasets.name",
            "datasets.digest",
            "datasets.context",
            "artifact_uri",
        ]
        .map(str::to_owned),
    );
    names
}

fn listed_names() -> Vec<String> {
    let mut names = shared_names();
    names.retain(|name| name != "user_id");
    names.push("duration_secs".to_owned());
    names
}

fn orders(names: Vec<String>, most: usize) -> impl Strategy<Value = Vec<OrderBy>> {
    let names: Vec<String> = names
        .into_iter()
        .filter(|name| !name.starts_with("datasets."))
        .collect();
    let order =
        (select(names), any::<bool>()).prop_map(|(name, ascending)| OrderBy { name, ascending });
    prop::collection::vec(order, 0..=most)
}

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
                    let _ = store.log_inputs(&run, &[input], at_ms);
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

#[derive(Debug, Clone)]
struct Question {
    filter: Filter,
    orders: Vec<OrderBy>,
    view: ViewType,
    n_experiments: usize,
    limit: u32,
}

fn question(names: Vec<String>, most_orders: usize) -> impl Strategy<Value = Question> {
    let filter = prop_oneof![1 => Just(Filter::All), 5 => filter(names.clone())];
    let views = vec![
        ViewType::ActiveOnly,
        ViewType::ActiveOnly,
        ViewType::DeletedOnly,
        ViewType::All,
    ];
    (
        filter,
        orders(names, most_orders),
        select(views),
        1..=2_usize,
        1..9_u32,
    )
        .prop_map(|(filter, orders, view, n_experiments, limit)| Question {
            filter,
            orders,
            view,
            n_experiments,
            limit,
        })
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

fn holds(filter: &Filter, run: &TrackedRun, experiment: &str) -> bool {
    match filter {
        Filter::And(filters) => filters.iter().all(|one| holds(one, run, experiment)),
        Filter::Or(filters) => filters.iter().any(|one| holds(one, run, experiment)),
        Filter::Not(filter) => !holds(filter, run, experiment),
        condition
            if condition
                .names()
                .iter()
                .any(|name| name.starts_with("datasets.")) =>
        {
            run.inputs.iter().any(|input| {
                condition.matches(&|name: &str| match name {
                    "datasets.name" => Value::Text(&input.name),
                    "datasets.digest" => Value::Text(&input.digest),
                    _ => input
                        .tags
                        .get("mlflow.data.context")
                        .map_or(Value::Missing, |context| Value::Text(context)),
                })
            })
        }
        condition => {
            let values: Vec<(&str, Option<Owned>)> = condition
                .names()
                .into_iter()
                .map(|name| (name, tracked_value(run, experiment, name)))
                .collect();
            condition.matches(&|name: &str| {
                let found = values.iter().find(|(known, _)| *known == name);
                match found.and_then(|(_, value)| value.as_ref()) {
                    None => Value::Missing,
                    Some(Owned::Number(number)) => Value::Number(*number),
                    Some(Owned::Text(text)) => Value::Text(text),
                }
            })
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Owned {
    Number(f64),
    Text(String),
}

fn tracked_value(run: &TrackedRun, experiment: &str, name: &str) -> Option<Owned> {
    let text = |text: &str| Some(Owned::Text(text.to_owned()));
    if let Some(key) = name.strip_prefix("metrics.") {
        let metric = run.metrics.iter().find(|metric| metric.key == key);
        return metric.map(|metric| Owned::Number(metric.value));
    }
    if let Some(key) = name.strip_prefix("params.") {
        return run.params.get(key).cloned().map(Owned::Text);
    }
    if let Some(key) = name.strip_prefix("tags.") {
        return run.tags.get(key).cloned().map(Owned::Text);
    }
    match name {
        "run_name" => text(&run.name),
        "run_id" => text(run.run_id.as_str()),
        "start_time" => Some(Owned::Number(run.started_ms as f64)),
        "end_time" => run.ended_ms.map(|ended_ms| Owned::Number(ended_ms as f64)),
        "status" => text(match run.status {
            RunStatus::Running => "RUNNING",
            RunStatus::Finished => "FINISHED",
            RunStatus::Failed => "FAILED",
            RunStatus::Killed => "KILLED",
        }),
        "experiment" => text(experiment),
        "user_id" => text(&run.user),
        "artifact_uri" => text(&format!(
            "{ROOT}/{}/{}/artifacts",
            run.experiment_id, run.run_id
        )),
        other => panic!("no `{other}` here"),
    }
}

fn listed_value<'r>(run: &'r RunSummary, name: &str) -> Value<'r> {
    let number = |number: Option<f64>| number.map_or(Value::Missing, Value::Number);
    let text = |text: Option<&'r String>| text.map_or(Value::Missing, |text| Value::Text(text));
    if let Some(key) = name.strip_prefix("metrics.") {
        return number(run.metrics.get(key).copied());
    }
    if let Some(key) = name.strip_prefix("params.") {
        return text(run.params.get(key));
    }
    if let Some(key) = name.strip_prefix("tags.") {
        return text(run.tags.get(key));
    }
    match name {
        "run_name" => Value::Text(&run.name),
        "run_id" => Value::Text(run.run_id.as_str()),
        "start_time" => Value::Number(run.started_ms as f64),
        "end_time" => number(run.ended_ms.map(|ended_ms| ended_ms as f64)),
        "duration_secs" => number(run.duration_secs()),
        "status" => Value::Text(match run.status {
            RunStatus::Running => "running",
            RunStatus::Finished => "finished",
            RunStatus::Failed => "failed",
            RunStatus::Killed => "killed",
        }),
        "experiment" => Value::Text(run.experiment.as_str()),
        other => panic!("no `{other}` here"),
    }
}

fn owned(value: Value<'_>) -> Option<Owned> {
    match value {
        Value::Missing => None,
        Value::Number(number) => Some(Owned::Number(number)),
        Value::Text(text) => Some(Owned::Text(text.to_owned())),
        Value::Boolean(value) => Some(Owned::Text(value.to_string())),
    }
}

/// NaN behind all numbers and what is missing behind that, either way round.
fn in_order(
    a: &Option<Owned>,
    b: &Option<Owned>,
    ascending: bool,
    texts: &dyn Fn(&str, &str) -> Ordering,
) -> Ordering {
    let place = |value: &Option<Owned>| match value {
        None => 2,
        Some(Owned::Number(number)) if number.is_nan() => 1,
        _ => 0,
    };
    let order = match (a, b) {
        (Some(Owned::Number(a)), Some(Owned::Number(b))) if !a.is_nan() && !b.is_nan() => {
            a.partial_cmp(b).unwrap()
        }
        (Some(Owned::Text(a)), Some(Owned::Text(b))) => texts(a, b),
        _ => Ordering::Equal,
    };
    place(a)
        .cmp(&place(b))
        .then(if ascending { order } else { order.reverse() })
}

fn by_number_first(a: &str, b: &str) -> Ordering {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| !n.is_nan());
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap(),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
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
