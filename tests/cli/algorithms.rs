//! `assay algorithms`: the catalogue, without a lab.

use crate::support::TestLab;

#[test]
fn the_catalogue_is_listed_and_every_algorithm_explained() {
    let lab = TestLab::without_lab();
    let listed = lab.json(&["algorithms"]);
    let names: Vec<&str> = listed
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|info| info["name"].as_str())
        .collect();
    let table = lab.assay(&["algorithms"]).stdout;
    assert_eq!(table.lines().count(), names.len() + 1, "{table}");
    for name in names {
        assert!(table.contains(name), "{name} is not in\n{table}");
        let shown = lab.assay(&["algorithms", name]);
        assert_eq!((shown.status, shown.stderr.as_str()), (0, ""));
        let info = lab.json(&["algorithms", name]);
        for param in info["params"].as_array().expect("parameters") {
            let param = param["name"].as_str().expect("a name");
            assert!(
                shown.stdout.contains(param),
                "{param} is not in\n{}",
                shown.stdout
            );
        }
    }
    let ridge = lab.assay(&["algorithms", "ridge"]).stdout;
    assert!(ridge.starts_with("ridge: Ridge regression\n"), "{ridge}");
    assert!(ridge.contains("0.000001 to 1000000000"), "{ridge}");
    assert_eq!(lab.assay(&["algorithms", "absent"]).status, 2);
}
