//! The simulated world in `cargo test`: 100,000 events over several seeds, and the runs that once
//! found something. `npm run simulate` runs as many more as one likes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "simulation/mod.rs"]
mod simulation;

use simulation::{Options, Report, play_found, run};

/// Short episodes: many worlds and moods in few events.
const LENGTH: usize = 2_000;

fn report(seed: u64, events: u64) -> Report {
    let report = run(Options { seed, from: 0, events, length: LENGTH });
    report.unwrap_or_else(|failure| panic!("{failure}"))
}

#[test]
fn no_promise_is_broken_in_a_hundred_thousand_events() {
    let mut whole = Report::default();
    for seed in 1..=5 {
        whole.add(report(seed, 20_000));
    }
    assert!(whole.events >= 100_000, "{whole}");
    assert!(whole.stored > 5_000 && whole.agreements > 100, "too little happened: {whole}");
}

#[test]
fn a_seed_is_always_the_same_run() {
    let told = |seed| report(seed, 2_000).to_string();
    assert_eq!(told(7), told(7));
    assert_ne!(told(7), told(8));
}

#[test]
fn what_once_broke_a_promise_breaks_none_any_more() {
    let found = play_found().unwrap_or_else(|failure| panic!("{failure}"));
    assert!(found > 0);
}
