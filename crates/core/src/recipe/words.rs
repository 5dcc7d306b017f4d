//! Words of a text, split and compared as the exported graph does it: at spaces alone, with A to Z as a to z.
//!
//! Letters beyond A to Z have no lower case in a graph that is the same in every locale, so a word is known in several
//! spellings instead.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::plan::Text;

/// A longer text's last word is all the rest of it. Bounds what a graph holds of a text.
pub const MAX_WORDS: usize = 1_000;

/// Features of a text: of each word of a vocabulary how often it is there, times its weight, the row scaled to length 1.
/// A text without such a word, or a missing one, is all zeros.
#[derive(Debug, Clone)]
pub struct Words {
    pub text: Text,
    /// In lower case, distinct.
    pub vocabulary: Arc<[String]>,
    /// Invariant: one per word.
    pub weights: Arc<[f64]>,
    /// Of each feature, the place of its word. Invariant: as many as features.
    pub places: Vec<usize>,
    pub features: Vec<String>,
}

impl Words {
    /// Every spelling with the place of its word; no spelling twice.
    pub fn spellings(&self) -> Vec<(String, usize)> {
        let words = self.vocabulary.iter().enumerate();
        let as_they_are = words.clone().map(|(place, word)| (in_ascii(word), place));
        let others = words.flat_map(|(place, word)| {
            let mut letters = word.chars();
            let first = letters.next().map(char::to_uppercase);
            let capitalised: String = first.into_iter().flatten().chain(letters).collect();
            [capitalised, word.to_uppercase()].map(|spelling| (in_ascii(&spelling), place))
        });
        let mut seen = HashSet::new();
        as_they_are
            .chain(others)
            .filter(|(spelling, _)| seen.insert(spelling.clone()))
            .collect()
    }

    /// Without the feature at that place; the length of a row stays that of all words.
    pub(super) fn drop(&mut self, place: usize) {
        self.features.remove(place);
        self.places.remove(place);
    }
}

/// Computes the features of text after text.
pub struct WordWeigher<'a> {
    words: &'a Words,
    place_of: HashMap<String, usize>,
    weighed: Vec<f64>,
}

impl<'a> WordWeigher<'a> {
    pub fn new(words: &'a Words) -> Self {
        Self {
            words,
            place_of: words.spellings().into_iter().collect(),
            weighed: vec![0.0; words.vocabulary.len()],
        }
    }

    /// The features in order, each 0 to 1.
    pub fn weigh(&mut self, text: Option<&str>) -> impl Iterator<Item = f64> {
        self.weighed.fill(0.0);
        let lower = in_ascii(text.unwrap_or_default());
        for word in words_of(&lower) {
            if let Some(&place) = self.place_of.get(word) {
                self.weighed[place] += 1.0;
            }
        }
        for (value, weight) in self.weighed.iter_mut().zip(self.words.weights.iter()) {
            *value *= weight;
        }
        let squares: f64 = self.weighed.iter().map(|value| value * value).sum();
        let length = if squares == 0.0 { 1.0 } else { squares.sqrt() };
        let places = self.words.places.iter();
        places.map(move |&place| self.weighed[place] / length)
    }
}

/// The words of a text, at most [`MAX_WORDS`].
pub fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim_matches(' ');
    let mut n = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        n += 1;
        let end = rest.find(' ').filter(|_| n < MAX_WORDS);
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.trim_start_matches(' ');
        Some(word)
    })
}

fn in_ascii(text: &str) -> String {
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(vocabulary: &[&str]) -> Words {
        let n = vocabulary.len();
        Words {
            text: Text {
                input: 0,
                fill: None,
            },
            vocabulary: vocabulary.iter().map(|&word| word.to_owned()).collect(),
            weights: vec![1.0; n].into(),
            places: (0..n).collect(),
            features: vocabulary.iter().map(|&word| word.to_owned()).collect(),
        }
    }

    #[test]
    fn texts_are_split_at_spaces() {
        let table: [(&str, &[&str]); 5] = [
            ("", &[]),
            ("   ", &[]),
            ("  a  b c ", &["a", "b", "c"]),
            ("tab\tand\nline", &["tab\tand\nline"]),
            ("no\u{a0}break", &["no\u{a0}break"]),
        ];
        for (text, expected) in table {
            assert_eq!(words_of(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }

    #[test]
    fn the_last_word_of_a_long_text_is_its_rest() {
        let n = MAX_WORDS + 2;
        let text = format!("{} ", vec!["word"; n].join(" "));
        let words: Vec<&str> = words_of(&text).collect();
        assert_eq!(words.len(), MAX_WORDS);
        assert_eq!(words.last(), Some(&"word word word"));
    }

    #[test]
    fn words_are_known_in_their_spellings() {
        let words = words(&["größe", "the", "дом"]);
        let mut weigher = WordWeigher::new(&words);
        let mut of = |text: &str| weigher.weigh(Some(text)).collect::<Vec<f64>>();
        assert_eq!(of("the The THE tHe"), [0.0, 1.0, 0.0]);
        assert_eq!(of("Größe GRÖSSE größe"), [1.0, 0.0, 0.0]);
        assert_eq!(of("ДОМ Дом дом"), [0.0, 0.0, 1.0]);
        assert_eq!(of("neither, nor: the."), [0.0; 3]);
        let mixed = of("дом the the");
        assert!((mixed[1] - 2.0 / 5.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!(weigher.weigh(None).collect::<Vec<f64>>(), [0.0; 3]);
    }

    #[test]
    fn a_spelling_belongs_to_one_word() {
        // Both are written SS.
        let spellings = words(&["ss", "ß"]).spellings();
        let of = |word: &str| -> Vec<usize> {
            let same = spellings.iter().filter(|(spelling, _)| spelling == word);
            same.map(|(_, place)| *place).collect()
        };
        assert_eq!((of("ss"), of("ß")), (vec![0], vec![1]));
    }
}
