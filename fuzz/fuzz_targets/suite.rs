//! Suites, as TOML and as Great Expectations' JSON: what is read can be written and reads the same again.
#![no_main]

use assay_core::suites::SuiteFormat;
use assay_fuzz::suites;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    // every format, whatever `read_suite` would take the text for
    if let Ok(suite) = suites::from_toml(text) {
        let written = suites::to_toml(&suite);
        assert_eq!(
            suites::from_toml(&written).as_ref(),
            Ok(&suite),
            "{written}"
        );
    }
    if let Ok(read) = suites::from_gx_json(text) {
        let written = suites::to_toml(&read.suite);
        assert_eq!(
            suites::from_toml(&written).as_ref(),
            Ok(&read.suite),
            "{written}"
        );
        let written = suites::to_gx_json(&read.suite, SuiteFormat::GreatExpectations);
        let again = suites::from_gx_json(&written);
        assert_eq!(
            again.map(|again| again.suite).as_ref(),
            Ok(&read.suite),
            "{written}"
        );
    }
    if let Err(error) = suites::read_suite(text) {
        let said = error.to_string();
        assert!(!said.is_empty() && !said.contains('\n'), "{said}");
    }
});
