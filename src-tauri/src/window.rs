//! The one window: the pages out of this executable, and nothing from anywhere else.

use std::path::Path;
use std::sync::Arc;

use assay_api::{Desk, Failure};
use assay_lab::Environment;
use tauri::{App, RunEvent, Url, WebviewWindowBuilder};

use crate::notices;
use crate::rpc::{self, Subscription};

/// Why the window did not open.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}", told(.0))]
    Lab(#[from] Failure),
    #[error(
        "cannot open the window: there is no display\nhint: start it in a graphical session, or run `assay serve` and open the lab in a browser"
    )]
    NoDisplay,
    #[error(
        "cannot look at this computer: {0}\nhint: start Assay in a folder that exists and that you may read"
    )]
    Environment(#[from] std::io::Error),
    #[error(
        "cannot open the window: {0}\nhint: is there a display, and is WebKitGTK (Linux) or WebView2 (Windows) installed?"
    )]
    Window(#[from] tauri::Error),
}

impl Error {
    pub fn exit_status(&self) -> u8 {
        match self {
            Error::Lab(failure) => failure.code.exit_status(),
            Error::NoDisplay | Error::Environment(_) | Error::Window(_) => 1,
        }
    }
}

/// Shows the window, on `lab` when one is named, and returns when it is closed.
pub fn open(lab: Option<&Path>) -> Result<(), Error> {
    if !has_display() {
        return Err(Error::NoDisplay);
    }
    let mut environment = Environment::system("window")?;
    environment.plotter = Some(environment.worker.clone());
    let desk = Arc::new(Desk::new(environment));
    assay_server::offer(&desk);
    if let Some(lab) = lab {
        desk.open(lab)?;
    }
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(Arc::clone(&desk))
        .manage(Subscription::default())
        .invoke_handler(tauri::generate_handler![rpc::rpc])
        .setup({
            let desk = Arc::clone(&desk);
            move |app| {
                build(app)?;
                notices::follow(app.handle(), &desk);
                Ok(())
            }
        })
        .build(tauri::generate_context!())?
        .run(move |_, event| {
            if let RunEvent::Exit = event {
                desk.close();
            }
        });
    Ok(())
}

/// On Linux the window toolkit panics without one.
fn has_display() -> bool {
    let names = ["DISPLAY", "WAYLAND_DISPLAY"];
    !cfg!(target_os = "linux")
        || names
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Builds the windows of tauri.conf.json.
fn build(app: &App) -> tauri::Result<()> {
    for window in &app.config().app.windows {
        WebviewWindowBuilder::from_config(app.handle(), window)?
            .on_navigation(is_own_page)
            .build()?;
    }
    Ok(())
}

/// Invariant: the window never leaves the pages it was built with, so nothing leaves the computer through it.
fn is_own_page(url: &Url) -> bool {
    let own_host = matches!(url.host_str(), Some("localhost" | "tauri.localhost"));
    match url.scheme() {
        "tauri" => own_host,
        // how Windows names the same pages
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

fn told(failure: &Failure) -> String {
    match &failure.hint {
        Some(hint) => format!("{failure}\nhint: {hint}"),
        None => failure.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_built_in_pages_are_shown() {
        for (url, allowed) in [
            ("tauri://localhost/index.html#/data", true),
            ("http://tauri.localhost/", true),
            ("http://localhost:5173/", false),
            ("https://example.org/", false),
            ("tauri://example.org/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_own_page(&Url::parse(url).unwrap()), allowed, "{url}");
        }
    }
}
