//! How long a fit goes on after it was cancelled: `cancel_latency [N_ROWS [ALGORITHM ...]]`.
//!
//! Every algorithm of the catalogue, or those that are named, is fitted with its defaults to N_ROWS x 20 made-up numbers
//! (100,000 when not given): once to its end, then again and again, each time cancelled a little later. Prints one line
//! an algorithm and problem: seconds of the whole fit, how often it was cancelled, and the longest wait in milliseconds.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use assay_core::schema::ColumnType;
use assay_core::train::{AlgorithmInfo, ProblemKind};
use assay_core::{Matrix, Target, Task};
use assay_learn::{Training, catalogue, fit, lightgbm};

const N_FEATURES: usize = 20;
const N_ROWS: usize = 100_000;
/// Cancelled so often, and less often where that would take longer than this.
const N_CANCELS: f64 = 40.0;
const SECONDS_AN_ALGORITHM: f64 = 40.0;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(target) = std::env::current_exe()?.ancestors().nth(3) {
        lightgbm::look_in(vec![target.join("native").join(lightgbm::file_name())]);
    }
    let mut arguments = std::env::args().skip(1);
    let n_rows = arguments.next().map_or(Ok(N_ROWS), |text| text.parse())?;
    let wanted: Vec<String> = arguments.collect();
    let x = features(n_rows);
    println!(
        "{:<24}{:<14}{:>10}{:>9}{:>12}",
        "", "", "fit s", "cancels", "longest ms"
    );
    for entry in catalogue() {
        if wanted.is_empty() || wanted.contains(&entry.name) {
            for problem in problems(&entry) {
                let y = target(&x, problem);
                println!("{}", measured(&entry.name, problem, &x, &y)?);
            }
        }
    }
    Ok(())
}

/// The line of one algorithm.
fn measured(
    algorithm: &str,
    problem: ProblemKind,
    x: &Matrix,
    y: &Target,
) -> Result<String, Box<dyn Error>> {
    let started = Instant::now();
    let run = |task: &Task| {
        let training = Training {
            x,
            y,
            weights: None,
            seed: 0,
            task,
        };
        fit(algorithm, &BTreeMap::new(), &training)
    };
    run(&Task::silent())?;
    let whole = started.elapsed();
    let n_cancels = (2.0 * SECONDS_AN_ALGORITHM / whole.as_secs_f64()).clamp(4.0, N_CANCELS) as u32;
    let mut longest = Duration::ZERO;
    for number in 0..n_cancels {
        let task = Task::silent();
        let (fitted, ended, cancelled) = std::thread::scope(|scope| {
            let fitting = scope.spawn(|| (run(&task), Instant::now()));
            std::thread::sleep(whole * (2 * number + 1) / (2 * n_cancels));
            let cancelled = Instant::now();
            task.cancel();
            let (fitted, ended) = fitting.join().map_err(|_| "the fit panicked")?;
            Ok::<_, Box<dyn Error>>((fitted, ended, cancelled))
        })?;
        match fitted {
            Err(assay_learn::Error::Cancelled(_)) => {}
            Err(error) => return Err(error.into()),
            // It was faster this time.
            Ok(_) => continue,
        }
        longest = longest.max(ended.saturating_duration_since(cancelled));
    }
    Ok(format!(
        "{algorithm:<24}{:<14}{:>10.2}{n_cancels:>9}{:>12.0}",
        format!("{problem:?}").to_lowercase(),
        whole.as_secs_f64(),
        longest.as_secs_f64() * 1e3
    ))
}

/// Of several classes only where the algorithm takes no two.
fn problems(entry: &AlgorithmInfo) -> Vec<ProblemKind> {
    let mut problems = entry.problems.clone();
    if problems.contains(&ProblemKind::Binary) {
        problems.retain(|problem| *problem != ProblemKind::Multiclass);
    }
    problems
}

/// Sums of uniform numbers, near enough to normal ones.
fn features(n_rows: usize) -> Matrix {
    let mut state = 1_u64;
    let mut uniform = move || {
        // Knuth's MMIX generator; its upper bits are random enough for a workload.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    Matrix {
        n_rows,
        names: (0..N_FEATURES).map(|column| format!("f{column}")).collect(),
        values: (0..n_rows * N_FEATURES)
            .map(|_| uniform() + uniform() + uniform() + uniform())
            .collect(),
    }
}

/// Over 0, or whether it is over 1: a curve, a product and noise (features that nothing else depends on).
fn target(x: &Matrix, problem: ProblemKind) -> Target {
    let values = x.values.chunks(N_FEATURES).map(|row| {
        let sum = row[0] - 0.7 * row[1] + row[2] * row[3] + (3.0 * row[4]).sin() + row[19];
        f64::from(0.5 * sum).exp()
    });
    match problem {
        ProblemKind::Regression => Target::Values(values.collect()),
        ProblemKind::Clustering | ProblemKind::Anomaly | ProblemKind::Embedding => {
            Target::Nothing {
                n_rows: x.n_rows,
                problem,
            }
        }
        ProblemKind::Binary | ProblemKind::Multiclass => Target::Classes {
            classes: vec!["no".to_owned(), "yes".to_owned()],
            kind: ColumnType::Text,
            indices: values.map(|value| u32::from(value > 1.0)).collect(),
        },
    }
}
