//! Numbers as the design writes them: `1,204`, `0.25`, `−3`, `1e−9`, `50 %`.

/// The shortest form that keeps six significant digits.
pub fn short(value: f64) -> String {
    significant(value, 6)
}

/// The shortest form that keeps `digits` significant digits; whole numbers keep theirs.
pub fn significant(value: f64, digits: u8) -> String {
    let size = value.abs();
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 {
            "0".to_owned()
        } else {
            "·".to_owned()
        };
    }
    if !(1e-4..1e7).contains(&size) {
        return scientific(value, usize::from(digits.max(1)) - 1);
    }
    let decimals = i32::from(digits) - 1 - size.log10().floor() as i32;
    trimmed(&fixed(value, decimals.clamp(0, 12) as usize))
}

/// With `decimals` digits after the point and commas between thousands.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.*}", decimals, value.abs());
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(text.len() + 8);
    // "−0.00" says no more than "0.00"
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// `1.5e−9`, with at most `decimals` digits after the point.
pub fn scientific(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{exponent}", trimmed(mantissa)).replace('-', "−")
}

/// A share (0 to 1) in percent, with one digit after the point.
pub fn percent(share: f64) -> String {
    format!("{} %", fixed(share * 100.0, 1))
}

fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1204.0, "1,204"),
            (0.25, "0.25"),
            (-3.0, "−3"),
            (1.0 / 3.0, "0.333333"),
            (123456.789, "123,457"),
            (999999.9, "1,000,000"),
            (1e9, "1e9"),
            (1.5e-9, "1.5e−9"),
            (-1e-300, "−1e−300"),
            (f64::NAN, "·"),
            (f64::INFINITY, "·"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn fixed_keeps_its_decimals() {
        for (value, decimals, text) in [
            (1234567.5, 1, "1,234,567.5"),
            (0.5, 2, "0.50"),
            (-0.001, 2, "0.00"),
            (-0.01, 2, "−0.01"),
            (100.0, 0, "100"),
        ] {
            assert_eq!(fixed(value, decimals), text);
        }
    }

    #[test]
    fn shares_are_percent() {
        for (share, text) in [
            (1.0, "100.0 %"),
            (0.0, "0.0 %"),
            (0.125, "12.5 %"),
            (0.9049, "90.5 %"),
        ] {
            assert_eq!(percent(share), text);
        }
    }
}
