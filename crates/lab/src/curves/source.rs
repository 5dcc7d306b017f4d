//! One curve, of which no more is read than a chart can show.

use assay_core::curves::{self, Axes, CurvesRequest, Detail, Frame, Line, MetricBucket};
use assay_core::tracking::MetricSample;
use assay_store::{CurveChunk, CurveId, Store};

use crate::error::Cause;

pub(super) struct Source<'a> {
    axes: Axes<'a>,
    chunks: Vec<CurveChunk>,
    /// What is in no chunk, point by point.
    tail: Vec<MetricBucket>,
    /// The part of the x axis that it takes; `None` without a point that the axes can show.
    pub extent: Option<(f64, f64)>,
}

impl<'a> Source<'a> {
    pub fn read(store: &Store, id: &CurveId, request: &'a CurvesRequest) -> Result<Self, Cause> {
        let outline = store.curve_outline(id)?;
        let mut source = Self {
            axes: Axes {
                request,
                started_ms: id.started_ms,
            },
            chunks: outline.chunks,
            tail: one_by_one(&outline.tail),
            extent: None,
        };
        source.extent = source.find_extent(store)?;
        Ok(source)
    }

    /// As fine as can be seen within the frame.
    pub fn line(&self, store: &Store, frame: &Frame) -> Result<Line, Cause> {
        let wholes: Vec<MetricBucket> = self.chunks.iter().map(|chunk| chunk.whole).collect();
        let mut details = curves::details(&wholes, &self.axes, frame);
        let mut groups = store
            .chunk_groups(&self.chosen(&details, Detail::Groups))?
            .into_iter();
        let mut parts: Vec<Vec<MetricBucket>> = Vec::with_capacity(self.chunks.len());
        for (detail, whole) in details.iter_mut().zip(&wholes) {
            parts.push(match detail {
                Detail::Whole => vec![*whole],
                Detail::Groups => {
                    let groups = groups.next().unwrap_or_default();
                    if !curves::is_fine(&groups, &self.axes, frame) {
                        *detail = Detail::Points;
                    }
                    groups
                }
                Detail::Nothing | Detail::Points => Vec::new(),
            });
        }
        let points = store.chunk_points(&self.chosen(&details, Detail::Points))?;
        let in_points = parts
            .iter_mut()
            .zip(&details)
            .filter(|(_, detail)| **detail == Detail::Points);
        for ((part, _), points) in in_points.zip(&points) {
            *part = one_by_one(points);
        }
        let mut buckets = parts.concat();
        buckets.extend(&self.tail);
        Ok(Line::new(buckets, &self.axes))
    }

    fn chosen(&self, details: &[Detail], detail: Detail) -> Vec<CurveChunk> {
        let chunks = self.chunks.iter().zip(details);
        chunks
            .filter(|(_, own)| **own == detail)
            .map(|(chunk, _)| *chunk)
            .collect()
    }

    /// Chunks whose every point can be shown say where they end; of the others those are looked into that may reach
    /// farther, the outermost first, for it is seldom that more than one does.
    fn find_extent(&self, store: &Store) -> Result<Option<(f64, f64)>, Cause> {
        let axes = &self.axes;
        let mut extent = axes.extent(&self.tail);
        let (known, mut unknown): (Vec<&CurveChunk>, Vec<&CurveChunk>) = self
            .chunks
            .iter()
            .filter(|chunk| axes.show(&chunk.whole))
            .partition(|CurveChunk { whole, .. }| whole.n == whole.n_finite && !axes.divide(whole));
        for chunk in known {
            extent = wider(extent, Some(axes.ends(&chunk.whole)));
        }
        for is_left in [true, false] {
            unknown.sort_by(|a, b| {
                let ((first_a, last_a), (first_b, last_b)) =
                    (axes.ends(&a.whole), axes.ends(&b.whole));
                if is_left {
                    first_a.total_cmp(&first_b)
                } else {
                    last_b.total_cmp(&last_a)
                }
            });
            for chunk in &unknown {
                let (first, last) = axes.ends(&chunk.whole);
                let reaches = |(from, to)| if is_left { first < from } else { to < last };
                if !extent.is_none_or(reaches) {
                    break;
                }
                for points in store.chunk_points(&[**chunk])? {
                    extent = wider(extent, axes.extent(&one_by_one(&points)));
                }
            }
        }
        Ok(extent)
    }
}

fn one_by_one(points: &[MetricSample]) -> Vec<MetricBucket> {
    points.chunks(1).map(MetricBucket::of).collect()
}

fn wider(a: Option<(f64, f64)>, b: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (a, b) {
        (Some((from, to)), Some((first, last))) => Some((from.min(first), to.max(last))),
        (one, None) | (None, one) => one,
    }
}
