//! From the scale that a model learnt on back to the scale of its target.

/// t = answer · std + mean, held within `low` and `high`; the answer is the curve of that, in f64.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inverse {
    pub curve: InverseCurve,
    pub mean: f64,
    /// Over 0.
    pub std: f64,
    /// Invariant: within these the curve is finite.
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InverseCurve {
    /// exp(t).
    Exp,
    /// exp(t) − 1.
    ExpMinusOne,
    /// (λt + 1)^(1/λ), exp(t) for λ = 0 (Box and Cox 1964).
    BoxCox { lambda: f64 },
    /// From 0 on (λt + 1)^(1/λ) − 1, exp(t) − 1 for λ = 0; below 1 − (1 − (2 − λ)t)^(1/(2 − λ)), 1 − exp(−t) for λ = 2
    /// (Yeo and Johnson 2000).
    YeoJohnson { lambda: f64 },
}

impl Inverse {
    pub fn of(&self, answer: f64) -> f64 {
        let t = (answer * self.std + self.mean).clamp(self.low, self.high);
        self.curve.of(t)
    }
}

impl InverseCurve {
    pub fn of(self, t: f64) -> f64 {
        match self {
            Self::Exp => t.exp(),
            Self::ExpMinusOne => t.exp() - 1.0,
            Self::BoxCox { lambda } => raised(t, lambda),
            Self::YeoJohnson { lambda } => {
                (raised(t.max(0.0), lambda) - 1.0) + (1.0 - raised(-t.min(0.0), 2.0 - lambda))
            }
        }
    }
}

fn raised(t: f64, lambda: f64) -> f64 {
    if lambda == 0.0 {
        t.exp()
    } else {
        (lambda * t + 1.0).powf(1.0 / lambda)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_at_known_places() {
        let yeo_johnson = |lambda| InverseCurve::YeoJohnson { lambda };
        for (curve, t, wanted) in [
            (InverseCurve::Exp, 0.0, 1.0),
            (InverseCurve::ExpMinusOne, 0.0, 0.0),
            (InverseCurve::BoxCox { lambda: 0.0 }, 1.0, 1.0_f64.exp()),
            (InverseCurve::BoxCox { lambda: 2.0 }, 4.0, 3.0),
            (InverseCurve::BoxCox { lambda: -1.0 }, 0.5, 2.0),
            (yeo_johnson(1.0), 3.5, 3.5),
            (yeo_johnson(1.0), -3.5, -3.5),
            (yeo_johnson(0.0), 2.0, 2.0_f64.exp() - 1.0),
            (yeo_johnson(0.0), -4.0, -2.0),
            (yeo_johnson(2.0), -2.0, 1.0 - 2.0_f64.exp()),
            (yeo_johnson(0.5), 0.0, 0.0),
        ] {
            assert!((curve.of(t) - wanted).abs() < 1e-12, "{curve:?} of {t}");
        }
    }

    #[test]
    fn answers_are_held_within_the_ends() {
        let inverse = Inverse {
            curve: InverseCurve::Exp,
            mean: 1.0,
            std: 2.0,
            low: -1.0,
            high: 5.0,
        };
        assert_eq!(inverse.of(1.0), 3.0_f64.exp());
        assert_eq!(inverse.of(1e30), 5.0_f64.exp());
        assert_eq!(inverse.of(-1e30), (-1.0_f64).exp());
    }
}
