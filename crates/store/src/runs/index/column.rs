//! The values of one field for all runs, by place.

use std::cmp::Ordering;
use std::collections::HashMap;

use assay_core::query::{Filter, Literal, Value};
use assay_core::tracking::OrderValue;

use super::bits::Bits;
use super::words::{TextOrder, Words};

/// A run's value of a field as it is read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Read {
    Number(f64),
    Text(String),
    /// A data set that the run used; a run may have several.
    Input([Option<String>; 3]),
}

#[derive(Debug)]
pub(crate) enum Column {
    Numbers {
        values: Vec<f64>,
        is_present: Vec<bool>,
    },
    Texts {
        /// Per run; 0 for none, else one more than the number of the word.
        codes: Vec<u32>,
        words: Words,
    },
    Inputs {
        /// Name, digest and context, each combination once.
        inputs: Vec<[Option<String>; 3]>,
        of: HashMap<u32, Vec<u32>>,
        n: usize,
    },
}

impl Column {
    pub fn numbers() -> Self {
        Self::Numbers {
            values: Vec::new(),
            is_present: Vec::new(),
        }
    }

    pub fn texts() -> Self {
        Self::Texts {
            codes: Vec::new(),
            words: Words::default(),
        }
    }

    pub fn inputs() -> Self {
        Self::Inputs {
            inputs: Vec::new(),
            of: HashMap::new(),
            n: 0,
        }
    }

    /// The same number of runs as everything else has; new ones have no value.
    pub fn grow(&mut self, n_runs: usize) {
        match self {
            Self::Numbers { values, is_present } => {
                values.resize(n_runs, 0.0);
                is_present.resize(n_runs, false);
            }
            Self::Texts { codes, .. } => codes.resize(n_runs, 0),
            Self::Inputs { n, .. } => *n = n_runs,
        }
    }

    pub fn clear(&mut self, place: usize) {
        match self {
            Self::Numbers { is_present, .. } => {
                if let Some(present) = is_present.get_mut(place) {
                    *present = false;
                }
            }
            Self::Texts { codes, .. } => {
                if let Some(code) = codes.get_mut(place) {
                    *code = 0;
                }
            }
            Self::Inputs { of, .. } => {
                of.remove(&(place as u32));
            }
        }
    }

    /// A value of another type than the column's is none.
    pub fn put(&mut self, place: usize, value: Read) {
        match (self, value) {
            (Self::Numbers { values, is_present }, Read::Number(number)) => {
                if let (Some(value), Some(present)) =
                    (values.get_mut(place), is_present.get_mut(place))
                {
                    *value = number;
                    *present = true;
                }
            }
            (Self::Texts { codes, words }, Read::Text(text)) => {
                if let Some(code) = codes.get_mut(place) {
                    *code = words.code(&text) + 1;
                }
            }
            (Self::Inputs { inputs, of, .. }, Read::Input(input)) => {
                let known = inputs.iter().position(|known| *known == input);
                let number = known.unwrap_or_else(|| {
                    inputs.push(input);
                    inputs.len() - 1
                });
                of.entry(place as u32).or_default().push(number as u32);
            }
            _ => {}
        }
    }

    /// All values that there will be for now have been put.
    pub fn settle(&mut self) {
        if let Self::Texts { words, .. } = self {
            words.settle();
        }
    }

