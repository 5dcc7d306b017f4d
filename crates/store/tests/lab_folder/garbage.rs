//! Nothing that anything refers to is ever collected, whatever is added, deleted and brought back in whatever order.

use std::collections::BTreeMap;

use assay_core::ObjectHash;
use assay_core::dataset::{RowGroup, SetAside};
use assay_core::lab::TrashKind;
use assay_core::reference::Reference;
use assay_store::NewDatasetVersion;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::support::{ACT, Lab, hash_of, new_dataset};

#[derive(Debug, Clone)]
enum Step {
    /// A version of these row groups, few of which there are.
    Add {
        name: u8,
        groups: Vec<u8>,
        aside: bool,
    },
    /// A stored group is found again, as an import does before it writes, and used or not.
    Reuse {
        name: u8,
        group: u8,
        used: bool,
    },
    Delete {
        name: u8,
    },
    BringBack {
        name: u8,
    },
    RestoreVersion {
        name: u8,
        version: u32,
    },
    Undo,
    EmptyTrash,
    Doctor,
    OpenAgain,
}

fn step() -> impl Strategy<Value = Step> {
    let name = 0..3u8;
    prop_oneof![
        4 => (name.clone(), prop::collection::vec(0..6u8, 1..4), any::<bool>())
            .prop_map(|(name, groups, aside)| Step::Add { name, groups, aside }),
        2 => (name.clone(), 0..6u8, any::<bool>())
            .prop_map(|(name, group, used)| Step::Reuse { name, group, used }),
        2 => name.clone().prop_map(|name| Step::Delete { name }),
        2 => name.clone().prop_map(|name| Step::BringBack { name }),
        1 => (name, 1..5u32).prop_map(|(name, version)| Step::RestoreVersion { name, version }),
        1 => Just(Step::Undo),
        2 => Just(Step::EmptyTrash),
        1 => Just(Step::Doctor),
        1 => Just(Step::OpenAgain),
    ]
}

fn bytes_of(group: u8) -> Vec<u8> {
    vec![group; 10]
}

fn new_version(lab: &Lab, name: u8, groups: &[u8], aside: bool) -> NewDatasetVersion {
    let content = format!("{groups:?}");
    let mut new = new_dataset(&format!("data-{name}"), &content, hash_of("none"));
    new.row_groups = groups
        .iter()
        .map(|group| RowGroup {
            content: hash_of(&format!("group {group}")),
            object: lab.object(&bytes_of(*group)),
            n_rows: 1,
            size_bytes: 10,
        })
        .collect();
    new.source.set_aside = aside.then(|| SetAside {
        n_rows: 1,
        first: Vec::new(),
        object: lab.object(content.as_bytes()),
        size_bytes: content.len() as u64,
    });
    new
}

/// Whatever fails (there is no such name, a name is taken) changes nothing and is a part of the game.
fn take(lab: &Lab, step: &Step) {
    let data = |name: &u8| format!("data-{name}");
    match step {
        Step::Add {
            name,
            groups,
            aside,
        } => {
            let new = new_version(lab, *name, groups, *aside);
            lab.store.add_dataset_version(new, ACT).unwrap();
        }
        Step::Reuse { name, group, used } => {
            let content = hash_of(&format!("group {group}"));
            if let Some(found) = lab.store.row_group(&content).unwrap()
                && *used
            {
                let mut new = new_version(lab, *name, &[], false);
                new.content = content;
                new.row_groups = vec![found];
                lab.store.add_dataset_version(new, ACT).unwrap();
            }
        }
        Step::Delete { name } => {
            let _ = lab.store.delete(TrashKind::Dataset, &data(name), ACT);
        }
        Step::BringBack { name } => {
            let _ = lab.store.restore(TrashKind::Dataset, &data(name), ACT);
        }
        Step::RestoreVersion { name, version } => {
            let reference = Reference::version(data(name), *version);
            let _ = lab.store.restore_dataset_version(&reference, ACT);
        }
        Step::Undo => {
            let _ = lab.store.undo(ACT);
        }
        Step::EmptyTrash => {
            lab.store.empty_trash(ACT).unwrap();
        }
        Step::Doctor => {
            lab.store.doctor(true, |_| true, 0);
        }
        Step::OpenAgain => drop(lab.open_again()),
    }
}

/// Every object that a version needs, the deleted ones too, as they would be read.
fn needed(lab: &Lab) -> BTreeMap<ObjectHash, u64> {
    let db = rusqlite::Connection::open(lab.path().join("lab.db")).unwrap();
    let mut statement = db
        .prepare(
            "SELECT object, size_bytes FROM row_groups UNION
             SELECT set_aside, 0 FROM dataset_versions WHERE set_aside NOT NULL",
        )
        .unwrap();
    let rows = statement
        .query_map([], |row| {
            Ok((ObjectHash(row.get(0)?), row.get::<_, i64>(1)? as u64))
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        rng_seed: RngSeed::Fixed(20_261_121),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_referred_to_stays_and_nothing_else_stays_for_ever(
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let lab = Lab::new();
        for step in &steps {
            take(&lab, step);
            for object in needed(&lab).keys() {
                prop_assert!(lab.store.object_path(object).is_ok(), "{step:?} lost {object}");
            }
        }
        let report = lab.store.doctor(false, |_| true, 0);
        prop_assert!(report.healthy, "{report:?}");
        // Closed and opened again, with the trash emptied, exactly what is needed is left.
        lab.store.empty_trash(ACT).unwrap();
        let path = lab.path();
        let needed = needed(&lab).len();
        let folder = lab.close();
        let store = assay_store::Store::open(&path, crate::support::VERSION, ACT.at_ms).unwrap();
        store.empty_trash(ACT).unwrap();
        let mut left = crate::support::files(&path.join("objects"));
        left.retain(|file, _| !file.starts_with(path.join("objects/tmp")));
        prop_assert_eq!(left.len(), needed);
        drop(store);
        drop(folder);
    }
}
