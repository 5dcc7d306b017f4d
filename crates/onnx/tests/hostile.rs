//! Files that mean harm: an error or bounded work, never a crash.

use assay_core::ObjectHash;
use assay_core::onnx_graph::TensorPlace;
use assay_onnx::{DiffSide, Error, diff, graph, inspect, tensor_statistics, wiring};

/// A field of a message, as protobuf writes one with a length.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = content.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(content);
    bytes
}

/// A model around the fields of a graph, with an output as every graph has.
fn model(graph_fields: &[u8]) -> Vec<u8> {
    let graph = [graph_fields.to_vec(), field(12, &field(1, b"y"))].concat();
    let opset = field(8, &[2 << 3, 17]);
    [vec![1 << 3, 8], field(7, &graph), opset].concat()
}

fn node(op: &str, inputs: &[&str], outputs: &[&str], more: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = inputs
        .iter()
        .flat_map(|name| field(1, name.as_bytes()))
        .collect();
    content.extend(outputs.iter().flat_map(|name| field(2, name.as_bytes())));
    content.extend(field(4, op.as_bytes()));
    content.extend(more);
    field(1, &content)
}

/// Everything that reads a file without running it.
fn read(bytes: &[u8]) -> Result<(), Error> {
    let found = graph("file", bytes)?;
    inspect(bytes)?;
    let _ = wiring(bytes, &[]);
    for index in 0..found.initializers.len() as u32 {
        tensor_statistics(bytes, &TensorPlace::Initializer { index })?;
    }
    let file = ObjectHash::new("0".repeat(64));
    let side = DiffSide {
        title: "file",
        file: &file,
        bytes,
    };
    assert!(diff(side, side)?.is_same());
    Ok(())
}

#[test]
fn a_graph_that_leads_into_itself_is_read() {
    let cyclic = [
        node("Add", &["b", "b"], &["a"], &[]),
        node("Add", &["a", "y"], &["b"], &[]),
        node("Add", &["y", "y"], &["y"], &[]),
    ];
    assert!(read(&model(&cyclic.concat())).is_ok());
}

#[test]
fn shapes_beyond_reason_hold_no_values() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    let dims = [vec![1 << 3], huge.to_vec(), vec![1 << 3], huge.to_vec()].concat();
    let tensor = [dims, vec![2 << 3, 1], field(8, b"w"), field(9, &[0; 8])].concat();
    let bytes = model(&field(5, &tensor));
    let found = graph("file", &bytes).expect("it is read");
    assert_eq!(
        (
            found.initializers[0].n_values,
            &found.initializers[0].statistics
        ),
        (u64::MAX, &None)
    );
    assert!(read(&bytes).is_ok());
}

#[test]
fn graphs_in_graphs_in_graphs_end() {
    let nested = |depth: usize| {
        let mut graph = Vec::new();
        for _ in 0..depth {
            let attribute = [field(1, b"body"), field(6, &graph)].concat();
            graph = node("Loop", &[], &["x"], &field(5, &attribute));
        }
        model(&graph)
    };
    assert!(read(&nested(20)).is_ok());
    for depth in [60, 3_000] {
        assert!(
            matches!(read(&nested(depth)), Err(Error::NotOnnx)),
            "{depth}"
        );
    }
}

#[test]
fn few_bytes_that_announce_much_are_refused_before_they_are_read() {
    let empty_nodes = [1 << 3 | 2, 0].repeat(4_000_000);
    assert!(matches!(
        read(&model(&empty_nodes)),
        Err(Error::TooLarge { .. })
    ));
    let names = field(1, &[1 << 3 | 2, 0].repeat(30_000_000));
    assert!(matches!(read(&model(&names)), Err(Error::TooLarge { .. })));
}

#[test]
fn many_nodes_and_constants_take_no_square_of_time() {
    let names: Vec<String> = (0..40_000).map(|index| format!("w{index}")).collect();
    let mut fields = Vec::new();
    for name in &names {
        let tensor = [
            vec![2 << 3, 1],
            field(8, name.as_bytes()),
            field(9, &[0; 4]),
        ]
        .concat();
        fields.extend(field(5, &tensor));
        fields.extend(node("Relu", &[name], &[&format!("{name}_out")], &[]));
    }
    let bytes = model(&fields);
    let found = graph("file", &bytes).expect("it is read");
    assert_eq!(
        (found.nodes.len(), found.initializers.len()),
        (40_000, 40_000)
    );
    assert!(inspect(&bytes).is_ok_and(|found| found.graph.nodes.len() == 40_000));
}
