//! Suite files: those that Great Expectations wrote come back as they were, TOML reads back exactly, and what is no
//! suite is told in one sentence.

#[cfg(test)]
mod great_expectations;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod toml;
