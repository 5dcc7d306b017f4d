//! Instants and durations as protobuf writes them in JSON: `2026-11-21T15:00:27.123Z`, `1.5s`.

use assay_core::TimestampMs;
use jiff::Timestamp;

use super::Refusal;

pub fn instant_ms(text: &str) -> Result<TimestampMs, Refusal> {
    text.parse::<Timestamp>()
        .map(|instant| instant.as_millisecond())
        .map_err(|_| {
            Refusal::invalid(format!(
                "`{text}` is no time such as 2026-01-31T12:00:00.5Z"
            ))
        })
}

/// What lies outside the years that can be written becomes the nearest end of them.
pub fn instant_text(at_ms: TimestampMs) -> String {
    let nearest = if at_ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(nearest)
        .to_string()
}

pub fn duration_ms(text: &str) -> Result<i64, Refusal> {
    text.strip_suffix('s')
        .and_then(|secs| secs.parse::<f64>().ok())
        .filter(|secs| secs.is_finite())
        .map(|secs| (secs * 1_000.0).round() as i64)
        .ok_or_else(|| Refusal::invalid(format!("`{text}` is no duration such as 1.5s")))
}

pub fn duration_text(duration_ms: i64) -> String {
    let sign = if duration_ms < 0 { "-" } else { "" };
    let size_ms = duration_ms.unsigned_abs();
    format!("{sign}{}.{:03}s", size_ms / 1_000, size_ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_as_they_were() {
        for at_ms in [0, 1_795_178_826_317, -5, 253_402_207_199_000] {
            assert_eq!(instant_ms(&instant_text(at_ms)), Ok(at_ms));
        }
        assert_eq!(instant_text(1_500), "1970-01-01T00:00:01.5Z");
        assert_eq!(instant_text(i64::MAX), instant_text(i64::MAX - 1));
        for (text, size_ms) in [
            ("1.5s", 1_500),
            ("0s", 0),
            ("-0.001s", -1),
            ("86400s", 86_400_000),
        ] {
            assert_eq!(duration_ms(text), Ok(size_ms));
            assert_eq!(duration_ms(&duration_text(size_ms)), Ok(size_ms));
        }
        for text in ["", "1", "s", "NaNs", "soon"] {
            assert!(duration_ms(text).is_err(), "{text}");
            assert!(instant_ms(text).is_err(), "{text}");
        }
    }
}
