//! A conversation's object: what edge/conversation_object.rs does, and what must hold after each
//! of its turns.

use super::action::{Fault, TalkId};
use super::answers::check_shown;
use super::ledger::Ledger;
use super::mail::Put;
use super::object::{Object, Turn};
use super::socket::{Down, Socket};
use super::{Checked, HostSql, fault, violation};
use edgewise::conversation::{Conversation, Effect};
use edgewise::id::{ConversationId, Epoch, Generation, TellId};
use edgewise::limits;
use edgewise::protocol::close::CloseCode;
use edgewise::protocol::frames::{ClientFrame, ServerFrame};
use edgewise::protocol::peer::{Delivery, IdleRule, ToConversation};
use edgewise::protocol::session::Stage;
use edgewise::store::{ConversationStore, StoreError};
use edgewise::time::{Millis, Span};
use std::rc::Rc;

pub struct Talk {
    pub object: Object<Conversation, ClientFrame, ServerFrame>,
    pub id: ConversationId,
    /// The router's name.
    pub site: String,
    pub ledger: Ledger,
    pub(super) generation: Generation,
    /// In which the visitor was asked last whether they are still there.
    pub(super) asked: Generation,
    /// Counts the epochs that were offered.
    epochs: u32,
    /// Its database was put back, so its router may know more of it than it does.
    pub put_back: bool,
    /// An earlier state of the database.
    pub snapshot: Option<HostSql>,
}

/// The one receiver of a conversation's tells, in its outbox.
const ROUTER: &str = "router";

/// What a delivery came to at its receiver.
pub struct Heard {
    pub answered: bool,
    pub applied: Vec<TellId>,
}

impl Talk {
    pub fn new(number: TalkId, site: String) -> Self {
        let name = format!("c{number}");
        Self {
            id: ConversationId::parse(&name).unwrap(),
            object: Object::new(name),
            site,
            ledger: Ledger::new(),
            generation: Generation(0),
            asked: Generation(0),
            epochs: 0,
            put_back: false,
            snapshot: None,
        }
    }

    /// The next frame of a socket.
    pub fn take_frame(&mut self, now: Millis, at: usize) -> Checked {
        let next = self.object.sockets.next_frame(now, at);
        let Some((session, frame)) = next else { return Ok(()) };
        let before = self.ledger.last();
        let (from, asked) = (session.clone(), frame.clone());
        let turn = self.turn(|machine, store| store.take_frame(machine, now, &from, frame));
        match turn {
            Turn::Dead => self.object.die(now),
            Turn::Failed => {
                self.object.sockets.close(session.id, CloseCode::Fault, limits::FAULT_REST);
                // It may have come after something was stored.
                self.arm_for_frame(now)?;
            }
            Turn::Done { effects, restored, dies } => {
                self.stored(now, &effects, restored)?;
                self.check_answer(now, &session, &asked, &effects, before)?;
                self.perform(now, &effects, dies)?;
            }
        }
        self.object.sockets.sweep_lapsed(now);
        Ok(())
    }

    /// A delivery of the router.
    pub fn take_letter(&mut self, now: Millis, letter: &str) -> Result<Heard, super::Violation> {
        let delivery: Delivery<ToConversation> =
            serde_json::from_str(letter).map_err(|error| fault(StoreError(error.to_string())))?;
        let source = delivery.source.clone();
        let tells = delivery.tells.clone();
        let due = self.object.mail.expect(&source, &tells);
        let mut expected = Vec::new();
        let turn = self.turn(|machine, store| {
            let mut twin = machine.clone();
            for (_, tell) in &due {
                expected.extend(twin.handle_tell(now, (*tell).clone()));
            }
            store.take_delivery(machine, now, delivery)
        });
        match turn {
            Turn::Dead => self.object.die(now),
            Turn::Failed => {}
            Turn::Done { effects, restored, dies } => {
                if effects != expected {
                    return violation(format!("P3: {source} to {}: not each tell once", self.id));
                }
                let applied: Vec<TellId> = due.into_iter().map(|(id, _)| id).collect();
                self.object.mail.note_heard(&source, applied.last().copied());
                if self.wanted(now).is_some() {
                    self.arm(now)?;
                }
                self.stored(now, &effects, restored)?;
                self.perform(now, &effects, dies)?;
                return Ok(Heard { answered: dies.is_none(), applied });
            }
        }
        Ok(Heard { answered: false, applied: Vec::new() })
    }

