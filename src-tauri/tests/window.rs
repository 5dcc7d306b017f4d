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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desktop_window_takes_a_dropped_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flowers.csv");
    fs::write(&file, "petal,colour\n1.4,red\n4.7,blue\n").unwrap();
    let window = Window::open(folder.path()).await;
    window.find("nav a[href='#/data']").await;
    window.drop_files(&[file], "Import into this lab").await;
    window.shows("2 rows").await;
    window.shows("petal").await;
    window.close().await;
}
