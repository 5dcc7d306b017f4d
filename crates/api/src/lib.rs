//! The wire: the one list of commands, dispatch, events, TypeScript types.

mod list;
pub mod types;
