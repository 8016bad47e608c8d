//! `npm run explore`: explores the small desks up to so many states each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "mod.rs"]
mod exploration;

use exploration::{desks, explore};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let states = match args.as_slice() {
        [] => Some(100_000),
        [name, count] if name == "--states" => count.replace('_', "").parse().ok(),
        _ => None,
    };
    let Some(states) = states else {
        eprintln!("--states N (100000): of each desk");
        return ExitCode::from(2);
    };
    for desk in desks() {
        let since = Instant::now();
        match explore(&desk, true, states).and_then(|_| explore(&desk, false, states)) {
            Ok(seen) => {
                let (count, turns, deepest) = (seen.states, seen.turns, seen.deepest);
                let rest = if seen.whole { "all there are" } else { "more there are" };
                let seconds = since.elapsed().as_secs_f64();
                let name = desk.name;
                println!(
                    "{name}: {count} states ({rest}), {turns} turns, {deepest} deep, {seconds:.1} s"
                );
            }
            Err(failure) => {
                println!("{failure}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
