//! Imports: what is looked at before, what is kept, what is set aside.

use serde_json::{Value, json};

use crate::support::TestLab;

const ORDERS: &str = "# exported by hand\n\
                      code;amount;day\n\
                      007;1.234,50;2026-11-01\n\
                      012;5,25;2026-11-02\n\
                      013;oops;2026-11-03\n\
                      014;7,00\n";

fn types(lab: &TestLab, name: &str) -> Vec<(String, String, Value)> {
    let shown = lab.json(&["data", "show", name]);
    shown["version"]["columns"]["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|column| {
            (
                column["name"].as_str().unwrap_or_default().to_owned(),
                column["kind"].as_str().unwrap_or_default().to_owned(),
                column["form"]["form"].clone(),
            )
        })
        .collect()
}

#[test]
fn bad_rows_refuse_the_import_or_are_set_aside_with_their_lines() {
    let lab = TestLab::new();
    let file = lab.file("orders.csv", ORDERS);
    let path = file.to_str().expect("text");
    let options = [
        "--comment",
        "#",
        "--decimal-comma",
        "--type",
        "amount=decimal(12,2)",
    ];
    let mut import = vec!["data", "import", path];
    import.extend(options);
    let refused = lab.assay(&import);
    assert_eq!(refused.status, 1);
    assert!(
        refused
            .stderr
            .contains("2 of 4 rows cannot be read: line 5 holds `oops` in `amount`")
            && refused
                .stderr
                .contains("line 6 has 2 fields where 3 are expected"),
        "{}",
        refused.stderr
    );
    assert_eq!(lab.json(&["data", "list"]), json!([]));

    let mut more = options.to_vec();
    more.extend(["--bad-rows", "set-aside"]);
    let imported = lab.import(&file, &more);
    assert_eq!(
        (&imported["n_rows"], &imported["set_aside"]["n_rows"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        types(&lab, "orders"),
        [
            ("code".to_owned(), "text".to_owned(), Value::Null),
            ("amount".to_owned(), "float".to_owned(), json!("decimal")),
            ("day".to_owned(), "date".to_owned(), Value::Null),
        ]
    );
    let head = lab.json(&["data", "head", "orders"]);
    assert_eq!(
        (&head[0]["code"], &head[0]["amount"]),
        (&json!("007"), &json!("1234.50"))
    );
    let aside = lab.path().join("../aside.csv");
    lab.json(&["data", "set-aside", "orders", aside.to_str().expect("text")]);
    let text = std::fs::read_to_string(&aside).expect("the rows set aside");
    assert_eq!(
        text,
        "line,problem,text\n\
         5,\"holds `oops` in `amount`, which is no decimal number of so many digits\",013;oops;2026-11-03\n\
         6,has 2 fields where 3 are expected,\"014;7,00\"\n"
    );
    assert_eq!(
        lab.assay(&["doctor"]).status,
        0,
        "the rows set aside are no orphans"
    );
}

#[test]
fn a_preview_stores_nothing_and_remembers_how_a_shape_was_read() {
    let lab = TestLab::new();
    let file = lab.file("first.csv", "a,b\n1,-999\n2,5\n");
    let path = file.to_str().expect("text");
    let before = lab.json(&["data", "preview", path, "--as-before"]);
    assert_eq!(before["remembered"], false);
    assert_eq!(before["columns"][1]["n_missing"], 0);
    assert_eq!(lab.json(&["data", "list"]), json!([]));
    lab.import(&file, &["--null", "-999"]);
    let next = lab.file("next.csv", "a,b\n3,-999\n");
    let path = next.to_str().expect("text");
    let again = lab.json(&["data", "preview", path, "--as-before"]);
    assert_eq!(again["remembered"], true);
    assert_eq!(again["columns"][1]["n_missing"], 1);
    let imported = lab.import(&next, &["--as-before"]);
    assert_eq!(imported["dataset"], "next");
    assert_eq!(lab.json(&["data", "head", "next"])[0]["b"], Value::Null);
}

#[test]
fn a_folder_is_one_data_set_with_the_columns_of_all_its_files() {
    let lab = TestLab::new();
    let folder = lab.path().join("../logs");
    std::fs::create_dir(&folder).expect("a folder");
    for (name, text) in [
        ("day-2.csv", "id,price\n2,2.5\n"),
        ("day-10.csv", "price,id,shop\n7,3,north\n"),
        ("day-1.csv", "id,price\n1,1\n"),
        (".hidden.csv", "x\n1\n"),
    ] {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    let imported = lab.import(&folder, &[]);
    assert_eq!(
        (
            &imported["dataset"],
            &imported["n_rows"],
            &imported["n_columns"]
        ),
        (&json!("logs"), &json!(3), &json!(3))
    );
    let rows = lab.json(&["data", "head", "logs"]);
    let shown: Vec<(&Value, &Value, &Value)> = rows
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (&row["id"], &row["price"], &row["shop"]))
        .collect();
    assert_eq!(
        shown,
        [
            (&json!("1"), &json!("1.0"), &Value::Null),
            (&json!("2"), &json!("2.5"), &Value::Null),
            (&json!("3"), &json!("7.0"), &json!("north")),
        ]
    );
    let pattern = folder.join("day-?.csv");
    let some = lab.import(&pattern, &["--name", "some"]);
    assert_eq!(some["n_rows"], 2);
}

#[test]
fn versions_store_the_rows_they_share_once() {
    let lab = TestLab::new();
    let rows = |n: u64| {
        let mut text = String::from("id,value\n");
        for i in 0..n {
            text.push_str(&format!("{i},{}\n", i * i % 1009));
        }
        text
    };
    lab.import(&lab.file("growing.csv", rows(400_000)), &[]);
    lab.import(&lab.file("growing.csv", rows(410_000)), &[]);
    let objects = |version: &str| -> Vec<Value> {
        lab.json(&["data", "show", version])["version"]["row_groups"]
            .as_array()
            .expect("row groups")
            .iter()
            .map(|group| group["object"].clone())
            .collect()
    };
    let (first, second) = (objects("growing@1"), objects("growing@2"));
    let shared = second
        .iter()
        .filter(|object| first.contains(object))
        .count();
    assert!(first.len() > 1, "{first:?}");
    assert_eq!(
        shared,
        first.len() - 1,
        "all groups but the last are shared"
    );
}
