//! # RouterObject
//!
//! **Why**: who talks to whom, now. One place decides, so no visitor gets two agents and no agent
//! more than fits. Messages never pass here.
//!
//! **Name**: the site's id.
//!
//! **Stores**: the rules, `agent`, `chat` and `decision` (one row each), outbox and inbox.
//!
//! **Requests**: `GET /socket` from the entry, with the grant it has checked, answers 101.
//! `POST /tell` from a conversation of the site with a `Delivery<ToRouter>` answers 204 once it is
//! applied. `POST /ask` from the entry of a `RouterRequest` answers 200 with `Result<RouterAnswer,
//! ApiError>` (edge/rules.rs). On the sockets: docs/protocol.md, D.
//!
//! **Atomic**: each frame, delivery, lost socket and ring of the alarm is one transaction with all
//! its assignments and what they owe the conversations. Frames go out after it. The alarm carries
//! the outbox, ends grace periods, and looks at leases while an agent is online.

use super::carry;
use super::commit::{Committed, Keeper, Turn, caught};
use super::post::Post;
use super::sockets::{self, Sockets};
use super::sql::ObjectSql;
use super::{error, platform, presence, trap};
use crate::alarm::Alarm;
use crate::id::{ConversationId, SiteId};
use crate::limits;
use crate::protocol::close::CloseCode;
use crate::protocol::peer::ToRouter;
use crate::routing::{Effect, Router};
use crate::store::{RouterStore, Sql};
use crate::time::Millis;
use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    console_error, durable_object,
};

/// The desk of one site. The fields beside state and env are caches: all can be rebuilt.
#[durable_object]
pub struct RouterObject {
    pub(super) state: State,
    env: Env,
    keeper: AssertUnwindSafe<Keeper<Router>>,
    pub(super) sockets: AssertUnwindSafe<Sockets>,
    alarm: AssertUnwindSafe<Cell<Alarm>>,
}

impl DurableObject for RouterObject {
    fn new(state: State, env: Env) -> Self {
        platform::prepare_sockets(&state, Some(limits::SOCKET_EVENT));
        let keeper = AssertUnwindSafe(Keeper::new(&state));
        let sockets = AssertUnwindSafe(Sockets::default());
        Self { state, env, keeper, sockets, alarm: AssertUnwindSafe(Cell::default()) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() == "/socket" {
            return self.sockets.accept(&self.state, &request);
        }
        if request.path() == "/ask" {
            let question = serde_json::from_str(&request.text().await?)?;
            return Response::from_json(&self.answer(question).await?);
        }
        let delivery = carry::receive::<ToRouter>(&mut request).await?;
        let now = platform::now();
        self.turn(|router, store| {
            let mut effects = Vec::new();
            for tell in store.mail().fresh(delivery)? {
                effects.extend(router.handle_tell(now, tell));
            }
            Ok(effects)
        })?;
        self.arm().await?;
        Ok(Response::empty()?.with_status(204))
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        let (now, text) = (platform::now(), platform::text_of(message));
        let Some((session, frame)) = self.sockets.read(&self.state, &socket, text, now) else {
            return Ok(());
        };
        let turn = self.turn(|router, _| Ok(router.handle_frame(now, &session, frame)));
        let done = if turn.is_ok() { self.arm().await } else { turn };
        if let Err(error) = done {
            console_error!("session {}: {error}", session.id.0);
            self.sockets.close(&self.state, session.id, CloseCode::Fault);
        }
        Ok(())
    }

    async fn websocket_close(&self, ws: WebSocket, code: usize, _: String, _: bool) -> Result<()> {
        sockets::answer_close(&ws, u32::try_from(code).unwrap_or_default());
        self.lose(&ws).await
    }

    async fn websocket_error(&self, ws: WebSocket, error: worker::Error) -> Result<()> {
        console_error!("socket of a desk: {error}");
        self.lose(&ws).await
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm.set(Alarm::default());
        // Timers first: they must not wait for slow receivers.
        let done = [self.look_around(), self.carry().await];
        let now = platform::now();
        let due = platform::next_ring(&self.state, now, &done, self.next(now));
        platform::set_alarm(&self.state, &self.alarm, now, due).await?;
        Response::empty()
    }
}

impl RouterObject {
    /// Carries what is owed to conversations.
    async fn carry(&self) -> Result<()> {
        let site = self.site()?;
        let store = RouterStore::new(&self.keeper.sql);
        let stub = |peer: &str| {
            let conversation = ConversationId::parse(peer).ok_or_else(error::no_id)?;
            let name = carry::conversation_name(&site, &conversation);
            self.env.durable_object("CONVERSATION")?.get_by_name(&name)
        };
        carry::deliver(&store.mail(), site.as_str(), stub).await.map_err(error::fault)
    }

