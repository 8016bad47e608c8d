//! Which agents have a living console. Sockets are the only truth about it: a lost one may never
//! be closed, so the platform's note of its last ping counts as a lease.

use super::sockets::Sockets;
use crate::id::AgentId;
use crate::protocol::close::CloseCode;
use crate::protocol::session::Holder;
use crate::time::Millis;
use std::collections::BTreeSet;
use worker::State;

/// Agents with a living console. A lapsed one is closed, not only passed over: were it to ping
/// again, its agent would sit at an open desk and count as gone.
pub fn of(sockets: &Sockets, state: &State, now: Millis) -> BTreeSet<AgentId> {
    sockets.close_lapsed(state, now);
    // One by one: collecting them would sort them first, which is 8 KB of code.
    let mut present = BTreeSet::new();
    for session in sockets.living(state, now) {
        if let Holder::Agent { agent, .. } = &session.holder {
            present.insert(agent.id.clone());
        }
    }
    present
}

/// Closes the consoles of an agent who is not of the team any more.
pub fn dismiss(sockets: &Sockets, state: &State, id: &AgentId) {
    sockets.close_where(
        state,
        CloseCode::SignedOut,
        |session| matches!(&session.holder, Holder::Agent { agent, .. } if agent.id == *id),
    );
}

/// Closes the consoles of a sign-in that has ended; what that means for presence is seen when they
/// are gone.
pub fn sign_out(sockets: &Sockets, state: &State, login: &str) {
    sockets.close_where(
        state,
        CloseCode::SignedOut,
        |session| matches!(&session.holder, Holder::Agent { login: its, .. } if its == login),
    );
}
