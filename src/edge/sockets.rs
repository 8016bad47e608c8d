//! The sockets of an object. What is known of each is in its attachment, so that an object that
//! slept or crashed finds everything again. While it is awake a table in memory stands for the
//! attachments: reading one for each frame would cost as much as storing the message.

use super::door;
use super::platform;
use super::post::{Part, Post};
use crate::limits;
use crate::pace::Pace;
use crate::protocol::close::{CloseCode, RetryWindow};
use crate::protocol::decode::{self, Frame};
use crate::protocol::session::{Grant, Holder, Session, SessionId, Stage, to_replace};
use crate::time::{Millis, Span};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Request, Response, Result, State, WebSocket, WebSocketPair, console_warn};

#[wasm_bindgen]
extern "C" {
    /// The platform's socket, by those of its methods that each message needs.
    type Peer;
    /// The session's number, which we note on the object itself.
    #[wasm_bindgen(method, getter, structural, js_name = edgewiseSession)]
    fn session(this: &Peer) -> Option<u32>;
    #[wasm_bindgen(method, catch, setter, structural, js_name = edgewiseSession)]
    fn set_session(this: &Peer, id: u32) -> std::result::Result<(), JsValue>;
}

#[wasm_bindgen(module = "/src/edge/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = send)]
    fn send_part(socket: &Peer, text: &JsValue, from: u32, to: u32);
}

fn peer(socket: &WebSocket) -> &Peer {
    let raw: &JsValue = socket.as_ref().as_ref();
    raw.unchecked_ref()
}

struct Socket {
    socket: WebSocket,
    session: Rc<Session>,
    /// In memory only: an object that slept was not flooded.
    pace: Option<Pace>,
}

impl Socket {
    fn new(socket: WebSocket, session: Session) -> Self {
        // Where it cannot be noted, the attachment is read each time.
        let _ = peer(&socket).set_session(session.id.0);
        Self { socket, session: Rc::new(session), pace: None }
    }

    fn change(&mut self, change: impl FnOnce(&mut Session)) -> Result<()> {
        let mut session = (*self.session).clone();
        change(&mut session);
        note(&self.socket, &session)?;
        self.session = Rc::new(session);
        Ok(())
    }

    /// Closes it with a reason of the closed list. The platform goes on delivering what is already
    /// on its way, so the session is marked first: what follows a refused frame never counts.
    fn close(&mut self, code: CloseCode, reason: &str) {
        if let Err(error) = self.change(|session| session.stage = Stage::Ended) {
            console_warn!("session {} could not be marked: {error}", self.session.id.0);
        }
        let _ = self.socket.close(Some(code.code()), Some(reason));
    }

    /// Its last sign of life.
    fn heard(&self, state: &State) -> Millis {
        platform::last_ping(state, &self.socket).unwrap_or(self.session.since)
    }

    fn has_lapsed(&self, state: &State, now: Millis) -> bool {
        self.session.stage != Stage::Ended && now.since(self.heard(state)) > limits::LEASE
    }
}

/// What a close says beside its code: where coming back helps, when.
pub fn reason(code: CloseCode) -> String {
    match code {
        CloseCode::Fault => RetryWindow::after(limits::FAULT_REST).to_string(),
        code if code.retry() => RetryWindow::after(Span(0)).to_string(),
        _ => String::new(),
    }
}

/// All sockets of an object, oldest first.
#[derive(Default)]
pub struct Sockets {
    table: RefCell<Option<Vec<Socket>>>,
    /// The last number given: one that is forgotten is not given again while its socket may still
    /// say something.
    given: Cell<u32>,
    swept: Cell<Option<Millis>>,
}

impl Sockets {
    fn with<T>(&self, state: &State, act: impl FnOnce(&mut Vec<Socket>) -> T) -> T {
        act(self.table.borrow_mut().get_or_insert_with(|| load(state)))
    }

