//! Allocations of one call on a warm connection: `cargo run --release --bin allocations [-- NAME]`, where a
//! name or the beginning of one picks a contender, for a profiler.
//!
//! Client and connection run on the thread that is counted; the server runs on another.

use allocation_counter::{AllocationInfo, measure};
use pockyt_figures::Figure;
use pockyt_peers::Error;
use pockyt_peers::contender::Contender;
use pockyt_peers::query::PAID;
use pockyt_peers::server::Server;
use tokio::runtime::Builder;

const WARM_UP: usize = 100;
const CALLS: u32 = 1000;

fn main() -> Result<(), Error> {
    let server = Server::answering(PAID)?;
    println!("{:<16} {:>12} {:>12} {:>18}", "one call", "allocations", "bytes", "most at one time");
    let picked = std::env::args().nth(1).unwrap_or_default();
    for contender in Contender::all(&server.url())?.into_iter().filter(|it| it.name().starts_with(&picked)) {
        let info = counted(&contender)?;
        println!(
            "{:<16} {:>12.1} {:>12.0} {:>18}",
            contender.name(),
            each(info.count_total),
            each(info.bytes_total),
            info.bytes_max,
        );
        let allocations = each(info.count_total);
        Figure::of("One call", contender.name(), allocations, "allocations").record()?;
    }
    Ok(())
}

fn counted(contender: &Contender) -> Result<AllocationInfo, Error> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    for _ in 0..WARM_UP {
        runtime.block_on(contender.ask())?;
    }
    let mut failed = None;
    let info = measure(|| {
        for _ in 0..CALLS {
            failed = runtime.block_on(contender.ask()).err().or(failed.take());
        }
    });
    failed.map_or(Ok(info), Err)
}

#[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52 of them")]
fn each(total: u64) -> f64 {
    total as f64 / f64::from(CALLS)
}
