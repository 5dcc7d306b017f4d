//! ONNX files: whatever the bytes are, they are read within bounds or refused.
#![no_main]

use assay_core::ObjectHash;
use assay_core::onnx_graph::TensorPlace;
use assay_onnx::{DiffSide, Error};

/// A whole small file, beside which all others are laid.
const OTHER: &[u8] = include_bytes!("../seeds/onnx/branches.onnx");

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let graph = match assay_onnx::graph("file", bytes) {
        Ok(graph) => graph,
        Err(error) => {
            assert!(matches!(error, Error::NotOnnx | Error::TooLarge { .. }), "{error}");
            assert!(assay_onnx::inspect(bytes).is_err());
            return;
        }
    };
    let inspection = assay_onnx::inspect(bytes).expect("the same file");
    assert_eq!(inspection.opsets, graph.opsets);
    assert_eq!(inspection.inputs, graph.inputs);
    serde_json::to_vec(&graph).expect("it goes over the wire");
    for (place, node) in graph.nodes.iter().enumerate() {
        assert_eq!(node.index as usize, place);
        assert!(node.parent.is_none_or(|parent| (parent as usize) < place));
    }
    // What is asked for by itself is what was told with all.
    for (index, initializer) in (0..).zip(&graph.initializers).take(4) {
        let place = TensorPlace::Initializer { index };
        let found = assay_onnx::tensor_statistics(bytes, &place).expect("it is there");
        assert_eq!(found.is_some(), initializer.statistics.is_some());
    }
    if let Some(node) = graph.nodes.last() {
        let place = TensorPlace::Attribute { node: node.index, name: "value".to_owned() };
        let found = assay_onnx::tensor_statistics(bytes, &place);
        assert!(matches!(found, Ok(_) | Err(Error::NoTensor)));
    }
    if let Ok(wiring) = assay_onnx::wiring(bytes, &[]) {
        assert!(wiring.inputs.iter().all(|input| !input.columns.is_empty()));
    }
    let mut n_asked = 0;
    let taken = assay_onnx::take_in(bytes, &mut |part| {
        n_asked += part.n_bytes;
        if part.n_bytes > 1 << 16 { Err("too much".to_owned()) } else { Ok(vec![0; part.n_bytes as usize]) }
    });
    if let Ok(taken) = taken {
        let again = assay_onnx::graph("file", &taken).expect("it is whole");
        assert!(again.external_data.is_empty());
        assert_eq!(again.nodes.len(), graph.nodes.len());
    }
    let file = ObjectHash::new("0".repeat(64));
    let side = |bytes| DiffSide { title: "file", file: &file, bytes };
    let same = assay_onnx::diff(side(bytes), side(bytes)).expect("it was read before");
    assert!(same.is_same(), "{same:?}");
    let other = assay_onnx::diff(side(OTHER), side(bytes)).expect("both were read before");
    let matched = other.nodes.n_same + other.nodes.n_changed;
    assert_eq!(matched + other.nodes.n_right_only, graph.nodes.len() as u64);
});
