//! The sockets of an object. What is known of each is in its attachment, so that an object that
//! slept or crashed finds everything again.

use super::door;
use super::platform;
use crate::limits;
use crate::pace::Pace;
use crate::protocol::close::CloseCode;
use crate::protocol::decode;
use crate::protocol::session::{Grant, Holder, Session, SessionId, Stage};
use crate::time::Millis;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use worker::{
    Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    console_warn,
};

/// A socket with its session.
pub struct Socket {
    /// The socket.
    pub socket: WebSocket,
    /// Who, and how far.
    pub session: Session,
}

/// All sockets of the object, oldest first.
pub fn all(state: &State) -> Vec<Socket> {
    let mut sockets: Vec<Socket> = state.get_websockets().into_iter().filter_map(read).collect();
    sockets.sort_by_key(|socket| socket.session.id);
    sockets
}

/// The sockets as they are while the effects of one turn are carried out.
pub struct Room(Vec<Socket>);

impl Room {
    /// Looks who is there.
    pub fn enter(state: &State) -> Self {
        Self(all(state))
    }

    /// Sends a frame, encoded once, to all who are meant.
    pub fn send(&self, frame: &impl Serialize, meant: impl Fn(&Session) -> bool) -> Result<()> {
        let text = serde_json::to_string(frame)?;
        for socket in self.0.iter().filter(|socket| meant(&socket.session)) {
            // A socket that is closing takes none, which is no error: its client comes back and
            // says what it has.
            let _ = socket.socket.send_with_str(&text);
        }
        Ok(())
    }

    /// Notes how far a session has come.
    pub fn advance(&mut self, session: SessionId, stage: Stage) -> Result<()> {
        let Some(socket) = self.0.iter_mut().find(|socket| socket.session.id == session) else {
            return Ok(());
        };
        socket.session.stage = stage;
        note(&socket.socket, &socket.session)
    }

    /// Closes a session.
    pub fn close(&self, session: SessionId, code: CloseCode) {
        let its = |socket: &&Socket| socket.session.id == session;
        self.0.iter().filter(its).for_each(|socket| socket.close(code, ""));
    }
}

/// The session of one socket.
pub fn read(socket: WebSocket) -> Option<Socket> {
    let text: String = socket.deserialize_attachment().ok()??;
    let session = serde_json::from_str(&text).ok()?;
    Some(Socket { socket, session })
}

impl Socket {
    /// Closes it with a reason of the closed list. The platform goes on delivering what is already
    /// on its way, so the session is marked first: what follows a refused frame never counts.
    pub fn close(&self, code: CloseCode, reason: &str) {
        let ended = Session { stage: Stage::Ended, ..self.session.clone() };
        if let Err(error) = note(&self.socket, &ended) {
            console_warn!("session {} could not be marked: {error}", ended.id.0);
        }
        let _ = self.socket.close(Some(code.code()), Some(reason));
    }

    /// The last sign of life.
    pub fn heard(&self, state: &State) -> Millis {
        platform::last_ping(state, &self.socket).unwrap_or(self.session.since)
    }
}

fn note(socket: &WebSocket, session: &Session) -> Result<()> {
    socket.serialize_attachment(serde_json::to_string(session)?)
}

/// Takes the socket that the entry has let through. The oldest of too many goes.
pub fn accept(state: &State, request: &Request) -> Result<Response> {
    let grant: Grant = door::grant_of(request)?;
    let present = all(state);
    let id = present.last().map_or(0, |last| last.session.id.0).saturating_add(1);
    let holder = grant.holder;
    let open = |other: &&Socket| other.session.stage != Stage::Ended;
    let its = |other: &&Socket| other.session.holder.same_person(&holder);
    let mine: Vec<&Socket> = present.iter().filter(open).filter(its).collect();
    let spare = (mine.len() + 1).saturating_sub(limits::SESSIONS_PER_PARTICIPANT);
    for old in mine.into_iter().take(spare) {
        old.close(CloseCode::Replaced, "");
    }
    let since = platform::now();
    let session = Session { id: SessionId(id), holder, stage: Stage::New, since };
    let pair = WebSocketPair::new()?;
    state.accept_web_socket(&pair.server);
    note(&pair.server, &session)?;
    let mut response = Response::from_websocket(pair.client)?;
    response.headers_mut().set("Sec-WebSocket-Protocol", door::PROTOCOL)?;
    Ok(response)
}

/// Frames of this object's sessions, checked for pace and size before they are read. It is in
/// memory only: an object that slept was not flooded.
#[derive(Default)]
pub struct Inlet(HashMap<SessionId, Pace>);

impl Inlet {
    /// The session and its frame; `None` when the socket was closed instead.
    pub fn read<F: DeserializeOwned>(
        &mut self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Option<(Socket, F)> {
        let Some(socket) = read(socket.clone()) else {
            let _ = socket.close(Some(CloseCode::Fault.code()), Some(""));
            return None;
        };
        if socket.session.stage == Stage::Ended {
            return None;
        }
        match self.check(&socket.session, message) {
            Ok(frame) => Some((socket, frame)),
            Err((code, reason)) => {
                socket.close(code, &reason);
                None
            }
        }
    }

    fn check<F: DeserializeOwned>(
        &mut self,
        session: &Session,
        message: WebSocketIncomingMessage,
    ) -> std::result::Result<F, (CloseCode, String)> {
        let now = platform::now();
        let pace = self.0.entry(session.id).or_insert_with(|| Pace::new(now));
        pace.check(now).map_err(|wait| (CloseCode::SlowDown, wait.0.to_string()))?;
        let WebSocketIncomingMessage::String(text) = message else {
            return Err((CloseCode::TextOnly, String::new()));
        };
        let limit = match session.holder {
            Holder::Visitor => limits::VISITOR_FRAME_BYTES,
            Holder::Agent { .. } => limits::AGENT_FRAME_BYTES,
        };
        if text.len() > limit {
            return Err((CloseCode::TooBig, format!("at most {limit} bytes")));
        }
        decode::frame(&text).map_err(|error| {
            console_warn!("bad frame from session {}: {error}", session.id.0);
            (CloseCode::BadFrame, "not a frame of this protocol".to_owned())
        })
    }

    /// Forgets a session that is gone.
    pub fn forget(&mut self, session: SessionId) {
        self.0.remove(&session);
    }
}

/// Answers the closing handshake. The platform does not, whatever its documentation says of newer
/// compatibility dates; the codes that may not be sent become 1000.
pub fn answer_close(socket: &WebSocket, code: usize) {
    let code = match u16::try_from(code) {
        Ok(code @ 1000..5000) if !matches!(code, 1004..=1006 | 1015) => code,
        _ => 1000,
    };
    let _ = socket.close(Some(code), Some(""));
}
