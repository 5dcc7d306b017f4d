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
        // a rule that cannot run is refused where a person writes it, and kept where it comes from elsewhere
        if read.suite.problems().is_empty() {
            let written = suites::to_toml(&read.suite);
            assert_eq!(
                suites::from_toml(&written).as_ref(),
                Ok(&read.suite),
                "{written}"
            );
        }
        // the first writing turns the form of version 0 into that of version 1, the second changes nothing
        let written = suites::to_gx_json(&read.suite, SuiteFormat::GreatExpectations);
        let once = suites::from_gx_json(&written).map(|once| once.suite);
        let Ok(once) = once else {
            panic!("{once:?} {written}");
        };
        assert_eq!(once.expectations.len(), read.suite.expectations.len());
        let written = suites::to_gx_json(&once, SuiteFormat::GreatExpectations);
        let twice = suites::from_gx_json(&written).map(|twice| twice.suite);
        assert_eq!(twice.as_ref(), Ok(&once), "{written}");
    }
    if let Err(error) = suites::read_suite(text) {
        let said = error.to_string();
        assert!(!said.is_empty() && !said.contains('\n'), "{said}");
    }
});