    fn turn(
        &mut self,
        work: impl FnOnce(
            &mut Conversation,
            &ConversationStore<'_, HostSql>,
        ) -> Result<Vec<Effect>, StoreError>,
    ) -> Turn<Effect> {
        self.epochs += 1;
        let epoch = Epoch::parse(&format!("{}e{}", self.object.name, self.epochs)).unwrap();
        let id = self.id.clone();
        self.object.turn(
            |sql| ConversationStore::new(sql).restore(id, epoch),
            |machine, sql, _| work(machine, &ConversationStore::new(sql)),
        )
    }

    /// After the transaction: reads what it stored, and sets the alarm.
    fn stored(&mut self, now: Millis, effects: &[Effect], restored: bool) -> Checked {
        self.ledger.absorb(&self.object.sql)?;
        let tell = |effect: &Effect| match effect {
            Effect::Tell(tell) => Some(Put {
                peer: ROUTER.into(),
                body: serde_json::to_string(tell).unwrap(),
                place: false,
            }),
            _ => None,
        };
        let puts: Vec<Put> = effects.iter().filter_map(tell).collect();
        let tells = !puts.is_empty();
        self.object.mail.note_put(&self.object.sql, puts)?;
        if tells || restored {
            self.arm_for_frame(now)?;
        }
        self.check_alarm(now)?;
        let Some(machine) = &self.object.machine else { return Ok(()) };
        if machine.last_seq().0 != self.ledger.last() {
            let (has, stored) = (machine.last_seq(), self.ledger.last());
            return violation(format!("D3: {} counts {has} events, {stored} stand", self.id));
        }
        self.ledger.check_standing(&machine.head().standing)?;
        let generation = machine.head().generation;
        if generation < self.generation {
            return violation(format!("R13: {} fell to generation {generation}", self.id));
        }
        self.generation = generation;
        Ok(())
    }

    fn perform(&mut self, now: Millis, effects: &[Effect], dies: Option<u8>) -> Checked {
        let mut left = dies.map_or(usize::MAX, usize::from);
        for effect in effects {
            match effect {
                Effect::Send { to, frame } => {
                    let frame = Rc::new(frame.clone());
                    let (ledger, history) = (&self.ledger, self.ledger.now());
                    let open = |socket: &&mut Socket<_, _>| socket.server_open;
                    for socket in self.object.sockets.0.iter_mut().filter(open) {
                        if !to.includes(&socket.session) {
                            continue;
                        }
                        if left == 0 {
                            self.object.die(now);
                            return Ok(());
                        }
                        left -= 1;
                        check_shown(ledger, socket, &frame)?;
                        if socket.client_open && socket.session.stage != Stage::Ended {
                            let frame = Rc::clone(&frame);
                            socket.down.push_back(Down::Frame { frame, history });
                        }
                    }
                }
                Effect::Advance { session, stage } => {
                    let its = |socket: &&mut Socket<_, _>| {
                        socket.server_open && socket.session.id == *session
                    };
                    if let Some(socket) = self.object.sockets.0.iter_mut().find(its) {
                        socket.session.stage = *stage;
                    }
                }
                Effect::Draft { session, draft } => {
                    self.object.sockets.keep(*session, draft);
                }
                Effect::Close { session, code } => {
                    self.object.sockets.close(*session, *code, Span(0));
                }
                _ => {}
            }
        }
        if dies.is_some() {
            self.object.die(now);
        }
        Ok(())
    }

