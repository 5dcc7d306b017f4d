//! A message of Arrow IPC, looked at before it is read: its lengths must lie inside the file, and what it unpacks to must
//! be sensible.

use std::io::{Read, Seek, SeekFrom};

use polars_arrow_format::ipc::planus::ReadAsRoot;
use polars_arrow_format::ipc::{
    FieldRef, FooterRef, MessageHeaderRef, MessageRef, RecordBatchRef, SchemaRef,
};

/// What one buffer may unpack to.
const MAX_BUFFER_BYTES: i64 = 1 << 31;
/// Rows of one batch.
const MAX_BATCH_ROWS: i64 = 1 << 31;
/// Columns inside each other: polars goes down from one to the next on the stack.
const MAX_DEPTH: usize = 64;
/// Columns with all those inside them; a few bytes can name one column again and again.
const MAX_FIELDS: usize = 1 << 18;

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
        Some(MessageHeaderRef::Schema(schema)) => check_schema(schema)?,
        _ => {}
    }
    Ok(whole + body_len)
}

/// The end of a file: `ARROW1`, before it the length of the footer, before it the footer, which holds the schema.
pub(super) fn check_footer(file: &mut (impl Read + Seek)) -> Result<(), String> {
    let mut tail = [0; 10];
    let end = file.seek(SeekFrom::End(-10)).map_err(|_| cut())?;
    file.read_exact(&mut tail).map_err(|_| cut())?;
    let [a, b, c, d, mark @ ..] = tail;
    if mark != *b"ARROW1" {
        return Err(cut());
    }
    let len = u32::from_le_bytes([a, b, c, d]);
    let start = end.checked_sub(u64::from(len)).ok_or_else(cut)?;
    file.seek(SeekFrom::Start(start)).map_err(|_| cut())?;
    let mut footer = vec![0; len as usize];
    file.read_exact(&mut footer).map_err(|_| cut())?;
    let footer = FooterRef::read_as_root(&footer).map_err(|_| broken())?;
    match footer.schema().map_err(|_| broken())? {
        Some(schema) => check_schema(schema),
        None => Ok(()),
    }
}

/// The schema that writers of Arrow put into the footer of a Parquet file, in base 64. What is none is polars' to name.
pub(super) fn check_embedded_schema(text: &str) -> Result<(), String> {
    let Some(bytes) = from_base_64(text) else {
        return Ok(());
    };
    let message = match bytes.get(..4) {
        Some([0xff, 0xff, 0xff, 0xff]) => bytes.get(8..).unwrap_or_default(),
        _ => &bytes,
    };
    let header = MessageRef::read_as_root(message).and_then(|message| message.header());
    match header {
        Ok(Some(MessageHeaderRef::Schema(schema))) => check_schema(schema),
        _ => Ok(()),
    }
}

fn check_schema(schema: SchemaRef<'_>) -> Result<(), String> {
    let mut open: Vec<(FieldRef<'_>, usize)> = Vec::new();
    for field in schema.fields().map_err(|_| broken())?.into_iter().flatten() {
        open.push((field.map_err(|_| broken())?, 1));
    }
    let mut n_fields = 0;
    while let Some((field, depth)) = open.pop() {
        n_fields += 1;
        if depth > MAX_DEPTH {
            return Err("its columns are nested too deeply".to_owned());
        }
        if n_fields + open.len() > MAX_FIELDS {
            return Err("it has an absurd number of columns".to_owned());
        }
        for child in field
            .children()
            .map_err(|_| broken())?
            .into_iter()
            .flatten()
        {
            open.push((child.map_err(|_| broken())?, depth + 1));
        }
    }
    Ok(())
}

/// `None`: it is none.
fn from_base_64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut bits, mut n_bits) = (0_u32, 0);
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits) as u8);
        }
    }
    Some(bytes)
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

#[cfg(test)]
mod tests {
    use polars_arrow_format::ipc;
    use polars_arrow_format::ipc::planus::Builder;

    use super::*;

    /// A schema of one column with `depth - 1` columns inside each other.
    fn nested(depth: usize) -> ipc::Schema {
        let mut children = None;
        for _ in 0..depth {
            let field = ipc::Field {
                name: Some("a".to_owned()),
                nullable: true,
                type_: Some(ipc::Type::Struct(Box::default())),
                dictionary: None,
                children,
                custom_metadata: None,
            };
            children = Some(vec![field]);
        }
        ipc::Schema {
            endianness: ipc::Endianness::Little,
            fields: children,
            custom_metadata: None,
            features: None,
        }
    }

    fn base_64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for three in bytes.chunks(3) {
            let word = three
                .iter()
                .fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
            let word = word << (8 * (3 - three.len()));
            for digit in 0..=three.len() {
                let value = (word >> (18 - 6 * digit)) & 63;
                text.push(char::from(DIGITS[value as usize]));
            }
        }
        text + &"=".repeat((3 - bytes.len() % 3) % 3)
    }

    #[test]
    fn base_64_is_read_back() {
        for text in ["", "a", "ab", "abc", "abcd", "\u{ff}\u{0}õ~"] {
            assert_eq!(
                from_base_64(&base_64(text.as_bytes())).unwrap(),
                text.as_bytes()
            );
        }
        assert_eq!(from_base_64("YWJj\n"), None);
    }

    #[test]
    fn columns_inside_each_other_have_an_end() {
        for (depth, fits) in [(1, true), (MAX_DEPTH, true), (MAX_DEPTH + 1, false)] {
            let message = ipc::Message {
                version: ipc::MetadataVersion::V5,
                header: Some(ipc::MessageHeader::Schema(Box::new(nested(depth)))),
                body_length: 0,
                custom_metadata: None,
            };
            let bytes = Builder::new().finish(&message, None).to_vec();
            let embedded = check_embedded_schema(&base_64(&bytes));
            assert_eq!(embedded.is_ok(), fits, "{depth}");
            let len = (bytes.len() as u32).to_le_bytes();
            let stream = [&[0xff; 4][..], &len, &bytes].concat();
            let n_bytes = stream.len() as u64;
            let streamed = check_message(&mut std::io::Cursor::new(stream), n_bytes, None);
            assert_eq!(streamed.is_ok(), fits, "{depth}");
            let footer = ipc::Footer {
                version: ipc::MetadataVersion::V5,
                schema: Some(Box::new(nested(depth))),
                dictionaries: None,
                record_batches: None,
                custom_metadata: None,
            };
            let footer = Builder::new().finish(&footer, None).to_vec();
            let len = (footer.len() as u32).to_le_bytes();
            let file = [&footer, &len[..], b"ARROW1"].concat();
            let whole = check_footer(&mut std::io::Cursor::new(file));
            assert_eq!(whole.is_ok(), fits, "{depth}");
            if !fits {
                assert_eq!(whole, Err("its columns are nested too deeply".to_owned()));
            }
        }
    }
}
