//! Replays that were kept: listed, opened, one cell looked at, drawn.

use assay_core::ReplayId;
use assay_core::chart::{Axis, BarSeries, ChartSpec, Figure};
use assay_core::code::Code;
use assay_core::drift;
use assay_core::reference::Reference;
use assay_core::replay::{
    Bins, CellDetail, CellEcdf, CellRequest, ColumnRole, ColumnShapes, DistributionRequest,
    DriftReport, JudgedBy, ReplayColumn, ReplayShapes, ReplaySummary,
};

use super::pictures::{drift_map, performance_chart};
use super::sketches;
use crate::charts::{shares, spec};
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    pub fn replays(&self) -> Result<Vec<ReplaySummary>, Error> {
        self.store
            .replays()
            .attempt(|| "list the replays".to_owned())
    }

    pub fn drift_report(&self, replay: &ReplayId) -> Result<DriftReport, Error> {
        Ok(self
            .store
            .replay(replay)
            .attempt(|| format!("show replay {replay}"))?
            .0)
    }

    /// One cell of the heat map with both distributions and a sentence.
    pub fn drift_cell(&self, request: &CellRequest) -> Result<CellDetail, Error> {
        self.cell(request).attempt(|| {
            format!(
                "show `{}` in window {} of replay {}",
                request.column,
                request.window + 1,
                request.replay
            )
        })
    }

    fn cell(&self, request: &CellRequest) -> Result<CellDetail, Cause> {
        let by = request.judged_by.as_ref();
        let other = by.and_then(|by| by.reference.as_ref());
        let ReplayedColumn {
            shape,
            windows,
            reference,
        } = self.column(&request.replay, &request.column, other)?;
        let report = self.judged_by(&request.replay, by)?;
        let window = report.windows.get(request.window as usize).ok_or_else(|| {
            Cause::said(
                Code::NotFound,
                format!("it has {} windows", report.windows.len()),
            )
        })?;
        let drift = window
            .columns
            .iter()
            .find(|column| column.column == request.column)
            .ok_or_else(|| Cause::said(Code::NotFound, "the window holds no rows"))?;
        let at = windows.get(request.window as usize);
        let current = at.and_then(|window| window.as_ref()?.ecdf());
        Ok(CellDetail {
            column: request.column.clone(),
            sentence: drift::cell_sentence(drift, &reference, window),
            drift: drift.clone(),
            current: shape
                .windows
                .get(request.window as usize)
                .cloned()
                .unwrap_or_default(),
            reference: shape.reference,
            bins: shape.bins,
            ecdf: reference
                .ecdf()
                .zip(current)
                .map(|(reference, current)| CellEcdf { reference, current }),
            window: window.clone(),
        })
    }

    /// One column over all windows, each over the same bins.
    pub fn replay_distribution(
        &self,
        request: &DistributionRequest,
    ) -> Result<ColumnShapes, Error> {
        let DistributionRequest {
            replay,
            column,
            reference,
        } = request;
        Ok(self
            .column(replay, column, reference.as_ref())
            .attempt(|| format!("show `{column}` over the windows of replay {replay}"))?
            .shape)
    }

    /// The sketch that a log was held against.
    pub(super) fn held_against(
        &self,
        report: &DriftReport,
    ) -> Result<drift::ReferenceSketch, Cause> {
        match (&report.model, &report.reference) {
            (Some(_), Some(_)) => {
                let (_, object) = self.store.replay(&report.replay_id)?;
                let bytes = self.store.read_object(&object)?;
                Ok(drift::ReferenceSketch {
                    schema: drift::SKETCH_SCHEMA,
                    n_rows: report.n_reference_rows,
                    columns: sketches::unpacked_references(&bytes)?,
                    watch: None,
                })
            }
            (Some(key), None) => {
                let model = Reference::version(key.model.as_str(), key.version);
                self.reference_of(&self.store.model_version(&model)?)
            }
            (None, Some(dataset)) => self.dataset_reference(dataset),
            (None, None) => Err(Cause::said(
                Code::Bug,
                "the report does not say what the log was held against",
            )),
        }
    }

    /// Features of another data set where one is named, else what the log was held against.
    fn reference_column(
        &self,
        report: &DriftReport,
        column: &str,
        other: Option<&Reference>,
    ) -> Result<drift::ColumnSketch, Cause> {
        let is_feature = |c: &ReplayColumn| c.name == column && c.role == ColumnRole::Feature;
        let reference = match other {
            Some(dataset) if report.columns.iter().any(is_feature) => {
                self.dataset_reference(dataset)?
            }
            _ => self.held_against(report)?,
        };
        let mut known = reference.columns.into_iter();
        known
            .find(|known| known.name == column)
            .ok_or_else(|| Cause::said(Code::NotFound, "the reference does not hold the column"))
    }

    fn column(
        &self,
        replay: &ReplayId,
        column: &str,
        other: Option<&Reference>,
    ) -> Result<ReplayedColumn, Cause> {
        let (report, object) = self.store.replay(replay)?;
        let bytes = self.store.read_object(&object)?;
        let reference = self.reference_column(&report, column, other)?;
        if sketches::is_packed(&bytes) {
            let windows = sketches::unpacked(&bytes, column)?;
            return Ok(ReplayedColumn {
                shape: shape_of(column, &reference, &windows),
                windows,
                reference,
            });
        }
        let shapes: ReplayShapes = serde_json::from_slice(&bytes)?;
        let shape = shapes
            .columns
            .into_iter()
            .find(|shape| shape.name == column)
            .ok_or_else(|| {
                Cause::said(
                    Code::NotFound,
                    format!("the replay has no column `{column}`"),
                )
            })?;
        Ok(ReplayedColumn {
            shape,
            windows: Vec::new(),
            reference,
        })
    }

    pub(crate) fn drift_map(
        &self,
        replay: &ReplayId,
        judged_by: Option<&JudgedBy>,
    ) -> Result<ChartSpec, Cause> {
        Ok(drift_map(&self.judged_by(replay, judged_by)?))
    }

    pub(crate) fn performance_chart(&self, replay: &ReplayId) -> Result<ChartSpec, Cause> {
        let (report, _) = self.store.replay(replay)?;
        performance_chart(&report).ok_or_else(|| {
            Cause::with_hint(
                Code::NotFound,
                "the log held no labels",
                "replay again and name the label column",
            )
        })
    }

    pub(crate) fn drift_cell_chart(
        &self,
        replay: &ReplayId,
        column: &str,
        window: u32,
        reference: Option<&Reference>,
    ) -> Result<ChartSpec, Cause> {
        let ReplayedColumn { shape, .. } = self.column(replay, column, reference)?;
        let current = shape
            .windows
            .get(window as usize)
            .cloned()
            .unwrap_or_default();
        let series = vec![
            BarSeries {
                name: "reference".to_owned(),
                color: 8,
                values: shares(&shape.reference),
            },
            BarSeries {
                name: format!("window {}", window + 1),
                color: 2,
                values: shares(&current),
            },
        ];
        let figure = match shape.bins {
            Bins::Edges { edges } => Figure::Histogram {
                x: Axis::linear(column),
                edges,
                series,
            },
            Bins::Categories { categories } => Figure::Bars {
                categories,
                y: Axis::linear("share of rows"),
                series,
            },
        };
        Ok(spec(
            column,
            format!("reference and window {}, share of rows", window + 1),
            figure,
        ))
    }
}

/// A column of a kept replay.
struct ReplayedColumn {
    shape: ColumnShapes,
    /// `None` for a gap; empty of replays from before sketches were kept.
    windows: Vec<Option<drift::ColumnSketch>>,
    reference: drift::ColumnSketch,
}

/// The windows of a column over shared bins.
fn shape_of(
    column: &str,
    reference: &drift::ColumnSketch,
    windows: &[Option<drift::ColumnSketch>],
) -> ColumnShapes {
    let held: Vec<&drift::ColumnSketch> = windows.iter().flatten().collect();
    let bins = drift::bins_over_sketch(reference, &held);
    let counts = |window: &Option<drift::ColumnSketch>| {
        let window = window.as_ref();
        window.map_or_else(Vec::new, |window| drift::reference_counts(&bins, window))
    };
    ColumnShapes {
        name: column.to_owned(),
        reference: drift::reference_counts(&bins, reference),
        windows: windows.iter().map(counts).collect(),
        bins,
    }
}
