//! Which texts of a delimited file mean that there is no value.

use std::collections::HashSet;

/// pandas' default markers and `?`. The empty field is missing beside these.
const MARKERS: [&str; 19] = [
    "?", "NA", "N/A", "n/a", "<NA>", "NULL", "null", "None", "NaN", "nan", "-NaN", "-nan", "#N/A",
    "#N/A N/A", "#NA", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
];

pub(crate) struct Nulls {
    markers: HashSet<String>,
    /// The markers by their first byte, for a quick no.
    by_first: Vec<Vec<Vec<u8>>>,
}

impl Nulls {
    /// For text without types: the default markers and those given.
    pub(crate) fn of_delimited(given: &[String]) -> Self {
        let mut markers = Self::of_typed(given).markers;
        markers.extend(MARKERS.map(str::to_owned));
        Self::of(markers)
    }

    /// For files that have a null of their own: only those given.
    pub(crate) fn of_typed(given: &[String]) -> Self {
        Self::of(
            given
                .iter()
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
                .collect(),
        )
    }

    fn of(markers: HashSet<String>) -> Self {
        let mut by_first = vec![Vec::new(); 256];
        for marker in &markers {
            let bytes = marker.as_bytes();
            if let Some(alike) = bytes
                .first()
                .and_then(|first| by_first.get_mut(usize::from(*first)))
            {
                alike.push(bytes.to_vec());
            }
        }
        Self { markers, by_first }
    }

    /// [`Self::contains`] of bytes.
    #[inline]
    pub(crate) fn contains_bytes(&self, bytes: &[u8]) -> bool {
        match bytes.first() {
            None => true,
            Some(first) => self
                .by_first
                .get(usize::from(*first))
                .is_some_and(|alike| alike.iter().any(|marker| marker == bytes)),
        }
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        text.is_empty() || self.markers.contains(text)
    }
}
