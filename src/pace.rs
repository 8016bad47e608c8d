//! How fast one session may send: a burst, then a steady pace.

use crate::limits;
use crate::time::{Millis, Span};

/// A bucket that fills by one frame each `limits::FRAME_PACE`, up to `limits::BURST_FRAMES`.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// When the bucket would be full.
    full_at: Millis,
}

impl Pace {
    /// A full bucket.
    pub fn new(now: Millis) -> Self {
        Self { full_at: now }
    }

    /// Takes one frame out. The error is how long to wait until the bucket is full again: a
    /// client that was cut off shall not come back to a single free place.
    pub fn check(&mut self, now: Millis) -> Result<(), Span> {
        let full_at = self.full_at.max(now).after(limits::FRAME_PACE);
        let depth = Span(limits::FRAME_PACE.0 * i64::from(limits::BURST_FRAMES));
        if full_at.since(now) > depth {
            return Err(self.full_at.since(now));
        }
        self.full_at = full_at;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_one_more_does_not() {
        let now = Millis(1_000_000);
        let mut pace = Pace::new(now);
        for frame in 0..limits::BURST_FRAMES {
            assert_eq!(pace.check(now), Ok(()), "frame {frame}");
        }
        let full = Span(limits::FRAME_PACE.0 * i64::from(limits::BURST_FRAMES));
        assert_eq!(pace.check(now), Err(full));
        // One place is free after one step of the pace, and only one.
        let later = now.after(limits::FRAME_PACE);
        assert_eq!(pace.check(later), Ok(()));
        assert!(pace.check(later).is_err());
    }

    #[test]
    fn a_clock_that_goes_back_does_not_lock_anybody_out_for_longer_than_the_jump() {
        let mut pace = Pace::new(Millis(10_000));
        assert_eq!(pace.check(Millis(9_000)), Ok(()));
    }
}
