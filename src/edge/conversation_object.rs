//! # ConversationObject
//!
//! **Why**: one conversation is one writer. Its sockets, its history and its rules live together,
//! so order, de-duplication and delivery need no coordination with anything else.
//!
//! **Name**: `{site}:{conversation}`.
//!
//! **Stores**: `event` (the log), `head` (one row), outbox and inbox.
//!
//! **Requests**: `GET /socket` from the entry, with the grant it has checked, answers 101.
//! `POST /tell` from the site's router with a `Delivery<ToConversation>` answers 204 once it is
//! applied. On the sockets: docs/protocol.md, H, S and L.
//!
//! **Atomic**: each frame and each delivery is one transaction with all its events, its head and
//! what it owes the router. Frames go out after it. The alarm carries the outbox.

use super::carry;
use super::commit::{Committed, Keeper};
use super::sockets::{self, Inlet, Room};
use super::sql::ObjectSql;
use super::{error, platform};
use crate::alarm::Alarm;
use crate::auth::secret;
use crate::conversation::{Conversation, Effect};
use crate::id::{ConversationId, SiteId};
use crate::protocol::peer::ToConversation;
use crate::store::{ConversationStore, StoreError};
use std::cell::{Cell, RefCell};
use std::panic::AssertUnwindSafe;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    console_error, durable_object,
};

/// One conversation. The fields beside state and env are caches: all can be rebuilt.
#[durable_object]
pub struct ConversationObject {
    state: State,
    env: Env,
    keeper: AssertUnwindSafe<Keeper<Conversation>>,
    inlet: AssertUnwindSafe<RefCell<Inlet>>,
    alarm: AssertUnwindSafe<Cell<Alarm>>,
}

impl DurableObject for ConversationObject {
    fn new(state: State, env: Env) -> Self {
        platform::prepare_sockets(&state);
        let keeper = AssertUnwindSafe(Keeper::new(&state));
        let inlet = AssertUnwindSafe(RefCell::default());
        Self { state, env, keeper, inlet, alarm: AssertUnwindSafe(Cell::default()) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() == "/socket" {
            return sockets::accept(&self.state, &request);
        }
        let delivery = carry::receive::<ToConversation>(&mut request).await?;
        let now = platform::now();
        self.run(|machine, store| {
            let mut effects = Vec::new();
            for tell in store.mail().fresh(delivery)? {
                effects.extend(machine.handle_tell(now, tell));
            }
            Ok(effects)
        })
        .await?;
        Ok(Response::empty()?.with_status(204))
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        let Some((socket, frame)) = self.inlet.borrow_mut().read(socket, message) else {
            return Ok(());
        };
        let now = platform::now();
        let done = self
            .run(|machine, store| machine.handle_frame(now, &socket.session, frame, store))
            .await;
        error::close_on_fault(&socket, done);
        Ok(())
    }

    async fn websocket_close(&self, ws: WebSocket, code: usize, _: String, _: bool) -> Result<()> {
        sockets::answer_close(&ws, code);
        if let Some(socket) = sockets::read(ws) {
            self.inlet.borrow_mut().forget(socket.session.id);
        }
        Ok(())
    }

    async fn websocket_error(&self, _: WebSocket, error: worker::Error) -> Result<()> {
        console_error!("socket of a conversation: {error}");
        Ok(())
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm.set(Alarm::default());
        let (site, conversation) = self.name()?;
        let store = ConversationStore::new(&self.keeper.sql);
        let router = |name: &str| self.env.durable_object("ROUTER")?.get_by_name(name);
        let mail = store.mail();
        if let Err(error) = carry::deliver(&mail, conversation.as_str(), router).await {
            console_error!("outbox of {site}:{conversation}: {error}");
        }
        self.arm().await?;
        Response::empty()
    }
}

impl ConversationObject {
    /// One turn: decide and store in one transaction, then send, then set the alarm.
    async fn run(
        &self,
        decide: impl FnOnce(
            &mut Conversation,
            &ConversationStore<'_, ObjectSql>,
        ) -> std::result::Result<Vec<Effect>, StoreError>,
    ) -> Result<()> {
        let (site, conversation) = self.name()?;
        let store = ConversationStore::new(&self.keeper.sql);
        let committed = self.keeper.turn(
            |sql| {
                let store = ConversationStore::new(sql);
                let loaded = store.migrate().and_then(|()| store.load());
                let (head, last_seq) = loaded.map_err(error::fault)?;
                let epoch = secret::epoch(platform::random()?).ok_or_else(error::no_id)?;
                Ok(Conversation::restore(conversation, head, last_seq, epoch))
            },
            |machine, _| decide(machine, &store),
            |effects| store.apply(effects, site.as_str()),
        )?;
        self.perform(&committed)?;
        if committed.effects().iter().any(|effect| matches!(effect, Effect::Tell(_))) {
            self.arm().await?;
        }
        Ok(())
    }

    fn perform(&self, committed: &Committed<Effect>) -> Result<()> {
        let mut room = Room::enter(&self.state);
        for effect in committed.effects() {
            match effect {
                Effect::Send { to, frame } => room.send(frame, |session| to.includes(session))?,
                Effect::Advance { session, stage } => room.advance(*session, *stage)?,
                Effect::Close { session, code } => room.close(*session, *code),
                Effect::Append(_) | Effect::Save(_) | Effect::Tell(_) => {}
            }
        }
        Ok(())
    }

    async fn arm(&self) -> Result<()> {
        let due = ConversationStore::new(&self.keeper.sql).mail().due().map_err(error::fault)?;
        platform::set_alarm(&self.state, &self.alarm, platform::now(), due).await
    }

    fn name(&self) -> Result<(SiteId, ConversationId)> {
        let name = self.state.id().name().unwrap_or_default();
        carry::parse_conversation_name(&name).ok_or_else(error::no_id)
    }
}
