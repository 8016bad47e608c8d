//! Edgewise: live chat for websites that runs wholly at the edge. One worker, four kinds of
//! object, no server.
//!
//! A visitor's widget and an agent's console each open a WebSocket to the object of their
//! conversation; messages run only there. A router object per site decides who serves whom; a site
//! object knows settings and team. A frame takes this way:
//!
//! ```text
//! entry (edge::http) → object (edge::conversation_object) → burst (gather) → decode (protocol)
//!   → Conversation::handle_frame (pure) → effects → one transaction (edge::commit, store)
//!   → send to sockets → alarm → tell the router (edge::carry)
//! ```
//!
//! Everything outside [`edge`](self) is pure: no clock, no randomness, no platform. That is why it
//! can be tested on the host in seconds, and why `worker` is a dependency of the wasm target only.
//!
//! Out of scope here: what a browser shows (`widget/`, `console/`, `client/`), e-mail, bots, and
//! anything that needs a server of its own.

/// When the one alarm of an object has to be set.
pub mod alarm;
/// Who may do what: secrets, tokens, passwords, rights.
pub mod auth;
/// The rules of one conversation.
pub mod conversation;
/// The only code that names the platform.
#[cfg(target_arch = "wasm32")]
mod edge;
/// What a file is, by its bytes.
pub mod files;
/// Frames that are stored together.
pub mod gather;
/// Names of things.
pub mod id;
/// Every bound, with its unit and reason.
pub mod limits;
/// How fast one session may send.
pub mod pace;
/// What crosses a wire.
pub mod protocol;
/// The rules of one site's desk.
pub mod routing;
/// The rules of one site: settings, team, sign-ins.
pub mod site;
/// What is kept, and the SQL that keeps it.
pub mod store;
/// Moments and spans.
pub mod time;
