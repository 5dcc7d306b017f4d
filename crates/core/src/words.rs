//! How numbers stand in sentences: `1,204`, `96.8 %`, `0.003467`, minus as −.

/// Six significant digits, thousands apart: `2,700`, `0.003467`, `4.2e−11`.
pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs();
    if !size.is_finite() || !(1e-5..1e15).contains(&size) {
        return format!("{value:.3e}")
            .replace(".000e", "e")
            .replace('-', "−");
    }
    let whole_digits = (size.log10().floor() as i32 + 1).max(1 - 5);
    let decimals = (6 - whole_digits).max(0) as usize;
    let text = format!("{size:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0.0 { "−" } else { "" };
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{fraction}", grouped(whole))
}

/// Three significant digits, and all before the point: for what is measured, where more say nothing.
pub fn figure(value: f64) -> String {
    let digits = match value.abs().log10().floor() {
        magnitude if magnitude.is_finite() => (2 - magnitude as i32).clamp(0, 12),
        _ => 0,
    };
    let scale = 10_f64.powi(digits);
    number((value * scale).round() / scale)
}

/// `1,204`
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// A share of 1 as `96.8 %`; what is not 0 never reads as it.
pub fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.0005 {
        return "under 0.1 %".to_owned();
    }
    format!("{:.1} %", share * 100.0).replace('-', "−")
}

/// A difference that is hoped to be none: `0`, `1.2e-7`.
pub fn difference(value: f64) -> String {
    match value == 0.0 {
        true => "0".to_owned(),
        false => format!("{value:.1e}"),
    }
}

/// `1 row`, `2 rows`.
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// `a`, `a and b`, `a, b and c`; at most `max` names, then `and 7 more`.
pub fn list(names: &[String], max: usize) -> String {
    let shown: Vec<&str> = names.iter().take(max).map(String::as_str).collect();
    let left = names.len() - shown.len();
    match (shown.as_slice(), left) {
        ([], _) => String::new(),
        (shown, 1..) => format!("{} and {left} more", shown.join(", ")),
        ([only], 0) => (*only).to_owned(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
    }
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (2700.0, "2,700"),
            (6000.5, "6,000.5"),
            (0.003467, "0.003467"),
            (-12.25, "−12.25"),
            (1_234_567.0, "1,234,567"),
            (1_234_567.8, "1,234,568"),
            (0.1 + 0.2, "0.3"),
            (4e-11, "4e−11"),
            (2.5e20, "2.500e20"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(number(value), text, "{value}");
        }
        assert_eq!(figure(0.574_405), "0.574");
        assert_eq!(figure(-12_345.6), "−12,346");
        assert_eq!(figure(0.0), "0");
        assert_eq!(count(1204), "1,204");
        assert_eq!(percent(0.9051), "90.5 %");
        assert_eq!(difference(0.0), "0");
        assert_eq!(difference(1.23e-7), "1.2e-7");
        assert_eq!(percent(0.0), "0.0 %");
        assert_eq!(percent(0.0002), "under 0.1 %");
        assert_eq!(counted(1, "row", "rows"), "1 row");
    }

    #[test]
    fn lists_end_in_words() {
        let names: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).into();
        assert_eq!(list(&names[..0], 3), "");
        assert_eq!(list(&names[..1], 3), "a");
        assert_eq!(list(&names[..3], 3), "a, b and c");
        assert_eq!(list(&names, 2), "a, b and 2 more");
    }
}
