//! Cases for the steps beyond filling, scaling and categories.

use assay_core::matrix::RawValues;
use assay_core::recipe::{DatePart, DateUnit, FittedStep, TargetMeans};
use assay_core::schema::ColumnType;

use crate::cases::{
    Case, N_ROWS, boolean, case_with, draft, fill, impute, number, one_hot, present, scale, text,
    texts,
};
use crate::random::Random;

pub fn cases(random: &mut Random) -> Vec<Case> {
    vec![
        numbers(random),
        powers(random),
        bins(random),
        categories(random),
        pairs(random),
        dates(random),
        dropped(random),
    ]
}

fn numbers(random: &mut Random) -> Case {
    case_with(
        "scales and flags",
        vec![
            number(
                "a",
                random,
                vec![
                    flag("a"),
                    fill("a", 0.5),
                    square("a"),
                    scale("a", 1.0, 1e60),
                ],
            ),
            number(
                "b",
                random,
                vec![flag("b"), fill("b", 0.0), min_max("b", -3.0, 9.5)],
            ),
            present("c", random, vec![min_max("c", 4.0, 4.0)]),
            present("d", random, vec![robust("d", 12.25, 3e4)]),
            boolean("e", random, vec![flag("e"), fill("e", 1.0)]),
            text(
                "f",
                random,
                vec![
                    flag("f"),
                    impute("f", "Good"),
                    one_hot("f", &["Fair", "Good"]),
                ],
            ),
            text("g", random, vec![flag("g"), one_hot("g", &["Fair"])]),
            number(
                "h",
                random,
                vec![fill("h", 2.0), log("h"), square("h"), log("h")],
            ),
            number(
                "i",
                random,
                vec![fill("i", -2.0), log("i"), scale("i", 0.1, 0.3)],
            ),
        ],
        vec![],
    )
}

fn powers(random: &mut Random) -> Case {
    let power = |name, random: &mut Random, lambda| {
        let steps = vec![yeo_johnson(name, lambda), scale(name, 0.5, 2.5)];
        let values = (0..N_ROWS).map(|row| match row % 9 {
            0 => 0.0,
            1 => -0.0,
            2 => 1e-9,
            3 => -1e6,
            4 => 1e6,
            _ => random.around_zero(20.0),
        });
        draft(
            name,
            ColumnType::Float,
            RawValues::Numbers(values.collect()),
            steps,
        )
    };
    case_with(
        "powers",
        vec![
            power("zero", random, 0.0),
            power("two", random, 2.0),
            power("one", random, 1.0),
            power("less", random, -0.7),
            power("more", random, 2.6),
            power("between", random, 0.35),
            present("as is", random, vec![]),
        ],
        vec![],
    )
}

fn bins(random: &mut Random) -> Case {
    case_with(
        "bins",
        vec![
            number(
                "a",
                random,
                vec![bin("a", &[-2.5e-7, 0.0, 0.1, 5.0], false), fill("a", 2.0)],
            ),
            number("b", random, vec![bin("b", &[-5.0, 0.0, 7.5], true)]),
            number(
                "c",
                random,
                vec![fill("c", 1.0), bin("c", &[], false), scale("c", 0.5, 2.0)],
            ),
            number("d", random, vec![bin("d", &[], true)]),
            number(
                "e",
                random,
                vec![fill("e", 0.0), log("e"), bin("e", &[1.0], true)],
            ),
        ],
        vec![],
    )
}

fn categories(random: &mut Random) -> Case {
    let known = ["Biscoe", "Fair", "Good", "None"];
    let names = || texts(&known);
    let frequency = |column: &str| FittedStep::Frequency {
        column: column.to_owned(),
        categories: names(),
        shares: vec![0.1, 0.35, 0.3, 0.000_123],
    };
    let output = |name: &str, shift: f64| TargetMeans {
        name: name.to_owned(),
        means: vec![0.1 + shift, -3.5, 1e7 / 3.0, 0.0],
        otherwise: 0.77 - shift,
    };
    let target = |column: &str, outputs| FittedStep::Target {
        column: column.to_owned(),
        categories: names(),
        outputs,
    };
    let rare = |column: &str| FittedStep::OneHot {
        column: column.to_owned(),
        categories: names(),
        rare: Some("(other)".to_owned()),
    };
    let hash = |column: &str| FittedStep::Hash {
        column: column.to_owned(),
        categories: names(),
        buckets: vec![2, 0, 2, 1],
        n_buckets: 4,
    };
    case_with(
        "categories",
        vec![
            text("a", random, vec![frequency("a")]),
            text(
                "b",
                random,
                vec![impute("b", "Good"), frequency("b"), scale("b", 0.2, 0.1)],
            ),
            text("c", random, vec![target("c", vec![output("c", 0.0)])]),
            text(
                "d",
                random,
                vec![
                    impute("d", "none of them"),
                    target("d", vec![output("d", 0.5)]),
                ],
            ),
            text(
                "e",
                random,
                vec![target(
                    "e",
                    vec![output("e_target_x", 1.0), output("e_target_y", -1.0)],
                )],
            ),
            text("f", random, vec![rare("f")]),
            text("g", random, vec![impute("g", "Fair"), rare("g")]),
            text("h", random, vec![hash("h")]),
            text("i", random, vec![impute("i", "None"), hash("i")]),
        ],
        vec![],
    )
}

