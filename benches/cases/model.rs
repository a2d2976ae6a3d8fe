//! Answers to read and requests to write, by pockyt-model and by plain serde_json.
//!
//! A folder of its own, and a module of the benchmark and of its test, so that the library needs neither.

pub(crate) mod decode;
pub(crate) mod encode;
