//! Which texts of a delimited file mean that there is no value.

use std::collections::HashSet;

/// pandas' default markers and `?`. The empty field is missing beside these.
const MARKERS: [&str; 19] = [
    "?", "NA", "N/A", "n/a", "<NA>", "NULL", "null", "None", "NaN", "nan", "-NaN", "-nan", "#N/A",
    "#N/A N/A", "#NA", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
];

pub(super) struct Nulls {
    markers: HashSet<String>,
}

impl Nulls {
    /// For text without types: the default markers and those given.
    pub(super) fn of_delimited(given: &[String]) -> Self {
        let mut nulls = Self::of_typed(given);
        nulls.markers.extend(MARKERS.map(str::to_owned));
        nulls
    }

    /// For files that have a null of their own: only those given.
    pub(super) fn of_typed(given: &[String]) -> Self {
        Self {
            markers: given
                .iter()
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
                .collect(),
        }
    }

    pub(super) fn contains(&self, text: &str) -> bool {
        text.is_empty() || self.markers.contains(text)
    }
}
