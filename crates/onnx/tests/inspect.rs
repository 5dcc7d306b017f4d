//! Files that are not ONNX, whole or in part.

use assay_onnx::{About, Error, export, inspect};
use proptest::prelude::*;

use crate::cases::recipes;
use crate::models::models;
use crate::runtime;

fn a_file() -> Vec<u8> {
    let case = recipes().swap_remove(0);
    let (_, model) = models(&case).swap_remove(4);
    let about = About::default();
    export(&case.recipe, &model, &about)
        .expect("it exports")
        .bytes
}

#[test]
fn what_is_not_onnx_is_called_so() {
    let runtime = runtime();
    let csv = b"species,island\nAdelie,Dream\n".as_slice();
    let parquet = b"PAR1\x15\x04\x15\x1cPAR1".as_slice();
    for bytes in [
        b"".as_slice(),
        b"\0",
        csv,
        parquet,
        &[0xff; 64],
        b"\x08\x08",
    ] {
        assert!(matches!(inspect(bytes), Err(Error::NotOnnx)), "{bytes:?}");
        let opened = runtime.session(bytes);
        assert!(matches!(opened, Err(Error::NotOnnx)), "{opened:?}");
    }
}

#[test]
fn every_piece_of_a_file_is_refused_or_read() {
    let bytes = a_file();
    // The graph is one field of the message: a file cut inside it is never whole.
    let graph_ends = bytes.len() - bytes.len() / 10;
    for cut in 0..bytes.len() {
        let piece = inspect(&bytes[..cut]);
        assert!(cut > graph_ends || piece.is_err(), "cut at {cut}");
    }
    assert!(inspect(&bytes).is_ok());
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(matches!(inspect(&bytes), Err(Error::NotOnnx) | Ok(_)));
    }

    #[test]
    fn a_damaged_file_never_panics(changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..20)) {
        let mut bytes = a_file();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        prop_assert!(matches!(inspect(&bytes), Err(Error::NotOnnx) | Ok(_)));
    }
}