    /// Takes the socket that the entry has let through. Of too many, one goes.
    pub fn accept(&self, state: &State, request: &Request) -> Result<Response> {
        let Grant { holder, .. } = door::grant_of(request)?;
        let since = platform::now();
        self.close_lapsed(state, since);
        self.with(state, |sockets| {
            let last = sockets.last().map_or(0, |last| last.session.id.0);
            let id = last.max(self.given.get()).saturating_add(1);
            self.given.set(id);
            let open = |socket: &&Socket| socket.session.stage != Stage::Ended;
            let its = |socket: &&Socket| socket.session.holder.same_person(&holder);
            let mine = sockets.iter().filter(open).filter(its);
            let mine: Vec<_> = mine.map(|it| (it.session.id, it.heard(state))).collect();
            let old = to_replace(&mine, since).and_then(|old| find(sockets, old));
            old.into_iter().for_each(|old| old.close(CloseCode::Replaced, ""));
            let session = Session::new(SessionId(id), holder, since);
            let pair = WebSocketPair::new()?;
            state.accept_web_socket(&pair.server);
            note(&pair.server, &session)?;
            sockets.push(Socket::new(pair.server, session));
            let mut response = Response::from_websocket(pair.client)?;
            response.headers_mut().set("Sec-WebSocket-Protocol", door::PROTOCOL)?;
            Ok(response)
        })
    }

    /// The session of a socket and its frame, checked for pace and size before it is read; `None`
    /// when the socket was closed instead. A binary frame has no text.
    pub fn read<F: Frame>(
        &self,
        state: &State,
        socket: &WebSocket,
        text: Option<String>,
        now: Millis,
    ) -> Option<(Rc<Session>, F)> {
        let Some(id) = self.id_of(state, socket) else {
            let code = CloseCode::Fault;
            let _ = socket.close(Some(code.code()), Some(reason(code)));
            return None;
        };
        self.with(state, |sockets| {
            let socket = find(sockets, id)?;
            if socket.session.stage == Stage::Ended {
                return None;
            }
            let pace = socket.pace.get_or_insert_with(|| Pace::new(now));
            match check(pace, &socket.session, text.as_deref(), now) {
                Ok(frame) => Some((socket.session.clone(), frame)),
                Err((code, reason)) => {
                    socket.close(code, &reason);
                    None
                }
            }
        })
    }

    /// The number noted on the socket; after hibernation the platform hands out new objects, and
    /// the table is read anew.
    fn id_of(&self, state: &State, socket: &WebSocket) -> Option<SessionId> {
        if self.table.borrow().is_some()
            && let Some(id) = peer(socket).session()
        {
            return Some(SessionId(id));
        }
        let id = attached(socket)?.id;
        let known = self.with(state, |sockets| find(sockets, id).is_some());
        if !known {
            self.table.replace(None);
        }
        Some(id)
    }

    /// Sends the next frame to all who are meant.
    pub fn send(&self, state: &State, post: &Post, meant: impl Fn(&Session) -> bool) {
        post.next(|frame| self.send_frame(state, frame, meant));
    }

    /// As `send`, for a frame that goes elsewhere, too. A socket that is closing takes none, which
    /// is no error: its client comes back and says what it has.
    pub fn send_frame(&self, state: &State, frame: Part<'_>, meant: impl Fn(&Session) -> bool) {
        self.with(state, |sockets| {
            for socket in sockets.iter().filter(|socket| meant(&socket.session)) {
                send_part(peer(&socket.socket), frame.crossed, frame.from, frame.to);
            }
        });
    }

    /// Notes something about a session.
    pub fn change(
        &self,
        state: &State,
        id: SessionId,
        change: impl FnOnce(&mut Session),
    ) -> Result<()> {
        self.with(state, |sockets| find(sockets, id).map_or(Ok(()), |socket| socket.change(change)))
    }

    /// Notes how far a session has come.
    pub fn advance(&self, state: &State, id: SessionId, stage: Stage) -> Result<()> {
        self.change(state, id, |session| session.stage = stage)
    }

    /// Closes a session.
    pub fn close(&self, state: &State, id: SessionId, code: CloseCode) {
        self.close_where(state, code, |session| session.id == id);
    }

