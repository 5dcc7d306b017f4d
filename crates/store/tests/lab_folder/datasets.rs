//! Data sets.

use assay_core::reference::Reference;
use assay_core::Code;

use crate::support::{ACT, Lab, hash_of, new_dataset};

fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

#[test]
fn the_same_rows_are_the_same_version() {
    let lab = Lab::new();
    for (content, version, already_there) in [
        ("a", 1, false),
        ("a", 1, true),
        ("b", 2, false),
        ("a", 1, true),
        ("c", 3, false),
    ] {
        let (added, found) = lab.dataset("penguins", content);
        assert_eq!(
            (added.version, found),
            (version, already_there),
            "{content}"
        );
    }
    // The same rows under another name are another line.
    assert_eq!(lab.dataset("birds", "a").0.version, 1);

    let latest = lab.store.dataset_version(&reference("penguins")).unwrap();
    assert_eq!((latest.version, latest.content), (3, hash_of("c")));
    let second = lab.store.dataset_version(&reference("penguins@2")).unwrap();
    assert_eq!(second.content, hash_of("b"));
    let summaries = lab.store.datasets().unwrap();
    let names: Vec<_> = summaries
        .iter()
        .map(|s| (s.latest.dataset.as_str(), s.n_versions))
        .collect();
    assert_eq!(names, [("birds", 1), ("penguins", 3)]);
}

#[test]
fn what_is_not_there_is_not_found() {
    let lab = Lab::new();
    lab.dataset("penguins", "a");
    for text in ["birds", "penguins@2", "penguins@champion"] {
        let error = lab.store.dataset_version(&reference(text)).unwrap_err();
        assert_eq!(error.code(), Code::NotFound, "{text}");
        assert!(error.to_string().contains(text), "{error}");
    }
    let missing = new_dataset("x", "x", hash_of("no such object"));
    assert_eq!(
        lab.store
            .add_dataset_version(missing, ACT)
            .unwrap_err()
            .code(),
        Code::NotFound
    );
    let object = lab.object(b"x");
    let error = lab
        .store
        .add_dataset_version(new_dataset("../x", "x", object), ACT)
        .unwrap_err();
    assert_eq!(error.code(), Code::Invalid);
}

#[test]
fn the_page_of_a_data_set_knows_its_runs_replays_and_checks() {
    let lab = Lab::new();
    lab.dataset("penguins", "rows");
    let run_id = lab.finished_run(1);
    let model = lab.model("species", &run_id);
    let replay_id = lab.replay(5, &model.key());
    let detail = lab.store.dataset_detail(&reference("penguins")).unwrap();
    assert_eq!(detail.runs, [run_id]);
    assert_eq!(detail.replays, [replay_id]);
    assert_eq!(detail.expectations, None);

    lab.dataset("penguins", "more rows");
    let detail = lab.store.dataset_detail(&reference("penguins")).unwrap();
    assert_eq!((detail.runs.len(), detail.versions.len()), (0, 2));
    assert_eq!(detail.versions[0].version, 2);
}
