//! TensorBoard event files: whatever the bytes are, reading ends.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    assay_fuzz::read_runs(bytes, "events.out.tfevents.1");
});
