//! The wire: the one list of commands, dispatch, events, TypeScript types.

mod desk;
mod dispatch;
mod handlers;
mod list;
mod own_server;
pub mod reference;
pub mod types;

pub use assay_core::code::{Code, Failure};
pub use assay_core::event::{Event, NoticeLevel};
pub use assay_lab::serving;
pub use assay_lab::{Access, Denied, Lab, PredictionLog};
pub use desk::Desk;
pub use dispatch::{CommandInfo, Reply, commands, role_of};
pub use own_server::{Serving, StartServer};