    /// More words than runs: most of them are of the past.
    pub fn is_worn(&self) -> bool {
        match self {
            Self::Numbers { .. } => false,
            Self::Texts { codes, words } => words.len() > 2 * codes.len() + 1_000,
            Self::Inputs { inputs, n, .. } => inputs.len() > 2 * n + 1_000,
        }
    }

    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Numbers { values, .. } => values.capacity() * 9,
            Self::Texts { codes, words } => codes.capacity() * 4 + words.size_bytes(),
            Self::Inputs { inputs, of, .. } => inputs.len() * 200 + of.len() * 64,
        }
    }

    /// The runs that have a value.
    pub fn present(&self) -> Bits {
        match self {
            Self::Numbers { is_present, .. } => Bits::of(is_present.len(), |place| {
                is_present.get(place) == Some(&true)
            }),
            Self::Texts { codes, .. } => Bits::of(codes.len(), |place| {
                codes.get(place).is_some_and(|&code| code > 0)
            }),
            Self::Inputs { of, n, .. } => {
                let mut present = Bits::none(*n);
                for place in of.keys() {
                    present.insert(*place as usize);
                }
                present
            }
        }
    }

    /// The runs of which a condition holds. Invariant: it names this column's field and no other.
    pub fn matching(&self, condition: &Filter) -> Bits {
        match self {
            Self::Numbers { values, is_present } => {
                let present = |place: usize| is_present.get(place).copied().unwrap_or(false);
                let value = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
                if let Filter::Compare {
                    operator,
                    value: Literal::Number(bound),
                    ..
                } = condition
                {
                    return Bits::of(values.len(), |place| {
                        let order = value(place).partial_cmp(bound);
                        present(place) && order.is_some_and(|order| operator.holds(order))
                    });
                }
                Bits::of(values.len(), |place| {
                    let value = if present(place) {
                        Value::Number(value(place))
                    } else {
                        Value::Missing
                    };
                    condition.matches(&|_: &str| value)
                })
            }
            Self::Texts { codes, words } => {
                let mut holds = vec![condition.matches(&|_: &str| Value::Missing)];
                holds.extend(
                    words
                        .iter()
                        .map(|word| condition.matches(&|_: &str| Value::Text(word))),
                );
                Bits::of(codes.len(), |place| {
                    let code = codes.get(place).copied().unwrap_or(0);
                    holds.get(code as usize).copied().unwrap_or(false)
                })
            }
            Self::Inputs { inputs, of, n } => {
                let holds: Vec<bool> = inputs
                    .iter()
                    .map(|input| condition.matches(&|name: &str| part(input, name)))
                    .collect();
                let mut found = Bits::none(*n);
                for (place, numbers) in of {
                    let is_one = |number: &u32| holds.get(*number as usize) == Some(&true);
                    if numbers.iter().any(is_one) {
                        found.insert(*place as usize);
                    }
                }
                found
            }
        }
    }

    /// Prepares [`Self::key`].
    pub fn rank(&mut self, texts: TextOrder) {
        if let Self::Texts { words, .. } = self {
            words.rank(texts);
        }
    }

    /// Where the run stands by this column: smaller first. NaN stands behind all numbers and what is missing behind
    /// that, either way round.
    pub fn key(&self, place: usize, texts: TextOrder, ascending: bool) -> u64 {
        match self {
            Self::Numbers { values, is_present } => match values.get(place) {
                Some(value) if is_present.get(place) == Some(&true) => {
                    number_key(*value, ascending)
                }
                _ => MISSING,
            },
            Self::Texts { codes, words } => {
                let code = codes.get(place).copied().unwrap_or(0);
                match code
                    .checked_sub(1)
                    .and_then(|word| words.rank_of(word, texts))
                {
                    Some(rank) => directed(rank, ascending),
                    None => MISSING,
                }
            }
            Self::Inputs { .. } => MISSING,
        }
    }

    /// The key that a run with this value has, or would have.
    pub fn key_of(&self, value: &OrderValue, texts: TextOrder, ascending: bool) -> u64 {
        match (self, value) {
            (_, OrderValue::Missing) => MISSING,
            (Self::Numbers { .. }, OrderValue::Number { bits }) => {
                number_key(f64::from_bits(*bits), ascending)
            }
            (Self::Texts { words, .. }, OrderValue::Text { text }) => {
                directed(words.rank_for(text, texts), ascending)
            }
            _ => MISSING,
        }
    }

    /// `None`: no text there.
    pub fn text(&self, place: usize) -> Option<&str> {
        match self {
            Self::Texts { codes, words } => words.get(codes.get(place)?.checked_sub(1)?),
            _ => None,
        }
    }

    pub fn order_value(&self, place: usize) -> OrderValue {
        match self {
            Self::Numbers { values, is_present } => match values.get(place) {
                Some(value) if is_present.get(place) == Some(&true) => OrderValue::Number {
                    bits: value.to_bits(),
                },
                _ => OrderValue::Missing,
            },
            Self::Texts { .. } => match self.text(place) {
                Some(text) => OrderValue::Text {
                    text: text.to_owned(),
                },
                None => OrderValue::Missing,
            },
            Self::Inputs { .. } => OrderValue::Missing,
        }
    }
}

const MISSING: u64 = u64::MAX;
const NAN: u64 = u64::MAX - 1;

/// Total order of numbers as that of integers; both zeros are one.
pub(super) fn number_key(value: f64, ascending: bool) -> u64 {
    if value.is_nan() {
        return NAN;
    }
    let bits = (value + 0.0).to_bits();
    let ordered = if bits >> 63 == 0 {
        bits ^ (1 << 63)
    } else {
        !bits
    };
    directed(ordered, ascending)
}

/// Neither end of the keys is reached: no number but NaN has all its upper bits set or unset.
fn directed(key: u64, ascending: bool) -> u64 {
    if ascending { key } else { !key - 2 }
}

fn part<'v>(input: &'v [Option<String>; 3], name: &str) -> Value<'v> {
    let [dataset, digest, context] = input;
    let found = match name.split_once('.').map(|(_, part)| part) {
        Some("name") => dataset,
        Some("digest") => digest,
        Some("context") => context,
        _ => &None,
    };
    found.as_deref().map_or(Value::Missing, Value::Text)
}

/// Numbers, and texts that are numbers, before other texts.
pub(super) fn compare_texts(a: &str, b: &str, texts: TextOrder) -> Ordering {
    let number = |text: &str| match texts {
        TextOrder::ByCharacters => None,
        TextOrder::NumbersFirst => text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| !number.is_nan()),
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_as_the_numbers_do() {
        let ascending = [
            f64::NEG_INFINITY,
            f64::MIN,
            -1.5,
            -f64::MIN_POSITIVE,
            0.0,
            5e-324,
            2.0,
            f64::MAX,
            f64::INFINITY,
        ];
        for pair in ascending.windows(2) {
            let [a, b] = pair else { continue };
            assert!(number_key(*a, true) < number_key(*b, true), "{a} {b}");
            assert!(number_key(*a, false) > number_key(*b, false), "{a} {b}");
        }
        for direction in [true, false] {
            assert_eq!(number_key(-0.0, direction), number_key(0.0, direction));
            for value in ascending {
                assert!(number_key(value, direction) < number_key(f64::NAN, direction));
            }
            assert!(number_key(-f64::NAN, direction) < MISSING);
        }
    }
}
