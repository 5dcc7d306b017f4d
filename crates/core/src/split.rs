//! Which rows train and which rows test. The same seed gives the same rows on every machine.
