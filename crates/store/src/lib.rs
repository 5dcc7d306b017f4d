//! The lab folder: the only SQL, the only writer
