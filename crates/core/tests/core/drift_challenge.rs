//! A champion and challengers on the same windows.

use assay_core::Task;
use assay_core::drift::challenge::{
    Answer, ChallengeReport, ChallengeTally, Outcome, PairedSample, challenge_table,
};

use crate::assert_close;
use crate::uniform::Uniform;

/// The truth and what each model says.
type Row = (u32, [u32; 3]);

/// Three models of two classes that are right in 80, 90 and 80 % of the rows, the third where the first is.
fn rows(seed: u64, n: usize) -> Vec<Row> {
    let mut uniform = Uniform::new(seed);
    (0..n)
        .map(|_| {
            let truth = u32::from(uniform.draw() < 0.5);
            let mut said = |right: f64| {
                if uniform.draw() < right {
                    truth
                } else {
                    1 - truth
                }
            };
            let (champion, better) = (said(0.8), said(0.9));
            (truth, [champion, better, champion])
        })
        .collect()
}

fn probabilities(class: u32) -> [f64; 2] {
    if class == 1 { [0.2, 0.8] } else { [0.8, 0.2] }
}

fn tally_of(rows: &[Row], sample: &mut PairedSample, first_row: u64) -> ChallengeTally {
    let mut tally = ChallengeTally::of_classes(3, 2);
    for (at, (truth, said)) in rows.iter().enumerate() {
        let probabilities = said.map(probabilities);
        let answers: Vec<Answer<'_>> = said
            .iter()
            .zip(&probabilities)
            .map(|(class, probabilities)| Answer::Class {
                class: *class,
                probabilities,
            })
            .collect();
        let outcome = if at % 10 == 9 {
            Outcome::Unknown
        } else {
            Outcome::Class(*truth)
        };
        tally.add(outcome, &answers);
        tally.add_latency(1, 2.0, 1);
        sample.add(first_row + at as u64, outcome, &answers);
    }
    tally
}

#[test]
fn a_better_challenger_is_found_and_an_equal_one_is_not() {
    let (window, next) = (rows(1, 2_000), rows(2, 1_000));
    let mut sample = PairedSample::new(3, 2, 7);
    let mut tally = tally_of(&window[..500], &mut sample, 0);
    assert!(tally.merge(&tally_of(&window[500..], &mut sample, 500)));
    let second = tally_of(&next, &mut sample, 2_000);
    let names = ["champion", "better", "copy"].map(str::to_owned).to_vec();
    let tests = sample.tests(&names, "accuracy", &Task::silent()).unwrap();
    let report = ChallengeReport {
        models: names,
        totals: Vec::new(),
        windows: vec![tally.window("one"), second.window("two")],
        tests,
        policies: Vec::new(),
    };
    let [champion, better, copy] = &report.windows[0].models[..] else {
        panic!("three models");
    };
    let share = |model: usize, of: fn(&Row) -> bool| {
        let counted: Vec<_> = window
            .iter()
            .enumerate()
            .filter(|(at, _)| model == 9 || at % 10 != 9)
            .collect();
        counted.iter().filter(|(_, row)| of(row)).count() as f64 / counted.len() as f64
    };
    let accuracy = |model: &assay_core::drift::challenge::ModelWindow| {
        model
            .performance
            .iter()
            .find(|m| m.metric == "accuracy")
            .unwrap()
            .value
    };
    assert_close(
        "accuracy",
        accuracy(better),
        share(1, |row| row.0 == row.1[1]),
        1e-12,
    );
    // Labels are not needed to disagree.
    assert_close(
        "other",
        better.disagreement.unwrap(),
        share(9, |row| row.1[0] != row.1[1]),
        1e-12,
    );
    assert_eq!(
        (copy.disagreement, champion.disagreement),
        (Some(0.0), None)
    );
    let gain = better.gain.unwrap();
    assert_close(
        "gain",
        gain.mean,
        accuracy(better) - accuracy(champion),
        1e-12,
    );
    assert!(gain.low > 0.0 && gain.high < 0.2);
    let latency = better.latency.unwrap();
    assert!(
        champion.latency.is_none() && latency.n == 2_000 && (latency.p50_ms - 2.0).abs() < 0.09
    );

    let [better, copy] = &report.tests[..] else {
        panic!("two tests")
    };
    assert!(
        better.better && !better.worse && better.low > 0.05 && better.high < 0.15,
        "{better:?}"
    );
    assert!(better.low < better.gain && better.gain < better.high);
    assert_eq!((better.n_rows, better.n_seen), (2_700, 2_700));
    assert!(!copy.better && !copy.worse && copy.gain == 0.0, "{copy:?}");

    let table = challenge_table(&report);
    assert_eq!(table.len(), 7);
    assert!(table.iter().all(|line| line.len() == table[0].len()));
    assert_eq!(&table[0][..4], ["window", "model", "rows", "accuracy"]);
    assert_eq!(&table[5][..3], ["two", "better", "1000"]);
}

#[test]
fn of_numbers_the_squared_error_decides() {
    let mut uniform = Uniform::new(4);
    let mut tally = ChallengeTally::of_values(2, 10.0);
    let mut sample = PairedSample::new(2, 0, 1);
    for row in 0..1_500 {
        let truth = 10.0 + uniform.normal();
        let answers = [
            Answer::Value(truth + 2.0 * uniform.normal()),
            Answer::Value(truth + uniform.normal()),
        ];
        tally.add(Outcome::Value(truth), &answers);
        sample.add(row, Outcome::Value(truth), &answers);
        sample.add(row, Outcome::Value(f64::NAN), &answers);
        sample.add(row, Outcome::Class(1), &answers);
    }
    let window = tally.window("all");
    let gain = window.models[1].gain.unwrap();
    assert!(gain.low < 3.0 && 3.0 < gain.high, "{gain:?}");
    assert!((window.models[1].disagreement.unwrap() - 5f64.sqrt()).abs() < 0.2);
    let names = ["a".to_owned(), "b".to_owned()];
    let tests = sample.tests(&names, "rmse", &Task::silent()).unwrap();
    assert!(
        tests[0].better && (tests[0].gain - 1.0).abs() < 0.15,
        "{tests:?}"
    );
    assert!(
        sample
            .tests(&names, "accuracy", &Task::silent())
            .unwrap()
            .is_empty()
    );
}

/// Of more rows than are kept, parts make the sample of the whole, and it is no larger than it may be.
#[test]
fn a_long_log_leaves_the_same_sample_in_parts() {
    let add = |sample: &mut PairedSample, rows: std::ops::Range<u64>| {
        for row in rows {
            let truth = (row % 97) as f64;
            let answers = [Answer::Value(truth + 1.0), Answer::Value(truth - 0.5)];
            sample.add(row, Outcome::Value(truth), &answers);
        }
    };
    let empty = || PairedSample::new(2, 0, 9);
    let (mut whole, mut first, mut second) = (empty(), empty(), empty());
    add(&mut whole, 0..90_000);
    add(&mut first, 0..50_000);
    add(&mut second, 50_000..90_000);
    // What is already known to be too many is not kept in a part.
    let mut beside = second.beside();
    add(&mut beside, 90_000..120_000);
    add(&mut whole, 90_000..120_000);
    second.merge(first);
    second.merge(beside);
    whole.merge(empty());
    assert!(whole == second);
    let text = serde_json::to_string(&whole).expect("stored");
    assert_eq!(text.matches("\"hash\"").count(), 20_000);
}
