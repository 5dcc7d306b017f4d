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
