//! The sketches of every window of a replay as one object: another method, limit or reference needs no second pass.

use assay_core::ReplayId;
use assay_core::code::Code;
use assay_core::drift::{ColumnSketch, decode_sketches, encode_sketches};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// What the object begins with; those of older replays are JSON.
const MAGIC: &[u8; 8] = b"ASSAYSK1";
const ZSTD_LEVEL: i32 = 3;

/// Sketches by window (`None`: a gap), then by column.
pub type Windows = Vec<Option<Vec<ColumnSketch>>>;

#[derive(Serialize, Deserialize)]
struct Header {
    columns: Vec<Place>,
    /// Of what the windows are held against, where no other place keeps it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    references: Vec<Place>,
}

#[derive(Serialize, Deserialize)]
struct Place {
    name: String,
    /// Behind the header.
    offset: usize,
    len: usize,
}

impl Lab {
    /// The sketches of one column in every window; `None` for a window without rows.
    pub fn replay_sketches(
        &self,
        replay: &ReplayId,
        column: &str,
    ) -> Result<Vec<Option<ColumnSketch>>, Error> {
        let attempted = || format!("read the sketches of `{column}` in replay {replay}");
        let (_, object) = self.store.replay(replay).attempt(attempted)?;
        let bytes = self.store.read_object(&object).attempt(attempted)?;
        unpacked(&bytes, column).attempt(attempted)
    }
}

/// Whether an object holds sketches; else it is of an older replay.
pub fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Each column by itself, so that one can be read alone.
pub fn packed(
    names: &[String],
    windows: &Windows,
    references: &[ColumnSketch],
) -> Result<Vec<u8>, Cause> {
    let of_column = |(place, name): (usize, &String)| {
        let sketches: Vec<Option<&ColumnSketch>> = windows
            .iter()
            .map(|window| window.as_ref()?.get(place))
            .collect();
        compressed(name, &sketches)
    };
    let of_reference = |known: &ColumnSketch| compressed(&known.name, &[Some(known)]);
    let of_windows: Vec<(String, Vec<u8>)> = names
        .par_iter()
        .enumerate()
        .map(of_column)
        .collect::<Result<_, Cause>>()?;
    let of_references: Vec<(String, Vec<u8>)> = references
        .par_iter()
        .map(of_reference)
        .collect::<Result<_, Cause>>()?;
    let mut body = Vec::new();
    let mut place = |(name, packed): (String, Vec<u8>)| {
        let place = Place {
            name,
            offset: body.len(),
            len: packed.len(),
        };
        body.extend(packed);
        place
    };
    let columns = of_windows.into_iter().map(&mut place).collect();
    let references = of_references.into_iter().map(&mut place).collect();
    let header = serde_json::to_vec(&Header {
        columns,
        references,
    })?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend(header);
    bytes.extend(body);
    Ok(bytes)
}

fn compressed(name: &str, sketches: &[Option<&ColumnSketch>]) -> Result<(String, Vec<u8>), Cause> {
    let packed = zstd::bulk::compress(&encode_sketches(sketches), ZSTD_LEVEL);
    let packed = packed.map_err(|error| Cause::said(Code::Bug, error.to_string()))?;
    Ok((name.to_owned(), packed))
}

/// One column of a packed object.
pub fn unpacked(bytes: &[u8], column: &str) -> Result<Vec<Option<ColumnSketch>>, Cause> {
    let (header, body) = parts(bytes)?;
    let place = header.columns.iter().find(|place| place.name == column);
    let place = place.ok_or_else(|| {
        Cause::said(
            Code::NotFound,
            format!("the replay has no column `{column}`"),
        )
    })?;
    decoded(place, body)
}

/// What the windows of a packed object are held against, where it says so itself.
pub fn unpacked_references(bytes: &[u8]) -> Result<Vec<ColumnSketch>, Cause> {
    let (header, body) = parts(bytes)?;
    let mut references = Vec::with_capacity(header.references.len());
    for place in &header.references {
        references.extend(decoded(place, body)?.into_iter().flatten());
    }
    Ok(references)
}

fn damaged() -> Cause {
    Cause::said(Code::Io, "the stored sketches are damaged")
}

fn parts(bytes: &[u8]) -> Result<(Header, &[u8]), Cause> {
    if !is_packed(bytes) {
        return Err(Cause::with_hint(
            Code::Unsupported,
            "the replay was made by an older Assay, which kept no sketches",
            "replay the log again",
        ));
    }
    let rest = bytes.get(MAGIC.len()..).ok_or_else(damaged)?;
    let (len, rest) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
    let len = usize::try_from(u64::from_le_bytes(*len)).map_err(|_| damaged())?;
    let (header, body) = rest.split_at_checked(len).ok_or_else(damaged)?;
    Ok((serde_json::from_slice(header)?, body))
}

fn decoded(place: &Place, body: &[u8]) -> Result<Vec<Option<ColumnSketch>>, Cause> {
    let end = place.offset.checked_add(place.len).ok_or_else(damaged)?;
    let packed = body.get(place.offset..end).ok_or_else(damaged)?;
    let plain = zstd::stream::decode_all(packed).map_err(|_| damaged())?;
    decode_sketches(&place.name, &plain).map_err(|_| damaged())
}
