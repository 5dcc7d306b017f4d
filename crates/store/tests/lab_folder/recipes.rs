//! Recipes with a name and their versions.

use assay_core::Code;
use assay_core::recipe::{RECIPE_SCHEMA, Recipe, Step};

use crate::support::{ACT, Lab};

/// One that takes these columns as they are.
fn recipe(columns: &[&str]) -> Recipe {
    Recipe {
        schema: RECIPE_SCHEMA,
        inputs: Vec::new(),
        steps: vec![Step::Passthrough {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        }],
        left_out: Vec::new(),
    }
}

#[test]
fn a_name_is_a_line_of_versions() {
    let lab = Lab::new();
    let (one, two) = (recipe(&["a"]), recipe(&["a", "b"]));
    for (recipe, version) in [(&one, 1), (&one, 1), (&two, 2), (&one, 3)] {
        let saved = lab.store.save_recipe("plain", recipe, ACT).unwrap();
        assert_eq!((saved.version, &saved.recipe), (version, recipe));
    }
    lab.store.save_recipe("another", &two, ACT).unwrap();
    let list = lab.store.recipes().unwrap();
    let shown: Vec<_> = list
        .iter()
        .map(|line| {
            (
                line.name.as_str(),
                line.version,
                line.n_versions,
                line.n_steps,
            )
        })
        .collect();
    assert_eq!(shown, [("another", 1, 1, 1), ("plain", 3, 3, 1)]);
    let second = lab.store.recipe("plain", Some(2)).unwrap().unwrap();
    assert_eq!(second.recipe, two);
    assert_eq!(lab.store.recipe("plain", Some(9)).unwrap(), None);
    assert_eq!(lab.store.recipe("nobody", None).unwrap(), None);
}

#[test]
fn a_save_and_a_delete_are_taken_back() {
    let lab = Lab::new();
    let (one, two) = (recipe(&["a"]), recipe(&["a", "b"]));
    lab.store.save_recipe("plain", &one, ACT).unwrap();
    lab.store.save_recipe("plain", &two, ACT).unwrap();
    lab.store.delete_recipe("plain", ACT).unwrap();
    assert_eq!(lab.store.recipe("plain", None).unwrap(), None);
    // A run that names it still finds it.
    assert!(lab.store.recipe("plain", Some(1)).unwrap().is_some());
    let error = lab.store.delete_recipe("plain", ACT).unwrap_err();
    assert_eq!(error.code(), Code::NotFound);

    let newest = |lab: &Lab| {
        let found = lab.store.recipe("plain", None).unwrap();
        found.map(|found| found.version)
    };
    for (undone, version) in [
        ("delete of the recipe `plain`", Some(2)),
        ("save of the recipe `plain`", Some(1)),
        ("save of the recipe `plain`", None),
    ] {
        assert_eq!(lab.store.undo(ACT).unwrap().as_deref(), Some(undone));
        assert_eq!(newest(&lab), version);
    }
    // Numbers are never given twice.
    let again = lab.store.save_recipe("plain", &one, ACT).unwrap();
    assert_eq!(again.version, 3);
}
