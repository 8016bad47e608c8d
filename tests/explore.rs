//! The first states of each small desk in `cargo test`; `npm run explore` goes as far as one likes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "exploration/mod.rs"]
mod exploration;

use exploration::{desks, explore};

/// States of each desk: some seconds, unoptimised.
const STATES: usize = 80;

#[test]
fn what_must_hold_holds_in_every_state_that_is_reached() {
    for desk in desks() {
        for busy in [false, true] {
            let seen = explore(&desk, busy, STATES).unwrap_or_else(|failure| panic!("{failure}"));
            assert!(seen.states == STATES && seen.deepest > 1, "{}: {seen:?}", desk.name);
        }
    }
}
