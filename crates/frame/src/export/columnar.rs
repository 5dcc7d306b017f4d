//! Parquet and Arrow IPC: every type as other programs know it (a category is a dictionary, an instant in a zone a
//! timestamp of that zone, a decimal a decimal), and the forms of the columns in the metadata of the file, so that it
//! comes in again as the version that it was.

mod target;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use assay_core::Task;
use polars::error::{PolarsError, PolarsResult};
use polars::prelude::{ArrowSchema, PlSmallStr};
use polars_arrow::array::Array;
use polars_arrow::datatypes::Metadata;
use polars_arrow::io::ipc::write as ipc;
use polars_arrow::record_batch::RecordBatchT;
use polars_parquet::write as parquet_file;
use polars_parquet::write::{
    CompressedPage, CompressionOptions, DynIter, DynStreamingIterator, KeyValue, ParquetType,
    StatisticsOptions, Version, WriteOptions,
};
use rayon::prelude::*;

use self::target::{Target, targets};
use super::{each_group, forms_json};
use crate::error::Error;
use crate::frame::Frame;
use crate::stored::StoredTable;
use crate::write::{FORMS_KEY, io};

pub(super) fn parquet(table: &StoredTable, path: &Path, task: &Task) -> Result<(), Error> {
    let file = BufWriter::new(File::create(path).map_err(|error| io(path, error))?);
    let failed = |error| failed(path, error);
    let targets = targets(table.schema());
    let schema: ArrowSchema = targets.iter().map(Target::field).collect();
    let mut metadata = vec![parquet_file::schema_to_metadata_key(&schema)];
    if let Some(forms) = forms_json(table.schema()) {
        metadata.push(KeyValue {
            key: FORMS_KEY.to_owned(),
            value: Some(forms),
        });
    }
    let mut writer =
        parquet_file::FileWriter::try_new(file, schema, options(true)).map_err(failed)?;
    let types = writer.parquet_schema().fields().to_vec();
    each_group(table, task, |frame| {
        if frame.n_rows() == 0 {
            return Ok(());
        }
        let columns = targets
            .par_iter()
            .zip(&types)
            .map(|(target, type_)| {
                let pages = pages(&*target.array(&frame)?, target, type_);
                pages.map_err(failed)
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let group = DynIter::new(columns.iter().map(|pages| {
            Ok(DynStreamingIterator::new(
                parquet_file::fallible_streaming_iterator::convert(
                    pages.iter().map(PolarsResult::Ok),
                ),
            ))
        }));
        writer.write(frame.n_rows() as u64, group).map_err(failed)
    })?;
    writer.end(Some(metadata)).map_err(failed)?;
    let mut file = writer.into_inner();
    file.flush().map_err(|error| io(path, error))
}

pub(super) fn arrow(table: &StoredTable, path: &Path, task: &Task) -> Result<(), Error> {
    let file = BufWriter::new(File::create(path).map_err(|error| io(path, error))?);
    let failed = |error| failed(path, error);
    let targets = targets(table.schema());
    let schema: Arc<ArrowSchema> = Arc::new(targets.iter().map(Target::field).collect());
    let options = ipc::WriteOptions { compression: None };
    let mut writer = ipc::FileWriter::new(file, Arc::clone(&schema), None, options);
    if let Some(forms) = forms_json(table.schema()) {
        let entry = (
            PlSmallStr::from_static(FORMS_KEY),
            PlSmallStr::from_string(forms),
        );
        writer.set_custom_schema_metadata(Arc::new(Metadata::from([entry])));
    }
    writer.start().map_err(failed)?;
    each_group(table, task, |frame| {
        let batch = batch(&frame, &targets, &schema)?;
        writer.write(&batch, None).map_err(failed)
    })?;
    writer.finish().map_err(failed)?;
    let mut file = writer.into_inner();
    file.flush().map_err(|error| io(path, error))
}

fn batch(
    frame: &Frame,
    targets: &[Target],
    schema: &Arc<ArrowSchema>,
) -> Result<RecordBatchT<Box<dyn Array>>, Error> {
    let arrays = targets
        .par_iter()
        .map(|target| target.array(frame))
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(RecordBatchT::try_new(
        frame.n_rows(),
        Arc::clone(schema),
        arrays,
    )?)
}

/// A column of a row group, packed.
fn pages(
    array: &dyn Array,
    target: &Target,
    type_: &ParquetType,
) -> PolarsResult<Vec<CompressedPage>> {
    // A dictionary holds levels that no row of the group has: they would be the least and greatest "values".
    let options = options(!target.is_category());
    let encodings = parquet_file::get_dtype_encoding(array.dtype());
    let mut packed = Vec::new();
    for pages in parquet_file::array_to_columns(array, type_.clone(), options, &encodings)? {
        for page in pages {
            packed.push(parquet_file::compress(
                page?,
                Vec::new(),
                options.compression,
            )?);
        }
    }
    Ok(packed)
}

fn options(with_range: bool) -> WriteOptions {
    WriteOptions {
        statistics: StatisticsOptions {
            min_value: with_range,
            max_value: with_range,
            ..StatisticsOptions::default()
        },
        version: Version::V1,
        compression: CompressionOptions::Zstd(None),
        data_page_size: None,
    }
}

fn failed(path: &Path, error: PolarsError) -> Error {
    match error {
        PolarsError::IO { error, .. } => {
            io(path, std::io::Error::new(error.kind(), error.to_string()))
        }
        other => Error::Engine(other.to_string()),
    }
}
