//! The filter grammar of rows and runs.
