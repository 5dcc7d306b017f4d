//! The range of an axis, and where a value lies in it.

use assay_core::chart::{Axis, Scale};

use crate::ticks::{self, Ticks};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Domain {
    pub min: f64,
    pub max: f64,
    pub scale: Scale,
    /// Every value is an integer.
    pub whole: bool,
}

/// What is left between the data and the ends of the axis, where the axis does not set them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    None,
    /// A twenty-fifth of the range; never over 0 or over 1 when the data stay within.
    Some,
    /// Up to the next round tick.
    Tick,
}

/// Beyond this differences overflow; such values are taken for missing.
const LARGEST: f64 = 1e300;

/// Whether `value` has a place on an axis of this scale.
pub fn drawable(value: f64, scale: Scale) -> bool {
    value.abs() <= LARGEST && (scale == Scale::Linear || value >= 1e-300)
}

impl Domain {
    /// From the drawable ones of `values`, widened to `axis.min` and `axis.max` where those are set; `None` without any
    /// such value.
    pub fn of(values: impl Iterator<Item = f64>, axis: &Axis, room: Room) -> Option<Self> {
        let scale = axis.scale;
        let (mut min, mut max, mut whole) = (f64::INFINITY, f64::NEG_INFINITY, true);
        for value in values.filter(|v| drawable(*v, scale)) {
            min = min.min(value);
            max = max.max(value);
            whole &= value.fract() == 0.0;
        }
        if min > max {
            return None;
        }
        let set = |bound: Option<f64>| bound.filter(|v| drawable(*v, scale));
        let (low, high) = match (set(axis.min), set(axis.max)) {
            (Some(low), Some(high)) if low >= high => (None, None),
            bounds => bounds,
        };
        let mut domain = Self::spread(
            low.unwrap_or(min.min(high.unwrap_or(min))),
            high.unwrap_or(max.max(low.unwrap_or(max))),
            scale,
        );
        domain.whole = whole;
        let (min, max) = domain.with_room(room);
        domain.min = low.unwrap_or(min);
        domain.max = high.unwrap_or(max);
        Some(domain)
    }

    fn with_room(&self, room: Room) -> (f64, f64) {
        let (min, max) = (self.min, self.max);
        match (room, self.scale) {
            (Room::None, _) => (min, max),
            (Room::Tick, Scale::Linear) => ticks::rounded(min, max),
            (_, Scale::Log) => {
                let factor = (max / min).powf(0.04);
                (min / factor, max * factor)
            }
            (Room::Some, Scale::Linear) => {
                let wide = (max - min) * 0.04;
                let low = [0.0, 1.0]
                    .into_iter()
                    .filter(|v| *v <= min)
                    .fold(min - wide, f64::max);
                let high = [0.0, 1.0]
                    .into_iter()
                    .filter(|v| *v >= max)
                    .fold(max + wide, f64::min);
                (low, high)
            }
        }
    }

    /// `min` to `max`, or a little around them when they are the same.
    pub fn spread(min: f64, max: f64, scale: Scale) -> Self {
        let (min, max) = match scale {
            _ if max - min > max.abs().max(min.abs()) * 1e-9 && max - min > 1e-290 => (min, max),
            Scale::Log => (min / 2.0, max * 2.0),
            Scale::Linear => {
                let room = (min.abs() * 0.1).max(if min.abs() < 1e-280 { 0.5 } else { 0.0 });
                (min - room, max + room)
            }
        };
        Self {
            min,
            max,
            scale,
            whole: false,
        }
    }

    pub fn ticks(&self) -> Ticks {
        Ticks::within(self.min, self.max, self.scale, self.whole)
    }

    /// 0 at `min`, 1 at `max`, beyond them outside; `None` for what is not drawable.
    pub fn share(&self, value: f64) -> Option<f64> {
        drawable(value, self.scale).then(|| match self.scale {
            Scale::Linear => (value - self.min) / (self.max - self.min),
            Scale::Log => (value / self.min).ln() / (self.max / self.min).ln(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(values: &[f64], axis: &Axis, room: Room) -> Option<(f64, f64)> {
        Domain::of(values.iter().copied(), axis, room).map(|d| (d.min, d.max))
    }

    #[test]
    fn a_domain_comes_from_the_data_and_from_the_axis() {
        let free = Axis::linear("");
        let log = Axis {
            scale: Scale::Log,
            ..Axis::linear("")
        };
        let set = |min, max| Axis {
            min,
            max,
            ..Axis::linear("")
        };
        let nan = f64::NAN;
        for (values, axis, room, expected) in [
            (&[1.0, nan, 3.0][..], &free, Room::None, Some((1.0, 3.0))),
            (&[nan, f64::INFINITY], &free, Room::None, None),
            (&[], &free, Room::Tick, None),
            (&[0.43, 0.97], &free, Room::Tick, Some((0.4, 1.0))),
            (&[2.0, 4.0], &free, Room::Some, Some((1.92, 4.08))),
            (&[0.01, 0.99], &free, Room::Some, Some((0.0, 1.0))),
            (&[0.99, 1.01], &free, Room::Some, Some((0.9892, 1.0108))),
            (&[5.0], &free, Room::None, Some((4.5, 5.5))),
            (&[0.0], &free, Room::None, Some((-0.5, 0.5))),
            (&[-1.0, 0.0, 10.0], &log, Room::None, Some((5.0, 20.0))),
            (
                &[0.5],
                &set(Some(0.0), Some(1.0)),
                Room::Tick,
                Some((0.0, 1.0)),
            ),
            (&[0.5], &set(Some(0.0), None), Room::None, Some((0.0, 0.5))),
            // nonsense from outside is left aside
            (
                &[1.0, 3.0],
                &set(Some(9.0), Some(2.0)),
                Room::None,
                Some((1.0, 3.0)),
            ),
            (
                &[1.0, 3.0],
                &set(Some(nan), None),
                Room::None,
                Some((1.0, 3.0)),
            ),
        ] {
            assert_eq!(domain(values, axis, room), expected, "{values:?} {axis:?}");
        }
    }

    #[test]
    fn a_share_is_a_place_on_the_axis() {
        let linear = Domain::spread(10.0, 20.0, Scale::Linear);
        assert_eq!(linear.share(15.0), Some(0.5));
        assert_eq!(linear.share(30.0), Some(2.0));
        assert_eq!(linear.share(f64::NAN), None);
        let log = Domain::spread(1.0, 10_000.0, Scale::Log);
        assert_eq!(log.share(100.0), Some(0.5));
        assert_eq!(log.share(0.0), None);
    }

    #[test]
    fn extreme_values_keep_a_finite_range() {
        for values in [
            [-1e300, 1e300],
            [1e-300, 2e-300],
            [5e-324, 5e-324],
            [1e16, 1e16 + 2.0],
        ] {
            let d = Domain::of(values.into_iter(), &Axis::linear(""), Room::Tick).unwrap();
            assert!(d.max > d.min && (d.max - d.min).is_finite(), "{d:?}");
            assert!(!d.ticks().values.is_empty());
        }
    }
}
