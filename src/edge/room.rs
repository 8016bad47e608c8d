//! All sessions of a conversation, with a socket or without: what a turn sends reaches both.

use super::polls::Polls;
use super::post::Post;
use super::sockets::Sockets;
use crate::protocol::close::CloseCode;
use crate::protocol::session::{Draft, Holder, Session, SessionId, Stage};
use crate::time::Millis;
use worker::{Result, State};

/// The sessions of an object.
#[derive(Default)]
pub struct Room {
    /// Those with a socket.
    pub sockets: Sockets,
    /// Those without.
    pub polls: Polls,
}

impl Room {
    /// Sends the next frame to all who are meant.
    pub fn send(&self, state: &State, post: &Post, meant: impl Fn(&Session) -> bool) {
        post.next(|frame| {
            self.sockets.send_frame(state, frame, &meant);
            self.polls.send(frame, meant);
        });
    }

    /// Keeps with a session what was said at its hello.
    pub fn keep(&self, state: &State, id: SessionId, draft: &Draft) -> Result<()> {
        self.polls.keep(id, draft);
        self.sockets.change(state, id, |session| session.draft = Some(draft.clone()))
    }

    /// A visitor who asks by a request of its own, with what they said at hello in another session
    /// while nothing is stored.
    pub fn outsider(&self, state: &State, holder: Holder, now: Millis) -> Session {
        let live = self.sockets.living(state, now);
        let its = live.iter().find(|session| session.holder.same_person(&holder));
        let draft = its.and_then(|session| session.draft.clone());
        let draft = draft.or_else(|| self.polls.draft(&holder));
        Session { draft, ..Session::new(SessionId(0), holder, now) }
    }

    /// Notes how far a session has come.
    pub fn advance(&self, state: &State, id: SessionId, stage: Stage) -> Result<()> {
        self.polls.advance(id, stage);
        self.sockets.advance(state, id, stage)
    }

    /// Closes a session.
    pub fn close(&self, state: &State, id: SessionId, code: CloseCode) {
        self.close_where(state, code, |session| session.id == id);
    }

    /// Closes all sessions of a kind.
    pub fn close_where(&self, state: &State, code: CloseCode, kind: impl Fn(&Session) -> bool) {
        self.polls.close_where(code, &kind);
        self.sockets.close_where(state, code, kind);
    }
}
