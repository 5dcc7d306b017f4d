//! The switch: a server in the window's own process, for programs and browsers beside the window.
//!
//! The server is another crate, which uses this one; its host hands it to the desk.

use assay_core::code::{Code, Failure};
use assay_core::event::{Event, NoticeLevel};
use assay_core::lab::{OwnServer, ServerSettings, SwitchServer};
use assay_lab::Lab;

use crate::desk::Desk;

/// A server that runs in this process; it ends when this is dropped.
pub trait Serving: Send + Sync {
    /// `127.0.0.1:PORT`
    fn address(&self) -> String;
}

/// Starts a server of the lab that is open, on a port.
pub type StartServer = dyn Fn(u16) -> Result<Box<dyn Serving>, Failure> + Send + Sync;

impl Desk {
    pub(crate) fn own_server(&self, lab: &Lab) -> Result<OwnServer, Failure> {
        let address = self.serving().as_ref().map(|server| server.address());
        let settings = lab.settings().map_err(|error| error.failure())?.server;
        Ok(OwnServer {
            is_offered: self.start_server().is_some(),
            address,
            port: settings.port,
        })
    }

    pub(crate) fn switch_server(
        &self,
        lab: &Lab,
        wanted: SwitchServer,
    ) -> Result<OwnServer, Failure> {
        let start = self.start_server().ok_or_else(|| Failure {
            code: Code::Unsupported,
            attempted: "switch the server".to_owned(),
            wrong: "this host is a server itself".to_owned(),
            hint: Some("end it where it was started".to_owned()),
        })?;
        // The old one first: it may hold the port.
        *self.serving() = None;
        if wanted.on {
            let server = start(wanted.port)?;
            *self.serving() = Some(server);
        }
        lab.set_server_settings(&ServerSettings {
            port: wanted.port,
            in_window: wanted.on,
        })
        .map_err(|error| error.failure())?;
        self.own_server(lab)
    }

    /// Another lab is open now: its settings say whether it is served.
    pub(crate) fn follow_server(&self, lab: &Lab) {
        *self.serving() = None;
        let Some(start) = self.start_server() else {
            return;
        };
        let Ok(settings) = lab.settings() else {
            // Whoever needs the settings says what is wrong with them.
            return;
        };
        if !settings.server.in_window {
            return;
        }
        match start(settings.server.port) {
            Ok(server) => *self.serving() = Some(server),
            Err(failure) => self.tell(&Event::Notice {
                level: NoticeLevel::Warning,
                text: format!("The tracking server does not run: {}", failure.wrong),
            }),
        }
    }
}
