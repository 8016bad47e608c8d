//! Which agents have a living console. Sockets are the only truth about it: a lost one may never
//! be closed, so the platform's note of its last ping counts as a lease.

use super::sockets::{self, Socket};
use crate::id::AgentId;
use crate::limits;
use crate::protocol::close::CloseCode;
use crate::protocol::session::{Holder, SessionId, Stage};
use crate::time::Millis;
use std::collections::BTreeSet;
use worker::State;

/// Agents with a living console. `gone` is a socket that is just closing; the platform may still
/// list it.
pub fn of(state: &State, now: Millis, gone: Option<SessionId>) -> BTreeSet<AgentId> {
    sockets::all(state)
        .into_iter()
        .filter(|socket| Some(socket.session.id) != gone)
        .filter(|socket| socket.session.stage == Stage::Live && !has_lapsed(state, socket, now))
        .filter_map(|socket| match socket.session.holder {
            Holder::Agent { agent, .. } => Some(agent.id),
            Holder::Visitor => None,
        })
        .collect()
}

/// Closes consoles without a sign of life.
pub fn close_lapsed(state: &State, now: Millis) {
    for socket in sockets::all(state) {
        if has_lapsed(state, &socket, now) {
            socket.close(CloseCode::Lapsed, "");
        }
    }
}

/// Closes the consoles of a sign-in that has ended; what that means for presence is seen when they
/// are gone.
pub fn sign_out(state: &State, login: &str) {
    for socket in sockets::all(state) {
        if matches!(&socket.session.holder, Holder::Agent { login: its, .. } if its == login) {
            socket.close(CloseCode::SignedOut, "");
        }
    }
}

fn has_lapsed(state: &State, socket: &Socket, now: Millis) -> bool {
    now.since(socket.heard(state)) > limits::LEASE
}
