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
        let depth = Span(limits::FRAME_PACE.0 * i64::from(limits::BURST_FRAMES));
        // More than an empty bucket needs comes of a clock that went back: nobody pays for that.
        let until_full = Some(self.full_at.since(now)).filter(|wait| *wait <= depth);
        let until_full = until_full.unwrap_or(Span(0));
        let wanted = Span(until_full.0 + limits::FRAME_PACE.0);
        if wanted > depth {
            return Err(until_full);
        }
        self.full_at = now.after(wanted);
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
    fn a_clock_that_goes_back_locks_nobody_out() {
        let mut pace = Pace::new(Millis(10_000_000));
        assert_eq!(pace.check(Millis(10_000_000)), Ok(()));
        let back = Millis(9_000);
        for frame in 0..limits::BURST_FRAMES {
            assert_eq!(pace.check(back), Ok(()), "frame {frame}");
        }
        assert!(pace.check(back).is_err());
    }
}
