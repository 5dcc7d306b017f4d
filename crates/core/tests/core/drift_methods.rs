//! Every drift method against scipy, Evidently and NannyML (golden/drift_methods.json, golden/drift_nannyml.json).

use std::collections::BTreeMap;

use assay_core::drift::{
    ColumnKind, ColumnSketch, DriftRule, Measured, Method, Mode, Verdict, compare_window,
    default_method, judge, measure, sketch_column, sketch_reference,
};
use assay_core::matrix::RawValues;
use serde::Deserialize;

use crate::shapes::Sample;

#[derive(Deserialize)]
struct Golden {
    numeric: Vec<Case>,
    categorical: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    reference: Sample,
    window: Sample,
    #[serde(default)]
    textbook: BTreeMap<Method, Expected>,
    evidently: Option<OfEvidently>,
    #[serde(default)]
    nannyml: BTreeMap<Method, Expected>,
}

#[derive(Deserialize)]
struct OfEvidently {
    default: Method,
    methods: BTreeMap<Method, Expected>,
}

#[derive(Deserialize)]
struct Expected {
    statistic: Option<f64>,
    p_value: Option<f64>,
    drifted: Option<bool>,
    /// Of NannyML: mean and three deviations of the method over the reference's chunks.
    limit: Option<f64>,
}

fn evidently_and_scipy() -> Vec<Case> {
    let golden: Golden =
        serde_json::from_str(include_str!("../golden/drift_methods.json")).expect("golden file");
    golden
        .numeric
        .into_iter()
        .chain(golden.categorical)
        .collect()
}

fn nannyml() -> Vec<Case> {
    let golden: Golden =
        serde_json::from_str(include_str!("../golden/drift_nannyml.json")).expect("golden file");
    golden
        .numeric
        .into_iter()
        .chain(golden.categorical)
        .collect()
}

/// Sketches that list every value, so that nothing but the method is compared.
fn exact(case: &Case) -> (ColumnSketch, ColumnSketch) {
    let full = |sample: &Sample| listing_all(sample);
    (full(&case.reference), full(&case.window))
}

