//! The real window, driven as a person would. Run by `cargo xtask test` on a display of its own.
#![cfg(target_os = "linux")]

mod driver;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use driver::{Window, free_port};

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

    window.follow("runs").await;
    window.shows("random_forest-01").await;
    window.close().await;
}

/// One click, and what a client of MLflow logs is seen as it comes; another one, and nobody is listened to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desktop_window_takes_what_clients_log_while_its_switch_is_on() {
    let folder = tempfile::tempdir().unwrap();
    let window = Window::open(folder.path()).await;
    let port = free_port();
    window.follow("serve").await;
    window.press("Server").await;
    window
        .type_into("input[inputmode='numeric']", &port.to_string())
        .await;
    window.press("Turn on").await;
    window
        .shows(&format!("MLFLOW_TRACKING_URI=http://127.0.0.1:{port}"))
        .await;

    window.follow("runs").await;
    let run = r#"{"experiment_id": "0", "start_time": 1, "run_name": "from-a-notebook"}"#;
    let answer = post(port, "runs/create", run).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    window.shows("from-a-notebook").await;

    window.follow("serve").await;
    window.press("Server").await;
    window.press("Turn off").await;
    window.shows("The tracking server is off").await;
    assert!(post(port, "runs/create", run).is_err());
    window.close().await;
}

/// The whole answer of MLflow's API to one request.
fn post(port: u16, call: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    write!(
        stream,
        "POST /api/2.0/mlflow/{call} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
