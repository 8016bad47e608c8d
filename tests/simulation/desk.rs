//! A site's router object: what edge/router_object.rs and edge/presence.rs do, and what must hold
//! after each of its turns.

use super::fair::Queue;
use super::mail::Put;
use super::object::{Object, Turn};
use super::socket::{Down, Socket};
use super::talk::Heard;
use super::{Checked, HostSql, Violation, fault, violation};
use edgewise::id::AgentId;
use edgewise::limits;
use edgewise::protocol::close::CloseCode;
use edgewise::protocol::desk::{DeskClientFrame, DeskServerFrame};
use edgewise::protocol::peer::{Delivery, ToConversation, ToRouter};
use edgewise::protocol::session::{Holder, Stage};
use edgewise::routing::{Effect, Router};
use edgewise::store::{RouterStore, Sql, StoreError};
use edgewise::time::{Millis, Span};
use std::collections::BTreeSet;
use std::rc::Rc;

type ConsoleSocket = Socket<DeskClientFrame, DeskServerFrame>;

type Decided = Result<Vec<Effect>, StoreError>;

/// How a turn came to what it did.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    ByRules,
    /// An agent has chosen.
    ByHand,
    /// Nothing was new: a delivery applied before.
    Not,
}

pub struct Desk {
    pub object: Object<Router, DeskClientFrame, DeskServerFrame>,
    pub queue: Queue,
}

impl Desk {
    pub fn new(name: String) -> Self {
        Self { object: Object::new(name), queue: Queue::default() }
    }

    /// The next frame of a console.
    pub fn take_frame(&mut self, now: Millis, at: usize) -> Checked {
        let next = self.object.sockets.next_frame(now, at);
        let Some((session, frame)) = next else { return Ok(()) };
        let moved = match frame {
            DeskClientFrame::Take { .. }
            | DeskClientFrame::Transfer { .. }
            | DeskClientFrame::Answer { .. } => Moved::ByHand,
            // Who wakes the desk up gets what is due before this counts.
            DeskClientFrame::Accept { on: false } => Moved::ByHand,
            _ => Moved::ByRules,
        };
        let from = session.clone();
        let turn = self.turn(now, |router, _| Ok(router.handle_frame(now, &from, frame)));
        if matches!(turn, Turn::Failed) {
            self.object.sockets.close(session.id, CloseCode::Fault, limits::FAULT_REST);
        }
        self.finish(now, turn, moved).map(drop)
    }

    /// A delivery of a conversation.
    pub fn take_letter(&mut self, now: Millis, letter: &str) -> Result<Heard, Violation> {
        let delivery: Delivery<ToRouter> =
            serde_json::from_str(letter).map_err(|error| fault(StoreError(error.to_string())))?;
        let source = delivery.source.clone();
        let tells = delivery.tells.clone();
        let mut fresh = Vec::new();
        let turn = self.turn(now, |router, store| {
            let mut effects = Vec::new();
            fresh = store.mail().fresh(delivery)?;
            for tell in fresh.clone() {
                effects.extend(router.handle_tell(now, tell));
            }
            Ok(effects)
        });
        let mut applied = Vec::new();
        if matches!(turn, Turn::Done { .. }) {
            let wanted: Vec<_>;
            (applied, wanted) = self.object.mail.expect(&source, &tells).into_iter().unzip();
            if !wanted.into_iter().eq(&fresh) {
                return violation(format!("P3: {source} to its router: applied {fresh:?}"));
            }
            self.object.mail.note_heard(&source, applied.last().copied());
        }
        let restored = matches!(turn, Turn::Done { restored: true, .. });
        let moved = if applied.is_empty() && !restored { Moved::Not } else { Moved::ByRules };
        Ok(Heard { answered: self.finish(now, turn, moved)?, applied })
    }

    /// The server sees that a socket is gone.
    pub fn lose(&mut self, now: Millis, at: usize) -> Checked {
        self.object.sockets.0[at].server_open = false;
        self.object.sockets.sweep();
        let turn = self.look_around(now);
        self.finish(now, turn, Moved::ByRules).map(drop)
    }

    pub fn ring(&mut self, now: Millis) -> Checked {
        self.object.ring();
        self.object.carrying = Some(Vec::new()); // From here on a death repeats the alarm.
        let turn = self.look_around(now);
        self.object.failed = matches!(turn, Turn::Failed);
        self.finish(now, turn, Moved::ByRules)?;
        if self.object.carrying.is_some() {
            self.object.start_carrying(now)?;
        }
        Ok(())
    }

    fn look_around(&mut self, now: Millis) -> Turn<Effect> {
        let present = self.present(now);
        self.turn(now, |router, _| Ok(router.handle_present(now, &present)))
    }

