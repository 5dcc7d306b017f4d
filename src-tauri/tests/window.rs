//! The real window, driven as a person would. Run by `cargo xtask test` on a display of its own.
#![cfg(target_os = "linux")]

mod driver;

use std::fs;

use driver::Window;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desktop_window_opens_on_a_lab_and_closes() {
    let folder = tempfile::tempdir().unwrap();
    let window = Window::open(folder.path()).await;
    window.find("nav a[href='#/data']").await;
    for page in ["Data", "Train", "Runs", "Models", "Replay", "Serve", "Jobs"] {
        window.shows(page).await;
    }
    assert_eq!(window.client.title().await.unwrap(), "Assay");
    window.close().await;
}

/// From a dropped file to a run that can be looked at: the page, the one command, the worker and the events take part.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desktop_window_imports_a_dropped_file_and_trains_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flowers.csv");
    let rows: String = (0..120)
        .map(|row| {
            let (petal, colour) = if row % 2 == 0 {
                (1.0, "red")
            } else {
                (4.0, "blue")
            };
            format!("{:.2},{colour}\n", petal + f64::from(row % 7) / 10.0)
        })
        .collect();
    fs::write(&file, format!("petal,colour\n{rows}")).unwrap();
    let window = Window::open(folder.path()).await;
    window.find("nav a[href='#/data']").await;
    window.drop_files(&[file], "Import into this lab").await;
    window.shows("120 rows").await;
    window.shows("petal").await;

    window.press("Train on this").await;
    window.press("Train ").await;
    window.press("Open the run").await;
    window.shows("accuracy").await;

    window
        .find("nav a[href='#/runs']")
        .await
        .click()
        .await
        .unwrap();
    window.shows("random_forest-01").await;
    window.close().await;
}
