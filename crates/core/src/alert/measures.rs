//! What alerts look at in a whole window.

use super::AlertMetric;
use crate::drift::Verdict;
use crate::drift::detectors::Signal;
use crate::drift::findings::{is_greater_better, main_metric};
use crate::replay::{DriftReport, WindowMultivariate, WindowReport};

/// The value of a window, and whether it is out of its own limits; `None` where there is none.
type OfWindow<'a> = Box<dyn Fn(&WindowReport) -> Option<(f64, bool)> + 'a>;

/// A value of windows: what it is called, which way is worse, and how each window has it.
pub struct Measure<'a> {
    pub name: String,
    pub greater_is_better: bool,
    pub of: OfWindow<'a>,
}

pub fn measure<'a>(metric: AlertMetric, report: &'a DriftReport) -> Measure<'a> {
    let against = report.against();
    let worse_if_more = |name: &str, of: OfWindow<'a>| {
        let name = name.to_owned();
        Measure {
            name,
            greater_is_better: false,
            of,
        }
    };
    match metric {
        AlertMetric::Performance => {
            let metric = report.performance_metric.as_deref();
            Measure {
                name: format!("{} of {against}", metric.unwrap_or("performance")),
                greater_is_better: metric.is_none_or(is_greater_better),
                of: Box::new(|window| Some((window.performance?.value, false))),
            }
        }
        AlertMetric::EstimatedPerformance => {
            let metric = main_metric(report);
            let greater_is_better = is_greater_better(&metric);
            Measure {
                name: format!("estimated {metric} of {against}"),
                greater_is_better,
                of: Box::new(move |window| {
                    let mut estimates = window.estimates.iter();
                    let found = estimates.find(|estimate| estimate.metric == metric)?;
                    // Better than ever is no alarm.
                    let is_out = found.limits.is_some_and(|limits| match greater_is_better {
                        true => limits.low.is_some_and(|low| found.value < low),
                        false => limits.high.is_some_and(|high| found.value > high),
                    });
                    Some((found.value, is_out))
                }),
            }
        }
        AlertMetric::ConceptDrift => Measure {
            name: format!("changes of the errors of {against}"),
            greater_is_better: false,
            of: Box::new(|window| {
                let spoken = report.concept.iter().filter(|stream| stream.is_telling());
                let of_window = spoken.clone().flat_map(|stream| &stream.detections);
                let drifts = of_window.filter(|detection| {
                    detection.window == window.index && detection.signal == Signal::Drift
                });
                let n_drifts = drifts.count();
                (window.n_rows > 0 && spoken.count() > 0).then_some((n_drifts as f64, false))
            }),
        },
        AlertMetric::ReconstructionError => worse_if_more(
            "the PCA reconstruction error",
            Box::new(WindowMultivariate::RECONSTRUCTION),
        ),
        AlertMetric::CorrelationChange => worse_if_more(
            "the change of correlations",
            Box::new(WindowMultivariate::CORRELATION),
        ),
        AlertMetric::DomainClassifier => worse_if_more(
            "the area under the curve of a model that tells the rows from the reference's",
            Box::new(WindowMultivariate::DOMAIN),
        ),
        AlertMetric::Rows => Measure {
            name: "rows".to_owned(),
            greater_is_better: true,
            of: Box::new(|window| Some((window.n_rows as f64, false))),
        },
        AlertMetric::Drift
        | AlertMetric::Effect
        | AlertMetric::Missing
        | AlertMetric::Outside
        | AlertMetric::Quality
        | AlertMetric::DriftShare => worse_if_more(
            "the share of columns that drifted",
            Box::new(|window| {
                let columns = window.columns.iter();
                let judged = columns.filter(|column| column.verdict != Verdict::NotJudged);
                let share = share(u64::from(window.n_drifted), judged.count() as u64)?;
                Some((share, false))
            }),
        ),
    }
}

/// `None` of nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
