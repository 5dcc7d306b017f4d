//! The table crate from outside, over files as people have them.
#![cfg(test)]

mod check;
mod check_laws;
mod content;
mod export;
mod formats;
mod goldens;
mod hostile;
mod hostile_files;
mod import;
mod logs;
mod profile;
mod recipe;
mod recipe_steps;
mod recipe_wide;
mod recommended;
mod rows;
mod stored;
mod support;
mod target;
