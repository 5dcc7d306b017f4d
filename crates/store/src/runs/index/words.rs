//! The different texts of a column, and their order.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::column::compare_texts;

/// So few words are looked through for one that is known already.
const FEW: u32 = 64;

/// How texts are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextOrder {
    /// As clients of the tracking API expect it.
    ByCharacters,
    /// As the table of runs shows it: texts that are numbers by their size, before the others.
    NumbersFirst,
}

#[derive(Debug, Default)]
pub(crate) struct Words {
    /// All of them one after the other: a hundred thousand allocations less.
    text: String,
    ends: Vec<usize>,
    /// While a column is read, every word is taken once; later the same word may stand here again.
    codes: Option<HashMap<Box<str>, u32>>,
    is_settled: bool,
    by_characters: Ranks,
    numbers_first: Ranks,
}

/// Equal words have equal ranks.
#[derive(Debug, Default)]
struct Ranks {
    /// By word.
    of: Vec<u32>,
    /// Words by rank.
    sorted: Vec<u32>,
}

impl Words {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, number: u32) -> Option<&str> {
        let number = number as usize;
        let end = *self.ends.get(number)?;
        let start = match number.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)?,
        };
        self.text.get(start..end)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).filter_map(|number| self.get(number))
    }

    /// The number of a word, which is added when it is not known.
    pub fn code(&mut self, word: &str) -> u32 {
        if self.is_settled {
            let n = self.ends.len() as u32;
            let recent = n.saturating_sub(FEW)..n;
            let first = 0..FEW.min(n);
            let known = recent
                .chain(first)
                .find(|&number| self.get(number) == Some(word));
            return known.unwrap_or_else(|| self.add(word));
        }
        let codes = self.codes.get_or_insert_default();
        if let Some(&code) = codes.get(word) {
            return code;
        }
        codes.insert(word.into(), self.ends.len() as u32);
        self.add(word)
    }

    pub fn settle(&mut self) {
        self.is_settled = true;
        self.codes = None;
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub fn size_bytes(&self) -> usize {
        let ranks = |ranks: &Ranks| (ranks.of.capacity() + ranks.sorted.capacity()) * 4;
        self.text.capacity()
            + self.ends.capacity() * 8
            + ranks(&self.by_characters)
            + ranks(&self.numbers_first)
    }

    /// Prepares the ranks of this order.
    pub fn rank(&mut self, texts: TextOrder) {
        if self.ranks(texts).of.len() == self.ends.len() {
            return;
        }
        let order = |a: u32, b: u32| match (self.get(a), self.get(b)) {
            (Some(a), Some(b)) => compare_texts(a, b, texts),
            _ => Ordering::Equal,
        };
        let mut sorted: Vec<u32> = (0..self.ends.len() as u32).collect();
        sorted.sort_by(|&a, &b| order(a, b));
        let mut of = vec![0; sorted.len()];
        let mut distinct: Vec<u32> = Vec::new();
        for &number in &sorted {
            if distinct
                .last()
                .is_none_or(|&last| order(last, number).is_ne())
            {
                distinct.push(number);
            }
            if let Some(rank) = of.get_mut(number as usize) {
                *rank = distinct.len() as u32 - 1;
            }
        }
        let ranks = Ranks {
            of,
            sorted: distinct,
        };
        match texts {
            TextOrder::ByCharacters => self.by_characters = ranks,
            TextOrder::NumbersFirst => self.numbers_first = ranks,
        }
    }

    /// Odd, so that words that are not here find a place between.
    pub fn rank_of(&self, number: u32, texts: TextOrder) -> Option<u64> {
        let rank = *self.ranks(texts).of.get(number as usize)?;
        Some(u64::from(rank) * 2 + 1)
    }

    /// The rank of a word, or the even place between two where it would stand.
    pub fn rank_for(&self, word: &str, texts: TextOrder) -> u64 {
        let place = self.ranks(texts).sorted.binary_search_by(|&number| {
            compare_texts(self.get(number).unwrap_or_default(), word, texts)
        });
        match place {
            Ok(rank) => rank as u64 * 2 + 1,
            Err(before) => before as u64 * 2,
        }
    }

    fn add(&mut self, word: &str) -> u32 {
        self.text.push_str(word);
        self.ends.push(self.text.len());
        self.ends.len() as u32 - 1
    }

    fn ranks(&self, texts: TextOrder) -> &Ranks {
        match texts {
            TextOrder::ByCharacters => &self.by_characters,
            TextOrder::NumbersFirst => &self.numbers_first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_once_and_ranked() {
        let mut words = Words::default();
        let codes: Vec<u32> = ["b", "10", "9", "b", "", "9.0"]
            .iter()
            .map(|word| words.code(word))
            .collect();
        assert_eq!(codes, [0, 1, 2, 0, 3, 4]);
        words.settle();
        assert_eq!(words.code("b"), 0);
        assert_eq!(words.code("new"), 5);
        for (order, ranks) in [
            (TextOrder::ByCharacters, [4_u64, 1, 2, 0, 3, 5]),
            (TextOrder::NumbersFirst, [3, 1, 0, 2, 0, 4]),
        ] {
            words.rank(order);
            let found: Vec<Option<u64>> = (0..6).map(|word| words.rank_of(word, order)).collect();
            assert_eq!(found, ranks.map(|rank| Some(rank * 2 + 1)));
            assert_eq!(Some(words.rank_for("b", order)), words.rank_of(0, order));
        }
        // between `b` and `new`
        assert_eq!(words.rank_for("c", TextOrder::ByCharacters), 10);
        assert_eq!(words.rank_for("zz", TextOrder::ByCharacters), 12);
        assert_eq!(words.get(1), Some("10"));
        assert_eq!(words.get(6), None);
    }
}
