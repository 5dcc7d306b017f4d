//! A window of the real executable under WebDriver.
//!
//! Tauri's own driver only renames a capability on its way to WebKitWebDriver, so this speaks to the latter itself:
//! one process and one port less that can go wrong.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// Long enough for a busy machine; nothing waits longer than it has to.
const PATIENCE: Duration = Duration::from_secs(60);

/// The window, and everything that was started for it. Dropping it ends all of that, also when a test fails.
pub struct Window {
    pub client: Client,
    // Invariant: dropped after the client, and ends the whole process group.
    _driver: Driver,
}

impl Window {
    /// Opens the window on a new lab in `folder`.
    pub async fn open(folder: &Path) -> Window {
        let driver = Driver::start(folder);
        let options = json!({
            "binary": env!("CARGO_BIN_EXE_assay-desktop"),
            "args": ["--lab", folder.join("lab")],
        });
        let capabilities =
            Capabilities::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("the window opens under WebDriver");
        Window {
            client,
            _driver: driver,
        }
    }

    /// Waits for an element and gives it.
    pub async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE);
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("`{css}` does not appear: {error}\n{}", self.text().await),
        }
    }

    /// Clicks what is named so, a button or a link, once it is there and can be clicked.
    pub async fn press(&self, name: &str) {
        let path = format!(
            "//*[self::a or self::button][starts-with(normalize-space(.), '{name}')][not(@disabled)]"
        );
        let wait = self.client.wait().at_most(PATIENCE);
        match wait.for_element(Locator::XPath(&path)).await {
            Ok(element) => element
                .click()
                .await
                .unwrap_or_else(|error| panic!("`{name}` cannot be clicked: {error}")),
            Err(error) => panic!("`{name}` does not appear: {error}\n{}", self.text().await),
        }
    }

    /// Goes to a page by its link at the side.
    pub async fn follow(&self, page: &str) {
        let link = self.find(&format!("nav a[href='#/{page}']")).await;
        link.click()
            .await
            .unwrap_or_else(|error| panic!("`{page}` cannot be gone to: {error}"));
    }

    /// Replaces what a field holds.
    pub async fn type_into(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("the field can be emptied");
        field
            .send_keys(text)
            .await
            .expect("the field can be typed into");
    }

    /// Waits until the page shows `text`.
    pub async fn shows(&self, text: &str) {
        self.until(text, true, async || {}).await;
    }

    /// Everything that can be read in the window.
    pub async fn text(&self) -> String {
        let script = "return document.body.innerText";
        let text = self.client.execute(script, Vec::new()).await;
        let text = text.expect("the page answers");
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Drops files on the window, as the window system tells Tauri and Tauri tells the page. `veil` is what the page
    /// says while they are held over it: a drag that comes, goes and comes back shows that the page listens by now.
    pub async fn drop_files(&self, paths: &[PathBuf], veil: &str) {
        let files = json!({ "paths": paths, "position": { "x": 600, "y": 400 } });
        self.until(veil, true, async || self.emit("drag-enter", &files).await)
            .await;
        self.until(veil, false, async || {
            self.emit("drag-leave", &json!(null)).await
        })
        .await;
        self.emit("drag-enter", &files).await;
        self.emit("drag-drop", &files).await;
    }

    /// Does `again` until the page shows `text`, or until it no longer does.
    async fn until(&self, text: &str, wanted: bool, again: impl AsyncFn()) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            again().await;
            let page = self.text().await;
            if page.contains(text) == wanted {
                return;
            }
            let verb = if wanted { "appear" } else { "go" };
            assert!(
                Instant::now() < deadline,
                "`{text}` does not {verb}; the page reads:\n{page}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn emit(&self, event: &str, payload: &Value) {
        let script = "
            const [name, payload, done] = arguments;
            const event = { target: { kind: 'Webview', label: 'main' }, event: `tauri://${name}`, payload };
            window.__TAURI_INTERNALS__.invoke('plugin:event|emit_to', event).then(() => done(''), done)";
        let arguments = vec![json!(event), payload.clone()];
        let refused = self.client.execute_async(script, arguments).await;
        let refused = refused.expect("the page answers");
        assert_eq!(refused, json!(""), "`{event}` was not let through");
    }

    /// Closes the window as the user would end the program.
    pub async fn close(self) {
        self.client.close().await.expect("the window closes");
    }
}

/// WebKitWebDriver on a free port, in a process group of its own together with the window it starts.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    fn start(folder: &Path) -> Driver {
        assert!(
            std::env::var_os("DISPLAY").is_some(),
            "the window needs a display: run `cargo xtask test`, which brings one"
        );
        let port = free_port();
        // What the window remembers of itself stays in the test's folder.
        let home = folder.join("home");
        fs::create_dir_all(&home).expect("a folder for the window's own files");
        let process = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("HOME", &home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("GDK_BACKEND", "x11")
            // One bus for all windows of a display would end with the first of them, and take the others along.
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .process_group(0)
            .spawn()
            .expect("WebKitWebDriver starts");
        let driver = Driver { process, port };
        driver.wait_until_it_listens();
        driver
    }

    fn wait_until_it_listens(&self) {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < deadline, "WebKitWebDriver does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // SIGTERM to the group: a driver that is killed outright leaves its window behind.
        let group = format!("-{}", self.process.id());
        let told = Command::new("kill").args(["-TERM", "--", &group]).status();
        if !told.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its number").port()
}
