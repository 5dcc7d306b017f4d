//! Cases for the steps that make many features of a column, or few of many: words and components.

use assay_core::matrix::RawValues;
use assay_core::recipe::{FittedStep, MAX_WORDS};
use assay_core::schema::ColumnType;

use crate::cases::{
    Case, Draft, N_ROWS, case_with, draft, fill, impute, number, one_hot, present, scale, text,
    texts,
};
use crate::random::Random;

pub fn cases(random: &mut Random) -> Vec<Case> {
    vec![words(random), components(random)]
}

fn words(random: &mut Random) -> Case {
    let drop = |column: &str| FittedStep::Drop {
        column: column.to_owned(),
        reason: "a test".to_owned(),
    };
    case_with(
        "words",
        vec![
            prose("a", random, vec![length("a"), tfidf("a")]),
            prose(
                "b",
                random,
                vec![length("b"), impute("b", "Good nothing"), tfidf("b")],
            ),
            // A word that reads like Python's missing value.
            text("c", random, vec![length("c"), vocabulary("c", &["nan"])]),
            text("d", random, vec![length("d"), one_hot("d", &["None"])]),
            prose("e", random, vec![tfidf("e")]),
            // Without a word, and so without a feature.
            prose("f", random, vec![vocabulary("f", &[])]),
        ],
        vec![drop("e_word_good"), drop("e_word_the")],
    )
}

fn components(random: &mut Random) -> Case {
    let columns = texts(&["a", "b", "c", "d", "e"]);
    let weights = |random: &mut Random| (0..12).map(|_| random.around_zero(0.5)).collect();
    let pca = FittedStep::Pca {
        name: "pca".to_owned(),
        columns,
        means: (0..12).map(|_| random.around_zero(1.0)).collect(),
        components: (0..3).map(|_| weights(random)).collect(),
        shares: vec![0.5, 0.25, 0.125],
    };
    case_with(
        "components",
        vec![
            present("a", random, vec![scale("a", 0.5, 1e4)]),
            text("b", random, vec![one_hot("b", &["Fair", "Good", "Ideal"])]),
            number("kept", random, vec![fill("kept", 3.0)]),
            number("c", random, vec![fill("c", 3.0), scale("c", 0.0, 1e30)]),
            prose("d", random, vec![tfidf("d")]),
            present("e", random, vec![scale("e", 0.0, 1e5)]),
        ],
        vec![pca],
    )
}

fn length(column: &str) -> FittedStep {
    FittedStep::TextLength {
        column: column.to_owned(),
        name: format!("{column}_n_words"),
    }
}

fn tfidf(column: &str) -> FittedStep {
    vocabulary(column, &["bad", "good", "größe", "night.", "the", "дом"])
}

fn vocabulary(column: &str, words: &[&str]) -> FittedStep {
    FittedStep::Tfidf {
        column: column.to_owned(),
        words: texts(words),
        weights: (0..words.len()).map(|at| 1.0 + at as f64 / 3.0).collect(),
    }
}

/// Sentences, with words in several spellings, blanks of all kinds, and one that is far too long.
fn prose(name: &'static str, random: &mut Random, steps: Vec<FittedStep>) -> Draft {
    let words = [
        "the",
        "The",
        "THE",
        "tHe",
        "good",
        "Good",
        "bad",
        "night.",
        "night",
        "Größe",
        "größe",
        "дом",
        "ДОМ",
        "Дом",
        "tab\tbed",
        "new\nline",
        "no\u{a0}break",
        "",
        "",
        "None",
        "nul\0in",
    ];
    let mut values: Vec<Option<String>> = (0..N_ROWS)
        .map(|_| match random.below(8) {
            0 => None,
            1 => Some(" ".repeat(random.below(3))),
            2 => Some((*random.pick(&["None", "nan", "<NA>"])).to_owned()),
            n => {
                let words: Vec<&str> = (0..n * n).map(|_| *random.pick(&words)).collect();
                Some(words.join(" "))
            }
        })
        .collect();
    values[3] = Some("good ".repeat(MAX_WORDS + 7));
    values[4] = Some("the ".repeat(MAX_WORDS));
    draft(name, ColumnType::Text, RawValues::Texts(values), steps)
}
