//! What the columns of a log may mean, by their names and values. A guess is shown and never applied by itself.

use assay_core::drift::{ColumnSketch, DriftRule, compare_window, sketch_column};
use assay_core::matrix::RawValues;
use assay_core::preview::PreviewColumn;
use assay_core::recipe::InputColumn;
use assay_core::replay::{ColumnProposal, LogMapping, ProposedBy};
use assay_frame::{Beginning, TimeForm};

use super::reading::{names_of, prefix_of, sources, texts_of};

const TIMES: [&str; 11] = [
    "timestamp",
    "time",
    "datetime",
    "eventtime",
    "createdat",
    "date",
    "ts",
    "at",
    "occurredat",
    "predictiontime",
    "requesttime",
];
const VERSIONS: [&str; 2] = ["modelversion", "version"];
const PREDICTIONS: [&str; 7] = [
    "prediction",
    "predicted",
    "output",
    "ypred",
    "predictedlabel",
    "predictedvalue",
    "yhat",
];
const PROBABILITIES: [&str; 5] = [
    "probability",
    "proba",
    "confidence",
    "predictedprobability",
    "score",
];
const LABELS: [&str; 8] = [
    "label",
    "truth",
    "groundtruth",
    "actual",
    "ytrue",
    "target",
    "outcome",
    "class",
];
const IDS: [&str; 6] = [
    "id",
    "predictionid",
    "requestid",
    "rowid",
    "uuid",
    "eventid",
];
const LATENCIES: [&str; 5] = [
    "latencyms",
    "latency",
    "durationms",
    "elapsedms",
    "responsetimems",
];

/// A proposal by name is at least so near, 0 to 1; one by distribution at most so far from the reference.
const MIN_NAME_SCORE: f64 = 0.6;
const MAX_DISTANCE: f64 = 0.2;
/// Fewer values say nothing of a distribution.
const MIN_VALUES: u64 = 100;

/// What each column of the beginning of a log may be. `target`: what the model calls the truth.
pub fn guess(beginning: &Beginning, inputs: &[InputColumn], target: Option<&str>) -> LogMapping {
    let there = names_of(beginning);
    let mut mapping = LogMapping {
        features: prefix_of(&there, inputs, &LogMapping::default()),
        ..LogMapping::default()
    };
    let taken: Vec<String> = sources(inputs, &mapping)
        .into_iter()
        .map(|source| source.name)
        .collect();
    let free: Vec<&PreviewColumn> = beginning
        .columns
        .iter()
        .filter(|column| !taken.contains(&column.name))
        .collect();
    let named = |wanted: &[&str]| {
        let has = |wanted: &&str| {
            let column = free.iter().find(|column| plain(&column.name) == **wanted);
            column.map(|column| column.name.clone())
        };
        wanted.iter().find_map(has)
    };
    let is_time = |column: &PreviewColumn| {
        TimeForm::of(column.kind, &texts_of(beginning, &column.name)).is_some()
    };
    mapping.timestamp = named(&TIMES)
        .filter(|name| {
            let column = free.iter().find(|column| column.name == *name);
            column.is_some_and(|column| is_time(column))
        })
        .or_else(|| {
            let mut times = free
                .iter()
                .filter(|column| !column.kind.is_numeric() && is_time(column));
            let first = times.next()?;
            times.next().is_none().then(|| first.name.clone())
        });
    mapping.version = named(&VERSIONS);
    mapping.prediction = named(&PREDICTIONS);
    mapping.probability = named(&PROBABILITIES);
    mapping.id = named(&IDS);
    mapping.latency = named(&LATENCIES);
    mapping.label = target
        .filter(|target| there.iter().any(|name| name == target))
        .map(str::to_owned)
        .or_else(|| named(&LABELS));
    mapping
}