fn pairs(random: &mut Random) -> Case {
    let ratio = |a: &str, b: &str| FittedStep::Ratio {
        name: format!("{a}_per_{b}"),
        numerator: a.to_owned(),
        denominator: b.to_owned(),
    };
    let product = |a: &str, b: &str| FittedStep::Product {
        name: format!("{a}_times_{b}"),
        left: a.to_owned(),
        right: b.to_owned(),
    };
    case_with(
        "pairs",
        vec![
            present("a", random, vec![scale("a", 10.0, 1e5)]),
            boolean("b", random, vec![fill("b", 0.0)]),
            present("c", random, vec![log("c")]),
            text("d", random, vec![one_hot("d", &["Good"])]),
        ],
        vec![
            ratio("a", "b"),
            ratio("c", "a"),
            product("a", "c"),
            product("a_times_c", "c_per_a"),
            // The ratio is large where `a` is small: kept to a size at which a probability is neither 0 nor 1.
            scale("a_times_c", 0.5, 3.0),
            scale("c_per_a", 0.0, 1e5),
            scale("a_times_c_times_c_per_a", 100.0, 100.0),
            flag("c_per_a"),
        ],
    )
}

fn dates(random: &mut Random) -> Case {
    let all = [
        DatePart::Year,
        DatePart::Month,
        DatePart::Day,
        DatePart::Weekday,
        DatePart::Hour,
        DatePart::DayOfYear,
    ];
    let parts = |column: &str, unit| FittedStep::DateParts {
        column: column.to_owned(),
        unit,
        parts: all.to_vec(),
    };
    let days: Vec<f64> = (0..N_ROWS)
        .map(|row| match row % 7 {
            0 => f64::NAN,
            1 => (row * 61) as f64,
            // The last and the first days of years.
            2 => 11_322.0 + (row % 3) as f64,
            _ => random.around_zero(60_000.0).floor(),
        })
        .collect();
    let microseconds = |days: &[f64], random: &mut Random| {
        let at = |day: &f64| (day * 86_400e6 + random.share() * 86_400e6).floor();
        days.iter().map(at).collect()
    };
    let times: Vec<f64> = microseconds(&days, random);
    let date = |name, unit, kind, values: &[f64], first| {
        draft(
            name,
            kind,
            RawValues::Numbers(values.to_vec()),
            vec![first, parts(name, unit)],
        )
    };
    let born = date(
        "born",
        DateUnit::Days,
        ColumnType::Date,
        &days,
        fill("born", -300.0),
    );
    let unit = DateUnit::Microseconds;
    let seen = date(
        "seen",
        unit,
        ColumnType::Datetime,
        &times,
        fill("seen", 1.7e15),
    );
    let gone = date("gone", unit, ColumnType::Datetime, &times, flag("gone"));
    let after = ["year", "month", "day", "weekday", "hour", "day_of_year"];
    let last = after
        .map(|part| fill(&format!("gone_{part}"), 3.0))
        .to_vec();
    case_with("dates", vec![born, seen, gone], last)
}

fn dropped(random: &mut Random) -> Case {
    let drop = |column: &str| FittedStep::Drop {
        column: column.to_owned(),
        reason: "a test".to_owned(),
    };
    let rare = FittedStep::OneHot {
        column: "c".to_owned(),
        categories: texts(&["Fair", "Good"]),
        rare: Some("rest".to_owned()),
    };
    case_with(
        "dropped",
        vec![
            present("a", random, vec![]),
            text("b", random, vec![one_hot("b", &["Dream", "Fair", "Good"])]),
            text("c", random, vec![rare]),
            text("gone", random, vec![]),
            present("d", random, vec![bin("d", &[0.0, 10.0], true)]),
        ],
        vec![
            drop("a"),
            drop("b=Fair"),
            drop("c=rest"),
            drop("gone"),
            drop("d=0..10"),
        ],
    )
}

fn flag(column: &str) -> FittedStep {
    FittedStep::MissingFlag {
        column: column.to_owned(),
        name: format!("{column}_is_missing"),
    }
}

fn square(column: &str) -> FittedStep {
    let column = column.to_owned();
    FittedStep::Square { column }
}

fn log(column: &str) -> FittedStep {
    let column = column.to_owned();
    FittedStep::Log { column }
}

fn yeo_johnson(column: &str, lambda: f64) -> FittedStep {
    let column = column.to_owned();
    FittedStep::YeoJohnson { column, lambda }
}

fn min_max(column: &str, min: f64, max: f64) -> FittedStep {
    let column = column.to_owned();
    FittedStep::MinMax { column, min, max }
}

fn robust(column: &str, median: f64, interquartile_range: f64) -> FittedStep {
    FittedStep::Robust {
        column: column.to_owned(),
        median,
        interquartile_range,
    }
}

fn bin(column: &str, edges: &[f64], one_hot: bool) -> FittedStep {
    FittedStep::Bins {
        column: column.to_owned(),
        edges: edges.to_vec(),
        one_hot,
    }
}
