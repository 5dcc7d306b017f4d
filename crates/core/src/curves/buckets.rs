//! A curve cut to the columns of pixels that a chart has.

/// What a chart shows of the x axis, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    pub from: f64,
    pub to: f64,
    /// Columns of pixels.
    pub width: u32,
    /// Columns are even in the logarithm; `from` is positive then.
    pub log: bool,
}

/// One entry per column that has points.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Buckets {
    pub x: Vec<f64>,
    pub min: Vec<f64>,
    pub max: Vec<f64>,
    pub last: Vec<f64>,
    /// Empty without smoothing.
    pub smoothed: Vec<f64>,
    /// Points in them.
    pub n_shown: u64,
}

impl Frame {
    /// The column of an x inside of the frame.
    fn column(&self, x: f64) -> u32 {
        let place = |x: f64| if self.log { x.ln() } else { x };
        let (from, to) = (place(self.from), place(self.to));
        let share = (place(x) - from) / (to - from);
        // A frame of one x has one column: the share is NaN, and so is 0.
        ((share * f64::from(self.width)) as u32).min(self.width.saturating_sub(1))
    }
}

/// The points of a curve by rising x, cut to the frame, and of those on either side the nearest, so that a line
/// reaches the edges. Up to as many points as columns are each a bucket of its own. `smoothed` is empty or as long.
pub fn buckets(x: &[f64], values: &[f64], smoothed: &[f64], frame: &Frame) -> Buckets {
    let first = x.partition_point(|&x| x < frame.from);
    let end = x.partition_point(|&x| x <= frame.to);
    let mut found = Buckets::default();
    let point = |found: &mut Buckets, index: usize| {
        found.begin(x, values, smoothed, index);
    };
    if first > 0 && first < x.len() {
        point(&mut found, first - 1);
    }
    let all = end.saturating_sub(first) <= frame.width as usize;
    let mut column = None;
    for index in first..end {
        let here = frame.column(x[index]);
        if !all && column == Some(here) {
            found.extend(x, values, smoothed, index);
        } else {
            point(&mut found, index);
            column = Some(here);
        }
    }
    if end < x.len() && end > 0 {
        point(&mut found, end);
    }
    found
}

impl Buckets {
    fn begin(&mut self, x: &[f64], values: &[f64], smoothed: &[f64], index: usize) {
        self.x.push(x[index]);
        self.min.push(values[index]);
        self.max.push(values[index]);
        self.last.push(values[index]);
        self.smoothed.extend(smoothed.get(index));
        self.n_shown += 1;
    }

    fn extend(&mut self, x: &[f64], values: &[f64], smoothed: &[f64], index: usize) {
        let replace = |column: &mut Vec<f64>, value: f64| {
            if let Some(last) = column.last_mut() {
                *last = value;
            }
        };
        let (min, max) = (self.min.last().copied(), self.max.last().copied());
        replace(&mut self.x, x[index]);
        replace(&mut self.last, values[index]);
        if let (Some(min), Some(max)) = (min, max) {
            replace(&mut self.min, min.min(values[index]));
            replace(&mut self.max, max.max(values[index]));
        }
        if let Some(&value) = smoothed.get(index) {
            replace(&mut self.smoothed, value);
        }
        self.n_shown += 1;
    }
}
