//! The desk: which lab is open, and who listens.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::thread;

use assay_core::code::{Code, Failure};
use assay_core::event::{Event, Kind};
use assay_lab::{Cause, Environment, Error, Lab};

use crate::own_server::{Serving, StartServer};

/// One open lab at a time, for one window or one server.
pub struct Desk {
    environment: Environment,
    lab: RwLock<Option<Arc<Lab>>>,
    /// Whether another lab may be opened by a command. A server keeps the one it was started with.
    may_change_lab: bool,
    listeners: Arc<Mutex<Vec<Sender<Event>>>>,
    start_server: OnceLock<Box<StartServer>>,
    serving: Mutex<Option<Box<dyn Serving>>>,
}

impl Desk {
    /// A desk without a lab, whose user may open one.
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            lab: RwLock::default(),
            may_change_lab: true,
            listeners: Arc::default(),
            start_server: OnceLock::new(),
            serving: Mutex::default(),
        }
    }

    /// A desk that keeps one lab.
    pub fn around(lab: Lab) -> Result<Self, Failure> {
        let mut desk = Self::new(lab.environment().clone());
        desk.may_change_lab = false;
        desk.take(lab)?;
        Ok(desk)
    }

    /// Opens the lab in a folder, or makes one there when it is empty or absent.
    pub fn open(&self, folder: &Path) -> Result<(), Failure> {
        let lab = Lab::open_or_create(folder, self.environment.clone())
            .map_err(|error| error.failure())?;
        self.take(lab)
    }

    pub fn lab(&self) -> Result<Arc<Lab>, Failure> {
        self.lab
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .ok_or_else(|| Failure {
                code: Code::Invalid,
                attempted: "do that".to_owned(),
                wrong: "no lab is open".to_owned(),
                hint: Some("open or make a lab first".to_owned()),
            })
    }

    /// Lets commands start a server in this process; for hosts that are none themselves, before a lab is opened.
    pub fn offer_server(&self, start: Box<StartServer>) {
        // Who offers twice means the same server.
        let _ = self.start_server.set(start);
    }

    pub(crate) fn start_server(&self) -> Option<&StartServer> {
        self.start_server.get().map(AsRef::as_ref)
    }

    pub(crate) fn serving(&self) -> MutexGuard<'_, Option<Box<dyn Serving>>> {
        self.serving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self, event: &Event) {
        tell(&self.listeners, event);
    }

    /// Events of whatever lab is open, from now on.
    pub fn listen(&self) -> Receiver<Event> {
        let (sender, receiver) = channel();
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sender);
        receiver
    }

    /// Ends the jobs and the server of this desk; for the end of the application.
    pub fn close(&self) {
        *self.serving() = None;
        if let Ok(lab) = self.lab() {
            lab.cancel_all_jobs();
        }
    }

    pub(crate) fn change_lab(
        &self,
        open: impl FnOnce(Environment) -> Result<Lab, Error>,
    ) -> Result<(), Failure> {
        if !self.may_change_lab {
            let cause = Cause::with_hint(
                Code::Unsupported,
                "this server keeps the lab it was started with",
                "start another with `assay --lab DIR serve`",
            );
            return Err(Error::new("open another lab", cause).failure());
        }
        let lab = open(self.environment.clone()).map_err(|error| error.failure())?;
        self.take(lab)
    }

    fn take(&self, lab: Lab) -> Result<(), Failure> {
        let lab = Arc::new(lab);
        lab.watch().map_err(|error| error.failure())?;
        let events = lab.listen();
        *self.lab.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&lab));
        self.follow_server(&lab);
        let listeners = Arc::clone(&self.listeners);
        // Ends when the lab is dropped, because the lab holds the other end.
        thread::spawn(move || {
            tell(
                &listeners,
                &Event::Changed {
                    kinds: Kind::ALL.to_vec(),
                },
            );
            for event in events {
                tell(&listeners, &event);
            }
        });
        Ok(())
    }
}

fn tell(listeners: &Mutex<Vec<Sender<Event>>>, event: &Event) {
    let mut listeners = listeners.lock().unwrap_or_else(PoisonError::into_inner);
    listeners.retain(|listener| listener.send(event.clone()).is_ok());
}
