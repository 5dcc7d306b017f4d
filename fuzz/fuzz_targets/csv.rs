//! Delimited text of any kind: from the first look to row groups.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    assay_fuzz::import(bytes, ["t.csv.gz", "t.csv.zst", "t.csv", "t.tsv"]);
});