    fn due(&self) -> Result<Option<Millis>, super::Violation> {
        ConversationStore::new(&self.object.sql).due().map_err(fault)
    }

    /// As edge/conversation_object.rs sets the alarm, for what is owed and for the clock.
    pub fn arm(&mut self, now: Millis) -> Checked {
        let due = [self.due()?, self.wanted(now)].into_iter().flatten().min();
        if self.object.arm(now, due) && self.object.machine.is_none() {
            // Whoever wakes in that pause sees a clock that is late, and leaves it to the alarm.
            self.object.excuse(limits::OUTBOX_PAUSE);
        }
        Ok(())
    }

    /// As edge/handlers.rs arms after a frame: for what is owed, and then for the clock, too.
    fn arm_for_frame(&mut self, now: Millis) -> Checked {
        match self.due()? {
            Some(_) => self.arm(now),
            None => Ok(()),
        }
    }

    /// As edge/conversation_object.rs knows when the clock is wanted.
    fn wanted(&self, now: Millis) -> Option<Millis> {
        let unknown = Some(now.after(limits::OUTBOX_PAUSE));
        self.object.machine.as_ref().map_or(unknown, |machine| machine.next_timer(now))
    }

    /// When the clock has to ring; a machine that is not awake cannot say.
    fn timer(&self, now: Millis) -> Option<Millis> {
        // One that was put back has no alarm for its clock before an agent comes again.
        let machine = self.object.machine.as_ref().filter(|_| !self.put_back);
        machine.and_then(|machine| machine.next_timer(now))
    }

    /// The outbox is carried and the clock is looked at in time, also when the machine sleeps.
    pub fn check_alarm(&self, now: Millis) -> Checked {
        let due = [self.due()?, self.timer(now)].into_iter().flatten().min();
        self.object.check_alarm(now, due)
    }

    pub fn ring(&mut self, now: Millis) -> Checked {
        self.object.ring();
        self.object.carrying = Some(Vec::new()); // From here on a death repeats the alarm.
        let mut rule = IdleRule::default();
        let turn = self.turn(|machine, store| {
            rule = machine.head().care.idle;
            store.take_time(machine, now)
        });
        match turn {
            Turn::Dead => self.object.die(now),
            Turn::Failed => self.object.failed = true,
            Turn::Done { effects, restored, dies } => {
                self.stored(now, &effects, restored)?;
                self.check_clock(now, rule, &effects)?;
                self.perform(now, &effects, dies)?;
            }
        }
        if self.object.carrying.is_some() {
            self.object.start_carrying(now)?;
        }
        Ok(())
    }

    /// What memory says is what a restart would find.
    pub fn check_memory(&self) -> Checked {
        let Some(machine) = &self.object.machine else { return Ok(()) };
        let (head, last) = ConversationStore::new(&self.object.sql).load().map_err(fault)?;
        let saved = head.as_ref().is_none_or(|head| head == machine.head());
        if !saved || last.seq != machine.last_seq() || (head.is_none() && last.seq.0 > 0) {
            return violation(format!("R14: {} in memory is not what is stored", self.id));
        }
        Ok(())
    }

    pub fn sleep(&mut self) -> Checked {
        self.check_memory()?;
        self.object.forget();
        Ok(())
    }

    /// The database is put back to the snapshot, as point-in-time recovery does.
    pub fn restore(&mut self, now: Millis) -> Checked {
        let Some(snapshot) = self.snapshot.take() else { return Ok(()) };
        self.object.die(now);
        self.object.fault = None::<Fault>;
        self.object.sql = snapshot;
        self.object.mail.close(ROUTER);
        self.object.mail.reread(&self.object.sql)?;
        self.put_back = true;
        (self.generation, self.asked) = (Generation(0), Generation(0));
        self.ledger.branch(&self.object.sql)?;
        self.arm_for_frame(now)
    }
}
