//! The recipe that a data set gets when nobody wrote one.

use super::step::part_name;
use super::{
    DatePart, ImputeStrategy, InputColumn, LeftOut, RECIPE_SCHEMA, Recipe, Step, missing_name,
    n_words_name,
};
use crate::profile::{ColumnProfile, LikelyKind, Profile};
use crate::schema::{Column, ColumnType, Schema};
use crate::words::count;

/// One-hot features per text column.
const MAX_CATEGORIES: u32 = 32;
/// Of a text with more categories than that, those in fewer rows count as rare.
const MIN_COUNT: u32 = 2;
/// What a missing text becomes: a category like any other.
const MISSING_TEXT: &str = "(missing)";
/// The feature of all categories that have none of their own.
const RARE: &str = "(other)";
/// Features per column of free text.
const MAX_WORDS: u32 = 64;
/// Texts this long on average are sentences, not categories.
const FREE_TEXT_CHARS: f64 = 60.0;
/// A column with more than one value in so many missing tells that one is.
const MISSING_PER_FLAG: u64 = 20;
/// Beyond it, squares leave the range of a double.
const LARGE: f64 = 1e150;

const DATE_PARTS: [DatePart; 5] = [
    DatePart::Year,
    DatePart::Month,
    DatePart::Day,
    DatePart::Weekday,
    DatePart::DayOfYear,
];

/// Recommends how to turn the columns, all but the target, into features.
///
/// - Numbers: missing values become the median, then standardised.
/// - Booleans: missing values become the most frequent value.
/// - Dates and date-times: missing ones become the median; year, month, day, weekday, day of the year and (of
///   date-times) hour, standardised.
/// - Of all those, a column with more than 5 % missing gets a feature that says so.
/// - Texts of at most 32 distinct values, or of more as long as a value stands for two rows on average: missing
///   becomes a category of its own, the 32 most frequent categories become a feature each, all others together one.
/// - Free text: its number of words, standardised, and its 64 most frequent words by tf-idf.
/// - Left out, each with its reason: ids, columns without a value or with infinite ones.
///
/// Missing values are filled in every column, also where training saw none, so that one in production is no failure.
/// Constant columns stay: they teach the model nothing, but drift watches them.
pub fn recommend(profile: &Profile, schema: &Schema, target: &str) -> Recipe {
    let mut chosen = Vec::new();
    let mut left_out = Vec::new();
    for column in schema.columns.iter().filter(|c| c.name != target) {
        let seen = profile.columns.iter().find(|seen| seen.name == column.name);
        match usable(column, seen, schema) {
            Ok(seen) => chosen.push(Chosen { column, seen }),
            Err(reason) => left_out.push(LeftOut {
                column: column.name.clone(),
                reason,
            }),
        }
    }
    Recipe {
        schema: RECIPE_SCHEMA,
        steps: steps(&chosen, schema),
        inputs: chosen
            .iter()
            .map(|chosen| InputColumn {
                name: chosen.column.name.clone(),
                kind: chosen.column.kind,
            })
            .collect(),
        left_out,
    }
}

struct Chosen<'a> {
    column: &'a Column,
    seen: &'a ColumnProfile,
}

impl Chosen<'_> {
    fn has_flag(&self, schema: &Schema) -> bool {
        self.column.kind != ColumnType::Text
            && self.seen.n_missing * MISSING_PER_FLAG > self.seen.n_rows
            && schema.column(&missing_name(&self.column.name)).is_none()
    }

    fn is_category(&self) -> bool {
        self.column.kind == ColumnType::Text && is_category(self.seen)
    }

    fn is_words(&self) -> bool {
        self.column.kind == ColumnType::Text && !is_category(self.seen)
    }

    fn has_rare(&self) -> bool {
        // Missing is one of the categories.
        self.seen.n_distinct + u64::from(self.seen.n_missing > 0) > u64::from(MAX_CATEGORIES)
    }
}

