//! Makes the list of actions that leads to a violation short: leaves out halves, quarters and so on
//! down to single actions, as long as the same rule is broken. Then it waits where it does not
//! matter what is done but that time passes.

use super::Violation;
use super::action::Action;
use super::world::TICK;

/// Actions played over all tries; a list that is still long by then stays so.
const WORK: usize = 3_000_000;

/// The violation at the end of the shortened list, and that list.
pub fn shrink(
    violation: Violation,
    mut actions: Vec<Action>,
    play: impl Fn(&[Action]) -> Option<(usize, Violation)>,
) -> (Violation, Vec<Action>) {
    let rule = rule(&violation).to_owned();
    let mut search = Search { rule, last: violation, work: 0, play };
    search.leave_out(&mut actions);
    search.wait_instead(&mut actions);
    search.leave_out(&mut actions);
    (search.last, actions)
}

struct Search<P> {
    rule: String,
    last: Violation,
    work: usize,
    play: P,
}

impl<P: Fn(&[Action]) -> Option<(usize, Violation)>> Search<P> {
    /// Takes other actions instead, up to the violation, if they break the same rule.
    fn take(&mut self, actions: &mut Vec<Action>, mut other: Vec<Action>) -> bool {
        self.work += other.len();
        match (self.play)(&other) {
            Some((count, violation)) if rule(&violation) == self.rule => {
                other.truncate(count);
                *actions = other;
                self.last = violation;
                true
            }
            _ => false,
        }
    }

    fn leave_out(&mut self, actions: &mut Vec<Action>) {
        let mut size = actions.len().div_ceil(2);
        loop {
            let mut removed = false;
            let mut at = 0;
            while at < actions.len() && self.work < WORK {
                let end = (at + size).min(actions.len());
                let mut fewer = actions[..at].to_vec();
                fewer.extend_from_slice(&actions[end..]);
                if self.take(actions, fewer) {
                    removed = true;
                } else {
                    at = end;
                }
            }
            if self.work >= WORK || (size == 1 && !removed) {
                return;
            }
            size = if removed && size == 1 { 1 } else { (size / 2).max(1) };
        }
    }

    fn wait_instead(&mut self, actions: &mut Vec<Action>) {
        let mut at = 0;
        while at < actions.len() && self.work < WORK {
            let mut idle = actions.clone();
            idle[at] = Action::Wait(0);
            self.take(actions, idle);
            at += 1;
        }
        let mut merged: Vec<Action> = Vec::with_capacity(actions.len());
        for action in actions.iter().copied() {
            match (merged.last_mut(), action) {
                // Each takes a tick beside what it waits.
                (Some(Action::Wait(before)), Action::Wait(more)) => *before += TICK as u32 + more,
                _ => merged.push(action),
            }
        }
        self.take(actions, merged);
    }
}

/// The number of the rule, with which every violation begins.
fn rule(violation: &Violation) -> &str {
    violation.0.split(':').next().unwrap_or_default()
}