    /// A socket is gone, and perhaps an agent with it.
    async fn lose(&self, socket: &WebSocket) -> Result<()> {
        self.sockets.forget(&self.state, socket);
        self.look_around()?;
        self.arm().await
    }

    /// Tells the rules who is present and has them do what is due.
    fn look_around(&self) -> Result<()> {
        let now = platform::now();
        let present = presence::of(&self.sockets, &self.state, now);
        self.turn(|router, _| Ok(router.handle_wake(now, &present, &platform::zone_offset)))
    }

    /// One turn: decide and store in one transaction, then send.
    pub(super) fn turn(
        &self,
        decide: impl FnOnce(&mut Router, &RouterStore<'_, ObjectSql>) -> Turn<Effect>,
    ) -> Result<()> {
        trap::guarded(&self.state, || {
            let store = RouterStore::new(&self.keeper.sql);
            let now = platform::now();
            let committed = self.keeper.turn(
                |sql| RouterStore::new(sql).restore().map_err(error::fault),
                |router, restored| {
                    // Sockets that did not survive a crash were never closed: look who is there.
                    let present = restored.then(|| presence::of(&self.sockets, &self.state, now));
                    self.keeper.sql.atomically(|| {
                        let mut effects = present.map_or_else(Vec::new, |present| {
                            router.handle_wake(now, &present, &platform::zone_offset)
                        });
                        effects.extend(decide(router, &store)?);
                        store.apply(now, &effects)?;
                        Ok(effects)
                    })
                },
            )?;
            caught(|| self.perform(&committed)).inspect_err(|_| {
                self.sockets.close_where(&self.state, CloseCode::Fault, |_| true);
            })
        })
    }

    fn perform(&self, committed: &Committed<Effect>) -> Result<()> {
        let (state, sockets) = (&self.state, &self.sockets);
        let post = Post::of(committed.effects().iter().filter_map(Effect::frame))?;
        for effect in committed.effects() {
            match effect {
                Effect::Send { to, .. } => sockets.send(state, &post, |one| to.includes(one)),
                Effect::Advance { session, stage } => sockets.advance(state, *session, *stage)?,
                Effect::Close { session, code } => sockets.close(state, *session, *code),
                _ => {} // Stored before.
            }
        }
        Ok(())
    }

    pub(super) async fn arm(&self) -> Result<()> {
        let now = platform::now();
        platform::set_alarm(&self.state, &self.alarm, now, self.next(now)?).await
    }

    /// When the alarm is wanted.
    fn next(&self, now: Millis) -> Result<Option<Millis>> {
        let mail = RouterStore::new(&self.keeper.sql).mail().due().map_err(error::fault)?;
        let look = self.keeper.look(|router| (router.next_timer(), router.is_attended()));
        let (timer, attended) = look.unwrap_or((None, true));
        let lease = attended.then(|| now.after(limits::LEASE_CHECK));
        Ok([mail, timer, lease].into_iter().flatten().min())
    }

    fn site(&self) -> Result<SiteId> {
        self.state.id().name().and_then(|name| SiteId::parse(&name)).ok_or_else(error::no_id)
    }
}
