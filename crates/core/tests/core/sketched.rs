//! A window as a sketch is measured and drawn like the window itself.

use assay_core::RawValues;
use assay_core::drift::{
    DriftRule, bins_over, bins_over_sketch, compare_column, compare_window, counts,
    reference_counts, sketch_column,
};
use proptest::prelude::*;

use crate::law;

fn numbers() -> impl Strategy<Value = RawValues> {
    let value = prop_oneof![
        6 => (-400i32..400).prop_map(|i| f64::from(i) / 16.0),
        1 => Just(f64::NAN),
    ];
    prop::collection::vec(value, 0..200).prop_map(RawValues::Numbers)
}

fn texts() -> impl Strategy<Value = RawValues> {
    prop::collection::vec(prop::option::weighted(0.9, "[a-h]{1,2}"), 0..150)
        .prop_map(RawValues::Texts)
}

proptest! {
    #![proptest_config(law())]

    #[test]
    fn numbers_measure_the_same(reference in numbers(), window in numbers()) {
        same(&reference, &window)?;
    }

    #[test]
    fn texts_measure_the_same(reference in texts(), window in texts()) {
        same(&reference, &window)?;
    }
}

fn same(reference: &RawValues, window: &RawValues) -> Result<(), TestCaseError> {
    let reference = sketch_column("x", reference);
    let sketch = sketch_column("x", window);
    prop_assert_eq!(
        compare_window(&reference, &sketch, &DriftRule::default()),
        compare_column(&reference, window)
    );
    let bins = bins_over(&reference, window);
    // Nothing at all is of no kind.
    if sketch.n_values() > 0 {
        prop_assert_eq!(&bins_over_sketch(&reference, &[&sketch]), &bins);
        prop_assert_eq!(reference_counts(&bins, &sketch), counts(&bins, window));
    }
    Ok(())
}
