//! # ConversationObject
//!
//! **Why**: one conversation is one writer. Its sockets, its history and its rules live together,
//! so order, de-duplication and delivery need no coordination with anything else.
//!
//! **Name**: `{site}:{conversation}`.
//!
//! **Stores**: `event` (the log), `head` (one row), `file`, outbox and inbox.
//!
//! **Requests**: `GET /socket` from the entry, with the grant it has checked, answers 101; `POST
//! /poll` likewise with a `Poll` answers a `PollAnswer`, `POST /files` with a
//! `FileRequest` what it says (edge/shelf.rs). `POST /tell` from the site's router with a
//! `Delivery<ToConversation>` answers 204 once it is applied, `POST /form` from the entry with a
//! `Filled` once it is stored, or 403. On the sockets: docs/protocol.md, H, S and L.
//!
//! **Atomic**: each frame, each delivery and each ring of the alarm is stored with all its events,
//! its head and what it owes the router, or not at all. Frames that come in one pass of the event
//! loop are one commit (src/gather.rs). Frames go out after it. The alarm carries the
//! outbox, asks silent visitors, closes what they have left, and drops files.

use super::carry;
use super::commit::{Committed, Keeper, Turn, caught};
use super::post::Post;
use super::room::Room;
use super::sql::ObjectSql;
use super::{error, platform, trap};
use crate::alarm::Alarm;
use crate::auth::secret;
use crate::conversation::{Conversation, Effect};
use crate::gather::Gathered;
use crate::id::{ConversationId, SiteId};
use crate::limits;
use crate::protocol::close::CloseCode;
use crate::protocol::frames::ClientFrame;
use crate::protocol::session::{Holder, Session};
use crate::store::ConversationStore;
use crate::time::Millis;
use std::cell::{Cell, OnceCell};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, console_error, durable_object,
};

/// One conversation, as the platform knows it.
#[durable_object(alarm)]
pub struct ConversationObject(pub(super) AssertUnwindSafe<Rc<Awake>>);

/// One conversation while it is in memory. The fields beside state and env are caches: all can be
/// rebuilt.
pub struct Awake {
    pub(super) state: State,
    pub(super) env: Env,
    pub(super) keeper: Keeper<Conversation>,
    pub(super) room: Room,
    /// A socket and its text; a binary frame has none.
    pub(super) gathered: Gathered<(WebSocket, Option<String>)>,
    pub(super) alarm: Cell<Alarm>,
    name: OnceCell<Option<(SiteId, ConversationId)>>,
}

impl DurableObject for ConversationObject {
    fn new(state: State, env: Env) -> Self {
        // No handler of a frame waits for anything.
        platform::prepare_sockets(&state, None);
        let (keeper, room, gathered) = (Keeper::new(&state), Room::default(), Gathered::default());
        let (alarm, name) = (Cell::default(), OnceCell::new());
        let awake = Awake { state, env, keeper, room, gathered, alarm, name };
        Self(AssertUnwindSafe(Rc::new(awake)))
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.0.answer(request).await
    }

    async fn alarm(&self) -> Result<Response> {
        self.0.ring().await
    }
}

