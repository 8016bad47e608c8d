//! The handlers of a conversation: its sockets, requests, alarm, and sessions that have no socket.
//! Those that `worker` makes of an `async fn` turn every frame into a promise and two tasks, which
//! costs as much as storing it; those of sockets return nothing to wait for.

use super::commit::caught;
use super::conversation_object::{Awake, ConversationObject};
use super::error::{self, Failure, Refused};
use super::{carry, door, platform, sockets, trap};
use crate::alarm::Alarm;
use crate::gather::Next;
use crate::protocol::api::ErrorCode;
use crate::protocol::close::CloseCode;
use crate::protocol::peer::ToConversation;
use crate::protocol::poll::{Poll, PollAnswer};
use crate::store::ConversationStore;
use crate::time::Millis;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen_futures::spawn_local;
use worker::{Request, Response, Result, WebSocket, console_error, web_sys};

#[wasm_bindgen]
impl ConversationObject {
    /// A frame.
    #[wasm_bindgen(js_name = webSocketMessage)]
    pub fn take_message(&self, socket: web_sys::WebSocket, message: &JsValue) {
        let awake = &self.0;
        let (now, socket) = (platform::now(), WebSocket::from(socket));
        let text = message.as_string();
        let bytes = text.as_ref().map_or(0, String::len);
        match awake.gathered.add(now, (socket, text), bytes) {
            Next::Ask => {
                let later = Rc::clone(awake);
                trap::after_pass(&awake.state, move || later.take_gathered());
            }
            Next::Wait => {}
            Next::Take => awake.take_now(),
        }
    }

    /// A socket has closed.
    #[wasm_bindgen(js_name = webSocketClose)]
    pub fn take_close(&self, socket: web_sys::WebSocket, code: u32) {
        let (awake, socket) = (&self.0, WebSocket::from(socket));
        awake.take_now();
        awake.room.sockets.forget(&awake.state, &socket);
        sockets::answer_close(&socket, code);
    }

    /// A socket has failed.
    #[wasm_bindgen(js_name = webSocketError)]
    pub fn take_error(&self, socket: web_sys::WebSocket, error: &JsValue) {
        let awake = &self.0;
        console_error!("socket of a conversation: {error:?}");
        awake.take_now();
        awake.room.sockets.forget(&awake.state, &WebSocket::from(socket));
    }
}

impl Awake {
    /// A request.
    pub(super) async fn answer(&self, mut request: Request) -> Result<Response> {
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
                let turn = self.turn(|machine, store| {
                    taken = machine.takes_form_of(now, &from);
                    store.take_form(machine, now, &from, filled)
                });
                // A fault may have come after something was stored.
                if !matches!(turn, Ok(false)) {
                    self.arm(self.timer(now)).await?;
                }
                turn?;
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

    /// The alarm.
    pub(super) async fn ring(&self) -> Result<Response> {
        self.alarm.set(Alarm::default());
        let now = platform::now();
        // The clock first: it must not wait for a slow router, and what it owes goes at once.
        let clock = self.turn(|machine, store| store.take_time(machine, now)).map(drop);
        let (site, conversation) = self.name()?;
        let outbox = ConversationStore::new(&self.keeper.sql).mail();
        let router = |_: &str| self.env.durable_object("ROUTER")?.get_by_name(site.as_str());
        let mail = carry::deliver(&outbox, conversation.as_str(), router).await;
        let done = [clock, mail.map_err(error::fault), self.tidy().await];
        let now = platform::now();
        let next = self.next(self.timer(now));
        let due = platform::next_ring(&self.state, now, &done, next);
        platform::set_alarm(&self.state, &self.alarm, now, due).await?;
        Response::empty()
    }

    /// The frames of this pass so far, from within a handler.
    fn take_now(self: &Rc<Self>) {
        trap::guarded(&self.state, || self.take_gathered());
    }

    /// The frames of this pass, each in a turn of its own.
    fn take_gathered(self: &Rc<Self>) {
        let now = platform::now();
        let pass = || {
            self.gathered.take().into_iter().try_fold(false, |owes, (socket, text)| {
                let read = self.room.sockets.read(&self.state, &socket, text, now);
                Ok(read.is_some_and(|(session, frame)| self.take(now, &session, frame)) || owes)
            })
        };
        // A fault outside of a turn: what is behind it is not taken, so all come back with it.
        let owes = caught(pass).unwrap_or_else(|error| {
            console_error!("a frame: {error}");
            self.room.close_where(&self.state, CloseCode::Fault, |_| true);
            true
        });
        self.room.sockets.sweep(&self.state, now);
        if owes {
            self.begin_alarm(now);
        }
    }

    /// A request of a session that has no socket.
    pub(super) async fn poll(
        &self,
        mut request: Request,
    ) -> std::result::Result<PollAnswer, Failure> {
        let holder = door::grant_of(&request)?.holder;
        let asked = request.text().await?;
        let Poll { session, frames } = serde_json::from_str(&asked).map_err(worker::Error::from)?;
        let (now, polls) = (platform::now(), &self.room.polls);
        let lost = || Refused::new(ErrorCode::SessionLost, "Say hello in a new session.");
        let opens = session.is_none();
        let name = match session {
            None => polls.open(holder, now)?,
            Some(name) if polls.is_open(&name, &holder, now) => name,
            Some(_) => return Err(lost().into()),
        };
        for text in &frames {
            let Some((session, frame)) = polls.read(&name, text, now) else { break };
            if self.take(now, &session, frame) {
                let owed = platform::next_ring(&self.state, now, &[], self.owed(now));
                platform::set_alarm(&self.state, &self.alarm, now, owed).await?;
            }
        }
        let answer = match (opens, frames.is_empty()) {
            (true, _) => polls.take(&name),
            (false, true) => polls.wait(&name).await,
            // What these frames cause goes with the request that waits: one way, one order.
            (false, false) => polls.receipt(&name),
        };
        Ok(answer.ok_or_else(lost)?)
    }

    /// Sets the alarm together with what it is for; whether it could be set is heard of later.
    fn begin_alarm(self: &Rc<Self>, now: Millis) {
        let due = platform::next_ring(&self.state, now, &[], self.owed(now));
        match platform::begin_alarm(&self.state, &self.alarm, now, due) {
            Ok(None) => {}
            Ok(Some(setting)) => {
                let awake = Rc::clone(self);
                spawn_local(async move {
                    if let Err(error) = platform::alarm_set(&awake.alarm, setting).await {
                        console_error!("alarm: {error}");
                    }
                });
            }
            Err(error) => console_error!("alarm: {error}"),
        }
    }
}
