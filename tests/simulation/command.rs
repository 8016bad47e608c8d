//! `npm run simulate`: runs the simulated world from a seed, for as many events as are asked for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "mod.rs"]
mod simulation;

use simulation::{Options, play_found, run};
use std::process::ExitCode;
use std::time::Instant;

/// Long enough for logs of many batches, short enough to be made short.
const LENGTH: usize = 10_000;
const USAGE: &str =
    "--seed N (1) --events M (1000000) --length L (10000, events of an episode) --from E (0)";

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    // A panic is reported as a violation, with the way there.
    std::panic::set_hook(Box::new(|_| {}));
    let since = Instant::now();
    match play_found().and_then(|_| run(options)) {
        Ok(report) => {
            let seconds = since.elapsed().as_secs_f64();
            let (seed, events) = (options.seed, report.events);
            let pace = events as f64 / seconds;
            println!("seed {seed}: {events} events, no violation, {pace:.0} events/s\n{report}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            println!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { seed: 1, from: 0, events: 1_000_000, length: LENGTH };
    while let Some(name) = args.next() {
        let number: u64 = args.next()?.replace('_', "").parse().ok()?;
        match name.as_str() {
            "--seed" => options.seed = number,
            "--events" => options.events = number,
            "--from" => options.from = number,
            "--length" => options.length = usize::try_from(number).ok()?.max(1),
            _ => return None,
        }
    }
    Some(options)
}
