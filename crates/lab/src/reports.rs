//! Reports: one HTML file that stands alone, small enough to mail.

mod picture;
mod replay;

use std::path::Path;

use assay_core::RunId;
use assay_core::ask::{ReportRequest, Written};
use assay_core::run_table::RunQuery;
use assay_core::words::difference;
use minijinja::{AutoEscape, Environment as Templates, Value, context};

use crate::charts::write_file;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};
use picture::Picture;

const TEMPLATE: &str = include_str!("../../../assets/report.html");
/// Runs and replays of a lab's report, newest or best first.
const SHOWN: usize = 12;
const SHOWN_METRICS: [&str; 8] = [
    "test.accuracy",
    "test.f1_macro",
    "test.roc_auc",
    "test.log_loss",
    "test.rmse",
    "test.r2",
    "cv.accuracy.mean",
    "cv.r2.mean",
];

impl Lab {
    /// The report as HTML.
    pub fn report(&self, request: &ReportRequest) -> Result<String, Error> {
        self.report_on(request)
            .attempt(|| "write the report".to_owned())
    }

    /// Writes the report to a file that a person named.
    pub fn save_report(&self, request: &ReportRequest, path: &Path) -> Result<Written, Error> {
        let html = self.report(request)?;
        write_file(path, html.as_bytes()).attempt(|| format!("write the report {}", path.display()))
    }

