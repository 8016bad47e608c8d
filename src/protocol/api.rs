//! Bodies of the HTTP surface. Every error answer is an [`ApiError`].

use super::event::AgentRef;
use super::file::FileRules;
use super::widget::Lobby;
use crate::id::{AgentId, ConversationId, SiteId};
use serde::{Deserialize, Serialize};

/// The body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ApiError {
    /// From a closed list; programs decide by it.
    pub code: ErrorCode,
    /// For people: what to do.
    pub message: String,
    /// Which field of the body it is about, as a path like `departments.1.offer_s`.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl ApiError {
    /// It is about this field.
    #[must_use]
    pub fn at(self, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..self }
    }
}

/// Codes of [`ApiError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The body is not what the route takes.
    BadRequest,
    /// An answer that the form needs is missing; `field` says which.
    FieldMissing,
    /// An answer is not what its field takes.
    FieldInvalid,
    /// The body is larger than `limits::BODY_BYTES`.
    TooLarge,
    /// Not signed in, or signed out meanwhile.
    SignInRequired,
    /// E-mail or password is wrong; which one is not told.
    WrongCredentials,
    /// The set-up token is wrong.
    WrongToken,
    /// Too many tries; wait a while.
    TooManyTries,
    /// The page's origin is not allowed by the site.
    OriginNotAllowed,
    /// The site takes only visitors whom its server has named.
    IdentityRequired,
    /// The token that names the visitor is not one of the site's server; the message says why.
    IdentityInvalid,
    /// The token that names the visitor is too old.
    IdentityExpired,
    /// The role may not do this.
    Forbidden,
    /// No such route or thing.
    NotFound,
    /// The route takes other methods.
    MethodNotAllowed,
    /// Set-up was done before.
    AlreadySetUp,
    /// Others have saved meanwhile: load again.
    Outdated,
    /// The e-mail is taken by another agent of the site.
    EmailTaken,
    /// A WebSocket was expected.
    UpgradeRequired,
    /// The token of the socket is missing, expired or forged.
    TokenInvalid,
    /// The polled session is not known (any more): say hello in a new one.
    SessionLost,
    /// The file is of a kind that the site does not take, or broken.
    TypeNotAllowed,
    /// A picture that holds more than what it shows.
    HasMetadata,
    /// The conversation has as many files as one may have.
    FilesFull,
    /// The deployment lacks a binding or setting; the message says which.
    NotConfigured,
    /// An error of ours; it is logged.
    Fault,
}

/// `POST /api/setup`: the owner and the first site, once.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The set-up token of the deployment.
    pub token: String,
    /// Id of the first site, as in `data-site`.
    pub site: SiteId,
    /// Its name, as visitors see it.
    pub site_name: String,
    /// Origins whose pages may embed the widget; a port may be `*`.
    pub origins: Vec<String>,
    /// The owner.
    pub name: String,
    /// The owner's e-mail.
    pub email: String,
    /// The owner's password.
    pub password: String,
}

/// `GET /api/setup`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SetUpState {
    /// True once the first site exists.
    pub done: bool,
    /// The first site, where agents sign in when they name none.
    pub site: Option<SiteId>,
}

/// `POST /api/sign-in`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Which site; the first one of the deployment when absent.
    #[cfg_attr(test, ts(optional))]
    pub site: Option<SiteId>,
    /// E-mail, compared without case.
    pub email: String,
    /// Password.
    pub password: String,
}

/// What an agent may do at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Serves visitors.
    Agent,
    /// Also manages the team.
    Admin,
    /// Made the site.
    Owner,
}

/// The signed-in agent: the answer of sign-in, set-up and `GET /api/me`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Me {
    /// Their site.
    pub site: SiteId,
    /// The site's name.
    pub site_name: String,
    /// Who they are.
    pub agent: AgentRef,
    /// Their e-mail.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// How many conversations at once.
    pub capacity: u32,
}

/// `POST /api/agents`: a new agent of the caller's site.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// Display name.
    pub name: String,
    /// E-mail, unique in the site.
    pub email: String,
    /// First password.
    pub password: String,
    /// Role; only an owner may make admins.
    pub role: Role,
    /// How many conversations at once.
    pub capacity: u32,
}

/// One row of `GET /api/agents`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TeamMember {
    /// Who.
    pub agent: AgentRef,
    /// Their e-mail.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// How many conversations at once.
    pub capacity: u32,
}

/// `POST /api/agents/remove`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RemoveAgent {
    /// Whom.
    pub agent: AgentId,
}

/// `POST /api/tickets`: a token for one kind of socket.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "for", rename_all = "snake_case", deny_unknown_fields)]
pub enum TicketRequest {
    /// The desk of the caller's site.
    Desk {},
    /// One conversation of the caller's site.
    Conversation {
        /// Which.
        conversation: ConversationId,
    },
}

/// A signed, short-lived token that opens sockets.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Ticket {
    /// Goes into the subprotocol list of the socket, after `edgewise.v1`.
    pub token: String,
    /// From now, in milliseconds.
    pub expires_in_ms: u32,
}

/// `GET` and `POST /api/site`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    /// Its name, as visitors see it.
    pub name: String,
    /// Origins whose pages may embed the widget; a port may be `*`.
    pub origins: Vec<String>,
}

/// `POST /api/visitors`: who am I, and how do I get to my conversation?
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct VisitorHello {
    /// The site of the embedding page.
    pub site: SiteId,
    /// The browser's secret: 32 random bytes in base64url, made by the browser once.
    pub secret: String,
    /// What the site's server says of the visitor: a JSON Web Token.
    #[cfg_attr(test, ts(optional))]
    pub token: Option<String>,
}

/// The answer to [`VisitorHello`].
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VisitorWelcome {
    /// The visitor's conversation.
    pub conversation: ConversationId,
    /// Opens its socket.
    pub ticket: Ticket,
    /// Name of the site, as its owner wrote it.
    pub site_name: String,
    /// What the panel shows before anything is written.
    pub lobby: Lobby,
    /// Which files may be sent; absent when none may.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<FileRules>,
}
