//! How much of a curve is read for a chart of so many pixels: no more than can be seen.

use super::axes::{Axes, Frame};
use super::bucket::MetricBucket;

/// Points of a group, the finest level of the pyramid above the points.
pub const GROUP: usize = 32;
/// Up to so many points on a column of pixels are read one by one.
const POINTS_PER_COLUMN: u64 = 20;
/// What is wider may be seen to stand in the wrong place.
const WIDEST_COLUMNS: f64 = 0.5;
/// Smoothing has forgotten points that have less than this share in it.
const FORGOTTEN: f64 = 1e-3;

/// How finely a chunk of a curve is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    Nothing,
    /// As the one bucket that is known of it.
    Whole,
    /// In groups when these are [`is_fine`], otherwise point by point.
    Groups,
    Points,
}

/// What of each chunk is to be read, in any order of theirs.
///
/// Point by point: what lies across an end of the frame or is next to it, so that lines leave it where they do; what a
/// logarithmic axis shows in part; everything when there are few points to a pixel; with smoothing, the points before
/// the frame that it still remembers. Of the other points before it, smoothing has their means.
pub fn details(chunks: &[MetricBucket], axes: &Axes<'_>, frame: &Frame) -> Vec<Detail> {
    let ends: Vec<(f64, f64)> = chunks.iter().map(|chunk| axes.ends(chunk)).collect();
    let is_before = |index: usize| ends[index].1 < frame.from;
    let is_after = |index: usize| ends[index].0 > frame.to;
    let n_within: u64 = (0..chunks.len())
        .filter(|&index| !is_before(index) && !is_after(index))
        .map(|index| chunks[index].n)
        .sum();
    let has_few = n_within <= u64::from(frame.width) * POINTS_PER_COLUMN;
    let smoothing = axes.request.smoothing;
    let mut details: Vec<Detail> = (0..chunks.len())
        .map(|index| {
            let (first, last) = ends[index];
            let is_across =
                |from: f64, to: f64| first < from && from <= last || first <= to && to < last;
            if !axes.show(&chunks[index]) {
                // They are counted.
                let (from, to) = axes.sight();
                return if is_across(from, to) {
                    Detail::Points
                } else if first <= to && (smoothing > 0.0 || from <= last) {
                    Detail::Whole
                } else {
                    Detail::Nothing
                };
            }
            if is_before(index) && smoothing > 0.0 {
                return Detail::Whole;
            }
            if is_before(index) || is_after(index) {
                return Detail::Nothing;
            }
            if has_few || is_across(frame.from, frame.to) || axes.divide(&chunks[index]) {
                return Detail::Points;
            }
            let n_columns = frame.columns_between(first, last);
            let n_groups = chunks[index].n.div_ceil(GROUP as u64);
            if n_columns <= WIDEST_COLUMNS {
                Detail::Whole
            } else if n_columns > WIDEST_COLUMNS * n_groups as f64 {
                Detail::Points
            } else {
                Detail::Groups
            }
        })
        .collect();

    let mut before: Vec<usize> = (0..chunks.len())
        .filter(|&index| is_before(index) && axes.show(&chunks[index]))
        .collect();
    before.sort_by(|&a, &b| ends[b].1.total_cmp(&ends[a].1));
    let mut remembered = if smoothing > 0.0 {
        FORGOTTEN.ln() / smoothing.ln()
    } else {
        0.0
    };
    for (place, index) in before.into_iter().enumerate() {
        if place > 0 && remembered <= 0.0 {
            break;
        }
        details[index] = Detail::Points;
        remembered -= chunks[index].n_finite as f64;
    }
    let after = (0..chunks.len())
        .filter(|&index| is_after(index) && axes.show(&chunks[index]))
        .min_by(|&a, &b| ends[a].0.total_cmp(&ends[b].0));
    if let Some(index) = after {
        details[index] = Detail::Points;
    }
    details
}

/// Whether no group is so wide that it could be seen, and none is shown in part.
pub fn is_fine(groups: &[MetricBucket], axes: &Axes<'_>, frame: &Frame) -> bool {
    groups.iter().all(|group| {
        let (first, last) = axes.ends(group);
        !axes.divide(group) && frame.columns_between(first, last) <= WIDEST_COLUMNS
    })
}
