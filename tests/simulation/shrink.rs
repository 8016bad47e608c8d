//! Makes the list of actions that leads to a violation short: leaves out halves, quarters and so on
//! down to single actions, as long as the same rule is still broken.

use super::Violation;
use super::action::Action;

/// Actions played over all tries; a list that is still long by then stays so.
const WORK: usize = 3_000_000;

/// The violation at the end of the shortened list, and that list.
pub fn shrink(
    violation: Violation,
    mut actions: Vec<Action>,
    play: impl Fn(&[Action]) -> Option<(usize, Violation)>,
) -> (Violation, Vec<Action>) {
    let rule = rule(&violation).to_owned();
    let mut last = violation;
    let mut work = 0;
    let mut size = actions.len().div_ceil(2);
    loop {
        let mut removed = false;
        let mut at = 0;
        while at < actions.len() && work < WORK {
            let end = (at + size).min(actions.len());
            let mut fewer = actions[..at].to_vec();
            fewer.extend_from_slice(&actions[end..]);
            work += fewer.len();
            match play(&fewer) {
                Some((count, violation)) if self::rule(&violation) == rule => {
                    fewer.truncate(count);
                    actions = fewer;
                    last = violation;
                    removed = true;
                }
                _ => at = end,
            }
        }
        if work >= WORK || (size == 1 && !removed) {
            return (last, actions);
        }
        size = if removed && size == 1 { 1 } else { (size / 2).max(1) };
    }
}

/// The number of the rule, with which every violation begins.
fn rule(violation: &Violation) -> &str {
    violation.0.split(':').next().unwrap_or_default()
}
