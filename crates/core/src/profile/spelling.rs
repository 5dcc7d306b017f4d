//! One value in several spellings.

use std::collections::BTreeMap;

/// Distinct texts up to which an abbreviation is looked for: among many, some word begins with any letters.
const MAX_ABBREVIATED: usize = 30;
/// Letters that an abbreviation has at least: initials, and the beginning of a word.
const MIN_INITIALS: usize = 2;
const MIN_BEGINNING: usize = 3;

/// Texts that seem to mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spellings {
    /// At least two, the most frequent first.
    pub texts: Vec<String>,
    /// Whether they differ in case, blanks and punctuation alone; else one seems to abbreviate another.
    pub is_certain: bool,
}

/// Groups texts (with their counts) that differ in case, blanks and punctuation, or of which one seems to abbreviate
/// the other: `LF` for `Low Fat`, `reg` for `Regular`. Larger groups first.
pub fn spellings(counts: &[(String, u64)]) -> Vec<Spellings> {
    let mut by_key: BTreeMap<String, Vec<(&str, u64)>> = BTreeMap::new();
    for (text, count) in counts {
        let key = key(text);
        if !key.is_empty() {
            by_key.entry(key).or_default().push((text, *count));
        }
    }
    let mut groups: Vec<(Vec<(&str, u64)>, bool)> = Vec::new();
    let abbreviated = abbreviated(&by_key);
    for (key, texts) in &by_key {
        // told with what it abbreviates
        if abbreviated.contains_key(key) {
            continue;
        }
        let short = abbreviated.iter().filter(|(_, full)| *full == key);
        let short: Vec<(&str, u64)> = short
            .filter_map(|(short, _)| by_key.get(short))
            .flatten()
            .copied()
            .collect();
        if texts.len() + short.len() > 1 {
            let is_certain = short.is_empty();
            groups.push((texts.iter().copied().chain(short).collect(), is_certain));
        }
    }
    groups.sort_by_key(|(texts, _)| std::cmp::Reverse(texts.len()));
    groups
        .into_iter()
        .map(|(mut texts, is_certain)| {
            texts.sort_by(|(a, n_a), (b, n_b)| n_b.cmp(n_a).then(a.cmp(b)));
            Spellings {
                texts: texts.into_iter().map(|(text, _)| text.to_owned()).collect(),
                is_certain,
            }
        })
        .collect()
}

/// What is left of a text without case, blanks and punctuation. What stands between digits stays, and signs at the end:
/// `1.5` is not `15`, `A-` is not `A`.
fn key(text: &str) -> String {
    let chars: Vec<char> = text.trim().chars().collect();
    let is_digit = |place: Option<usize>| {
        let c = place.and_then(|place| chars.get(place));
        c.is_some_and(char::is_ascii_digit)
    };
    let mut key = String::with_capacity(text.len());
    for (place, c) in chars.iter().enumerate() {
        let between_digits = is_digit(place.checked_sub(1)) && is_digit(Some(place + 1));
        let sign = *c == '-' && (place == 0 || place + 1 == chars.len());
        let noise = c.is_whitespace() || "_-.,'’\"()".contains(*c);
        if !noise || between_digits || sign {
            key.extend(c.to_lowercase());
        }
    }
    key
}

/// From the key of an abbreviation to the key of what it abbreviates, where only one can be meant.
fn abbreviated(by_key: &BTreeMap<String, Vec<(&str, u64)>>) -> BTreeMap<String, String> {
    if by_key.len() > MAX_ABBREVIATED {
        return BTreeMap::new();
    }
    let mut found = BTreeMap::new();
    for short in by_key.keys() {
        if !short.chars().all(char::is_alphabetic) {
            continue;
        }
        let mut meant = by_key.iter().filter(|(full, texts)| {
            *full != short && texts.iter().any(|(text, _)| abbreviates(short, text))
        });
        if let (Some((full, _)), None) = (meant.next(), meant.next()) {
            found.insert(short.clone(), full.clone());
        }
    }
    // what is itself short for something stands for nothing
    let shorts: Vec<String> = found.keys().cloned().collect();
    found.retain(|_, full| !shorts.contains(full));
    found
}

/// `short` is in lower case.
fn abbreviates(short: &str, full: &str) -> bool {
    let words: Vec<String> = full
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let length = short.chars().count();
    match words.as_slice() {
        [] => false,
        [only] => {
            let letters = only.chars().all(char::is_alphabetic);
            letters
                && length >= MIN_BEGINNING
                && only.starts_with(short)
                && only.len() > short.len()
        }
        words => {
            let initials: String = words
                .iter()
                .filter_map(|word| word.chars().next())
                .collect();
            length >= MIN_INITIALS && initials == short
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(texts: &[(&str, u64)]) -> Vec<Vec<String>> {
        let counts: Vec<(String, u64)> = texts.iter().map(|(t, n)| ((*t).to_owned(), *n)).collect();
        spellings(&counts)
            .into_iter()
            .map(|group| group.texts)
            .collect()
    }

    #[test]
    fn spellings_of_one_value_stand_together() {
        for (texts, expected) in [
            (
                &[
                    ("Low Fat", 5089),
                    ("Regular", 2889),
                    ("LF", 316),
                    ("reg", 117),
                    ("low fat", 112),
                ][..],
                vec![vec!["Low Fat", "LF", "low fat"], vec!["Regular", "reg"]],
            ),
            (
                &[("New York", 5), ("new-york", 2), ("Boston", 1)],
                vec![vec!["New York", "new-york"]],
            ),
            (
                &[("Male", 4), ("Female", 4), ("male ", 1)],
                vec![vec!["Male", "male "]],
            ),
            (&[("A", 3), ("A-", 2), ("A+", 1)], vec![]),
            (&[("1.5", 3), ("15", 2), ("1-5", 1)], vec![]),
            (&[("VS1", 3), ("VVS1", 2), ("VS2", 1)], vec![]),
            // either could be meant
            (&[("Sat", 3), ("Saturday", 2), ("Saturn", 1)], vec![]),
            (&[("Good", 3), ("Very Good", 2)], vec![]),
            (&[], vec![]),
        ] {
            assert_eq!(groups(texts), expected, "{texts:?}");
        }
    }
}
