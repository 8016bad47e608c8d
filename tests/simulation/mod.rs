//! A world of browsers, consoles and objects, in one thread and with a clock of its own: the pure
//! machines and the production SQL under all that can go wrong between them. Chance chooses what
//! happens from a seed, so every run can be had again; what must hold is checked after every event.
//!
//! The world stands in for what cannot run here: `object`, `talk` and `desk` for src/edge and the
//! platform, `socket` for the network, `thread`, `tab` and `console` for client/. The checks are in
//! `ledger`, `mail`, `fair` and `rest`; `rules` and `generate` choose, `shrink` makes a failure
//! short.

mod action;
mod answers;
mod chance;
mod console;
mod desk;
mod episode;
mod fair;
mod found;
mod generate;
#[path = "../support/host_sql.rs"]
mod host_sql;
mod ledger;
mod mail;
mod object;
mod report;
mod rest;
mod rules;
mod shrink;
mod socket;
mod tab;
mod talk;
mod thread;
mod world;

pub use episode::{Options, run};
pub use found::play_found;
use host_sql::HostSql;

use edgewise::store::StoreError;

/// What should hold and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(pub String);

pub type Checked = Result<(), Violation>;

fn violation<T>(what: String) -> Result<T, Violation> {
    Err(Violation(what))
}

/// A failure of the database where none was asked for.
fn fault(error: StoreError) -> Violation {
    Violation(error.to_string())
}
