//! Frames on their way in. A commit of the database costs more than all that is done here for a
//! message, and frames that are stored in one pass of the event loop share one. So in a burst a
//! frame waits for the end of its pass, with whatever else has come by then; one that comes alone
//! is taken at once.
//!
//! Nobody is told anything before a frame is stored, so one that is lost here, with its object, was
//! never acknowledged, and its client sends it again.

use crate::limits;
use crate::time::Millis;
use std::cell::{Cell, RefCell};

/// What is to be done once a frame has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Take it now, and all before it: there is no burst, or more would be too much to keep.
    Take,
    /// Ask for the end of the pass: it is the first of this one.
    Ask,
    /// That was asked for already.
    Wait,
}

/// The frames of this pass, in the order in which they came.
pub struct Gathered<F> {
    frames: RefCell<Vec<F>>,
    bytes: Cell<usize>,
    last: Cell<Option<Millis>>,
}

impl<F> Default for Gathered<F> {
    fn default() -> Self {
        Self { frames: RefCell::default(), bytes: Cell::default(), last: Cell::default() }
    }
}

impl<F> Gathered<F> {
    /// Keeps a frame, of so many bytes, until it is taken.
    pub fn add(&self, now: Millis, frame: F, bytes: usize) -> Next {
        self.bytes.set(self.bytes.get().saturating_add(bytes));
        let mut frames = self.frames.borrow_mut();
        frames.push(frame);
        let last = self.last.replace(Some(now));
        let alone = last.is_none_or(|last| now.since(last) > limits::BURST_GAP);
        let enough = self.bytes.get() >= limits::GATHERED_BYTES;
        match frames.len() {
            1 if alone || enough => Next::Take,
            1 => Next::Ask,
            count if enough || count >= limits::GATHERED_FRAMES => Next::Take,
            _ => Next::Wait,
        }
    }

    /// All that have come, each once.
    pub fn take(&self) -> Vec<F> {
        self.bytes.set(0);
        self.frames.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    const BEGIN: Millis = Millis(1_000_000);

    #[test]
    fn who_comes_alone_is_taken_at_once_and_the_rest_of_a_burst_together() {
        let gathered = Gathered::default();
        assert!(gathered.add(BEGIN, 1, 10) == Next::Take, "the first");
        assert_eq!(gathered.take(), [1]);
        let soon = BEGIN.after(limits::BURST_GAP);
        assert!(gathered.add(soon, 2, 10) == Next::Ask);
        assert!(gathered.add(soon, 3, 10) == Next::Wait);
        assert!(gathered.add(soon, 4, 10) == Next::Wait);
        assert_eq!(gathered.take(), [2, 3, 4], "in the order in which they came");
        assert!(gathered.take().is_empty(), "each once");
        let later = soon.after(limits::BURST_GAP).after(Span(1));
        assert!(gathered.add(later, 5, 10) == Next::Take, "the burst is over");
    }

    #[test]
    fn who_comes_late_does_not_pass_those_who_wait() {
        let gathered = Gathered::default();
        let _ = gathered.add(BEGIN, 1, 10);
        let _ = gathered.take();
        assert!(gathered.add(BEGIN, 2, 10) == Next::Ask);
        assert!(gathered.add(BEGIN.after(Span(60_000)), 3, 10) == Next::Wait);
        assert_eq!(gathered.take(), [2, 3]);
    }

    #[test]
    fn no_more_is_kept_than_the_bounds_allow() {
        let gathered: Gathered<usize> = Gathered::default();
        let _ = gathered.add(BEGIN, 0, 1);
        let _ = gathered.take();
        let many = (1..=limits::GATHERED_FRAMES).map(|at| gathered.add(BEGIN, at, 1));
        let many: Vec<Next> = many.collect();
        assert_eq!(many.iter().position(|next| *next == Next::Take), Some(many.len() - 1));
        assert_eq!(gathered.take().len(), limits::GATHERED_FRAMES);
        assert!(gathered.add(BEGIN, 0, limits::GATHERED_BYTES - 1) == Next::Ask);
        assert!(gathered.add(BEGIN, 1, 1) == Next::Take);
        assert_eq!(gathered.take().len(), 2);
        assert!(gathered.add(BEGIN, 0, limits::GATHERED_BYTES) == Next::Take, "alone, and too big");
        assert_eq!(gathered.take().len(), 1);
        assert!(gathered.add(BEGIN, 0, 1) == Next::Ask, "what was taken no longer counts");
    }
}