    /// Closes all sessions of a kind.
    pub fn close_where(&self, state: &State, code: CloseCode, kind: impl Fn(&Session) -> bool) {
        let reason = reason(code);
        self.with(state, |sockets| {
            sockets
                .iter_mut()
                .filter(|socket| kind(&socket.session))
                .for_each(|socket| socket.close(code, &reason));
        });
    }

    /// Closes what has given no sign of life: a lost socket may never be closed by itself.
    pub fn close_lapsed(&self, state: &State, now: Millis) {
        self.swept.set(Some(now));
        let reason = reason(CloseCode::Lapsed);
        self.with(state, |sockets| {
            sockets
                .iter_mut()
                .filter(|socket| socket.has_lapsed(state, now))
                .for_each(|socket| socket.close(CloseCode::Lapsed, &reason));
        });
    }

    /// As `close_lapsed`, but not more often than leases have to be read.
    pub fn sweep(&self, state: &State, now: Millis) {
        if self.swept.get().is_none_or(|swept| now.since(swept) > limits::LEASE_CHECK) {
            self.close_lapsed(state, now);
        }
    }

    /// Live sessions that give signs of life.
    pub fn living(&self, state: &State, now: Millis) -> Vec<Rc<Session>> {
        self.with(state, |sockets| {
            sockets
                .iter()
                .filter(|socket| socket.session.stage == Stage::Live)
                .filter(|socket| !socket.has_lapsed(state, now))
                .map(|socket| socket.session.clone())
                .collect()
        })
    }

    /// Forgets a socket that is gone; the platform may still list it for a while.
    pub fn forget(&self, state: &State, socket: &WebSocket) {
        let Some(id) = self.id_of(state, socket) else { return };
        self.with(state, |sockets| sockets.retain(|socket| socket.session.id != id));
    }
}

fn find(sockets: &mut [Socket], id: SessionId) -> Option<&mut Socket> {
    let at = sockets.binary_search_by_key(&id, |socket| socket.session.id).ok()?;
    sockets.get_mut(at)
}

fn load(state: &State) -> Vec<Socket> {
    let known = |socket: WebSocket| attached(&socket).map(|session| Socket::new(socket, session));
    let mut sockets: Vec<Socket> = state.get_websockets().into_iter().filter_map(known).collect();
    sockets.sort_by_key(|socket| socket.session.id);
    sockets
}

fn attached(socket: &WebSocket) -> Option<Session> {
    let text: String = socket.deserialize_attachment().ok()??;
    serde_json::from_str(&text).ok()
}

fn note(socket: &WebSocket, session: &Session) -> Result<()> {
    socket.serialize_attachment(serde_json::to_string(session)?)
}

/// A frame of a session: its pace, its size, its shape. `None` for text is a binary frame. The
/// error is how to close.
pub fn check<F: Frame>(
    pace: &mut Pace,
    session: &Session,
    text: Option<&str>,
    now: Millis,
) -> std::result::Result<F, (CloseCode, String)> {
    let slow = |wait| (CloseCode::SlowDown, RetryWindow::after(wait).to_string());
    pace.check(now).map_err(slow)?;
    let text = text.ok_or((CloseCode::TextOnly, String::new()))?;
    let limit = match session.holder {
        Holder::Visitor | Holder::Person(_) => limits::VISITOR_FRAME_BYTES,
        Holder::Agent { .. } => limits::AGENT_FRAME_BYTES,
    };
    if text.len() > limit {
        return Err((CloseCode::TooBig, format!("at most {limit} bytes")));
    }
    decode::frame(text).map_err(|error| {
        console_warn!("bad frame from session {}: {error}", session.id.0);
        (CloseCode::BadFrame, "not a frame of this protocol".to_owned())
    })
}

/// Answers the closing handshake. The platform does not, whatever its documentation says of newer
/// compatibility dates; the codes that may not be sent become 1000.
pub fn answer_close(socket: &WebSocket, code: u32) {
    let code = match u16::try_from(code) {
        Ok(code @ 1000..5000) if !matches!(code, 1004..=1006 | 1015) => code,
        _ => 1000,
    };
    let _ = socket.close(Some(code), Some(""));
}
