//! One curve, of which no more is read than a chart can show.

use assay_core::curves::{self, Axes, CurvesRequest, Detail, Frame, GROUP, Line, MetricBucket};
use assay_core::tracking::MetricSample;
use assay_store::{CurveChunk, CurveId, Store};

use crate::error::Cause;

/// What is read at once stays in the processor's cache.
const CHUNKS_AT_ONCE: usize = 64;

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
            tail: one_by_one(&outline.tail).collect(),
            extent: None,
        };
        source.extent = source.find_extent(store)?;
        Ok(source)
    }

    /// As fine as can be seen within the frame.
    pub fn line(&self, store: &Store, frame: &Frame) -> Result<Line, Cause> {
        let wholes: Vec<MetricBucket> = self.chunks.iter().map(|chunk| chunk.whole).collect();
        let details = curves::details(&wholes, &self.axes, frame);
        let mut buckets = Vec::with_capacity(self.n_buckets(&details));
        for (chunks, details) in self
            .chunks
            .chunks(CHUNKS_AT_ONCE)
            .zip(details.chunks(CHUNKS_AT_ONCE))
        {
            self.read_chunks(store, frame, chunks, details.to_vec(), &mut buckets)?;
        }
        buckets.extend(&self.tail);
        Ok(Line::new(buckets, &self.axes))
    }

    /// About as many as there will be.
    fn n_buckets(&self, details: &[Detail]) -> usize {
        let chunks = self.chunks.iter().zip(details);
        let n: usize = chunks
            .map(|(chunk, detail)| match detail {
                Detail::Nothing => 0,
                Detail::Whole => 1,
                Detail::Groups => (chunk.whole.n as usize).div_ceil(GROUP),
                Detail::Points => chunk.whole.n as usize,
            })
            .sum();
        n + self.tail.len()
    }

    fn read_chunks(
        &self,
        store: &Store,
        frame: &Frame,
        chunks: &[CurveChunk],
        mut details: Vec<Detail>,
        buckets: &mut Vec<MetricBucket>,
    ) -> Result<(), Cause> {
        let mut groups = store
            .chunk_groups(&chosen(chunks, &details, Detail::Groups))?
            .into_iter();
        let mut parts = Vec::with_capacity(chunks.len());
        for (chunk, detail) in chunks.iter().zip(&mut details) {
            parts.push(match detail {
                Detail::Whole => vec![chunk.whole],
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
        let points = store.chunk_points(&chosen(chunks, &details, Detail::Points))?;
        let mut points = points.iter();
        for (part, detail) in parts.into_iter().zip(details) {
            if detail == Detail::Points {
                buckets.extend(
                    points
                        .next()
                        .into_iter()
                        .flat_map(|points| one_by_one(points)),
                );
            } else {
                buckets.extend(part);
            }
        }
        Ok(())
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
                    extent = wider(
                        extent,
                        axes.extent(&one_by_one(&points).collect::<Vec<_>>()),
                    );
                }
            }
        }
        Ok(extent)
    }
}

fn one_by_one(points: &[MetricSample]) -> impl Iterator<Item = MetricBucket> {
    points.chunks(1).map(MetricBucket::of)
}

fn wider(a: Option<(f64, f64)>, b: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (a, b) {
        (Some((from, to)), Some((first, last))) => Some((from.min(first), to.max(last))),
        (one, None) | (None, one) => one,
    }
}

fn chosen(chunks: &[CurveChunk], details: &[Detail], detail: Detail) -> Vec<CurveChunk> {
    let chunks = chunks.iter().zip(details);
    chunks
        .filter(|(_, own)| **own == detail)
        .map(|(chunk, _)| *chunk)
        .collect()
}
