//! Which texts of a delimited file mean that there is no value.

use std::collections::HashSet;

/// pandas' default markers and `?`. The empty field is missing beside these.
const MARKERS: [&str; 19] = [
    "?", "NA", "N/A", "n/a", "<NA>", "NULL", "null", "None", "NaN", "nan", "-NaN", "-nan", "#N/A",
    "#N/A N/A", "#NA", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
];

pub(crate) struct Nulls {
    markers: HashSet<String>,
    /// Bytes that a marker begins or ends with, for a quick no.
    firsts: [bool; 256],
    lasts: [bool; 256],
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
        let mut firsts = [false; 256];
        let mut lasts = [false; 256];
        for marker in &markers {
            if let (Some(first), Some(last)) = (marker.as_bytes().first(), marker.as_bytes().last())
            {
                firsts[usize::from(*first)] = true;
                lasts[usize::from(*last)] = true;
            }
        }
        Self {
            markers,
            firsts,
            lasts,
        }
    }

    /// [`Self::contains`] of bytes.
    #[inline]
    pub(crate) fn contains_bytes(&self, bytes: &[u8]) -> bool {
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
            return true;
        };
        self.firsts[usize::from(*first)]
            && self.lasts[usize::from(*last)]
            && std::str::from_utf8(bytes).is_ok_and(|text| self.markers.contains(text))
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        text.is_empty() || self.markers.contains(text)
    }
}
