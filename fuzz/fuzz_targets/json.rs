//! JSON lines and arrays of objects: from the first look to row groups.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    assay_fuzz::import(bytes, ["t.json.gz", "t.json.zst", "t.jsonl", "t.json"]);
});
