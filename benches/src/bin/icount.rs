//! Runs one case of the signing benchmarks a number of times, to have its instructions counted.
//!
//! `icount CASE TIMES`; `cargo xtask icount` runs it under callgrind.

#![expect(clippy::expect_used, clippy::print_stderr, reason = "a tool for developers")]

use std::hint::black_box;
use std::process::ExitCode;

use pockyt_benches::{CASES, prepared};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(case), Some(times)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: icount CASE TIMES, with CASE one of {CASES:?}");
        return ExitCode::FAILURE;
    };
    let times: u32 = times.parse().expect("TIMES is a number");
    let mut run = prepared(&case).expect("CASE is known");
    for _ in 0..times {
        black_box(run());
    }
    ExitCode::SUCCESS
}
