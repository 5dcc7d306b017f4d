//! Sums over blocks, against sums over rows.

use super::*;
use ndarray::Array2;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, rng_seed: RngSeed::Fixed(6), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_over_blocks_are_those_over_rows(
        (n_rows, n) in (1_usize..900, 1_usize..40),
        seed in prop::collection::vec(-3.0_f32..3.0, 97),
        weighted in any::<bool>(),
    ) {
        let x = Array2::from_shape_fn((n_rows, n), |(row, column)| seed[(row * n + column) % 97] + 1_000.0);
        let mut dataset = DatasetBase::new(x.view(), ());
        if weighted {
            dataset.weights = (0..n_rows).map(|row| (row % 4) as f32 + 0.5).collect();
        }
        let task = Task::silent();
        let rows = Rows::new(&dataset, &task).unwrap();
        let weight = |row: usize| f64::from(dataset.weight_for(row));
        let total: f64 = (0..n_rows).map(weight).sum();
        prop_assert!((rows.total_weight() - total).abs() <= 1e-9 * total);
        let means = rows.means().unwrap();
        for column in 0..n {
            let sum: f64 = (0..n_rows).map(|row| weight(row) * f64::from(x[(row, column)])).sum();
            prop_assert!((means[column] - sum / total).abs() <= 1e-9 * 1_000.0);
        }
        let centred = rows.centred(means.clone()).with_ones();
        let gram = centred.gram().unwrap();
        let squares = centred.squares().unwrap();
        let at = |row: usize, column: usize| {
            if column == n { 1.0 } else { f64::from(x[(row, column)]) - means[column] }
        };
        for (a, b) in [(0, 0), (n - 1, 0), (n, n), (n - 1, n)] {
            let sum: f64 = (0..n_rows).map(|row| weight(row) * at(row, a) * at(row, b)).sum();
            prop_assert!((gram[(a, b)] - sum).abs() <= 1e-8 * total, "{a} {b}: {} {sum}", gram[(a, b)]);
            if a == b {
                prop_assert!((squares[a] - sum).abs() <= 1e-8 * total);
            }
        }
    }
}

#[test]
fn a_sample_reads_one_block_of_several() {
    let x = Array2::from_shape_fn((100_000, 2), |(row, _)| row as f32);
    let dataset = DatasetBase::new(x.view(), ());
    let task = Task::silent();
    let rows = Rows::new(&dataset, &task).unwrap();
    assert!(rows.sample(30_000, &task).is_none());
    let read = |rows: &Rows<'_>| {
        rows.fold(
            1,
            Vec::new,
            |read, block| read.push(block.rows.clone()),
            |all, part| all.extend(part),
        )
        .unwrap()
    };
    let whole: usize = read(&rows).iter().map(ExactSizeIterator::len).sum();
    assert_eq!(whole, 100_000);
    let some = read(&rows.sample(10_000, &task).unwrap());
    let n_read: usize = some.iter().map(ExactSizeIterator::len).sum();
    assert!((8_000..20_000).contains(&n_read), "{n_read}");
    assert!(some.iter().any(|rows| rows.end > 90_000));
}
