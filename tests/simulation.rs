//! The simulated world in `cargo test`: 100,000 events over several seeds, and the runs that once
//! found something. `npm run simulate` runs as many more as one likes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "simulation/mod.rs"]
mod simulation;

use simulation::{Options, play_found, run};

/// Short episodes: many worlds and moods in few events.
fn options(seed: u64, events: u64) -> Options {
    Options { seed, from: 0, events, length: 2_000 }
}

#[test]
fn no_promise_is_broken_in_a_hundred_thousand_events() {
    let (mut events, mut stored, mut agreements) = (0, 0, 0);
    for seed in 1..=5 {
        let report = run(options(seed, 20_000)).unwrap_or_else(|failure| panic!("{failure}"));
        events += report.events;
        stored += report.stored;
        agreements += report.agreements;
    }
    assert!(events >= 100_000, "{events} events");
    assert!(stored > 5_000 && agreements > 100, "{stored} stored, {agreements} agreements");
}

#[test]
fn a_seed_is_always_the_same_run() {
    let told = |seed| run(options(seed, 2_000)).map(|report| report.to_string());
    assert_eq!(told(7).unwrap(), told(7).unwrap());
    assert_ne!(told(7).unwrap(), told(8).unwrap());
}

#[test]
fn what_once_broke_a_promise_breaks_none_any_more() {
    let found = play_found().unwrap_or_else(|failure| panic!("{failure}"));
    assert!(found > 0);
}