impl Awake {
    /// One turn: decide and store, then send. True when the alarm has to be looked after.
    pub(super) fn turn(
        &self,
        work: impl FnOnce(&mut Conversation, &ConversationStore<'_, ObjectSql>) -> Turn<Effect>,
    ) -> Result<bool> {
        trap::guarded(&self.state, || {
            let mut awoken = false;
            let committed = self.keeper.turn(
                |sql| {
                    let (_, conversation) = self.name()?;
                    let epoch = secret::epoch(platform::random()?).ok_or_else(error::no_id)?;
                    let store = ConversationStore::new(sql);
                    store.restore(conversation.clone(), epoch).map_err(error::fault)
                },
                |machine, restored| {
                    awoken = restored;
                    work(machine, &ConversationStore::new(&self.keeper.sql))
                },
            )?;
            // What is stored and was not sent nobody would miss before the next event: all come
            // back.
            caught(|| self.perform(&committed)).inspect_err(|_| {
                self.room.close_where(&self.state, CloseCode::Fault, |_| true);
            })?;
            // Who wakes up looks after the alarm, too: the platform gives one up that failed too
            // often.
            let owes = committed.effects().iter().any(|effect| matches!(effect, Effect::Tell(_)));
            Ok(owes || awoken)
        })
    }

    /// The turn of a frame. A fault ends its session: its client comes back and says what it has.
    /// It may have come after something was stored, so the alarm is looked after then, too.
    pub(super) fn take(&self, now: Millis, from: &Session, frame: ClientFrame) -> bool {
        let turn = self.turn(|machine, store| store.take_frame(machine, now, from, frame));
        turn.unwrap_or_else(|error| {
            console_error!("session {}: {error}", from.id.0);
            self.room.close(&self.state, from.id, CloseCode::Fault);
            true
        })
    }

    fn perform(&self, committed: &Committed<Effect>) -> Result<()> {
        let (state, room) = (&self.state, &self.room);
        let post = Post::of(committed.effects().iter().filter_map(Effect::frame))?;
        for effect in committed.effects() {
            match effect {
                Effect::Send { to, .. } => room.send(state, &post, |one| to.includes(one)),
                Effect::Draft { session, draft } => room.keep(state, *session, draft)?,
                Effect::Advance { session, stage } => room.advance(state, *session, *stage)?,
                Effect::Close { session, code } => room.close(state, *session, *code),
                Effect::CloseUnnamed { code } => {
                    room.close_where(state, *code, |one| one.holder == Holder::Visitor);
                }
                Effect::Append(_) | Effect::Remember(_) | Effect::Save(_) | Effect::Tell(_) => {}
            }
        }
        Ok(())
    }

    pub(super) async fn arm(&self, timer: Option<Millis>) -> Result<()> {
        let due = self.next(timer)?;
        platform::set_alarm(&self.state, &self.alarm, platform::now(), due).await
    }

    /// When the alarm is wanted, for what is owed or for a timer.
    pub(super) fn next(&self, timer: Option<Millis>) -> Result<Option<Millis>> {
        Ok([self.due()?, timer].into_iter().flatten().min())
    }

    /// When the alarm is wanted after a frame: for what is owed. Then the clock counts, too, for an
    /// object that has slept does not know that its alarm may be an earlier one, for the clock.
    pub(super) fn owed(&self, now: Millis) -> Result<Option<Millis>> {
        let sooner = |due: Millis| self.timer(now).map_or(due, |timer| timer.min(due));
        Ok(self.due()?.map(sooner))
    }

    /// When the clock is wanted. The alarm is set for it when an agent comes and when it rings, and
    /// stays: a message moves it to no earlier moment, and setting it is a row. Where no machine is
    /// in memory to say it, since a fault has dropped it or a request needed none, soon: then the
    /// alarm rebuilds it and asks.
    pub(super) fn timer(&self, now: Millis) -> Option<Millis> {
        let unknown = Some(now.after(limits::OUTBOX_PAUSE));
        self.keeper.look(|machine| machine.next_timer(now)).unwrap_or(unknown)
    }

    fn due(&self) -> Result<Option<Millis>> {
        let store = ConversationStore::new(&self.keeper.sql);
        let begun = self.keeper.look(|machine| !machine.is_empty()) == Some(true);
        if begun { store.due_of_begun() } else { store.due() }.map_err(error::fault)
    }

    pub(super) fn name(&self) -> Result<&(SiteId, ConversationId)> {
        let name = || self.state.id().name().unwrap_or_default();
        let parsed = self.name.get_or_init(|| carry::parse_conversation_name(&name()));
        parsed.as_ref().ok_or_else(error::no_id)
    }
}
