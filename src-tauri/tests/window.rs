//! The real window, driven as a person would. Run by `cargo xtask test` on a display of its own.
#![cfg(target_os = "linux")]

mod driver;

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