    fn report_on(&self, request: &ReportRequest) -> Result<String, Cause> {
        let made = jiff::Timestamp::from_millisecond(self.environment.now_ms())
            .map(|time| time.strftime("%-d %b %Y %H:%M UTC").to_string())
            .unwrap_or_default();
        let mut picture = Picture::default();
        let (title, data, runs, models, replays) = match request {
            ReportRequest::Runs { runs } => (
                "Runs".to_owned(),
                vec![],
                self.run_section(runs, &mut picture)?,
                vec![],
                vec![],
            ),
            ReportRequest::Replay { replay, judged_by } => {
                let report = self.judged_by(replay, judged_by.as_deref())?;
                let section = replay::section(&report, &mut picture)?;
                (
                    "Replay".to_owned(),
                    vec![],
                    Value::UNDEFINED,
                    vec![],
                    vec![section],
                )
            }
            ReportRequest::Lab => {
                let name = self
                    .path()
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned());
                let query = RunQuery {
                    columns: Some(Vec::new()),
                    skip_names: true,
                    limit: SHOWN as u32,
                    ..RunQuery::default()
                };
                let ids: Vec<RunId> = self
                    .store
                    .runs(&query)?
                    .runs
                    .into_iter()
                    .map(|run| run.summary.run_id)
                    .collect();
                let runs = if ids.is_empty() {
                    Value::UNDEFINED
                } else {
                    self.run_section(&ids, &mut picture)?
                };
                let replays = self.store.replays()?.into_iter().take(SHOWN);
                let replays = replays
                    .map(|kept| {
                        let (report, _) = self.store.replay(&kept.replay_id)?;
                        replay::section(&report, &mut picture)
                    })
                    .collect::<Result<_, Cause>>()?;
                (
                    name.unwrap_or_default(),
                    self.data_sections()?,
                    runs,
                    self.model_sections()?,
                    replays,
                )
            }
        };
        page(&title, &made, data, runs, models, replays, &picture)
    }

    fn data_sections(&self) -> Result<Vec<Value>, Cause> {
        let mut sections = Vec::new();
        for dataset in self.store.datasets()? {
            let version = dataset.latest;
            let reference = crate::dataset_reference(&version);
            let profile = self.profile_of(&reference)?;
            let check = self.store.latest_check(&version.dataset, version.version)?;
            sections.push(context! {
                name => reference.to_string(),
                hash => version.content.short(),
                n_rows => version.n_rows,
                n_missing => profile.n_missing,
                columns => profile.columns.iter().map(|column| context! {
                    name => column.name,
                    kind => column.kind.label(),
                    n_missing => column.n_missing,
                    n_distinct => column.n_distinct,
                    range => column.numeric.as_ref().map(|n| format!("{} to {}", short(n.min), short(n.max))),
                    mean => column.numeric.as_ref().map(|n| short(n.mean)),
                    top => column.top.iter().take(3).map(|top| format!("{} ({})", top.value, top.count)).collect::<Vec<_>>().join(", "),
                }).collect::<Vec<_>>(),
                check => check.map(|check| context! {
                    passed => check.outcome.passed(),
                    n_passed => check.outcome.n_passed,
                    n => check.results.len(),
                }),
            });
        }
        Ok(sections)
    }

    fn run_section(&self, ids: &[RunId], picture: &mut Picture) -> Result<Value, Cause> {
        let mut runs = Vec::new();
        let mut with_classes = Vec::new();
        for id in ids {
            let parts = self.store.run_parts(id)?;
            if parts.confusion.is_some() {
                with_classes.push(id.clone());
            }
            runs.push(context! {
                name => parts.summary.name,
                id => id.as_str().get(..8),
                algorithm => parts.summary.params.get("algorithm"),
                data => parts.summary.dataset.as_ref().map(ToString::to_string),
                seconds => parts.summary.duration_secs().map(|secs| format!("{secs:.1}")),
                metrics => parts.summary.metrics.iter()
                    .filter(|(name, _)| SHOWN_METRICS.contains(&name.as_str()))
                    .map(|(name, value)| context! { name => name, value => format!("{value:.4}") })
                    .collect::<Vec<_>>(),
            });
        }
        let shown: Vec<RunId> = with_classes.into_iter().take(8).collect();
        let roc = if shown.is_empty() {
            None
        } else {
            let request = assay_core::chart::ChartRequest::Roc {
                runs: shown.clone(),
            };
            Some(picture.of(&self.chart_spec(&request)?, 460, 360)?)
        };
        let confusions = shown
            .iter()
            .take(4)
            .map(|run| {
                let request = assay_core::chart::ChartRequest::Confusion { run: run.clone() };
                picture.of(&self.chart_spec(&request)?, 340, 300)
            })
            .collect::<Result<Vec<_>, Cause>>()?;
        Ok(context! { rows => runs, roc, confusions })
    }

    fn model_sections(&self) -> Result<Vec<Value>, Cause> {
        let mut sections = Vec::new();
        for model in self.store.models()? {
            let Some(version) = model.latest else {
                continue;
            };
            let reference =
                assay_core::reference::Reference::version(version.model.as_str(), version.version);
            let gate = self.gate(&reference, assay_core::registry::Stage::Production);
            sections.push(context! {
                name => version.key().to_string(),
                stage => version.stage.label(),
                aliases => version.aliases.join(", "),
                algorithm => version.algorithm,
                size => version.onnx_size_bytes / 1000,
                opset => version.opset,
                imported => version.imported.as_ref().map(|imported| imported.file_name.as_str()),
                rows => version.parity.as_ref().map(|parity| parity.rows),
                flips => version.parity.as_ref().map(|parity| parity.label_flips),
                max_diff => version.parity.as_ref().map(|parity| difference(parity.max_abs_diff)),
                parity => version.parity.as_ref().map(|parity| parity.passed),
                conditions => gate.map(|gate| gate.conditions).unwrap_or_default(),
            });
        }
        Ok(sections)
    }
}

fn page(
    title: &str,
    made: &str,
    data: Vec<Value>,
    runs: Value,
    models: Vec<Value>,
    replays: Vec<Value>,
    picture: &Picture,
) -> Result<String, Cause> {
    let mut templates = Templates::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    let (light, dark) = picture.variables();
    let html = templates.render_str(
        TEMPLATE,
        context! { title, made, version => crate::VERSION, data, runs, models, replays, light, dark },
    )?;
    Ok(html)
}

/// Four significant digits, as a person reads them.
fn short(value: f64) -> String {
    if value == 0.0 || (1e-3..1e6).contains(&value.abs()) {
        let digits = if value == 0.0 {
            0
        } else {
            (3 - value.abs().log10().floor() as i32).clamp(0, 6)
        };
        let text = format!("{value:.*}", digits as usize);
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    } else {
        format!("{value:.3e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (39.1, "39.1"),
            (4201.754, "4202"),
            (0.003467, "0.003467"),
            (1e9, "1.000e9"),
            (-2.5, "-2.5"),
        ] {
            assert_eq!(short(value), text);
        }
    }
}
