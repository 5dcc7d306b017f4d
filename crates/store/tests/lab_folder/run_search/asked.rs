//! What is done to a lab, and what is asked of it, at random.

use super::*;

pub(super) const METRICS: [&str; 3] = ["loss", "test.acc", "a `b'"];
pub(super) const TEXTS: [&str; 3] = ["p", "日本.x", "it's \"q\""];
pub(super) const WORDS: [&str; 10] = [
    "v7", "7", "7.0", " 7", "NaN", "true", "Ünï", "v_7%", "", "FINISHED",
];
pub(super) const NUMBERS: [f64; 8] = [
    0.0,
    -0.0,
    7.0,
    0.1,
    -1e300,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];
pub(super) const ROOT: &str = "mlflow-artifacts:";

#[derive(Debug, Clone)]
pub(super) enum Step {
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

pub(super) fn step() -> impl Strategy<Value = Step> {
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

pub(super) fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        select(&[0.0, 7.0, 0.1, -2.5, 3.0][..]).prop_map(Literal::Number),
        select(&WORDS[..]).prop_map(|word| Literal::Text(word.to_owned())),
        any::<bool>().prop_map(Literal::Boolean),
    ]
}

pub(super) fn operator() -> impl Strategy<Value = Operator> {
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
pub(super) fn filter(names: Vec<String>) -> impl Strategy<Value = Filter> {
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

pub(super) fn shared_names() -> Vec<String> {
    let mut names: Vec<String> = ["run_name", "run_id", "start_time", "end_time", "status"]
        .map(str::to_owned)
        .to_vec();
    names.extend(METRICS.map(|key| format!("metrics.{key}")));
    names.extend(TEXTS.map(|key| format!("params.{key}")));
    names.extend(TEXTS.map(|key| format!("tags.{key}")));
    names.extend(["metrics.none", "params.none", "experiment", "user_id"].map(str::to_owned));
    names
}

pub(super) fn tracked_names() -> Vec<String> {
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

pub(super) fn listed_names() -> Vec<String> {
    let mut names = shared_names();
    names.retain(|name| name != "user_id");
    names.push("duration_secs".to_owned());
    names
}

pub(super) fn orders(names: Vec<String>, most: usize) -> impl Strategy<Value = Vec<OrderBy>> {
    let names: Vec<String> = names
        .into_iter()
        .filter(|name| !name.starts_with("datasets."))
        .collect();
    let order =
        (select(names), any::<bool>()).prop_map(|(name, ascending)| OrderBy { name, ascending });
    prop::collection::vec(order, 0..=most)
}

#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) filter: Filter,
    pub(super) orders: Vec<OrderBy>,
    pub(super) view: ViewType,
    pub(super) n_experiments: usize,
    pub(super) limit: u32,
}

pub(super) fn question(names: Vec<String>, most_orders: usize) -> impl Strategy<Value = Question> {
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
