//! Fields as values: the only place that says what a number, a truth value or a moment looks like in a text file.

use std::borrow::Cow;

use super::plan::Kind;
use crate::time;

/// What values of a column have looked like so far, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen(u16);

impl Seen {
    const INTEGER: u16 = 1;
    /// A whole number that 64 bits cannot hold.
    const LARGE: u16 = 1 << 1;
    const FLOAT: u16 = 1 << 2;
    const INFINITE: u16 = 1 << 3;
    const BOOLEAN: u16 = 1 << 4;
    const DATE: u16 = 1 << 5;
    const MOMENT: u16 = 1 << 6;
    const ZONED_MOMENT: u16 = 1 << 7;
    const OTHER: u16 = 1 << 8;

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Looks at one more value.
    pub(super) fn note(&mut self, text: &str, decimal_comma: bool) {
        if self.0 & Self::OTHER == 0 {
            self.0 |= bit(text, decimal_comma);
        }
    }

    /// The first type that fits all values: integer, float, boolean, date, date-time, text.
    pub(super) fn kind(self) -> Kind {
        const NUMBERS: u16 = Seen::INTEGER | Seen::LARGE | Seen::FLOAT | Seen::INFINITE;
        match self.0 {
            0 => Kind::Unknown,
            bits if bits & !NUMBERS == 0 => {
                if bits == Self::INFINITE {
                    Kind::Text
                } else if bits & (Self::FLOAT | Self::INFINITE) != 0 {
                    Kind::Float
                } else if bits & Self::LARGE != 0 {
                    Kind::Text
                } else {
                    Kind::Integer
                }
            }
            Self::BOOLEAN => Kind::Boolean,
            Self::DATE => Kind::Date,
            Self::MOMENT | Self::ZONED_MOMENT => Kind::Datetime,
            _ => Kind::Text,
        }
    }

    /// Why a column that looks typed is kept as text; `None`: it is plain text, or it is typed.
    pub(super) fn reason_for_text(self) -> Option<&'static str> {
        const WHOLE: u16 = Seen::INTEGER | Seen::LARGE;
        const MOMENTS: u16 = Seen::MOMENT | Seen::ZONED_MOMENT;
        if self.0 & Self::LARGE != 0 && self.0 & !WHOLE == 0 {
            Some("whole numbers that exceed 64 bits")
        } else if self.0 == MOMENTS {
            Some("times with and without a zone")
        } else {
            None
        }
    }

    /// Whether more values can change the type only by not fitting it: text fits everything, so a column that is text
    /// for a reason that more values may take away has to be looked at whole.
    pub(super) fn is_settled(self) -> bool {
        const WHOLE: u16 = Seen::INTEGER | Seen::LARGE;
        let is_large = self.0 & Self::LARGE != 0 && self.0 & !WHOLE == 0;
        !is_large && self.0 != Self::INFINITE && self.reason_for_text().is_none()
    }
}

