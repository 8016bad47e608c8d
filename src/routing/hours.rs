//! Office hours. Times are meant on the clock of a place, whose distance to UTC changes twice a
//! year in many: so it is asked for each moment, of whoever knows, and never added up.

use super::{Effect, Router};
use crate::id::{AgentId, DepartmentId};
use crate::protocol::routing::Hours;
use crate::time::{Millis, Span};
use std::collections::BTreeSet;

/// Minutes by which the clocks of a zone are ahead of UTC at a moment; `None` for a name that is no
/// zone.
pub type Offset<'a> = &'a dyn Fn(&str, Millis) -> Option<i32>;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;
/// Days looked ahead for a change; then it is looked again.
const AHEAD: i64 = 60;

/// Whether a department is open, and until when that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Open now.
    pub open: bool,
    /// When it opens next, when it is closed.
    pub opens: Option<Millis>,
    /// When to look again; `None` is never.
    pub until: Option<Millis>,
}

impl Shift {
    /// The shift of these hours at a moment. A zone that nobody knows counts as UTC.
    #[cold]
    pub fn at(hours: &Hours, now: Millis, offset: Offset<'_>) -> Self {
        let zone = Zone { name: &hours.zone, offset };
        let open = is_open(hours, now, &zone);
        let today = zone.local(now).div_euclid(DAY);
        let change = (today - 1..=today + AHEAD).find_map(|day| {
            let openings = hours.week.iter().filter(|one| i64::from(one.day) == weekday(day));
            let moment = |minute: u32| zone.moment(day * DAY + i64::from(minute) * MINUTE);
            openings
                .flat_map(|one| [moment(one.from), moment(one.to)])
                .filter(|moment| *moment > now && is_open(hours, *moment, &zone) != open)
                .min()
        });
        let again = (!hours.week.is_empty()).then(|| now.after(Span(AHEAD * DAY)));
        Self { open, opens: change.filter(|_| !open), until: change.or(again) }
    }
}

struct Zone<'a> {
    name: &'a str,
    offset: Offset<'a>,
}

impl Zone<'_> {
    fn ahead(&self, at: Millis) -> i64 {
        i64::from((self.offset)(self.name, at).unwrap_or_default()) * MINUTE
    }

    /// What a clock there shows, as if it were UTC.
    fn local(&self, at: Millis) -> i64 {
        at.0.saturating_add(self.ahead(at))
    }

    /// When a clock there shows this. What it shows twice is the first time; what it skips is
    /// the moment at which it skips, by the clock before.
    fn moment(&self, local: i64) -> Millis {
        let guess = |around: i64| local.saturating_sub(self.ahead(Millis(around)));
        let (before, after) = (guess(local - DAY), guess(local + DAY));
        let fits = |moment: &i64| self.local(Millis(*moment)) == local;
        let found = [before, after].into_iter().filter(fits).min();
        Millis(found.unwrap_or(before))
    }
}

fn is_open(hours: &Hours, at: Millis, zone: &Zone<'_>) -> bool {
    let local = zone.local(at);
    let (day, minute) = (local.div_euclid(DAY), local.rem_euclid(DAY) / MINUTE);
    let holiday = hours.holidays.iter().any(|text| parse_day(text) == Some(day));
    let fits = |one: &crate::protocol::routing::Opening| {
        i64::from(one.day) == weekday(day)
            && (i64::from(one.from)..i64::from(one.to)).contains(&minute)
    };
    !holiday && hours.week.iter().any(fits)
}

/// 1 is Monday; 1970-01-01 was a Thursday.
fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7) + 1
}

/// The number of a day written like 2026-12-24, counted from 1970-01-01.
#[cold]
pub(super) fn parse_day(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut part = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i64>().ok())?
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if parts.next().is_some() || !(1..=days).contains(&day) {
        return None;
    }
    // Years that begin in March put the leap day last.
    let year = if month <= 2 { year - 1 } else { year };
    let before = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let years = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(years + before - 719_468)
}

impl Router {
    /// Whether a department is open. Without hours, and until the clock is looked at, it is.
    pub(super) fn is_open(&self, id: &DepartmentId) -> bool {
        self.queue(id).and_then(|queue| queue.shift).is_none_or(|shift| shift.open)
    }

    /// After a start, and by the timer: clocks, then who is there, then whatever is due.
    pub fn handle_wake(
        &mut self,
        now: Millis,
        present: &BTreeSet<AgentId>,
        offset: Offset<'_>,
    ) -> Vec<Effect> {
        let mut effects = self.handle_clock(now, offset);
        effects.extend(self.handle_present(now, present));
        effects
    }

    /// Looks at the clocks of departments with hours: after a start, a change of settings, and
    /// when a shift may have changed. Who is parked where it opens enters the queue.
    #[cold]
    pub(super) fn handle_clock(&mut self, now: Millis, offset: Offset<'_>) -> Vec<Effect> {
        let stale = |shift: Option<&Shift>| {
            shift.is_none_or(|shift| shift.until.is_some_and(|until| until <= now))
        };
        let (mut closed, mut changed) = (Vec::new(), false);
        let with_hours = self.settings.departments.iter().filter(|one| one.hours.is_some());
        let ids: Vec<DepartmentId> = with_hours.map(|one| one.id.clone()).collect();
        for id in ids {
            let before = self.queue(&id).and_then(|queue| queue.shift);
            let hours = self.department(&id).and_then(|rules| rules.hours.as_ref());
            let Some(hours) = hours.filter(|_| stale(before.as_ref())) else { continue };
            let shift = Shift::at(hours, now, offset);
            if !shift.open && before.is_some_and(|before| before.open) {
                closed.push(id.clone());
            }
            if let Some(queue) = self.queue_mut(&id) {
                (queue.shift, queue.moved, changed) = (Some(shift), true, true);
            }
        }
        let mut effects = Vec::new();
        if changed {
            self.end_shifts(now, &closed);
            self.settle(now, &mut effects);
        }
        effects
    }
}
