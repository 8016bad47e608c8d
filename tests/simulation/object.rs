//! One object as the platform runs it: a database, a machine rebuilt from it, sockets, one alarm.
//! It does what src/edge does, and dies where it is told to.
//!
//! A death is one of the process: what was stored stays, and the alarm set in the same synchronous
//! turn with it, since the platform commits them together. Sends go out after that.

use super::action::Fault;
use super::mail::MailLedger;
use super::socket::Sockets;
use super::{Checked, HostSql, violation};
use edgewise::alarm::Alarm;
use edgewise::limits;
use edgewise::store::{Mail, Parcel, StoreError};
use edgewise::time::{Millis, Span};

/// When the platform repeats an alarm whose handler died.
const ALARM_AGAIN: Span = Span(2_000);

pub struct Object<M, U, D> {
    /// Its name to others, the source of its deliveries.
    pub name: String,
    pub sql: HostSql,
    pub machine: Option<M>,
    pub sockets: Sockets<U, D>,
    /// What the platform holds.
    pub alarm: Option<Millis>,
    known: Alarm,
    /// How much later than due the alarm may ring: clocks went back since it was set, the platform
    /// waits before it repeats one whose handler died, or the handler before it tries again.
    slack: i64,
    /// The running alarm handler: parcels on their way, with their outcome.
    pub carrying: Option<Vec<Post>>,
    pub fault: Option<Fault>,
    /// Something of the running alarm was not stored.
    pub failed: bool,
    pub mail: MailLedger,
}

/// A parcel on its way.
pub struct Post {
    pub parcel: Parcel,
    pub answered: Option<bool>,
}

/// What became of a turn.
pub enum Turn<E> {
    /// The runtime died before anything was stored.
    Dead,
    /// The transaction failed.
    Failed,
    /// Stored; with `dies`, only so many sends go out.
    Done { effects: Vec<E>, restored: bool, dies: Option<u8> },
}

impl<M, U, D> Object<M, U, D> {
    pub fn new(name: String) -> Self {
        Self {
            name,
            sql: HostSql::new(),
            machine: None,
            sockets: Sockets::new(),
            alarm: None,
            known: Alarm::default(),
            slack: 0,
            carrying: None,
            fault: None,
            failed: false,
            mail: MailLedger::default(),
        }
    }

    /// One turn, as edge/commit.rs takes it.
    pub fn turn<E>(
        &mut self,
        restore: impl FnOnce(&HostSql) -> Result<M, StoreError>,
        work: impl FnOnce(&mut M, &HostSql, bool) -> Result<Vec<E>, StoreError>,
    ) -> Turn<E> {
        let fault = self.fault.take();
        if fault == Some(Fault::Before) {
            return Turn::Dead;
        }
        if let Some(Fault::Write(count)) = fault {
            self.sql.fail_after.set(Some(u32::from(count)));
        }
        let kept = self.machine.take();
        let restored = kept.is_none();
        let sql = &self.sql;
        let done = kept.map_or_else(|| restore(sql), Ok).and_then(|mut machine| {
            let effects = work(&mut machine, sql, restored)?;
            Ok((machine, effects))
        });
        self.sql.fail_after.set(None);
        match done {
            Err(_) => Turn::Failed,
            Ok((machine, effects)) => {
                self.machine = Some(machine);
                let dies = match fault {
                    Some(Fault::After(count)) => Some(count),
                    _ => None,
                };
                Turn::Done { effects, restored, dies }
            }
        }
    }

    /// The runtime dies; memory and sockets are gone, and a running alarm is to be repeated.
    pub fn die(&mut self, now: Millis) {
        self.forget();
        self.failed = false;
        self.sockets.die();
        if self.carrying.take().is_some() && self.alarm.is_none() {
            self.alarm = Some(now.after(ALARM_AGAIN));
            self.slack = ALARM_AGAIN.0;
        }
    }

    /// Sleeps; sockets and what is known of them stay.
    pub fn forget(&mut self) {
        self.machine = None;
        self.known = Alarm::default();
        self.sockets.forget();
    }

    /// As edge/platform.rs sets an alarm. Whether it had to be set.
    pub fn arm(&mut self, now: Millis, due: Option<Millis>) -> bool {
        let wait = self.known.set_for(now, due);
        if let Some(wait) = wait {
            self.alarm = Some(now.after(wait));
            self.slack = 0;
        }
        wait.is_some()
    }

    /// As edge/platform.rs has an alarm ring again of which something has failed. Whether it was
    /// such a one.
    pub fn ring_again(&mut self, now: Millis) -> bool {
        let failed = std::mem::take(&mut self.failed);
        if failed && self.arm(now, Some(now.after(limits::OUTBOX_PAUSE))) {
            self.excuse(limits::OUTBOX_PAUSE);
        }
        failed
    }

    pub fn clock_went_back(&mut self, by: i64) {
        self.slack += by;
    }

    /// The alarm that stands may ring so much later than what is due.
    pub fn excuse(&mut self, pause: Span) {
        self.slack += pause.0;
    }

    /// R15: whatever is due, the alarm rings for it, or its handler is running and will set it.
    pub fn check_alarm(&self, now: Millis, due: Option<Millis>) -> Checked {
        let Some(due) = due else { return Ok(()) };
        let latest = due.0.max(now.0 + 1) + self.slack;
        if self.carrying.is_some() || self.alarm.is_some_and(|alarm| alarm.0 <= latest) {
            return Ok(());
        }
        let (name, alarm) = (&self.name, self.alarm);
        violation(format!("R15: {name} owes something at {due:?}, its alarm is {alarm:?}"))
    }

    /// The alarm rings: what may be carried goes on its way.
    pub fn start_carrying(&mut self, now: Millis) -> Checked {
        let parcels = Mail(&self.sql).parcels(now).map_err(super::fault)?;
        let post = |parcel| Post { parcel, answered: None };
        self.carrying = Some(parcels.into_iter().map(post).collect());
        Ok(())
    }

    /// The alarm rings; the platform forgets it until it is set again.
    pub fn ring(&mut self) {
        self.alarm = None;
        self.known = Alarm::default();
    }

    /// Every parcel has its outcome: marks them, as edge/carry.rs does. False when the runtime died
    /// on the way.
    pub fn finish_carrying(&mut self, now: Millis) -> bool {
        let mut left = match self.fault.take() {
            Some(Fault::Before) => 0,
            Some(Fault::After(count)) => usize::from(count),
            Some(Fault::Write(count)) => {
                self.sql.fail_after.set(Some(u32::from(count)));
                usize::MAX
            }
            None => usize::MAX,
        };
        let mail = Mail(&self.sql);
        for post in self.carrying.iter().flatten() {
            if left == 0 {
                self.sql.fail_after.set(None);
                self.die(now);
                return false;
            }
            left -= 1;
            let marked = match post.answered {
                Some(true) => mail.delivered(&post.parcel),
                _ => mail.failed(now, &post.parcel),
            };
            if marked.is_err() {
                self.failed = true;
                break;
            }
        }
        self.sql.fail_after.set(None);
        self.carrying = None;
        true
    }
}
