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
//! **Atomic**: each frame, each delivery and each ring of the alarm is one transaction with all its
//! events, its head and what it owes the router. Frames go out after it. The alarm carries the
//! outbox, asks silent visitors, closes what they have left, and drops files.

use super::carry;
use super::commit::{Committed, Keeper, caught};
use super::post::Post;
use super::room::Room;
use super::sql::ObjectSql;
use super::{door, error, platform};
use crate::alarm::Alarm;
use crate::auth::secret;
use crate::conversation::{Conversation, Effect};
use crate::id::{ConversationId, SiteId};
use crate::limits;
use crate::protocol::close::CloseCode;
use crate::protocol::frames::ClientFrame;
use crate::protocol::peer::ToConversation;
use crate::protocol::session::{Holder, Session};
use crate::store::{ConversationStore, StoreError};
use crate::time::Millis;
use std::cell::{Cell, OnceCell};
use std::panic::AssertUnwindSafe;
use worker::{DurableObject, Env, Request, Response, Result, State, console_error, durable_object};

/// One conversation. The fields beside state and env are caches: all can be rebuilt.
#[durable_object(alarm)]
pub struct ConversationObject {
    pub(super) state: State,
    pub(super) env: Env,
    pub(super) keeper: AssertUnwindSafe<Keeper<Conversation>>,
    pub(super) room: AssertUnwindSafe<Room>,
    pub(super) alarm: AssertUnwindSafe<Cell<Alarm>>,
    name: AssertUnwindSafe<OnceCell<Option<(SiteId, ConversationId)>>>,
}

impl DurableObject for ConversationObject {
    fn new(state: State, env: Env) -> Self {
        // No frame waits for anything but the platform's own alarm.
        platform::prepare_sockets(&state, None);
        let keeper = AssertUnwindSafe(Keeper::new(&state));
        let (room, alarm) = (AssertUnwindSafe(Room::default()), AssertUnwindSafe(Cell::default()));
        Self { state, env, keeper, room, alarm, name: AssertUnwindSafe(OnceCell::new()) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        match request.path().as_str() {
            "/socket" => self.room.sockets.accept(&self.state, &request),
            "/poll" => match self.poll(request).await {
                Ok(answer) => Response::from_json(&answer),
                Err(failure) => failure.response("/poll"),
            },
            "/form" => {
                let (now, holder) = (platform::now(), door::grant_of(&request)?.holder);
                let from = self.room.outsider(&self.state, holder, now);
                let filled = serde_json::from_str(&request.text().await?)?;
                let mut taken = false;
                let owes = self.turn(|machine, store| {
                    taken = machine.takes_form_of(now, &from);
                    store.take_form(machine, now, &from, filled)
                })?;
                if owes {
                    self.arm(self.timer(now)).await?;
                }
                Ok(Response::empty()?.with_status(if taken { 204 } else { 403 }))
            }
            "/files" => self.shelve(request).await,
            _ => {
                let delivery = carry::receive::<ToConversation>(&mut request).await?;
                let now = platform::now();
                let owes =
                    self.turn(|machine, store| store.take_delivery(machine, now, delivery))?;
                if owes || self.timer(now).is_some() {
                    self.arm(self.timer(now)).await?;
                }
                Ok(Response::empty()?.with_status(204))
            }
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm.set(Alarm::default());
        let now = platform::now();
        // The clock first: it must not wait for a slow router, and what it owes goes at once.
        let turn = self.turn(|machine, store| store.take_time(machine, now));
        let failed = turn.inspect_err(|error| console_error!("clock: {error}")).is_err();
        let (site, conversation) = self.name()?;
        let mail = ConversationStore::new(&self.keeper.sql).mail();
        let router = |_: &str| self.env.durable_object("ROUTER")?.get_by_name(site.as_str());
        if let Err(error) = carry::deliver(&mail, conversation.as_str(), router).await {
            console_error!("outbox of {site}:{conversation}: {error}");
        }
        self.tidy().await?;
        let again = failed.then(|| now.after(limits::OUTBOX_PAUSE));
        self.arm(self.timer(platform::now()).or(again)).await?;
        Response::empty()
    }
}

impl ConversationObject {
    /// One turn: decide and store, then send. True when the alarm has to be looked after.
    fn turn(
        &self,
        work: impl FnOnce(
            &mut Conversation,
            &ConversationStore<'_, ObjectSql>,
        ) -> std::result::Result<Vec<Effect>, StoreError>,
    ) -> Result<bool> {
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
        // What is stored and was not sent nobody would miss before the next event: all come back.
        caught(|| self.perform(&committed)).inspect_err(|_| {
            self.room.close_where(&self.state, CloseCode::Fault, |_| true);
        })?;
        // Who wakes up looks after the alarm, too: the platform gives one up that failed too often.
        let owes = committed.effects().iter().any(|effect| matches!(effect, Effect::Tell(_)));
        Ok(owes || awoken)
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
        let due = [self.due()?, timer].into_iter().flatten().min();
        platform::set_alarm(&self.state, &self.alarm, platform::now(), due).await
    }

    /// When the alarm is wanted after a frame: for what is owed. Then the clock counts, too, for an
    /// object that has slept does not know that its alarm may be an earlier one, for the clock.
    pub(super) fn owed(&self, now: Millis) -> Result<Option<Millis>> {
        let sooner = |due: Millis| self.timer(now).map_or(due, |timer| timer.min(due));
        Ok(self.due()?.map(sooner))
    }

    /// When the clock is wanted. The alarm is set for it when an agent comes and when it rings, and
    /// stays: a message moves it to no earlier moment, and setting it is a row.
    pub(super) fn timer(&self, now: Millis) -> Option<Millis> {
        self.keeper.look(|machine| machine.next_timer(now)).flatten()
    }

    fn due(&self) -> Result<Option<Millis>> {
        ConversationStore::new(&self.keeper.sql).due().map_err(error::fault)
    }

    pub(super) fn name(&self) -> Result<&(SiteId, ConversationId)> {
        let name = || self.state.id().name().unwrap_or_default();
        let parsed = self.name.get_or_init(|| carry::parse_conversation_name(&name()));
        parsed.as_ref().ok_or_else(error::no_id)
    }
}
