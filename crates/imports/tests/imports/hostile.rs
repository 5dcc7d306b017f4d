//! Real files with damage of any kind: a reader ends, tells of it in one line, and never makes up a point.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::imports::RunFormat;
use assay_imports::{Point, open};
use proptest::prelude::*;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples")
}

/// The first file with that in its name.
fn sample(folder: &str, part: &str) -> Vec<u8> {
    let mut waiting = vec![samples().join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.file_name().unwrap().to_string_lossy().contains(part) {
                return std::fs::read(path).unwrap();
            }
        }
    }
    panic!("no sample {part}");
}

/// Points by metric and step, sorted.
fn points(bytes: &[u8], name: &str, format: RunFormat) -> Vec<(String, i64, u64)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut found = Vec::new();
    let Ok(mut source) = open(&path, format, &Task::silent()) else {
        return found;
    };
    for index in 0..source.n_runs() {
        if let Err(problem) = source.run(index) {
            assert!(!problem.to_string().contains('\n'), "{problem}");
        }
        let _ = source.points(index, &mut |key: &str, point: Point| {
            found.push((key.to_owned(), point.step, point.value.to_bits()));
            ControlFlow::Continue(())
        });
        for problem in source.take_problems() {
            assert!(!problem.to_string().contains('\n'), "{problem}");
        }
    }
    found.sort();
    found
}

fn damage() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_event_files_and_run_files_give_only_points_that_were_written(
        damage in damage(),
        cut in any::<prop::sample::Index>(),
    ) {
        for (folder, part, name, format) in [
            ("tensorboard", "tfevents", "events.out.tfevents.1", RunFormat::Tensorboard),
            ("wandb", ".wandb", "run-a.wandb", RunFormat::Wandb),
        ] {
            let whole = sample(folder, part);
            let mut all = points(&whole, name, format);
            // what only the summary has stands at the last step that could be read
            all.retain(|(key, ..)| key != "best");
            let mut damaged = whole.clone();
            for (place, bits) in &damage {
                damaged[place.index(whole.len())] ^= bits;
            }
            damaged.truncate(damaged.len() - cut.index(damaged.len() / 4));
            for (key, step, bits) in points(&damaged, name, format) {
                let known = key == "best" || all.contains(&(key.clone(), step, bits));
                // without its history a number of the summary is all that is left of a metric
                let is_summary = format == RunFormat::Wandb
                    && all.iter().any(|(name, _, value)| *name == key && *value == bits);
                prop_assert!(known || is_summary, "{key} {step}");
            }
        }
    }

    #[test]
    fn any_bytes_are_read_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        for (name, format) in [
            ("events.out.tfevents.1", RunFormat::Tensorboard),
            ("run-a.wandb", RunFormat::Wandb),
            ("table.csv", RunFormat::Csv),
        ] {
            prop_assert!(points(&bytes, name, format).len() <= bytes.len());
        }
    }

    #[test]
    fn tables_with_any_text_are_read_to_an_end(
        rows in prop::collection::vec("[0-9a-z.,;\"'\\-e \r\n]{0,40}", 0..20),
        head in prop_oneof![Just("step,loss"), Just("run,key,step,value,timestamp"), Just("epoch;a;b")],
    ) {
        let text = format!("{head}\n{}\n", rows.join("\n"));
        prop_assert!(points(text.as_bytes(), "table.csv", RunFormat::Csv).len() <= text.len());
    }
}
