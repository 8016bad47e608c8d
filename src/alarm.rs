//! When the one alarm of an object has to be set. Each setting is a row written, so it is set only
//! when it would ring too late.

use crate::time::{Millis, Span};

/// What is known of the alarm: nothing (the default) after it rang, and after hibernation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alarm {
    stands: Option<Millis>,
}

impl Alarm {
    /// How long from now the alarm must be set, so that it rings no later than `due`; `None` when
    /// nothing is due or it rings in time anyway. One that stands in the past has rung or was
    /// lost: it does not count.
    ///
    /// The answer is at least a millisecond, so that an alarm set while one rings never stands at
    /// the same moment: that could be taken for no change, and the alarm would be the last.
    pub fn set_for(&mut self, now: Millis, due: Option<Millis>) -> Option<Span> {
        let wait = Span(due?.since(now).0.max(1));
        let due = now.after(wait);
        if self.stands.is_some_and(|stands| stands >= now && stands <= due) {
            return None;
        }
        self.stands = Some(due);
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: i64) -> Millis {
        Millis(1_000_000 + moment)
    }

    #[test]
    fn it_is_set_when_it_would_ring_too_late_and_only_then() {
        let mut alarm = Alarm::default();
        assert_eq!(alarm.set_for(at(0), None), None);
        assert_eq!(alarm.set_for(at(0), Some(at(500))), Some(Span(500)));
        assert_eq!(alarm.set_for(at(10), Some(at(500))), None, "it stands there");
        assert_eq!(alarm.set_for(at(10), Some(at(900))), None, "it rings before");
        assert_eq!(alarm.set_for(at(10), Some(at(200))), Some(Span(190)), "too late");
    }

    #[test]
    fn what_is_due_now_or_before_is_set_to_a_moment_that_is_yet_to_come() {
        let mut alarm = Alarm::default();
        assert_eq!(alarm.set_for(at(100), Some(at(100))), Some(Span(1)));
        alarm = Alarm::default(); // it has rung
        assert_eq!(alarm.set_for(at(101), Some(at(3))), Some(Span(1)));
    }

    #[test]
    fn an_alarm_that_should_have_rung_is_not_relied_on() {
        let mut alarm = Alarm::default();
        assert_eq!(alarm.set_for(at(0), Some(at(50))), Some(Span(50)));
        assert_eq!(alarm.set_for(at(51), Some(at(9_000))), Some(Span(8_949)));
    }
}
