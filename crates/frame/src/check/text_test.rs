//! Tests on one text: length, patterns, dates, JSON.

use assay_core::expect::Problem;
use assay_core::expect::read::{Bounds, Patterns, ValueTest, Wanted};
use jiff::fmt::strtime::BrokenDownTime;
use polars::prelude::StringChunked;
use regex::Regex;

use super::cell::{KeyMap, KeySet, text_key};

pub(super) enum TextTest {
    /// Characters.
    Length(Bounds),
    Patterns {
        regexes: Vec<Regex>,
        wanted: Wanted,
    },
    Strftime(String),
    /// dtparse's parser, made once.
    DateParseable(Box<dyn Fn(&str) -> bool + Send + Sync>),
    JsonParseable,
    JsonSchema(Box<jsonschema::Validator>),
}

/// So many texts are looked at to see whether they repeat.
const SAMPLE: usize = 512;
/// So many distinct texts among them at most are remembered.
const FEW_DISTINCT: usize = 64;

impl TextTest {
    /// `None` for tests that are not on texts.
    pub(super) fn new(test: &ValueTest) -> Option<Result<Self, Problem>> {
        Some(match test {
            ValueTest::Length(bounds) => Ok(Self::Length(bounds.clone())),
            ValueTest::Regex(patterns) => patterns_of(patterns, |pattern| pattern.to_owned()),
            ValueTest::Like { patterns, escape } => {
                patterns_of(patterns, |pattern| like_regex(pattern, *escape))
            }
            ValueTest::Strftime(format) => Ok(Self::Strftime(format.clone())),
            ValueTest::DateParseable => Ok(Self::DateParseable(date_reader())),
            ValueTest::JsonParseable => Ok(Self::JsonParseable),
            ValueTest::JsonSchema(schema) => match jsonschema::validator_for(schema) {
                Ok(validator) => Ok(Self::JsonSchema(Box::new(validator))),
                Err(error) => Err(Problem(format!("`json_schema` is no JSON schema: {error}"))),
            },
            _ => return None,
        })
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Length(bounds) => bounds.hold(text.chars().count() as f64),
            Self::Patterns { regexes, wanted } => {
                let mut matching = regexes.iter().map(|regex| regex.is_match(text));
                match wanted {
                    Wanted::Any => matching.any(|found| found),
                    Wanted::All => matching.all(|found| found),
                    Wanted::None => !matching.any(|found| found),
                }
            }
            Self::Strftime(format) => follows(format, text),
            Self::DateParseable(reads) => reads(text),
            Self::JsonParseable => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
            Self::JsonSchema(validator) => {
                serde_json::from_str(text).is_ok_and(|value| validator.is_valid(&value))
            }
        }
    }

    /// Each distinct text is tested once where they repeat.
    pub(super) fn count_failing(&self, values: &StringChunked) -> u64 {
        let texts = || {
            values
                .downcast_iter()
                .flat_map(|part| part.iter().flatten())
        };
        let sample: KeySet<u128> = texts().take(SAMPLE).map(text_key).collect();
        let repeats = sample.len() <= FEW_DISTINCT && values.len() > SAMPLE;
        if !repeats || matches!(self, Self::Length(_)) {
            return texts().filter(|text| !self.holds(text)).count() as u64;
        }
        let mut known: KeyMap<u128, bool> = KeyMap::default();
        texts()
            .filter(|text| {
                !*known
                    .entry(text_key(text))
                    .or_insert_with(|| self.holds(text))
            })
            .count() as u64
    }
}

fn patterns_of(patterns: &Patterns, regex: impl Fn(&str) -> String) -> Result<TextTest, Problem> {
    let regexes = patterns.patterns.iter().map(|pattern| {
        Regex::new(&regex(pattern)).map_err(|error| {
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or("").trim();
            let reason = reason.strip_prefix("error: ").unwrap_or(reason);
            Problem(format!("`{pattern}` is no regular expression: {reason}"))
        })
    });
    Ok(TextTest::Patterns {
        regexes: regexes.collect::<Result<_, _>>()?,
        wanted: patterns.wanted,
    })
}

/// `%` is any text, `_` any character; what follows the escape is itself.
fn like_regex(pattern: &str, escape: Option<char>) -> String {
    let mut regex = String::from("(?s)^");
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            c if Some(c) == escape => {
                let literal = characters.next().unwrap_or(c);
                regex.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4])));
            }
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    regex
}

/// As Python's `strptime`: the whole text, and a day that exists where a date is told.
fn follows(format: &str, text: &str) -> bool {
    let Ok(parsed) = BrokenDownTime::parse(format, text) else {
        return false;
    };
    let tells_a_date =
        parsed.year().is_some() && parsed.month().is_some() && parsed.day().is_some();
    !tells_a_date || parsed.to_date().is_ok()
}

/// As Python's dateutil, which knows no 30 February; dtparse takes the last day of the month for it.
fn date_reader() -> Box<dyn Fn(&str) -> bool + Send + Sync> {
    let parser = dtparse::Parser::default();
    let no_zones = std::collections::HashMap::new();
    // where the text tells no day: one that every month has, and that is no month's last
    let default = dtparse::parse("2000-01-15T00:00:00").ok();
    Box::new(move |text| {
        let default = default.as_ref().map(|(default, _)| default);
        let parsed = parser.parse(text, None, None, false, false, default, false, &no_zones);
        let Ok((parsed, ..)) = parsed else {
            return false;
        };
        let iso = parsed.to_string();
        let day = iso.get(8..10).unwrap_or_default();
        // only a last day of a month can stand for a later one
        day < "28" || tells_day(text, day)
    })
}

/// Whether these two digits stand among the digits of a text as a day can: alone, or in `20260131` and `260131`.
fn tells_day(text: &str, day: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|digits| match digits.len() {
            0..=4 => digits == day,
            6 => digits.ends_with(day) || digits.starts_with(day),
            _ => digits.get(6..8) == Some(day) || digits.starts_with(day),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_patterns_match_whole_texts() {
        for (pattern, escape, text, matches) in [
            ("a%", None, "abc", true),
            ("a%", None, "ba", false),
            ("a_c", None, "abc", true),
            ("a_c", None, "abbc", false),
            ("%b%", None, "a\nb", true),
            ("a.c", None, "abc", false),
            ("100\\%", Some('\\'), "100%", true),
            ("100\\%", Some('\\'), "1000", false),
            ("", None, "", true),
        ] {
            let regex = Regex::new(&like_regex(pattern, escape)).unwrap();
            assert_eq!(regex.is_match(text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn texts_that_read_as_dates() {
        let reads_as_date = date_reader();
        for (text, reads) in [
            ("2026-01-31", true),
            ("2026-02-30", false),
            ("31.01.2026", true),
            ("February 28, 2026", true),
            ("Feb 2026", true),
            ("20260131", true),
            ("10:30", true),
            ("2026-01-31T10:00:00Z", true),
            ("soon", false),
            ("", false),
        ] {
            assert_eq!(reads_as_date(text), reads, "{text}");
        }
    }

    #[test]
    fn dates_follow_a_format() {
        for (format, text, holds) in [
            ("%Y-%m-%d", "2026-01-31", true),
            ("%Y-%m-%d", "2026-02-30", false),
            ("%Y-%m-%d", "2026-01-31 10:00", false),
            ("%d/%m/%y", "5/1/26", true),
            ("%H:%M:%S", "23:59:59", true),
            ("%H:%M", "25:00", false),
            ("%b %d %Y", "Jan 05 2026", true),
        ] {
            assert_eq!(follows(format, text), holds, "{format} {text}");
        }
    }
}
