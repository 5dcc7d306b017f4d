//! A message of Arrow IPC, looked at before it is read: its lengths must lie inside the file, and what it unpacks to must
//! be sensible.

use std::io::{Read, Seek, SeekFrom};

use polars_arrow_format::ipc::planus::ReadAsRoot;
use polars_arrow_format::ipc::{MessageHeaderRef, MessageRef, RecordBatchRef};

/// What one buffer may unpack to.
const MAX_BUFFER_BYTES: i64 = 1 << 31;
/// Rows of one batch.
const MAX_BATCH_ROWS: i64 = 1 << 31;

/// Bytes of the message at the reader's place, with its body; 0 at the end of a stream. `left`: bytes from here to the
/// end of the file. `body_after`: bytes from here to the body, when something else than the message says where it is.
pub(super) fn check_message(
    reader: &mut (impl Read + Seek),
    left: u64,
    body_after: Option<u64>,
) -> Result<u64, String> {
    let start = reader.stream_position().map_err(|_| cut())?;
    let mut word = [0; 4];
    let mut head = 4;
    if reader.read_exact(&mut word).is_err() {
        return Ok(0);
    }
    if word == [0xff; 4] {
        reader.read_exact(&mut word).map_err(|_| cut())?;
        head += 4;
    }
    let metadata_len = u64::from(u32::from_le_bytes(word));
    if metadata_len == 0 {
        return Ok(0);
    }
    if head + metadata_len > left {
        return Err(cut());
    }
    let mut metadata = vec![0; usize::try_from(metadata_len).unwrap_or(usize::MAX)];
    reader.read_exact(&mut metadata).map_err(|_| cut())?;
    let message = MessageRef::read_as_root(&metadata).map_err(|_| broken())?;
    let body_len =
        u64::try_from(message.body_length().map_err(|_| broken())?).map_err(|_| broken())?;
    let whole = head + metadata_len;
    let body_after = body_after.unwrap_or(whole);
    if body_after
        .checked_add(body_len)
        .is_none_or(|end| end > left)
    {
        return Err(cut());
    }
    let body = start + body_after;
    match message.header().map_err(|_| broken())? {
        Some(MessageHeaderRef::RecordBatch(batch)) => check_batch(reader, batch, body, body_len)?,
        Some(MessageHeaderRef::DictionaryBatch(dictionary)) => {
            if let Some(batch) = dictionary.data().map_err(|_| broken())? {
                check_batch(reader, batch, body, body_len)?;
            }
        }
        _ => {}
    }
    Ok(whole + body_len)
}

fn check_batch(
    reader: &mut (impl Read + Seek),
    batch: RecordBatchRef<'_>,
    body: u64,
    body_len: u64,
) -> Result<(), String> {
    let sensible = |n: i64| (0..=MAX_BATCH_ROWS).contains(&n);
    if !sensible(batch.length().map_err(|_| broken())?) {
        return Err("a batch has an absurd number of rows".to_owned());
    }
    for node in batch.nodes().map_err(|_| broken())?.into_iter().flatten() {
        if !sensible(node.length()) {
            return Err("a column has an absurd number of rows".to_owned());
        }
    }
    let packed = batch.compression().map_err(|_| broken())?.is_some();
    for buffer in batch.buffers().map_err(|_| broken())?.into_iter().flatten() {
        let offset = u64::try_from(buffer.offset()).map_err(|_| broken())?;
        let len = u64::try_from(buffer.length()).map_err(|_| broken())?;
        if offset.checked_add(len).is_none_or(|end| end > body_len) {
            return Err(cut());
        }
        if packed && len > 0 {
            let mut unpacked = [0; 8];
            reader
                .seek(SeekFrom::Start(body + offset))
                .and_then(|_| reader.read_exact(&mut unpacked))
                .map_err(|_| cut())?;
            let unpacked = i64::from_le_bytes(unpacked);
            if !(-1..=MAX_BUFFER_BYTES).contains(&unpacked) {
                return Err("a column unpacks to an absurd length".to_owned());
            }
        }
    }
    Ok(())
}

fn cut() -> String {
    "the file is cut off".to_owned()
}

fn broken() -> String {
    "the head of a message is damaged".to_owned()
}
