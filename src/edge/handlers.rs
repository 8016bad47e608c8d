//! The handlers of a conversation's sockets. Those that `worker` makes of an `async fn` turn every
//! frame into a promise and two tasks, which costs as much as storing it; these return a promise
//! only when there is something to wait for.

use super::conversation_object::ConversationObject;
use super::{platform, sockets};
use crate::time::Millis;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{WebSocket, console_error, web_sys};

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
    fn begin_alarm(&self, now: Millis) -> Option<Promise> {
        let begun =
            self.due().and_then(|due| platform::begin_alarm(&self.state, &self.alarm, now, due));
        begun.unwrap_or_else(|error| {
            console_error!("alarm: {error}");
            None
        })
    }
}
