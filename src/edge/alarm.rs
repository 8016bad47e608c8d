//! The one alarm of an object, set to the earliest thing it has to do.

use crate::time::Millis;
use std::cell::Cell;
use worker::{Result, State};

/// Knows what the alarm stands at, so that it is set only when that changes: each setting is a
/// row written. After hibernation it is unknown, and set once more.
#[derive(Default)]
pub struct Alarm(Cell<Option<Millis>>);

impl Alarm {
    /// The alarm has rung: it stands at nothing.
    pub fn rang(&self) {
        self.0.set(None);
    }

    /// Makes it ring no later than `due`. An alarm that stands earlier is left: it rings once for
    /// nothing, which costs less than a row for each time it is moved.
    pub async fn set(&self, state: &State, now: Millis, due: Option<Millis>) -> Result<()> {
        let Some(due) = due else { return Ok(()) };
        if self.0.get().is_some_and(|stands| stands <= due) {
            return Ok(());
        }
        self.0.set(Some(due));
        // The number is an offset from now in milliseconds.
        state.storage().set_alarm(due.since(now).0).await
    }
}