/// What inputs that the log lacks may be called there.
pub fn proposals(
    beginning: &Beginning,
    inputs: &[InputColumn],
    mapping: &LogMapping,
    reference: &[ColumnSketch],
) -> Vec<ColumnProposal> {
    let there = names_of(beginning);
    let sources = sources(inputs, mapping);
    let is_free = |name: &&String| {
        let named = [
            &mapping.timestamp,
            &mapping.version,
            &mapping.prediction,
            &mapping.probability,
            &mapping.label,
            &mapping.id,
            &mapping.latency,
        ];
        !sources.iter().any(|source| source.name == **name)
            && !named.iter().any(|known| known.as_ref() == Some(*name))
    };
    let mut free: Vec<&String> = there.iter().filter(is_free).collect();
    let mut proposals = Vec::new();
    for source in sources
        .iter()
        .filter(|source| !there.contains(&source.name))
    {
        let name = &source.input.name;
        let by_name = best(free.iter().map(|found| (*found, likeness(name, found))))
            .filter(|(_, score)| *score >= MIN_NAME_SCORE)
            .map(|(found, score)| (found, score, ProposedBy::Name));
        let sketch = reference.iter().find(|sketch| sketch.name == *name);
        let by_distribution = || {
            let sketch = sketch?;
            let scores = free.iter().filter_map(|found| {
                let distance = distance(sketch, &texts_of(beginning, found))?;
                Some((*found, 1.0 - distance))
            });
            best(scores)
                .filter(|(_, score)| *score >= 1.0 - MAX_DISTANCE)
                .map(|(found, score)| (found, score, ProposedBy::Distribution))
        };
        if let Some((found, score, by)) = by_name.or_else(by_distribution) {
            proposals.push(ColumnProposal {
                column: name.clone(),
                found: found.clone(),
                by,
                score,
            });
            free.retain(|other| *other != found);
        }
    }
    proposals
}

fn best<'a>(scores: impl Iterator<Item = (&'a String, f64)>) -> Option<(&'a String, f64)> {
    scores.fold(None, |best, next| match best {
        Some((_, score)) if score >= next.1 => best,
        _ => Some(next),
    })
}

fn distance(reference: &ColumnSketch, texts: &[Option<String>]) -> Option<f64> {
    let values = match reference.is_numeric() {
        true => {
            let number = |text: &Option<String>| {
                let number = text.as_deref().and_then(|text| text.parse().ok());
                number.unwrap_or(f64::NAN)
            };
            RawValues::Numbers(texts.iter().map(number).collect())
        }
        false => RawValues::Texts(texts.to_vec()),
    };
    let sketch = sketch_column(&reference.name, &values);
    // A column that is mostly of another kind is another column.
    let is_like = sketch.n_values() >= MIN_VALUES && sketch.missing_share() < 0.5;
    is_like.then(|| compare_window(reference, &sketch, &DriftRule::default()).jensen_shannon)?
}

/// How alike two names are, 0 to 1: the share of pairs of letters that both have (Dice 1945), whatever case and punctuation.
fn likeness(a: &str, b: &str) -> f64 {
    // Of nested names the last part counts.
    let last = |name: &str| plain(name.rsplit('.').next().unwrap_or(name));
    let (a, b) = (last(a), last(b));
    if a == b {
        return 1.0;
    }
    let pairs =
        |text: &str| -> Vec<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let (of_a, mut of_b) = (pairs(&a), pairs(&b));
    let n = of_a.len() + of_b.len();
    let mut n_shared = 0;
    for pair in of_a {
        if let Some(place) = of_b.iter().position(|other| *other == pair) {
            of_b.swap_remove(place);
            n_shared += 1;
        }
    }
    2.0 * f64::from(n_shared) / (n.max(1) as f64)
}

/// Small letters and digits alone.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_whatever_their_case_and_punctuation() {
        for (a, b, alike) in [
            ("bill_length_mm", "billLengthMm", true),
            ("bill_length_mm", "inputs.bill_length_mm", true),
            ("bill_length_mm", "bill_length", true),
            ("vicprice", "vic_price_v2", true),
            ("age", "island", false),
            ("sex", "x", false),
        ] {
            assert_eq!(likeness(a, b) >= MIN_NAME_SCORE, alike, "{a} {b}");
        }
    }
}
