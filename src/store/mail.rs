//! What objects owe each other: the outbox of the sender, the inbox marks of the receiver.
//!
//! A tell is put down in the transaction of the change that caused it and stays until the receiver
//! has answered. The receiver notes the last id it applied of each sender in the transaction of
//! the effect. Together: applied once, in order, whatever crashes.

use super::sql::{Arg, Sql, StoreError};
use crate::id::TellId;
use crate::limits;
use crate::protocol::peer::{Delivery, Numbered};
use crate::time::{Millis, Span};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The tables; part of every object that talks to another.
pub(super) const TABLES: &str = "
    CREATE TABLE outbox(
        id INTEGER PRIMARY KEY AUTOINCREMENT, peer TEXT NOT NULL, latest TEXT, body TEXT NOT NULL);
    CREATE INDEX outbox_peer ON outbox(peer);
    CREATE TABLE outbox_pause(
        peer TEXT PRIMARY KEY, failures INTEGER NOT NULL, due INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE inbox(source TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
";

/// The mail of one object.
pub struct Mail<'a, S>(pub &'a S);

/// Tells to one receiver, ready to be carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// The receiver.
    pub peer: String,
    /// The last tell in it.
    pub last: TellId,
    /// Ids and bodies, oldest first.
    pub tells: Vec<(TellId, String)>,
}

impl Parcel {
    /// The body to post.
    pub fn letter(&self, source: &str) -> String {
        let source = serde_json::Value::from(source);
        let tells: Vec<String> =
            self.tells.iter().map(|(id, body)| format!(r#"{{"id":{id},"tell":{body}}}"#)).collect();
        format!(r#"{{"source":{source},"tells":[{}]}}"#, tells.join(","))
    }
}

impl<S: Sql> Mail<'_, S> {
    /// Puts a tell down, under an id above all that were given before. With `latest`, an earlier
    /// undelivered one of that name to the same receiver is replaced: only the newest place in a
    /// queue is of interest.
    pub fn put<T: Serialize>(
        &self,
        now: Millis,
        peer: &str,
        latest: Option<&str>,
        tell: &T,
    ) -> Result<(), StoreError> {
        let body = serde_json::to_string(tell).map_err(|error| StoreError(error.to_string()))?;
        if let Some(name) = latest {
            let drop = "DELETE FROM outbox WHERE peer = ? AND latest = ?";
            self.0.run(drop, &[peer.into(), name.into()])?;
        }
        let insert = "INSERT INTO outbox(id, peer, latest, body) VALUES(max(?, 1 + coalesce(
            (SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)), ?, ?, ?)";
        self.0.run(insert, &[now.0.into(), peer.into(), latest.into(), (&body).into()])
    }

    /// When the outbox wants to be carried next.
    pub fn due(&self) -> Result<Option<Millis>, StoreError> {
        let sql = "SELECT min(coalesce(p.due, 0)) FROM (SELECT DISTINCT peer FROM outbox) o
                   LEFT JOIN outbox_pause p ON p.peer = o.peer";
        match self.0.rows(sql, &[])?.pop() {
            Some(mut row) => Ok(row.maybe_int()?.map(Millis)),
            None => Ok(None),
        }
    }

    /// What may be carried now, a bounded parcel for each of a bounded number of receivers.
    pub fn parcels(&self, now: Millis) -> Result<Vec<Parcel>, StoreError> {
        let sql = "SELECT o.peer FROM outbox o LEFT JOIN outbox_pause p ON p.peer = o.peer
                   WHERE coalesce(p.due, 0) <= ? GROUP BY o.peer ORDER BY min(o.id) LIMIT ?";
        let limit = Arg::Int(limits::PEERS_PER_RUN as i64);
        let mut parcels = Vec::new();
        for mut row in self.0.rows(sql, &[now.0.into(), limit])? {
            parcels.extend(self.parcel(row.text()?)?);
        }
        Ok(parcels)
    }

    fn parcel(&self, peer: String) -> Result<Option<Parcel>, StoreError> {
        let sql = "SELECT id, body FROM outbox WHERE peer = ? ORDER BY id LIMIT ?";
        let limit = Arg::Int(limits::TELLS_PER_DELIVERY as i64);
        let mut tells = Vec::new();
        for mut row in self.0.rows(sql, &[peer.as_str().into(), limit])? {
            tells.push((TellId(row.int()?), row.text()?));
        }
        let last = tells.last().map(|(id, _)| *id);
        Ok(last.map(|last| Parcel { peer, last, tells }))
    }

    /// The receiver has answered: the parcel is done.
    pub fn delivered(&self, parcel: &Parcel) -> Result<(), StoreError> {
        let peer = Arg::from(&parcel.peer);
        let drop = "DELETE FROM outbox WHERE peer = ? AND id <= ?";
        self.0.run(drop, &[peer, parcel.last.0.into()])?;
        self.0.run("DELETE FROM outbox_pause WHERE peer = ?", &[peer])
    }

    /// The receiver could not be reached: try again after a pause that doubles.
    pub fn failed(&self, now: Millis, parcel: &Parcel) -> Result<(), StoreError> {
        let peer = Arg::from(&parcel.peer);
        let known = "SELECT failures FROM outbox_pause WHERE peer = ?";
        let failures = match self.0.rows(known, &[peer])?.pop() {
            Some(mut row) => row.count()?,
            None => 0,
        };
        let due = now.after(pause(failures));
        let note = "INSERT OR REPLACE INTO outbox_pause(peer, failures, due) VALUES(?, ?, ?)";
        self.0.run(note, &[peer, failures.saturating_add(1).into(), due.0.into()])
    }

    /// The tells of a delivery that were not applied before, and the note that they are now. Call
    /// it in the transaction of their effects.
    pub fn fresh<T: DeserializeOwned>(&self, delivery: Delivery<T>) -> Result<Vec<T>, StoreError> {
        let source = Arg::from(&delivery.source);
        let known = "SELECT last FROM inbox WHERE source = ?";
        let heard = match self.0.rows(known, &[source])?.pop() {
            Some(mut row) => TellId(row.int()?),
            None => TellId(0),
        };
        let mut last = heard;
        let mut fresh = Vec::new();
        for Numbered { id, tell } in delivery.tells {
            if id > last {
                last = id;
                fresh.push(tell);
            }
        }
        if last > heard {
            let note = "INSERT OR REPLACE INTO inbox(source, last) VALUES(?, ?)";
            self.0.run(note, &[source, last.0.into()])?;
        }
        Ok(fresh)
    }
}

/// How long to wait after so many failures.
fn pause(failures: u32) -> Span {
    let doubled = limits::OUTBOX_PAUSE.0.saturating_mul(1_i64 << failures.min(20));
    Span(doubled.min(limits::OUTBOX_PAUSE_MAX.0))
}
