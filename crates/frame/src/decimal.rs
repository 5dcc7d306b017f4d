//! Exact decimal numbers: whole units of 10^−scale in 128 bits, at most 38 digits.

/// Digits that 128 bits hold whatever the value is.
pub(crate) const MAX_DIGITS: usize = 38;

/// All digits of the scale: `12.50` for 1250 units of scale 2.
pub(crate) fn text(units: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    match fraction {
        "" => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{fraction}"),
    }
}

/// The nearest float.
pub(crate) fn to_float(units: i128, scale: u8) -> f64 {
    const EXACT: i128 = 1 << 53;
    // both exact, so that one division rounds once
    if units.abs() <= EXACT && scale <= 22 {
        return units as f64 / 10_f64.powi(i32::from(scale));
    }
    text(units, scale).parse().unwrap_or(f64::NAN)
}

/// Units of a number written with digits, one point and a sign; `None` when it is none, has more digits after the
/// point than the scale, or exceeds 38 digits.
pub(crate) fn parse(text: &str, scale: u8) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let kept = fraction.trim_end_matches('0');
    if kept.len() > usize::from(scale) {
        return None;
    }
    let mut units: i128 = 0;
    let padding = std::iter::repeat_n(b'0', usize::from(scale) - kept.len());
    for digit in whole.bytes().chain(kept.bytes()).chain(padding) {
        if !digit.is_ascii_digit() {
            return None;
        }
        units = units
            .checked_mul(10)?
            .checked_add(i128::from(digit - b'0'))?;
    }
    // what `kept` left away must be zeros, which the trim has seen to
    fits(units).then_some(if negative { -units } else { units })
}

fn fits(units: i128) -> bool {
    const LIMIT: u128 = 10_u128.pow(MAX_DIGITS as u32);
    units.unsigned_abs() < LIMIT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_print_exactly_and_read_back() {
        let most = "9".repeat(MAX_DIGITS);
        for (units, scale, printed, float) in [
            (0, 0, "0", 0.0),
            (0, 2, "0.00", 0.0),
            (5, 2, "0.05", 0.05),
            (-5, 2, "-0.05", -0.05),
            (1250, 2, "12.50", 12.5),
            (
                9_007_199_254_740_993,
                0,
                "9007199254740993",
                9_007_199_254_740_992.0,
            ),
            (
                12_345_678_901_234_567_890,
                4,
                "1234567890123456.7890",
                1_234_567_890_123_456.8,
            ),
            (most.parse().unwrap(), 0, most.as_str(), 1e38),
        ] {
            assert_eq!(text(units, scale), printed);
            assert_eq!(parse(printed, scale), Some(units), "{printed}");
            assert_eq!(to_float(units, scale), float, "{printed}");
        }
        let too_long = "1".repeat(MAX_DIGITS + 1);
        for (bad, scale) in [
            ("", 2),
            ("-", 2),
            (".", 2),
            ("1.234", 2),
            ("1,2", 2),
            ("1e3", 2),
            ("1.2.3", 2),
            (too_long.as_str(), 0),
        ] {
            assert_eq!(parse(bad, scale), None, "{bad}");
        }
        for (good, units) in [("1.2300", 123), ("+.5", 50), ("7.", 700), ("-0.10", -10)] {
            assert_eq!(parse(good, 2), Some(units), "{good}");
        }
    }
}
