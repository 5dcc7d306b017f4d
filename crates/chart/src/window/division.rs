//! How an axis of the window is divided: the pictures' ticks and numbers, on linear and log scales, or names. egui_plot
//! knows linear axes alone, so a log axis holds the logarithms.

use assay_core::chart::Scale;
use egui_plot::GridMark;

use crate::domain;
use crate::ticks::{self, Ticks};

/// How one axis is divided and labelled.
#[derive(Debug, Clone, PartialEq)]
pub enum Division {
    Numbers {
        scale: Scale,
        suffix: &'static str,
    },
    /// The name of `i` stands at `at(i)`.
    Names {
        names: Vec<String>,
        downwards: bool,
        half: bool,
    },
}

impl Division {
    pub fn marks(&self, (min, max): (f64, f64)) -> Vec<GridMark> {
        // the distance decides whether a label has room
        let mark = |step_size: f64| move |value: f64| GridMark { value, step_size };
        match self {
            Self::Numbers { scale, .. } => {
                let Some(ticks) = visible_ticks((min, max), *scale) else {
                    return Vec::new();
                };
                let places: Vec<f64> = ticks.values.iter().map(|v| to_plot(*v, *scale)).collect();
                let step = places
                    .windows(2)
                    .map(|w| w[1] - w[0])
                    .fold(max - min, f64::min);
                places.into_iter().map(mark(step)).collect()
            }
            Self::Names { names, .. } => {
                let visible = (max - min).abs().min(names.len() as f64);
                let stride = (visible / 40.0).ceil().max(1.0) as usize;
                let places = (0..names.len()).step_by(stride).map(|i| self.place(i));
                places
                    .filter(|p| (min..=max).contains(p))
                    .map(mark(stride as f64))
                    .collect()
            }
        }
    }

    pub fn label(&self, place: f64, range: (f64, f64)) -> String {
        match self {
            Self::Numbers { scale, suffix } => {
                let step = visible_ticks(range, *scale).and_then(|t| t.step);
                ticks::label(from_plot(place, *scale), step) + suffix
            }
            Self::Names { .. } => self.name(place).unwrap_or_default().to_owned(),
        }
    }

    /// The name whose slot or cell holds `place`.
    pub fn name(&self, place: f64) -> Option<&str> {
        let Self::Names { names, .. } = self else {
            return None;
        };
        names.get(self.index(place)?).map(String::as_str)
    }

    /// The number of the slot or cell that holds `place`.
    pub fn index(&self, place: f64) -> Option<usize> {
        let Self::Names {
            names,
            downwards,
            half,
        } = self
        else {
            return None;
        };
        let along = if *downwards { -place } else { place };
        let index = if *half { along.floor() } else { along.round() };
        (index >= 0.0 && index < names.len() as f64).then_some(index as usize)
    }

    /// Where name `i` stands.
    pub fn place(&self, i: usize) -> f64 {
        let Self::Names {
            downwards, half, ..
        } = self
        else {
            return i as f64;
        };
        let along = i as f64 + if *half { 0.5 } else { 0.0 };
        if *downwards { -along } else { along }
    }
}

/// Where `value` lies on egui_plot's axis; NaN where it has no place.
pub fn to_plot(value: f64, scale: Scale) -> f64 {
    match scale {
        _ if !domain::drawable(value, scale) => f64::NAN,
        Scale::Linear => value,
        Scale::Log => value.log10(),
    }
}

pub fn from_plot(place: f64, scale: Scale) -> f64 {
    match scale {
        Scale::Linear => place,
        Scale::Log => 10f64.powf(place),
    }
}

/// `None` where the view was zoomed to beyond what numbers can say.
fn visible_ticks((min, max): (f64, f64), scale: Scale) -> Option<Ticks> {
    if min.is_nan() || max.is_nan() {
        return None;
    }
    let (min, max) = match scale {
        Scale::Linear => (min.max(-1e300), max.min(1e300)),
        Scale::Log => (
            from_plot(min.max(-300.0), scale),
            from_plot(max.min(300.0), scale),
        ),
    };
    let span = max - min;
    let told_apart = span > 1e-290 && span > max.abs().max(min.abs()) * 1e-13;
    told_apart.then(|| Ticks::within(min, max, scale, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_axes_hold_logarithms() {
        for (value, place) in [(1.0, 0.0), (1000.0, 3.0), (1e-9, -9.0)] {
            assert!((to_plot(value, Scale::Log) - place).abs() < 1e-12);
            assert!((from_plot(place, Scale::Log) - value).abs() < value * 1e-12);
        }
        assert!(
            to_plot(0.0, Scale::Log).is_nan() && to_plot(f64::INFINITY, Scale::Linear).is_nan()
        );
        assert_eq!(to_plot(-4.0, Scale::Linear), -4.0);
    }

    #[test]
    fn marks_are_the_ticks_of_the_pictures() {
        let labels = |scale, range: (f64, f64)| -> Vec<String> {
            let division = Division::Numbers { scale, suffix: "" };
            division
                .marks(range)
                .iter()
                .map(|m| division.label(m.value, range))
                .collect()
        };
        assert_eq!(
            labels(Scale::Linear, (0.0, 1.0)),
            ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(labels(Scale::Log, (0.0, 3.0)), ["1", "10", "100", "1,000"]);
        // zoomed out of every number, and into nothing
        assert_eq!(labels(Scale::Log, (-1e9, 1e9)).len(), 5);
        assert!(labels(Scale::Linear, (1.0, 1.0)).is_empty());
        assert!(labels(Scale::Linear, (f64::NAN, f64::NAN)).is_empty());
    }
}
