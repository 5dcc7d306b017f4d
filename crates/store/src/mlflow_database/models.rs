//! Models that MLflow 3 logs beside its runs.

use std::collections::BTreeMap;

use assay_core::RunId;
use assay_core::tracking::{
    ExperimentId, LoggedMetric, LoggedModel, LoggedModelId, LoggedModelStatus, ModelMetric,
};
use rusqlite::params;

use super::MlflowDatabase;
use crate::error::{Error, Result};
use crate::rows::Rows;

impl MlflowDatabase {
    /// Models that were logged beside the runs (since MLflow 3), and where their files lay.
    pub fn logged_models(&self) -> Result<Vec<(LoggedModel, String)>> {
        if !self.columns.contains_key("logged_models") {
            return Ok(Vec::new());
        }
        let mut models = self.all(
            "SELECT model_id, experiment_id, name, model_type, status, source_run_id,
                    creation_timestamp_ms, last_updated_timestamp_ms, artifact_location
             FROM logged_models WHERE coalesce(lifecycle_stage, '') != 'deleted'
             ORDER BY creation_timestamp_ms, model_id",
            |row| {
                let text = |column| Ok::<_, Error>(row.get::<_, Option<String>>(column)?);
                let model = LoggedModel {
                    model_id: LoggedModelId(row.get(0)?),
                    experiment_id: ExperimentId(row.get(1)?),
                    name: text(2)?.unwrap_or_default(),
                    model_type: text(3)?.unwrap_or_default(),
                    status: match row.get(4)? {
                        1 => LoggedModelStatus::Pending,
                        3 => LoggedModelStatus::Failed,
                        _ => LoggedModelStatus::Ready,
                    },
                    source_run_id: text(5)?.unwrap_or_default(),
                    created_ms: row.get(6)?,
                    updated_ms: row.get(7)?,
                    params: BTreeMap::new(),
                    tags: BTreeMap::new(),
                    metrics: Vec::new(),
                };
                Ok((model, text(8)?.unwrap_or_default()))
            },
        )?;
        for (model, _) in &mut models {
            let id = params![model.model_id.as_str()];
            let texts = |sql: &str| {
                let read = |row: &rusqlite::Row<'_>| {
                    let value: Option<String> = row.get(1)?;
                    Ok((row.get::<_, String>(0)?, value.unwrap_or_default()))
                };
                let found = self.connection.all(sql, id, read);
                found
                    .map(|found| found.into_iter().collect())
                    .map_err(|error| self.unreadable(error))
            };
            model.params = texts(
                "SELECT param_key, param_value FROM logged_model_params WHERE model_id = ?1",
            )?;
            model.tags =
                texts("SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = ?1")?;
            model.metrics = self
                .connection
                .all(
                    "SELECT metric_name, metric_timestamp_ms, metric_step, metric_value, run_id,
                            dataset_name, dataset_digest
                     FROM logged_model_metrics WHERE model_id = ?1 ORDER BY rowid",
                    id,
                    |row| {
                        let value: Option<f64> = row.get(3)?;
                        let name: Option<String> = row.get(5)?;
                        let digest: Option<String> = row.get(6)?;
                        Ok(ModelMetric {
                            metric: LoggedMetric {
                                key: row.get(0)?,
                                at_ms: row.get(1)?,
                                step: row.get(2)?,
                                value: value.unwrap_or(f64::NAN),
                            },
                            run_id: RunId(row.get(4)?),
                            dataset_name: name.unwrap_or_default(),
                            dataset_digest: digest.unwrap_or_default(),
                        })
                    },
                )
                .map_err(|error| self.unreadable(error))?;
        }
        Ok(models)
    }
}
