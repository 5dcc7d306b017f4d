//! A set of runs by their places.

/// Invariant: bits from `n` on are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    n: usize,
}

impl Bits {
    pub fn none(n: usize) -> Self {
        Self {
            words: vec![0; n.div_ceil(64)],
            n,
        }
    }

    /// Those of the places 0 to `n` of which `holds` is true.
    pub fn of(n: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let word = |index: usize| {
            let from = index * 64;
            (from..n.min(from + 64))
                .enumerate()
                .fold(0, |word, (bit, place)| {
                    word | (u64::from(holds(place)) << bit)
                })
        };
        Self {
            words: (0..n.div_ceil(64)).map(word).collect(),
            n,
        }
    }

    pub fn all(n: usize) -> Self {
        let mut bits = Self::none(n);
        bits.invert();
        bits
    }

    pub fn contains(&self, place: usize) -> bool {
        self.words
            .get(place / 64)
            .is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    pub fn insert(&mut self, place: usize) {
        if let Some(word) = self.words.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    pub fn intersect(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub fn unite(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    pub fn invert(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        if let Some(last) = self.words.last_mut().filter(|_| !self.n.is_multiple_of(64)) {
            *last &= (1 << (self.n % 64)) - 1;
        }
    }

    pub fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    pub fn to_flags(&self) -> Vec<bool> {
        (0..self.n).map(|place| self.contains(place)).collect()
    }

    /// Ascending.
    pub fn places(&self) -> Vec<u32> {
        let mut places = Vec::with_capacity(self.count());
        for (index, &word) in self.words.iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                places.push(index as u32 * 64 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_any_size_are_joined_and_inverted() {
        for n in [0, 1, 63, 64, 65, 130] {
            let third = Bits::of(n, |place| place % 3 == 0);
            let mut rest = third.clone();
            rest.invert();
            assert_eq!(third.count() + rest.count(), n);
            let mut both = third.clone();
            both.intersect(&rest);
            assert_eq!(both, Bits::none(n));
            both.unite(&third);
            both.unite(&rest);
            assert_eq!(both, Bits::all(n));
            let places: Vec<u32> = (0..n as u32).filter(|place| place % 3 == 0).collect();
            assert_eq!(third.places(), places);
            let mut inserted = Bits::none(n);
            for place in places {
                inserted.insert(place as usize);
            }
            assert_eq!(inserted, third);
        }
    }
}
