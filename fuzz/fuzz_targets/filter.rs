//! Filters of runs and rows: a text is read, or refused at a character of it; what was read is written as a text that
//! reads the same; and no value makes a condition panic.
#![no_main]

use assay_core::query::{self, Filter, Value};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let filter = match query::parse(text) {
        Ok(filter) => filter,
        Err(error) => {
            assert!(error.position_chars <= text.chars().count(), "{error}");
            assert!(!error.message.is_empty());
            return;
        }
    };
    let written = filter.to_string();
    assert_eq!(query::parse(&written).as_ref(), Ok(&filter), "{written}");
    // a name alone, as an order has it
    for name in filter.names() {
        let alone = format!("{} is null", query::name_text(name));
        let read = query::parse(&alone);
        assert_eq!(read.map(|read| read.names().concat()).as_deref(), Ok(name));
    }
    let opposite = Filter::Not(Box::new(filter.clone()));
    for value in [
        Value::Missing,
        Value::Number(f64::NAN),
        Value::Number(f64::NEG_INFINITY),
        Value::Number(-0.0),
        Value::Number(7.5),
        Value::Text(""),
        Value::Text("7.5"),
        Value::Text(text),
        Value::Boolean(true),
    ] {
        let holds = filter.matches(&|_: &str| value);
        assert_ne!(holds, opposite.matches(&|_: &str| value));
    }
});
