//! The methods as Evidently 0.7 computes them.

use super::proportions::{Share, fisher_exact, z_test};
use super::ranks::{Alternative, mann_whitney};
use super::sides::{Numbers, Point, Sides, Table, points};
use super::{Measured, Method, bins, chi, distance, shares, shuffles};
use super::{anderson, cramer, epps, kernel, paths, t_test};
use crate::drift::steps;

/// References of more distinct values are binned.
const MOST_VALUES: usize = 20;
/// Up to this product of the sizes the p-value of Kolmogorov and Smirnov is exact; scipy goes to 10^8, more slowly.
const MOST_PATHS: u64 = 10_000_000;

/// Numeric columns of more than 20 distinct reference values lie on Sturges' bins of both sides together, others on their
/// values; Mann-Whitney is one-sided, t has equal variances, chi-square and G are tests of fit, the smallest category (or
/// number) is the one a proportion is taken of.
pub(super) fn measure(method: Method, sides: &Sides<'_>) -> Option<Measured> {
    match sides {
        Sides::Numeric(a, b) => numeric(method, a, b),
        Sides::Categorical(table) => categorical(method, table),
    }
}

fn numeric(method: Method, a: &Numbers<'_>, b: &Numbers<'_>) -> Option<Measured> {
    let both = || points(a.steps, b.steps);
    let apart = || steps::kolmogorov_smirnov(a.steps, b.steps);
    match method {
        Method::KolmogorovSmirnov => {
            let statistic = apart();
            Some(Measured {
                statistic,
                p_value: Some(paths::two_sample_p(statistic, a.n, b.n, MOST_PATHS)),
                effect: statistic,
            })
        }
        Method::Wasserstein => {
            let unit = a.population_std().max(0.001);
            Some(distance(steps::wasserstein(a.steps, b.steps) / unit))
        }
        Method::Energy => Some(distance(steps::energy(a.steps, b.steps))),
        Method::AndersonDarling => anderson::anderson_darling(&both(), true, apart()),
        Method::CramerVonMises => cramer::cramer_von_mises(&both(), true, apart()),
        Method::EppsSingleton => epps::epps_singleton(&both(), apart()),
        Method::Mmd => kernel::mmd(&both()),
        Method::MannWhitney => Some(mann_whitney(&both(), Alternative::Less)),
        Method::TTest => t_test::student(a, b),
        Method::JensenShannon | Method::Psi | Method::KullbackLeibler => {
            binned(method, &shares_of(a, b))
        }
        Method::Hellinger => {
            let n_values = if a.exact && b.exact {
                both().len() as f64
            } else {
                (a.n + b.n) as f64
            };
            let rows = on_sturges(a, b, n_values);
            Some(distance(shares::hellinger_by_overlap(&shares::shares(
                &rows,
            ))))
        }
        _ => None,
    }
}

fn categorical(method: Method, table: &Table) -> Option<Measured> {
    let rows = table.union();
    let (n, m) = table.n();
    let (a, b) = (
        Share {
            of: table.first.0,
            n,
        },
        Share {
            of: table.first.1,
            n: m,
        },
    );
    match method {
        Method::ChiSquare => Some(chi::chi_square_of_fit(&rows)),
        Method::GTest => Some(chi::g_of_fit(&rows)),
        Method::ZTest => Some(z_test(a, b)),
        Method::FisherExact => (rows.len() <= 2).then(|| fisher_exact(a, b)),
        Method::TotalVariation => Some(Measured {
            p_value: Some(shuffles::total_variation_p(&rows)),
            ..distance(shares::total_variation(&shares::shares(&rows)))
        }),
        Method::Hellinger => Some(distance(shares::hellinger_by_overlap(&shares::shares(
            &rows,
        )))),
        _ => binned(method, &shares::shares(&rows)),
    }
}

fn shares_of(a: &Numbers<'_>, b: &Numbers<'_>) -> Vec<(f64, f64)> {
    if a.exact && a.steps.values.len() <= MOST_VALUES {
        let row = |point: Point| (point.a, point.b);
        let rows: Vec<_> = points(a.steps, b.steps).into_iter().map(row).collect();
        shares::shares(&rows)
    } else {
        shares::shares(&on_sturges(a, b, (a.n + b.n) as f64))
    }
}

/// Rows in the bins that Sturges gives `n` values.
fn on_sturges(a: &Numbers<'_>, b: &Numbers<'_>, n: f64) -> Vec<(u64, u64)> {
    let edges = bins::sturges(a.min.min(b.min), a.max.max(b.max), n, a.whole && b.whole);
    let of_a = bins::histogram(&edges, a);
    of_a.into_iter().zip(bins::histogram(&edges, b)).collect()
}

fn binned(method: Method, both: &[(f64, f64)]) -> Option<Measured> {
    let value = match method {
        Method::JensenShannon => shares::jensen_shannon(both, 1.0),
        Method::Psi => shares::psi(&shares::filled_as_evidently(both)),
        Method::KullbackLeibler => shares::kullback_leibler(&shares::filled_as_evidently(both)),
        _ => return None,
    };
    Some(distance(value))
}
