//! The handlers of a conversation's sockets. Those that `worker` makes of an `async fn` turn every
//! frame into a promise and two tasks, which costs as much as storing it; these return a promise
//! only when there is something to wait for. And the handler of a session that has no socket.

use super::conversation_object::ConversationObject;
use super::error::{Failure, Refused};
use super::{door, platform, sockets};
use crate::protocol::api::ErrorCode;
use crate::protocol::poll::{Poll, PollAnswer};
use crate::time::Millis;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Request, WebSocket, console_error, web_sys};

#[wasm_bindgen]
impl ConversationObject {
    /// A frame.
    #[wasm_bindgen(js_name = webSocketMessage)]
    pub fn take_message(&self, socket: web_sys::WebSocket, message: &JsValue) -> Option<Promise> {
        let (now, socket) = (platform::now(), WebSocket::from(socket));
        let read = self.room.sockets.read(&self.state, &socket, message.as_string(), now);
        let (session, frame) = read?;
        let owes = self.take(now, &session, frame);
        self.room.sockets.sweep(&self.state, now);
        if owes { self.begin_alarm(now) } else { None }
    }

    /// A socket has closed.
    #[wasm_bindgen(js_name = webSocketClose)]
    pub fn take_close(&self, socket: web_sys::WebSocket, code: u32) {
        let socket = WebSocket::from(socket);
        self.room.sockets.forget(&self.state, &socket);
        sockets::answer_close(&socket, code);
    }

    /// A socket has failed.
    #[wasm_bindgen(js_name = webSocketError)]
    pub fn take_error(&self, socket: web_sys::WebSocket, error: &JsValue) {
        console_error!("socket of a conversation: {error:?}");
        self.room.sockets.forget(&self.state, &WebSocket::from(socket));
    }
}

impl ConversationObject {
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
                let owed = self.owed(now)?;
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

    fn begin_alarm(&self, now: Millis) -> Option<Promise> {
        let begun = self
            .owed(now)
            .and_then(|due| platform::begin_alarm(&self.state, &self.alarm, now, due));
        begun.unwrap_or_else(|error| {
            console_error!("alarm: {error}");
            None
        })
    }
}
