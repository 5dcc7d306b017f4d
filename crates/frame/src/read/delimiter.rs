//! Which character delimits the fields, found out from the first rows.

use crate::error::Error;

const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter as it was given.
///
/// # Errors
/// [`Error::BadOptions`] unless it is one ASCII character that can delimit.
pub(crate) fn given(text: &str) -> Result<u8, Error> {
    let text = match text {
        "\\t" | "tab" => "\t",
        other => other,
    };
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err(Error::BadOptions(format!(
            "the delimiter `{text}` is not one ASCII character"
        ))),
    }
}

/// The candidate that gives most rows the same number of fields, at least two; then the one with most fields.
/// A file of one column has none, and a comma does as well as any other.
pub(crate) fn found_out(sample: &[u8], sample_is_all: bool, tabs: bool) -> u8 {
    let mut best = (if tabs { b'\t' } else { b',' }, 0, 0);
    for delimiter in CANDIDATES {
        let counts = field_counts(sample, sample_is_all, delimiter);
        let Some(&first) = counts.first() else {
            continue;
        };
        if first < 2 {
            continue;
        }
        let n_alike = counts.iter().filter(|&&count| count == first).count();
        let named = usize::from(tabs && delimiter == b'\t');
        let share = n_alike * 1000 / counts.len();
        if (share, first + named * 1000) > (best.1, best.2) {
            best = (delimiter, share, first + named * 1000);
        }
    }
    best.0
}

/// Fields per row of the sample; the last row is left out when it may be cut.
fn field_counts(sample: &[u8], sample_is_all: bool, delimiter: u8) -> Vec<usize> {
    let mut counts: Vec<usize> = super::delimited::reader(delimiter, Some(b'"'), sample)
        .byte_records()
        .flatten()
        .take(500)
        .filter(|record| !(record.len() == 1 && record[0].trim_ascii().is_empty()))
        .map(|record| record.len())
        .collect();
    if !sample_is_all && counts.len() > 1 {
        counts.pop();
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found_out() {
        for (sample, delimiter) in [
            ("a,b\n1,2\n3,4\n", b','),
            ("a;b\n1,5;2,5\n3,5;4,5\n", b';'),
            ("a\tb c, d\n1\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("name\nAda, Countess\nGrace\n", b','),
            ("\"a;b\",c\n\"1;2\",3\n", b','),
            ("a,b\n1,2\n3\n", b','),
        ] {
            assert_eq!(
                found_out(sample.as_bytes(), true, false),
                delimiter,
                "{sample:?}"
            );
        }
        assert_eq!(found_out(b"a,b\tc\n1,2\t3\n", true, true), b'\t');
    }

    #[test]
    fn a_given_delimiter_is_one_character() {
        assert_eq!(given(";").ok(), Some(b';'));
        assert_eq!(given("tab").ok(), Some(b'\t'));
        for bad in ["", ";;", "\"", "ü", "\n"] {
            assert!(matches!(given(bad), Err(Error::BadOptions(_))), "{bad:?}");
        }
    }
}
