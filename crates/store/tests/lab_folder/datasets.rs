//! Data sets.

use assay_core::dataset::ImportOptions;
use assay_core::reference::Reference;
use assay_core::{Code, DatasetName};

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

#[test]
fn tags_point_at_versions_until_they_are_moved_or_removed() {
    let lab = Lab::new();
    lab.dataset("penguins", "a");
    lab.dataset("penguins", "b");
    let at = |text: &str| {
        let found = lab.store.dataset_version(&reference(text));
        found.map(|version| version.version).ok()
    };
    let tag = |text: &str, tag: &str| lab.store.tag_dataset(&reference(text), tag, ACT);
    assert_eq!(at("penguins@gold"), None);
    tag("penguins@1", "gold").unwrap();
    assert_eq!(at("penguins@gold"), Some(1));
    // A tag may be named by another one.
    tag("penguins@gold", "first").unwrap();
    tag("penguins", "gold").unwrap();
    assert_eq!(
        (at("penguins@gold"), at("penguins@first")),
        (Some(2), Some(1))
    );
    let tags = lab
        .store
        .dataset_detail(&reference("penguins"))
        .unwrap()
        .tags;
    let tags: Vec<_> = tags.into_iter().collect();
    assert_eq!(tags, [("first".to_owned(), 1), ("gold".to_owned(), 2)]);

    lab.store.undo(ACT).unwrap();
    assert_eq!(at("penguins@gold"), Some(1));
    let name = DatasetName::new("penguins");
    lab.store.untag_dataset(&name, "gold", ACT).unwrap();
    assert_eq!(at("penguins@gold"), None);
    lab.store.undo(ACT).unwrap();
    assert_eq!(at("penguins@gold"), Some(1));
    let entry = &lab.store.audit(Some("penguins@gold"), 9).unwrap()[0];
    assert_eq!(entry.detail, "It was removed; it pointed at version 1.");

    for (text, word, code) in [
        ("penguins", "3", Code::Invalid),
        ("penguins", "v3", Code::Invalid),
        ("penguins", "latest", Code::Invalid),
        ("penguins", "a/b", Code::Invalid),
        ("penguins@9", "gold", Code::NotFound),
        ("birds", "gold", Code::NotFound),
    ] {
        assert_eq!(tag(text, word).unwrap_err().code(), code, "{text} {word}");
    }
    let gone = lab.store.untag_dataset(&name, "none", ACT).unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
}

#[test]
fn an_older_version_becomes_the_newest_again() {
    let lab = Lab::new();
    let first = lab.dataset("penguins", "a").0;
    lab.dataset("penguins", "b");
    let restore = |text: &str| lab.store.restore_dataset_version(&reference(text), ACT);
    let restored = restore("penguins@1").unwrap();
    assert_eq!((restored.version, restored.restored_from), (3, Some(1)));
    assert_eq!(restored.parent, Some(2));
    assert_eq!(restored.content, first.content);
    assert_eq!(restored.row_groups, first.row_groups);
    assert_eq!(
        lab.store.dataset_version(&reference("penguins")).unwrap(),
        restored
    );
    assert_eq!(lab.objects().len(), 2);
    // Imported again it is the newest one that has the rows.
    assert_eq!(lab.dataset("penguins", "a").0.version, 3);
    let code = |text: &str| restore(text).unwrap_err().code();
    assert_eq!(code("penguins"), Code::Conflict);
    assert_eq!(code("penguins@1"), Code::Conflict);
    assert_eq!(code("penguins@7"), Code::NotFound);
    let actions = lab.store.audit(Some("penguins@3"), 9).unwrap();
    assert_eq!(actions[0].action, "dataset.version_restored");
}

#[test]
fn a_stored_row_group_is_found_by_its_content() {
    let lab = Lab::new();
    let group = lab.dataset("penguins", "a").0.row_groups[0].clone();
    assert_eq!(
        lab.store.row_group(&hash_of("a")).unwrap(),
        Some(group.clone())
    );
    assert_eq!(lab.store.row_group(&hash_of("b")).unwrap(), None);
    std::fs::remove_file(lab.store.object_path(&group.object).unwrap()).unwrap();
    assert_eq!(lab.store.row_group(&hash_of("a")).unwrap(), None);
}

#[test]
fn the_same_rows_in_other_bytes_leave_nothing() {
    let lab = Lab::new();
    lab.dataset("penguins", "a");
    let again = new_dataset("penguins", "a", lab.object(b"written by another version"));
    let (version, was_there) = lab.store.add_dataset_version(again, ACT).unwrap();
    assert_eq!((version.version, was_there), (1, true));
    assert_eq!(lab.objects().len(), 1);
}

#[test]
fn the_options_of_the_last_file_of_a_shape_are_remembered() {
    let lab = Lab::new();
    let with = |delimiter: &str| ImportOptions {
        delimiter: Some(delimiter.to_owned()),
        ..ImportOptions::default()
    };
    assert_eq!(lab.store.import_options("a;b").unwrap(), None);
    lab.store.save_import_options("a;b", &with(",")).unwrap();
    lab.store.save_import_options("a;b", &with(";")).unwrap();
    lab.store.save_import_options("c", &with("|")).unwrap();
    assert_eq!(lab.store.import_options("a;b").unwrap(), Some(with(";")));
    assert_eq!(lab.store.import_options("c").unwrap(), Some(with("|")));
    for number in 0..1_000 {
        let shape = format!("shape {number}");
        lab.store.save_import_options(&shape, &with("x")).unwrap();
    }
    assert_eq!(lab.store.import_options("c").unwrap(), None);
    assert_eq!(
        lab.store.import_options("shape 0").unwrap(),
        Some(with("x"))
    );
}