fn steps(chosen: &[Chosen<'_>], schema: &Schema) -> Vec<Step> {
    let of = |wanted: &dyn Fn(&Chosen<'_>) -> bool| -> Vec<String> {
        let columns = chosen.iter().filter(|chosen| wanted(chosen));
        columns.map(|chosen| chosen.column.name.clone()).collect()
    };
    let kind_is = |wanted: fn(ColumnType) -> bool| move |c: &Chosen<'_>| wanted(c.column.kind);
    let is_number = kind_is(ColumnType::is_numeric);
    let is_date = kind_is(|kind| kind == ColumnType::Date);
    let is_datetime = kind_is(|kind| kind == ColumnType::Datetime);
    let is_boolean = kind_is(|kind| kind == ColumnType::Boolean);
    let is_median = |c: &Chosen<'_>| is_number(c) || is_date(c) || is_datetime(c);
    let lengths = of(&|c| c.is_words() && schema.column(&n_words_name(&c.column.name)).is_none());
    let mut scaled = of(&is_median);
    scaled.extend(lengths.iter().map(|name| n_words_name(name)));
    let impute = |columns: Vec<String>, strategy: &ImputeStrategy, indicator| Step::Impute {
        columns,
        strategy: strategy.clone(),
        indicator,
    };
    let missing = ImputeStrategy::Constant {
        value: MISSING_TEXT.to_owned(),
    };
    let one_hot = |columns: Vec<String>, rare: Option<&str>| Step::OneHot {
        columns,
        max_categories: MAX_CATEGORIES,
        min_count: if rare.is_some() { MIN_COUNT } else { 0 },
        rare: rare.map(str::to_owned),
    };
    let (median, mode) = (ImputeStrategy::Median, ImputeStrategy::Mode);
    let mut steps = vec![
        impute(of(&|c| is_median(c) && !c.has_flag(schema)), &median, false),
        impute(of(&|c| is_median(c) && c.has_flag(schema)), &median, true),
        impute(of(&|c| is_boolean(c) && !c.has_flag(schema)), &mode, false),
        impute(of(&|c| is_boolean(c) && c.has_flag(schema)), &mode, true),
        impute(of(&|c| c.is_category()), &missing, false),
        Step::TextLength { columns: lengths },
        Step::Tfidf {
            columns: of(&|c| c.is_words()),
            max_words: MAX_WORDS,
            min_count: MIN_COUNT,
        },
    ];
    for name in of(&|c| is_date(c) || is_datetime(c)) {
        let kind = schema.column(&name).map(|column| column.kind);
        steps.push(Step::DateParts {
            parts: free_parts(&name, kind, schema),
            columns: vec![name],
        });
    }
    steps.extend([
        Step::Standardise { columns: scaled },
        Step::Passthrough {
            columns: of(&is_boolean),
        },
        one_hot(of(&|c| c.is_category() && !c.has_rare()), None),
        one_hot(of(&|c| c.is_category() && c.has_rare()), Some(RARE)),
    ]);
    steps.retain(|step| !step.columns().is_empty());
    together(steps)
}

/// Date parts of several columns in one step, where they are the same.
fn together(steps: Vec<Step>) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::new();
    for step in steps {
        if let Step::DateParts { columns, parts } = &step
            && let Some(Step::DateParts {
                columns: known,
                parts: same,
            }) = kept.last_mut()
            && parts == same
        {
            known.extend(columns.iter().cloned());
        } else {
            kept.push(step);
        }
    }
    kept
}

/// The parts whose names no column has yet.
fn free_parts(name: &str, kind: Option<ColumnType>, schema: &Schema) -> Vec<DatePart> {
    let hour = (kind == Some(ColumnType::Datetime)).then_some(DatePart::Hour);
    let parts = DATE_PARTS.into_iter().chain(hour);
    parts
        .filter(|part| schema.column(&part_name(name, *part)).is_none())
        .collect()
}

/// The column's profile, or why it does not enter, in words.
fn usable<'a>(
    column: &Column,
    seen: Option<&'a ColumnProfile>,
    schema: &Schema,
) -> Result<&'a ColumnProfile, String> {
    let Some(seen) = seen else {
        return Err("it has no profile".to_owned());
    };
    if seen.n_values() == 0 {
        return Err("it holds no value".to_owned());
    }
    if seen.looks_like_id() {
        return Err("it names the rows: no value occurs twice".to_owned());
    }
    let reason = match column.kind {
        ColumnType::Date | ColumnType::Datetime => {
            free_parts(&column.name, Some(column.kind), schema)
                .is_empty()
                .then(|| "its year, month and day have columns of their own".to_owned())
        }
        ColumnType::Text => text_reason(seen),
        ColumnType::Integer | ColumnType::Float => number_reason(seen),
        ColumnType::Boolean => None,
    };
    reason.map_or(Ok(seen), Err)
}

fn number_reason(seen: &ColumnProfile) -> Option<String> {
    let Some(numeric) = &seen.numeric else {
        return Some("it holds no finite number".to_owned());
    };
    if numeric.n_not_finite > 0 {
        let n = count(numeric.n_not_finite);
        return Some(format!("it holds infinite values, in {n} rows"));
    }
    let size = f64::max(numeric.min.abs(), numeric.max.abs());
    (size > LARGE).then(|| "its numbers are too large to standardise".to_owned())
}

fn text_reason(seen: &ColumnProfile) -> Option<String> {
    let is_words = seen.likely.kind == LikelyKind::FreeText || is_long(seen);
    (!is_category(seen) && !is_words).then(|| {
        format!(
            "it is an id: {} distinct values in {} rows",
            count(seen.n_distinct),
            count(seen.n_rows)
        )
    })
}

fn is_category(seen: &ColumnProfile) -> bool {
    let few = seen.n_distinct <= u64::from(MAX_CATEGORIES);
    let repeats = seen.n_distinct * 2 <= seen.n_values();
    few || (repeats && !is_long(seen))
}

fn is_long(seen: &ColumnProfile) -> bool {
    let text = seen.text.as_ref();
    text.is_some_and(|text| text.mean_length > FREE_TEXT_CHARS)
}