fn bit(text: &str, decimal_comma: bool) -> u16 {
    match number(text, decimal_comma) {
        Number::Integer(_) => return Seen::INTEGER,
        Number::Large => return Seen::LARGE,
        Number::Float(value) if value.is_finite() => return Seen::FLOAT,
        Number::Float(_) => return Seen::INFINITE,
        Number::None => {}
    }
    if boolean(text).is_some() {
        Seen::BOOLEAN
    } else if time::parse_date(text).is_some() {
        Seen::DATE
    } else {
        match time::parse_datetime(text) {
            Some(moment) if moment.zoned => Seen::ZONED_MOMENT,
            Some(_) => Seen::MOMENT,
            None => Seen::OTHER,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Integer(i64),
    /// A whole number that 64 bits cannot hold.
    Large,
    Float(f64),
    None,
}

/// Numbers as programs write them: digits with one point, an exponent, `inf`. A leading zero before a digit makes a
/// code. With a decimal comma, points may group the digits before it by three.
pub(crate) fn number(text: &str, decimal_comma: bool) -> Number {
    if decimal_comma && text.contains(['.', ',']) {
        return match with_point(text) {
            Some(text) => number(&text, false),
            None => Number::None,
        };
    }
    if let Some(value) = integer(text.as_bytes()) {
        return Number::Integer(value);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let bytes = digits.as_bytes();
    match bytes.first() {
        Some(b'0') if bytes.get(1).is_some_and(u8::is_ascii_digit) => Number::None,
        Some(b'0'..=b'9' | b'.') => {
            if bytes.iter().all(u8::is_ascii_digit) {
                Number::Large
            } else {
                text.parse().map_or(Number::None, Number::Float)
            }
        }
        Some(b'i' | b'I')
            if digits.eq_ignore_ascii_case("inf") || digits.eq_ignore_ascii_case("infinity") =>
        {
            text.parse().map_or(Number::None, Number::Float)
        }
        _ => Number::None,
    }
}

/// A whole number of 64 bits; `None` for anything else and for codes such as `007`.
#[inline]
pub(super) fn integer(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    match digits {
        [] => return None,
        [b'0', _, ..] => return None,
        _ => {}
    }
    if digits.len() > 18 {
        // may overflow: the careful way
        return digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| std::str::from_utf8(bytes).ok()?.parse().ok())
            .flatten();
    }
    let mut value = 0_i64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// A number as a float; `None` for codes and texts.
pub(super) fn float(text: &str, decimal_comma: bool) -> Option<f64> {
    // with a decimal comma a point groups digits
    if !decimal_comma && let Some(value) = short_decimal(text.as_bytes()) {
        return Some(value);
    }
    match number(text, decimal_comma) {
        Number::Integer(value) => Some(value as f64),
        Number::Float(value) => Some(value),
        Number::Large => text.parse().ok(),
        Number::None => None,
    }
}

/// Digits with one point, at most 15 digits in all: both the digits and the power of ten are exact doubles, so one
/// division rounds correctly (Clinger 1990, "How to read floating point numbers accurately").
#[inline]
pub(super) fn short_decimal(bytes: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        all => (false, all),
    };
    if digits.len() > 16 || matches!(digits, [] | [b'0', b'0'..=b'9', ..]) {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut n_decimals = 0_usize;
    let mut point = 0_usize;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa * 10 + u64::from(digit);
            n_decimals += point;
        } else if *byte == b'.' && point == 0 {
            point = 1;
        } else {
            return None;
        }
    }
    // a lone point, no point, or too many digits: the careful way
    if point == 0 || digits.len() < 2 || digits.len() > 16 {
        return None;
    }
    let value = mantissa as f64 / POWERS.get(n_decimals)?;
    Some(if negative { -value } else { value })
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A decimal number scaled to a whole one; `None` when it is none, or when digits would be lost.
pub(super) fn decimal(text: &str, scale: u8, decimal_comma: bool) -> Option<i128> {
    let pointed = if decimal_comma && text.contains(['.', ',']) {
        Cow::Owned(with_point(text)?)
    } else {
        Cow::Borrowed(text)
    };
    let text = pointed.as_ref();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(scale) {
        return None;
    }
    let padded = format!("{whole}{fraction:0<width$}", width = usize::from(scale));
    let value: i128 = padded.parse().ok()?;
    Some(if negative { -value } else { value })
}

/// `1.234,5` as `1234.5`; `None` when the points do not group the digits by three.
fn with_point(text: &str) -> Option<String> {
    let (whole, fraction) = match text.split_once(',') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let sign = whole.len() - whole.trim_start_matches(['+', '-']).len();
    let mut parts = whole.get(sign..)?.split('.');
    let first = parts.next()?;
    let mut made = whole.get(..sign)?.to_owned();
    made.push_str(first);
    let mut grouped = false;
    for part in parts {
        if part.len() != 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        grouped = true;
        made.push_str(part);
    }
    if grouped && (first.is_empty() || first.len() > 3) {
        return None;
    }
    if let Some(fraction) = fraction {
        made.push('.');
        made.push_str(fraction);
    }
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind_of(values: &[&str], decimal_comma: bool) -> Kind {
        let mut seen = Seen::default();
        for value in values {
            seen.note(value, decimal_comma);
        }
        seen.kind()
    }

    #[test]
    fn columns_get_the_first_type_that_fits() {
        for (values, kind) in [
            (&["1", "-2"][..], Kind::Integer),
            (&["1", "2.5"], Kind::Float),
            (&["1e3", ".5", "5."], Kind::Float),
            (&["0", "-0", "10"], Kind::Integer),
            (&["inf", "1.0"], Kind::Float),
            (&["inf", "-inf"], Kind::Text),
            (&["true", "False", "TRUE"], Kind::Boolean),
            (&["true", "1"], Kind::Text),
            (&["yes", "no"], Kind::Text),
            (&["2026-11-21"], Kind::Date),
            (
                &["2026-11-21T10:00", "2026-11-21 11:00:30.5"],
                Kind::Datetime,
            ),
            (&["2026-11-21T10:00Z", "2026-11-21 11:00"], Kind::Text),
            (&["2026-11-21", "2026-11-21 11:00"], Kind::Text),
            (&["21.11.2026"], Kind::Text),
            (&["007", "12"], Kind::Text),
            (&["00.5"], Kind::Text),
            (&["9223372036854775807"], Kind::Integer),
            (&["-9223372036854775808"], Kind::Integer),
            (&["9223372036854775808", "1"], Kind::Text),
            (&["9223372036854775808", "1.5"], Kind::Float),
            (&[], Kind::Unknown),
            (&["1,000"], Kind::Text),
            (&["0x1f"], Kind::Text),
            (&["1_000"], Kind::Text),
            (&["."], Kind::Text),
            (&["-"], Kind::Text),
        ] {
            assert_eq!(kind_of(values, false), kind, "{values:?}");
        }
        for (values, kind) in [
            (&["1,5", "2"][..], Kind::Float),
            (&["1.234,5", "-1.234.567,25"], Kind::Float),
            (&["1.234"], Kind::Integer),
            (&["1234.567,5"], Kind::Text),
            (&["12.34"], Kind::Text),
            (&["1,2,3"], Kind::Text),
        ] {
            assert_eq!(kind_of(values, true), kind, "{values:?} with a comma");
        }
        assert_eq!(float("-1.234.567,25", true), Some(-1_234_567.25));
    }

    #[test]
    fn decimals_keep_every_digit() {
        for (text, scale, value) in [
            ("12.50", 2, Some(1250)),
            ("-0.05", 2, Some(-5)),
            ("7", 3, Some(7000)),
            ("12.505", 2, None),
            ("1e3", 2, None),
            (
                "12345678901234567890123456.78",
                2,
                Some(1_234_567_890_123_456_789_012_345_678),
            ),
            ("", 2, None),
            (".", 2, None),
        ] {
            assert_eq!(decimal(text, scale, false), value, "{text}");
        }
        assert_eq!(decimal("1.234,5", 2, true), Some(123_450));
    }

    proptest! {
        #[test]
        fn floats_read_as_the_standard_library_reads_them(text in "-?(0|[1-9][0-9]{0,17})?\\.?[0-9]{0,18}(e-?[0-9]{1,3})?") {
            if let Some(value) = float(&text, false) {
                let expected: f64 = text.parse().unwrap();
                // −0 is 0 in a table
                prop_assert_eq!((value + 0.0).to_bits(), (expected + 0.0).to_bits());
            }
        }

        #[test]
        fn whole_numbers_read_as_written(value in any::<i64>()) {
            prop_assert_eq!(integer(value.to_string().as_bytes()), Some(value));
        }
    }
}