    fn turn(
        &mut self,
        now: Millis,
        decide: impl FnOnce(&mut Router, &RouterStore<'_, HostSql>) -> Decided,
    ) -> Turn<Effect> {
        // Sockets that did not survive a crash were never closed: who wakes up looks who is there.
        let restored = self.object.machine.is_none();
        let present = if restored { self.present(now) } else { BTreeSet::new() };
        self.object.turn(
            |sql| RouterStore::new(sql).restore(),
            |router, sql, restored| {
                let store = RouterStore::new(sql);
                sql.atomically(|| {
                    let mut effects = Vec::new();
                    if restored {
                        effects.extend(router.handle_present(now, &present));
                    }
                    effects.extend(decide(router, &store)?);
                    store.apply(now, &effects)?;
                    Ok(effects)
                })
            },
        )
    }

    /// Whether the turn was stored and the runtime lives.
    fn finish(&mut self, now: Millis, turn: Turn<Effect>, moved: Moved) -> Result<bool, Violation> {
        match turn {
            Turn::Dead => {
                self.object.die(now);
                Ok(false)
            }
            Turn::Failed => Ok(false),
            Turn::Done { effects, dies, .. } => {
                self.stored(now, &effects, moved)?;
                self.perform(now, &effects, dies);
                Ok(dies.is_none())
            }
        }
    }

    fn stored(&mut self, now: Millis, effects: &[Effect], moved: Moved) -> Checked {
        let tell = |effect: &Effect| match effect {
            Effect::Tell { to, tell } => Some(Put {
                peer: to.as_str().to_owned(),
                body: serde_json::to_string(tell).unwrap(),
                place: matches!(tell, ToConversation::Place { .. }),
            }),
            _ => None,
        };
        let puts = effects.iter().filter_map(tell).collect();
        self.object.mail.note_put(&self.object.sql, puts)?;
        self.arm(now)?;
        self.check_alarm(now)?;
        let Some(router) = &self.object.machine else { return Ok(()) };
        match moved {
            Moved::Not => Ok(()),
            Moved::ByRules => self.queue.check(now, router, false),
            Moved::ByHand => self.queue.check(now, router, true),
        }
    }

    fn perform(&mut self, now: Millis, effects: &[Effect], dies: Option<u8>) {
        let mut left = dies.map_or(usize::MAX, usize::from);
        for effect in effects {
            match effect {
                Effect::Send { to, frame } => {
                    let frame = Rc::new(frame.clone());
                    let open = |socket: &&mut ConsoleSocket| socket.server_open;
                    for socket in self.object.sockets.0.iter_mut().filter(open) {
                        if !to.includes(&socket.session) {
                            continue;
                        }
                        if left == 0 {
                            return self.object.die(now);
                        }
                        left -= 1;
                        if socket.client_open {
                            let frame = Rc::clone(&frame);
                            socket.down.push_back(Down::Frame { frame, history: 0 });
                        }
                    }
                }
                Effect::Advance { session, stage } => {
                    let its =
                        |one: &&mut ConsoleSocket| one.server_open && one.session.id == *session;
                    if let Some(socket) = self.object.sockets.0.iter_mut().find(its) {
                        socket.session.stage = *stage;
                    }
                }
                Effect::Close { session, code } => {
                    self.object.sockets.close(*session, *code, Span(0));
                }
                _ => {} // Stored before.
            }
        }
        if dies.is_some() {
            self.object.die(now);
        }
    }

    /// As edge/presence.rs: who has a living console; one that has lapsed is closed.
    fn present(&mut self, now: Millis) -> BTreeSet<AgentId> {
        self.object.sockets.close_lapsed(now);
        self.object
            .sockets
            .0
            .iter()
            .filter(|socket| socket.session.stage == Stage::Live && !socket.has_lapsed(now))
            .filter(|socket| socket.server_open)
            .filter_map(|socket| match &socket.session.holder {
                Holder::Agent { agent, .. } => Some(agent.id.clone()),
                Holder::Visitor | Holder::Person(_) => None,
            })
            .collect()
    }

    fn due(&self, now: Millis) -> Result<Option<Millis>, Violation> {
        let mail = RouterStore::new(&self.object.sql).mail().due().map_err(fault)?;
        let look =
            self.object.machine.as_ref().map(|router| (router.next_timer(), router.is_attended()));
        let (timer, attended) = look.unwrap_or((None, true));
        let lease = attended.then(|| now.after(limits::LEASE_CHECK));
        Ok([mail, timer, lease].into_iter().flatten().min())
    }

    pub fn arm(&mut self, now: Millis) -> Checked {
        let due = self.due(now)?;
        self.object.arm(now, due);
        Ok(())
    }

    pub fn check_alarm(&self, now: Millis) -> Checked {
        self.object.check_alarm(now, self.due(now)?)
    }

    /// The desk as a restart would find it.
    pub fn reread(&self) -> Result<Router, Violation> {
        RouterStore::new(&self.object.sql).restore().map_err(fault)
    }

    pub fn check_memory(&self) -> Checked {
        let Some(router) = &self.object.machine else { return Ok(()) };
        let stored = self.reread()?;
        if !stored.agents().eq(router.agents())
            || !stored.chats().eq(router.chats())
            || !router.is_indexed()
        {
            return violation(format!("R14: the desk of {} is not stored", self.object.name));
        }
        Ok(())
    }

    pub fn sleep(&mut self) -> Checked {
        self.check_memory()?;
        self.object.forget();
        Ok(())
    }
}
