//! W&B run files: whatever the bytes are, reading ends.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // the header is given, so that the fuzzer works on what comes after it
    let file = [b":W&B\xe1\xbe\0", bytes].concat();
    assay_fuzz::read_runs(&file, "run-a.wandb");
});
