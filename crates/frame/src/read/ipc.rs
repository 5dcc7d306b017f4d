//! Arrow IPC, as a file (Feather) or as a stream: a record batch at a time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use assay_core::schema::Form;
use polars::error::PolarsError;
use polars::prelude::{ArrowField, ArrowSchema};
use polars_arrow::array::Array;
use polars_arrow::datatypes::Metadata;
use polars_arrow::io::ipc::read::{
    FileReader, StreamReader, StreamState, read_file_metadata, read_stream_metadata,
};
use polars_arrow::record_batch::RecordBatchT;

use super::arrow::{Parts, Rows, guarded};
use super::ipc_check::{check_footer, check_message};
use super::source::{ReadBytes, open_file};
use crate::error::Error;
use crate::write::FORMS_KEY;

type Reader = BufReader<File>;
type Batch = RecordBatchT<Box<dyn Array>>;

/// The rows of an Arrow file.
pub(super) struct IpcParts {
    path: PathBuf,
    is_file: bool,
    fields: Vec<ArrowField>,
    forms: BTreeMap<String, Form>,
    batches: Option<Open>,
    progress: ReadBytes,
}

enum Open {
    File(Box<FileReader<Reader>>),
    Stream(Box<StreamReader<Reader>>),
}

impl IpcParts {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let (mut file, len) = open_file(path)?;
        let mut mark = [0; 6];
        let is_file = file.read_exact(&mut mark).is_ok() && &mark == b"ARROW1";
        let mut parts = Self {
            path: path.to_owned(),
            is_file,
            fields: Vec::new(),
            forms: BTreeMap::new(),
            batches: None,
            progress: ReadBytes::new(len),
        };
        parts.check()?;
        let opened = parts.start()?;
        let (schema, metadata) = match &opened {
            Open::File(reader) => {
                let metadata = reader.metadata().custom_schema_metadata.as_deref();
                (reader.schema(), metadata)
            }
            Open::Stream(reader) => {
                let metadata = reader.metadata().custom_schema_metadata.as_ref();
                (reader.schema(), metadata)
            }
        };
        parts.forms = metadata.map(forms_of).unwrap_or_default();
        parts.fields = schema.iter_values().cloned().collect();
        Ok(parts)
    }

    /// Walks over all messages: polars makes room for what they say before it looks whether it is there.
    fn check(&self) -> Result<(), Error> {
        let (file, len) = open_file(&self.path)?;
        let mut file = BufReader::new(file);
        let failed = |source| Error::Io {
            path: self.path.clone(),
            source,
        };
        if self.is_file {
            check_footer(&mut file).map_err(damaged)?;
            let metadata = guarded(|| read_file_metadata(&mut file)).map_err(damaged)?;
            for block in metadata
                .dictionaries
                .iter()
                .flatten()
                .chain(&metadata.blocks)
            {
                let (offset, body) =
                    match (block.offset.try_into(), block.meta_data_length.try_into()) {
                        (Ok(offset), Ok(body)) if offset < len => (offset, body),
                        _ => return Err(damaged("a batch lies outside the file".to_owned())),
                    };
                file.seek(SeekFrom::Start(offset)).map_err(failed)?;
                check_message(&mut file, len - offset, Some(body)).map_err(damaged)?;
            }
            return Ok(());
        }
        let mut place = 0;
        while place < len {
            file.seek(SeekFrom::Start(place)).map_err(failed)?;
            match check_message(&mut file, len - place, None).map_err(damaged)? {
                0 => break,
                n => place += n,
            }
        }
        Ok(())
    }

    fn start(&self) -> Result<Open, Error> {
        let (file, _) = open_file(&self.path)?;
        let mut file = BufReader::new(file);
        let is_file = self.is_file;
        guarded(|| {
            Ok(match is_file {
                true => {
                    let metadata = read_file_metadata(&mut file)?;
                    no_twins(&metadata.schema, metadata.ipc_schema.fields.len())?;
                    Open::File(Box::new(FileReader::new(file, metadata, None, None)))
                }
                false => {
                    let metadata = read_stream_metadata(&mut file)?;
                    no_twins(&metadata.schema, metadata.ipc_schema.fields.len())?;
                    Open::Stream(Box::new(StreamReader::new(file, metadata, None)))
                }
            })
        })
        .map_err(damaged)
    }
}

/// Forms that this program wrote beside the schema.
fn forms_of(metadata: &Metadata) -> BTreeMap<String, Form> {
    let text = metadata.get(FORMS_KEY).map(|text| text.as_str());
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

/// The schema of polars holds each name once.
fn no_twins(schema: &ArrowSchema, n_columns: usize) -> Result<(), PolarsError> {
    match schema.len() == n_columns {
        true => Ok(()),
        false => Err(polars::error::polars_err!(Duplicate: "two columns have the same name")),
    }
}

impl Parts for IpcParts {
    fn fields(&self) -> &[ArrowField] {
        &self.fields
    }

    fn rewind(&mut self) {
        self.batches = None;
        self.progress.set(0);
    }

    fn next(&mut self, wanted: &[usize]) -> Result<Option<Rows>, Error> {
        if self.batches.is_none() {
            self.batches = Some(self.start()?);
        }
        let Some(open) = &mut self.batches else {
            return Ok(None);
        };
        let batch: Option<Batch> = guarded(|| match open {
            Open::File(reader) => reader.next().transpose(),
            Open::Stream(reader) => match reader.next().transpose()? {
                Some(StreamState::Some(batch)) => Ok(Some(batch)),
                // a file that lacks the mark of its end
                Some(StreamState::Waiting) | None => Ok(None),
            },
        })
        .map_err(damaged)?;
        let Some(batch) = batch else {
            self.progress.set(self.progress.total);
            return Ok(None);
        };
        let n_rows = batch.len();
        let mut arrays: Vec<Option<Box<dyn Array>>> =
            batch.into_arrays().into_iter().map(Some).collect();
        self.progress.set(match open {
            // the share of the batches
            Open::File(reader) => {
                let n_blocks = reader.metadata().blocks.len().max(1) as u64;
                self.progress.total * reader.get_current_block() as u64 / n_blocks
            }
            Open::Stream(_) => self.progress.done(),
        });
        let arrays = wanted
            .iter()
            .map(|field| {
                let array = arrays.get_mut(*field).and_then(Option::take);
                array.ok_or_else(|| damaged("a column is missing".to_owned()))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Some(Rows { n_rows, arrays }))
    }

    fn forms(&self) -> BTreeMap<String, Form> {
        self.forms.clone()
    }

    fn keeps_level_order(&self) -> bool {
        true
    }

    fn progress(&self) -> (u64, u64) {
        (self.progress.done(), self.progress.total)
    }
}

fn damaged(reason: String) -> Error {
    Error::Arrow(reason)
}
