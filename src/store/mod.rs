//! What is kept, and the SQL that keeps it, behind a trait of three methods: the same text runs
//! in a Durable Object and, in the tests, in SQLite on the host.

mod conversation;
mod deployment;
mod digests;
mod event;
mod files;
mod head;
mod mail;
mod routing;
mod schema;
mod site;
mod sql;

pub use conversation::{ConversationStore, SCHEMA as CONVERSATION_SCHEMA};
pub use deployment::DeploymentStore;
pub use files::{Begun, Files};
pub use mail::{Mail, Parcel};
pub use routing::RouterStore;
pub use schema::{Schema, version as schema_version};
pub use site::SiteStore;
pub use sql::{Arg, Row, Sql, StoreError, Value};
