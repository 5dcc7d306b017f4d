//! The methods of the textbook mode.

use std::f64::consts::LN_2;

use super::proportions::{Share, fisher_exact, z_test};
use super::ranks::{Alternative, mann_whitney};
use super::sides::{Numbers, Sides, Table, points};
use super::{Measured, Method, chi, distance, shares};
use super::{anderson, cramer, epps, kernel, paths, t_test};
use crate::drift::cells::Cells;
use crate::drift::steps;

/// Up to this product of the sizes the p-value of Kolmogorov and Smirnov is exact.
const MOST_PATHS: u64 = 100_000;

/// Distances of numeric columns lie on the deciles of the reference (values that hold a tenth of it apart), those of
/// categorical ones on the reference's categories and one for all others; p-values are two-sided. Wasserstein is in
/// standard deviations of the reference (units of 0.001 where it has none), the energy distance in their roots.
pub(super) fn measure(method: Method, sides: &Sides<'_>) -> Option<Measured> {
    match sides {
        Sides::Numeric(a, b) => numeric(method, a, b),
        Sides::Categorical(table) => categorical(method, table),
    }
}

fn numeric(method: Method, a: &Numbers<'_>, b: &Numbers<'_>) -> Option<Measured> {
    let both = || points(a.steps, b.steps);
    let apart = || steps::kolmogorov_smirnov(a.steps, b.steps);
    let unit = if a.std > 0.0 { a.std } else { 0.001 };
    match method {
        Method::KolmogorovSmirnov => {
            let statistic = apart();
            Some(Measured {
                statistic,
                p_value: Some(paths::two_sample_p(statistic, a.n, b.n, MOST_PATHS)),
                effect: statistic,
            })
        }
        Method::Wasserstein => Some(distance(steps::wasserstein(a.steps, b.steps) / unit)),
        Method::Energy => Some(distance(steps::energy(a.steps, b.steps) / unit.sqrt())),
        Method::AndersonDarling => anderson::anderson_darling(&both(), false, apart()),
        Method::CramerVonMises => cramer::cramer_von_mises(&both(), false, apart()),
        Method::EppsSingleton => epps::epps_singleton(&both(), apart()),
        Method::Mmd => kernel::mmd(&both()),
        Method::MannWhitney => Some(mann_whitney(&both(), Alternative::TwoSided)),
        Method::TTest => t_test::welch(a, b),
        _ => {
            let cells = Cells::of(a.steps);
            let rows = cells.counts(a.steps).into_iter().zip(cells.counts(b.steps));
            binned(method, &rows.collect::<Vec<_>>())
        }
    }
}

fn categorical(method: Method, table: &Table) -> Option<Measured> {
    let (n, m) = table.n();
    let of_first = || {
        let share = |of, n| Share { of, n };
        (table.n_categories() <= 2).then(|| (share(table.first.0, n), share(table.first.1, m)))
    };
    match method {
        Method::ChiSquare => chi::chi_square(&table.lumped()),
        Method::GTest => chi::g(&table.lumped()),
        Method::ZTest => of_first().map(|(a, b)| z_test(a, b)),
        Method::FisherExact => of_first().map(|(a, b)| fisher_exact(a, b)),
        _ => binned(method, &table.lumped()),
    }
}

fn binned(method: Method, rows: &[(u64, u64)]) -> Option<Measured> {
    let both = shares::shares(rows);
    let value = match method {
        Method::JensenShannon => shares::jensen_shannon(&both, LN_2).min(1.0),
        Method::Psi => shares::psi(&shares::filled(&both)),
        Method::KullbackLeibler => shares::kullback_leibler(&shares::filled(&both)),
        Method::Hellinger => shares::hellinger(&both),
        Method::TotalVariation => shares::total_variation(&both),
        Method::LInfinity => shares::l_infinity(&both),
        _ => return None,
    };
    Some(distance(value))
}
