//! Texts that are numbers or dates in disguise.

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// `12`, `-3.5e4`, `1,204`, `$12.50`, `7 %`: a number, with a currency or a per cent sign at most. Not `007`, which is a
/// code.
pub fn is_number_like(text: &str) -> bool {
    let text = text.trim();
    let bare = text.trim_start_matches(['+', '-', '−']);
    let bare = bare.trim_start_matches(['$', '€', '£', '¥']).trim_start();
    let bare = bare.strip_suffix('%').unwrap_or(bare).trim_end();
    let mut digits = bare.bytes();
    let first = digits.next();
    if !first.is_some_and(|byte| byte.is_ascii_digit() || byte == b'.') {
        return false;
    }
    if first == Some(b'0') && digits.next().is_some_and(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let is_number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    is_number(bare) || (has_thousands(bare) && is_number(&bare.replace(',', "")))
}

/// `007`: digits alone, the first of several a zero.
pub fn is_code_like(text: &str) -> bool {
    let text = text.trim();
    text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1,204` and `12,345,678.9`
fn has_thousands(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or(text);
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let all_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    (1..=3).contains(&first.len())
        && all_digits(first)
        && groups.all(|group| group.len() == 3 && all_digits(group))
}

/// `31/12/2024`, `12.31.24`, `2024/1/5 10:30`, `5 March 2024`, `Mar 5, 2024`: a day in any of the usual orders, with a
/// time or without.
pub fn is_date_like(text: &str) -> bool {
    // no date is longer, and most texts are told apart by their first character
    let text = text.trim();
    if text.len() > 40 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let (day, time) = match text.find(':') {
        None => (text, ""),
        Some(colon) => match text[..colon].rfind([' ', 'T']) {
            None => return false,
            Some(cut) => (&text[..cut], &text[cut + 1..]),
        },
    };
    let is_time = |c: char| c.is_ascii_digit() || ":. +-ZAPMapm".contains(c);
    if !time.chars().all(is_time) {
        return false;
    }
    let day = day.trim_end_matches(',');
    let separators = [' ', ',', '-', '/', '.'];
    let parts: Vec<&str> = day
        .split(separators)
        .filter(|part| !part.is_empty())
        .collect();
    let [a, b, c] = parts.as_slice() else {
        return false;
    };
    let number = |part: &str, most: u32| {
        let short = (1..=2).contains(&part.len());
        short && part.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n))
    };
    let day_of = |part: &str| number(part, 31);
    let month = |part: &str| number(part, 12);
    let year =
        |part: &str| matches!(part.len(), 2 | 4) && part.bytes().all(|byte| byte.is_ascii_digit());
    let name = |part: &str| {
        let start = part.get(..3).unwrap_or("").to_lowercase();
        part.chars().all(char::is_alphabetic) && MONTHS.contains(&start.as_str())
    };
    if name(a) {
        return day_of(b) && year(c);
    }
    if name(b) {
        return (day_of(a) && year(c)) || (year(a) && day_of(c));
    }
    // one kind of separator between numbers: `1.5 2024` is no date
    let marks: Vec<char> = day.chars().filter(|c| separators.contains(c)).collect();
    let [first, second] = marks.as_slice() else {
        return false;
    };
    first == second
        && *first != ' '
        && *first != ','
        && ((day_of(a) && day_of(b) && (month(a) || month(b)) && year(c))
            || (a.len() == 4 && year(a) && month(b) && day_of(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_disguise_are_seen() {
        for text in [
            "12",
            " -3.5e4 ",
            "1,204",
            "$12.50",
            "7 %",
            "0",
            "0.5",
            ".5",
            "12,345,678.9",
            "-$3",
        ] {
            assert!(is_number_like(text), "{text}");
        }
        for text in [
            "007", "12,34", "NaN", "inf", "", "a1", "1a", "12 kg", "-", "1.2.3", "+",
        ] {
            assert!(!is_number_like(text), "{text}");
        }
    }

    #[test]
    fn dates_in_disguise_are_seen() {
        for text in [
            "31/12/2024",
            "12.31.24",
            "2024/1/5",
            "2024-01-05",
            "5 March 2024",
            "Mar 5, 2024",
            "05-Mar-24",
            "31/12/2024 10:30",
            "2024/1/5T10:30:15.5",
            "12/31/2024, 1:05 PM",
        ] {
            assert!(is_date_like(text), "{text}");
        }
        for text in [
            "",
            "31/31/2024",
            "1.5",
            "1.2.3.4",
            "192.168.1.1",
            "Marble 5, 202",
            "10:30",
            "32/1/2024",
            "1 2 2024",
            "é1:2",
            "1,204,500",
        ] {
            assert!(!is_date_like(text), "{text}");
        }
    }
}
