//! What the steps of free text learn.

use std::collections::HashMap;

use assay_core::Task;
use assay_core::recipe::{FittedStep, Step, n_words_name, words_of};

use crate::error::Error;

/// Texts between two looks at whether to go on.
const TEXTS_A_CHECK: usize = 500;

/// `values` are those of the training rows. None for a step that is not one of words.
pub fn learn(
    step: &Step,
    name: &str,
    values: &[Option<&str>],
    task: &Task,
) -> Result<Option<FittedStep>, Error> {
    let column = name.to_owned();
    Ok(match step {
        Step::TextLength { .. } => Some(FittedStep::TextLength {
            name: n_words_name(name),
            column,
        }),
        Step::Tfidf {
            max_words,
            min_count,
            ..
        } => {
            let mut kept = count(values, task)?;
            kept.retain(|(_, seen)| seen.n_texts >= *min_count as usize);
            if kept.is_empty() {
                task.warn(format!(
                    "`{name}` has no word in {min_count} training rows or more; its words make no feature"
                ));
            }
            kept.sort_unstable_by(|(a, seen_a), (b, seen_b)| {
                seen_b.n.cmp(&seen_a.n).then_with(|| a.cmp(b))
            });
            kept.truncate(*max_words as usize);
            kept.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            let rows = 1.0 + values.len() as f64;
            let weight = |seen: &Seen| (rows / (1.0 + seen.n_texts as f64)).ln() + 1.0;
            Some(FittedStep::Tfidf {
                column,
                weights: kept.iter().map(|(_, seen)| weight(seen)).collect(),
                words: kept.into_iter().map(|(word, _)| word).collect(),
            })
        }
        _ => None,
    })
}

#[derive(Default)]
struct Seen {
    /// How often.
    n: usize,
    n_texts: usize,
    /// The last text it was in, counted from 1.
    last: usize,
}

/// Every word in lower case, in no order. A text's rest (see [`words_of`]) is no word, nor is what holds a NUL or what
/// stands for one in a graph, which cannot carry it.
fn count(values: &[Option<&str>], task: &Task) -> Result<Vec<(String, Seen)>, Error> {
    let mut words: HashMap<String, Seen> = HashMap::new();
    for (number, text) in (1..).zip(values) {
        if number % TEXTS_A_CHECK == 0 {
            task.check()?;
        }
        let lower = text.unwrap_or_default().to_lowercase();
        for word in words_of(&lower) {
            if word.contains([' ', '\0', '\u{FFFD}']) {
                continue;
            }
            if !words.contains_key(word) {
                words.insert(word.to_owned(), Seen::default());
            }
            if let Some(seen) = words.get_mut(word) {
                seen.n += 1;
                seen.n_texts += usize::from(seen.last != number);
                seen.last = number;
            }
        }
    }
    Ok(words.into_iter().collect())
}