fn listing_all(sample: &Sample) -> ColumnSketch {
    use assay_core::drift::SketchShape;
    use assay_core::matrix::RawValues;
    let values = sample.values();
    let mut sketch = sketch_column("x", &values);
    if let (
        SketchShape::Numeric {
            values: kept,
            cumulative,
            exact,
            ..
        },
        RawValues::Numbers(numbers),
    ) = (&mut sketch.shape, &values)
    {
        let mut sorted: Vec<f64> = numbers.iter().copied().filter(|n| n.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        (*kept, *cumulative) = (Vec::new(), Vec::new());
        for (place, value) in sorted.into_iter().enumerate() {
            if kept.last() == Some(&value) {
                cumulative.pop();
            } else {
                kept.push(value);
            }
            cumulative.push(place as u64 + 1);
        }
        *exact = true;
    }
    sketch
}

fn has_ties(reference: &ColumnSketch, window: &ColumnSketch) -> bool {
    use assay_core::drift::SketchShape;
    [reference, window].iter().any(|sketch| {
        matches!(&sketch.shape, SketchShape::Numeric { values, .. } if (values.len() as u64) < sketch.n_values())
    })
}

/// What is compared, and how closely: `relative` to the number, or `absolute` where that is more.
struct Tolerance {
    relative: f64,
    absolute: f64,
}

fn tolerance(method: Method, mode: Mode, p: bool) -> Tolerance {
    let (relative, absolute) = match (method, mode, p) {
        // 100 permutations of Evidently's: four standard errors and the gamma distribution's own.
        (Method::Mmd, Mode::Evidently, true) => (0.0, 0.2),
        (Method::Mmd, _, false) => (1e-6, 1e-9),
        // 1,000 permutations each.
        (Method::TotalVariation, Mode::Evidently, true) => (0.0, 0.07),
        // scipy ends its series at terms of 1e-7.
        (Method::CramerVonMises, _, true) => (0.0, 2e-7),
        (Method::KolmogorovSmirnov, _, true) => (1e-6, 1e-12),
        (Method::ZTest, Mode::Evidently, true) => (1e-9, 1e-14),
        // A square root of what is nearly nothing.
        (Method::Hellinger | Method::JensenShannon, _, false) => (1e-9, 3e-8),
        _ => (1e-9, 1e-12),
    };
    Tolerance { relative, absolute }
}

fn compare(what: &str, found: f64, wanted: f64, tolerance: &Tolerance, wrong: &mut Vec<String>) {
    let allowed = tolerance.absolute.max(tolerance.relative * wanted.abs());
    if (found - wanted).abs() > allowed {
        wrong.push(format!("{what}: found {found:e}, wanted {wanted:e}"));
    }
}

fn check(
    (case, method, mode): (&str, Method, Mode),
    found: Option<Measured>,
    wanted: &Expected,
    wrong: &mut Vec<String>,
) {
    let what = format!("{case}, {method}, {mode}");
    let Some(found) = found else {
        wrong.push(format!("{what}: nothing measured"));
        return;
    };
    if let Some(statistic) = wanted.statistic {
        let allowed = tolerance(method, mode, false);
        compare(
            &format!("{what}, statistic"),
            found.statistic,
            statistic,
            &allowed,
            wrong,
        );
    }
    if let Some(p_value) = wanted.p_value {
        let allowed = tolerance(method, mode, true);
        let found = found.p_value.unwrap_or(f64::NAN);
        // scipy takes Anderson and Darling's p-value from a table that ends at 0.001 and 0.25.
        if method == Method::AndersonDarling && mode == Mode::Textbook {
            if p_value > 0.001 && p_value < 0.25 {
                compare(&what, found, p_value, &allowed, wrong);
            } else if (found < p_value) != (p_value < 0.01) && found != p_value {
                wrong.push(format!(
                    "{what}: found {found:e} beyond the table's {p_value}"
                ));
            }
            return;
        }
        compare(&format!("{what}, p"), found, p_value, &allowed, wrong);
        if found.is_nan() {
            wrong.push(format!("{what}: no p-value"));
        }
    }
}

#[test]
fn textbook_methods_are_those_of_scipy() {
    let mut wrong = Vec::new();
    for case in evidently_and_scipy() {
        let (reference, window) = exact(&case);
        assert!(case.textbook.len() >= 6, "{}", case.name);
        for (&method, wanted) in &case.textbook {
            // With ties the textbook's T is not scipy's, see its documentation.
            if method == Method::CramerVonMises && has_ties(&reference, &window) {
                continue;
            }
            let found = measure(method, Mode::Textbook, &reference, &window);
            check(
                (&case.name, method, Mode::Textbook),
                found,
                wanted,
                &mut wrong,
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn evidently_mode_has_its_numbers_its_choice_and_its_verdicts() {
    let mut wrong = Vec::new();
    for case in evidently_and_scipy() {
        let Some(golden) = &case.evidently else {
            panic!("{}", case.name)
        };
        let (reference, window) = exact(&case);
        let chosen = default_method(Mode::Evidently, &reference, &window);
        if chosen != golden.default {
            wrong.push(format!(
                "{}: {chosen} in place of {}",
                case.name, golden.default
            ));
        }
        for (&method, wanted) in &golden.methods {
            if wanted.drifted.is_none() {
                continue;
            }
            let found = measure(method, Mode::Evidently, &reference, &window);
            check(
                (&case.name, method, Mode::Evidently),
                found,
                wanted,
                &mut wrong,
            );
            let random = matches!(method, Method::Mmd | Method::TotalVariation);
            let rule = DriftRule {
                numeric_method: Some(method),
                categorical_method: Some(method),
                ..DriftRule::of_mode(Mode::Evidently)
            };
            let mut columns = [compare_window(&reference, &window, &rule)];
            judge(&mut columns, std::slice::from_ref(&reference), &rule);
            let drifted = columns[0].verdict == Verdict::Drifted;
            if !random && Some(drifted) != wanted.drifted {
                wrong.push(format!("{}, {method}: {}", case.name, columns[0].reason));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nannyml_mode_has_its_numbers_its_limits_and_its_alerts() {
    let mut wrong = Vec::new();
    for case in nannyml() {
        let values = case.reference.values();
        let (mut reference, window) = exact(&case);
        // The limits come from the stretches of a reference in its order.
        let own = sketch_reference("x", &values);
        (reference.own, reference.own_by_method) = (own.own, own.own_by_method);
        let listed = reference
            == ColumnSketch {
                ..sketch_reference("x", &values)
            };
        for (&method, wanted) in &case.nannyml {
            let found = measure(method, Mode::NannyMl, &reference, &window);
            check(
                (&case.name, method, Mode::NannyMl),
                found,
                wanted,
                &mut wrong,
            );
            let rule = DriftRule {
                numeric_method: Some(method),
                categorical_method: Some(method),
                ..DriftRule::of_mode(Mode::NannyMl)
            };
            let mut columns = [compare_window(&reference, &window, &rule)];
            judge(&mut columns, std::slice::from_ref(&reference), &rule);
            let what = format!("{}, {method}", case.name);
            if let Some(limit) = wanted.limit {
                // A thinned sketch knows distances of bins within a hundredth.
                let allowed = Tolerance {
                    relative: if listed { 1e-9 } else { 0.02 },
                    absolute: if listed { 1e-7 } else { 1e-2 },
                };
                compare(
                    &format!("{what}, limit"),
                    columns[0].limit,
                    limit,
                    &allowed,
                    &mut wrong,
                );
            }
            if Some(columns[0].verdict == Verdict::Drifted) != wanted.drifted {
                wrong.push(format!("{what}: {}", columns[0].reason));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The bound that `measure` states: shares and distribution functions within a thousandth.
#[test]
fn thinned_sketches_measure_nearly_the_same() {
    let mut wrong = Vec::new();
    for case in evidently_and_scipy() {
        let (reference, window) = exact(&case);
        let thin = |sample: &Sample| sketch_column("x", &sample.values());
        let (thin_reference, thin_window) = (thin(&case.reference), thin(&case.window));
        for method in [
            Method::KolmogorovSmirnov,
            Method::JensenShannon,
            Method::TotalVariation,
            Method::LInfinity,
            Method::TTest,
        ] {
            let full = measure(method, Mode::Textbook, &reference, &window);
            let thin = measure(method, Mode::Textbook, &thin_reference, &thin_window);
            let (Some(full), Some(thin)) = (full, thin) else {
                assert_eq!(full.is_some(), thin.is_some(), "{}, {method}", case.name);
                continue;
            };
            let allowed = Tolerance {
                relative: 1e-9,
                absolute: 2e-3,
            };
            let what = format!("{}, {method}", case.name);
            compare(&what, thin.statistic, full.statistic, &allowed, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_method_of_the_mode_is_measured_when_the_rule_asks_for_it() {
    let numbers = |from: u32, to: u32| RawValues::Numbers((from..to).map(f64::from).collect());
    let letters = |of: &str| {
        let texts = of.chars().cycle().take(300);
        RawValues::Texts(texts.map(|letter| Some(letter.to_string())).collect())
    };
    for (values, other, kind) in [
        (numbers(0, 300), numbers(50, 350), ColumnKind::Numeric),
        (letters("abc"), letters("aabc"), ColumnKind::Categorical),
    ] {
        let (reference, window) = (sketch_column("x", &values), sketch_column("x", &other));
        for mode in Mode::ALL {
            let rule = DriftRule {
                every_method: true,
                ..DriftRule::of_mode(mode)
            };
            let drift = compare_window(&reference, &window, &rule);
            let found: Vec<Method> = drift.every_method.iter().map(|one| one.method).collect();
            let wanted: Vec<Method> = Method::ALL
                .into_iter()
                .filter(|method| measure(*method, mode, &reference, &window).is_some())
                .filter(|method| method.applies(mode, kind))
                .collect();
            assert_eq!(found, wanted, "{mode} {kind:?}");
            for one in &drift.every_method {
                let alone = measure(one.method, mode, &reference, &window);
                assert_eq!(Some(one.measured), alone, "{mode} {}", one.method);
            }
            let silent = compare_window(&reference, &window, &DriftRule::of_mode(mode));
            assert!(silent.every_method.is_empty());
        }
    }
}
