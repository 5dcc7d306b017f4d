//! Descriptions of parameters, as the entries write them.

use assay_core::train::{ParamInfo, ParamRange, ParamValue};

use crate::ensemble::AUTO;

pub fn integer(name: &str, help: &str, default: i64, (min, max): (i64, i64)) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Integer(default),
        range: ParamRange::Integer { min, max },
    }
}

pub fn float(name: &str, help: &str, default: f64, (min, max): (f64, f64)) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Float(default),
        range: ParamRange::Float { min, max },
    }
}

/// The first option is the default.
pub fn choice(name: &str, help: &str, options: &[&str]) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Text(options.first().copied().unwrap_or_default().to_owned()),
        range: ParamRange::Choice {
            options: options.iter().map(|&option| option.to_owned()).collect(),
        },
    }
}

pub fn flag(name: &str, help: &str, default: bool) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Bool(default),
        range: ParamRange::Bool,
    }
}

/// Members of an ensemble; `auto` is the default.
pub fn algorithms(name: &str, help: &str, max: u32) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Text(AUTO.to_owned()),
        range: ParamRange::Algorithms { max },
    }
}

/// Nothing is the default.
pub fn numbers(name: &str, help: &str) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Text(String::new()),
        range: ParamRange::Numbers,
    }
}

pub fn class_weight() -> ParamInfo {
    choice(
        "class_weight",
        "balanced: every class counts the same in the fit, however many rows it has. Without effect on numbers.",
        &["none", "balanced"],
    )
}

/// What every machine with a kernel is told of it, in the order of the forms: the kernel alone, then its numbers.
pub(super) fn kernel() -> ParamInfo {
    choice(
        "kernel",
        "How alike two rows are: rbf (their distance), linear, or polynomial (their product to a power).",
        &["rbf", "linear", "polynomial"],
    )
}

pub(super) fn kernel_numbers() -> [ParamInfo; 3] {
    [
        float(
            "gamma",
            "rbf and polynomial: the larger, the nearer rows must be to matter; 0: 1 / (features x variance).",
            0.0,
            (0.0, 1e6),
        ),
        integer("degree", "polynomial: the power.", 3, (1, 10)),
        float(
            "coef0",
            "polynomial: added to the product before the power.",
            0.0,
            (-1e3, 1e3),
        ),
    ]
}

/// How long and on how many rows such a machine is trained.
pub(super) fn kernel_limits() -> [ParamInfo; 2] {
    [
        integer(
            "max_iter",
            "The most steps of the solver; a warning tells when they did not suffice.",
            1_000_000,
            (1, 100_000_000),
        ),
        integer(
            "max_rows",
            "The most rows that are trained on; of more, so many are drawn. Time grows with their square.",
            20_000,
            (100, 100_000),
        ),
    ]
}
