//! Graphs in fewer bits say nearly the same.

use assay_core::matrix::Prediction;
use assay_core::model::{Form, Model, Output};
use assay_core::recipe::{FittedRecipe, InputColumn, Missing, RECIPE_SCHEMA};
use assay_core::schema::ColumnType;
use assay_core::{Columns, RawColumn, RawValues};
use assay_onnx::{About, Shrunk, export, to_float16, to_int8};

use crate::runtime;

const N_FEATURES: usize = 200;
const N_CLASSES: usize = 4;

/// Numbers between −1 and 1 without a pattern.
fn number(index: usize) -> f64 {
    let mixed = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as f64 / f64::from(1 << 23) - 1.0
}

fn classes() -> Vec<String> {
    (0..N_CLASSES).map(|class| format!("c{class}")).collect()
}

/// A multinomial regression over many features, with the raw columns of some rows.
fn wide() -> (Vec<u8>, Columns) {
    let names: Vec<String> = (0..N_FEATURES).map(|index| format!("x{index}")).collect();
    let recipe = FittedRecipe {
        schema: RECIPE_SCHEMA,
        inputs: names
            .iter()
            .map(|name| InputColumn {
                name: name.clone(),
                kind: ColumnType::Float,
            })
            .collect(),
        steps: Vec::new(),
        features: names.clone(),
        missing: Missing::Refused,
    };
    let coefficients = (0..N_CLASSES)
        .map(|class| {
            let row = 0..N_FEATURES;
            row.map(|index| number(class * N_FEATURES + index) as f32)
                .collect()
        })
        .collect();
    let model = Model {
        n_features: N_FEATURES,
        output: Output::Classes {
            classes: classes(),
            kind: ColumnType::Text,
        },
        form: Form::Logistic {
            coefficients,
            intercepts: vec![0.1; N_CLASSES],
        },
    };
    let n_rows = 50;
    let columns = Columns {
        n_rows,
        columns: names
            .into_iter()
            .enumerate()
            .map(|(place, name)| RawColumn {
                name,
                values: RawValues::Numbers(
                    (0..n_rows)
                        .map(|row| number(7_919 * (row + 1) + place))
                        .collect(),
                ),
            })
            .collect(),
    };
    let exported = export(&recipe, &model, &About::default()).expect("it exports");
    (exported.bytes, columns)
}

fn probabilities(bytes: &[u8], columns: &Columns) -> Vec<f64> {
    let session = runtime().session(bytes).expect("it opens");
    match session.predict(columns, &classes()).expect("it answers") {
        Prediction::Classes { probabilities, .. } => probabilities,
        other => panic!("{other:?}"),
    }
}

#[test]
fn matrices_in_fewer_bits_answer_nearly_the_same() {
    let (whole, columns) = wide();
    let wanted = probabilities(&whole, &columns);
    type Way = fn(&[u8]) -> Result<Shrunk, assay_onnx::Error>;
    let ways: [(Way, f64, usize, &str); 2] = [
        (to_float16, 0.002, 6, "1 of 1 matrices are in 16 bits"),
        (to_int8, 0.05, 7, "1 of 1 matrices are in 8 bits"),
    ];
    for (way, tolerance, bytes_saved, note) in ways {
        let Shrunk { bytes, note: said } = way(&whole).expect("it shrinks");
        assert_eq!(said, note);
        // Of the eight bytes of each number, less what the new nodes cost.
        let saved = whole.len() - bytes.len();
        assert!(
            saved + 1_500 > N_FEATURES * N_CLASSES * bytes_saved,
            "{note}: {saved}"
        );
        let found = probabilities(&bytes, &columns);
        let apart = wanted
            .iter()
            .zip(&found)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        assert!(apart > 0.0 && apart < tolerance, "{note}: {apart}");
    }
}

#[test]
fn what_is_no_graph_or_has_no_matrix_is_refused() {
    for bytes in [&b"no graph"[..], &[]] {
        assert!(to_float16(bytes).is_err() && to_int8(bytes).is_err());
    }
    let (whole, _) = wide();
    let narrow = to_float16(&whole).expect("it shrinks").bytes;
    let again = to_float16(&narrow).map(|shrunk| shrunk.note);
    assert!(
        matches!(&again, Err(error) if error.to_string().contains("has constants")),
        "{again:?}"
    );
}
