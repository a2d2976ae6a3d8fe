//! Benchmarks of the Pockyt crates; see benches/.
