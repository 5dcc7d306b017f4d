//! The formats of other trackers from outside, over files that their own programs wrote.
#![cfg(test)]

mod goldens;
mod hostile;
