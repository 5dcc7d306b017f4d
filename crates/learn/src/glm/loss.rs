//! What a row costs, as a function of its weighted sum z: half deviances with the logarithm as link, and log loss.

/// Loss, slope and curvature in z of one row. The curvature is over 0: the second derivative where that always is,
/// else its expectation (Fisher scoring).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowLoss {
    pub loss: f64,
    pub slope: f64,
    pub curvature: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// y is 1 or 0, P(y = 1) = 1 / (1 + exp(−z)).
    Logistic,
    /// y >= 0, mean exp(z), variance as the mean.
    Poisson,
    /// y > 0, mean exp(z), variance as the mean squared.
    Gamma,
    /// Mean exp(z), variance as the mean to the power, which is over 1 and neither 1 nor 2; y >= 0 below 2, y > 0
    /// above.
    Tweedie(f64),
}

impl Loss {
    /// Of the power of the variance, 1 to 3.
    pub fn of_power(power: f64) -> Self {
        match power {
            1.0 => Self::Poisson,
            2.0 => Self::Gamma,
            _ => Self::Tweedie(power),
        }
    }

    /// Up to a constant of y.
    #[inline]
    pub fn at(self, z: f64, y: f64) -> RowLoss {
        match self {
            Self::Logistic => {
                // ln(1 + exp(z)), without overflow.
                let small = (-z.abs()).exp();
                let softplus = z.max(0.0) + small.ln_1p();
                let p = if z >= 0.0 { 1.0 } else { small } / (1.0 + small);
                RowLoss {
                    loss: softplus - y * z,
                    slope: p - y,
                    curvature: small / ((1.0 + small) * (1.0 + small)),
                }
            }
            Self::Poisson => {
                let mean = z.exp();
                RowLoss {
                    loss: mean - y * z,
                    slope: mean - y,
                    curvature: mean,
                }
            }
            Self::Gamma => {
                let ratio = y * (-z).exp();
                RowLoss {
                    loss: z + ratio,
                    slope: 1.0 - ratio,
                    curvature: ratio,
                }
            }
            Self::Tweedie(power) => {
                let (one, two) = (1.0 - power, 2.0 - power);
                let variance = (two * z).exp();
                let pull = y * (one * z).exp();
                RowLoss {
                    loss: variance / two - pull / one,
                    slope: variance - pull,
                    curvature: if two > 0.0 {
                        two * variance - one * pull
                    } else {
                        variance
                    },
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn slopes_and_curvatures_are_the_derivatives(
            loss in prop::sample::select(vec![Loss::Logistic, Loss::Poisson, Loss::Gamma, Loss::Tweedie(1.3), Loss::Tweedie(1.9), Loss::Tweedie(3.0)]),
            z in -4.0_f64..4.0,
            y in prop::sample::select(vec![0.0, 1.0]),
        ) {
            let step = 1e-5;
            let [before, here, after] = [z - step, z, z + step].map(|z| loss.at(z, y));
            let slope = (after.loss - before.loss) / (2.0 * step);
            prop_assert!((here.slope - slope).abs() <= 1e-6 * slope.abs().max(1.0), "{here:?} {slope}");
            if loss != Loss::Tweedie(3.0) {
                let curvature = (after.slope - before.slope) / (2.0 * step);
                prop_assert!((here.curvature - curvature).abs() <= 1e-6 * curvature.abs().max(1.0), "{here:?} {curvature}");
            }
        }
    }

    #[test]
    fn log_loss_does_not_overflow() {
        for (z, y, wanted) in [(800.0, 0.0, 800.0), (-800.0, 1.0, 800.0), (800.0, 1.0, 0.0)] {
            let found = Loss::Logistic.at(z, y);
            assert_eq!(found.loss, wanted);
            assert!(found.slope.abs() <= 1.0 && found.curvature >= 0.0);
        }
    }
}
