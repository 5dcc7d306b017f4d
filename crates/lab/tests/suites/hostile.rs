//! Files that are no suites: one sentence each, and never a panic.

use assay_lab::suites::read_suite;

fn said(text: &str) -> String {
    match read_suite(text) {
        Ok(suite) => panic!("{text} was read as {suite:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn json_that_is_no_suite() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_object = format!(
        "{{\"name\":{}1{}",
        "{\"a\":".repeat(100_000),
        "}".repeat(100_001)
    );
    for (text, begins) in [
        ("{", "line 1: EOF while parsing an object"),
        (
            "{\"name\": \"a\",\n\"expectations\": [}",
            "line 2: expected value",
        ),
        ("{\"name\": NaN}", "line 1: expected value"),
        ("{\"name\": 1e999}", "line 1: number out of range"),
        ("{}", "it holds no list `expectations`"),
        ("{\"expectations\": {}}", "it holds no list `expectations`"),
        ("{\"expectations\": []}", "it has no `name`"),
        ("{\"name\": 3, \"expectations\": []}", "it has no `name`"),
        (
            "{\"name\": \" \", \"expectations\": []}",
            "it has no `name`",
        ),
        ("[1, 2]", "it is JSON, but no object"),
        (&deep, "line 1: recursion limit exceeded"),
        (&deep_object, "line 1: recursion limit exceeded"),
    ] {
        let error = said(text);
        assert!(error.starts_with(begins), "{error}");
        assert!(!error.contains('\n') && error.len() < 200, "{error}");
    }
}

#[test]
fn toml_that_is_no_suite() {
    let deep = format!("name = {}", "[".repeat(100_000));
    let deep_table = format!("[{}a]", "a.".repeat(100_000));
    let long = format!("name = 'a'\n{} = 1", "k".repeat(100_000));
    for text in [
        "",
        "\0",
        "plain words",
        "name = \"a\"\nname = \"b\"",
        "a = 1\n[a]\nb = 2",
        "[[rules]]\n[rules]",
        "name = 'a'\n[rules]\ntype = 'x'",
        "\u{feff}\u{feff}",
        &deep,
        &deep_table,
        // found by the fuzzer: a name on two lines
        "        \"waru\\n0000g\"       =                 0",
        "name = 'a'\n[[rules]]\ntype = \"a\\nb\"",
        &long,
    ] {
        let error = said(text);
        assert!(!error.contains('\n') && error.len() < 300, "{error}");
    }
}

#[test]
fn rules_of_any_form_are_kept_and_never_pass() {
    for entry in [
        "null",
        "3",
        "\"expect_column_to_exist\"",
        "[]",
        "{}",
        "{\"type\": 3}",
        "{\"type\": \"expect_column_to_exist\", \"kwargs\": []}",
        "{\"type\": \"expect_column_to_exist\", \"kwargs\": {\"column\": 3}}",
        "{\"type\": \"expect_column_to_exist\"}",
        "{\"type\": \"not_understood\", \"kwargs\": {}}",
        "{\"type\": \"expect_column_values_to_be_between\", \"kwargs\": {\"column\": \"a\", \"min_value\": {}}}",
    ] {
        let text = format!("{{\"name\": \"a\", \"expectations\": [{entry}]}}");
        let read = read_suite(&text).unwrap();
        assert_eq!(read.not_understood.len(), 1, "{entry}");
        assert_eq!(read.suite.problems().len(), 1, "{entry}");
    }
}
