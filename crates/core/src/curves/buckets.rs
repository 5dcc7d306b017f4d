//! A curve cut to the columns of pixels that a chart has.

use super::axes::Frame;
use super::line::Part;

/// One entry per column that has points.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Buckets {
    pub x: Vec<f64>,
    pub min: Vec<f64>,
    pub max: Vec<f64>,
    pub last: Vec<f64>,
    pub smoothed: Vec<f64>,
    /// Points in them.
    pub n_shown: u64,
}

/// The parts of a curve by rising x, cut to the frame, and of those on either side the nearest, so that a line reaches
/// the edges. Up to as many points as columns are each a bucket of its own.
pub fn buckets(parts: &[Part], frame: &Frame) -> Buckets {
    let first = parts.partition_point(|part| part.x < frame.from);
    let end = parts.partition_point(|part| part.x <= frame.to).max(first);
    let within = &parts[first..end];
    let mut found = Buckets::default();
    if let (Some(before), true) = (first.checked_sub(1), first < parts.len()) {
        found.begin(&parts[before]);
    }
    let all = within.iter().map(|part| part.n).sum::<u64>() <= u64::from(frame.width);
    let mut column = None;
    for part in within {
        let here = frame.column(part.x);
        if !all && column == Some(here) {
            found.extend(part);
        } else {
            found.begin(part);
            column = Some(here);
        }
    }
    if let (Some(after), true) = (parts.get(end), end > 0) {
        found.begin(after);
    }
    found
}

impl Buckets {
    fn begin(&mut self, part: &Part) {
        self.x.push(part.x);
        self.min.push(part.min);
        self.max.push(part.max);
        self.last.push(part.last);
        self.smoothed.push(part.smoothed);
        self.n_shown += part.n;
    }

    fn extend(&mut self, part: &Part) {
        let change = |column: &mut Vec<f64>, to: &dyn Fn(f64) -> f64| {
            if let Some(last) = column.last_mut() {
                *last = to(*last);
            }
        };
        change(&mut self.x, &|_| part.x);
        change(&mut self.min, &|min| min.min(part.min));
        change(&mut self.max, &|max| max.max(part.max));
        change(&mut self.last, &|_| part.last);
        change(&mut self.smoothed, &|_| part.smoothed);
        self.n_shown += part.n;
    }
}
