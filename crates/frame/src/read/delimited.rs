//! The reader of delimited text: the csv crate, told what stands between fields and around them.

use std::io::Read;

use csv::{Reader, ReaderBuilder};

/// `quote`: `None` when quotes are characters like others.
pub(crate) fn reader<R: Read>(delimiter: u8, quote: Option<u8>, text: R) -> Reader<R> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(quote.is_some())
        .quote(quote.unwrap_or(b'"'))
        .buffer_capacity(1 << 16)
        .from_reader(text)
}
