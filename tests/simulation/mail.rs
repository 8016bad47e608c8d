//! What objects owe each other, kept beside the product: each tell applied once, in order, and
//! none lost (P1 to P3). A place may give way to a newer one.

use super::{Checked, HostSql, fault, violation};
use edgewise::id::TellId;
use edgewise::protocol::peer::Numbered;
use edgewise::store::{Parcel, Sql};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A tell that was decided, in the words of the outbox.
pub struct Put {
    pub peer: String,
    pub body: String,
    /// A newer one to the same peer takes its room.
    pub place: bool,
}

struct Owed {
    id: TellId,
    body: String,
    place: bool,
    replaced: bool,
}

#[derive(Default)]
pub struct MailLedger {
    owed: BTreeMap<String, VecDeque<Owed>>,
    last: i64,
    heard: BTreeMap<String, TellId>,
    /// Receivers whose account is closed: with a database that was put back to an earlier state
    /// ids come again, and what was applied is unknown.
    closed: BTreeSet<String>,
}

impl MailLedger {
    /// After a transaction: the outbox has a row for each tell that was decided.
    pub fn note_put(&mut self, sql: &HostSql, puts: Vec<Put>) -> Checked {
        if puts.is_empty() {
            return Ok(());
        }
        let query = "SELECT id, peer, body FROM outbox WHERE id > ? ORDER BY id";
        let mut rows = sql.rows(query, &[self.last.into()]).map_err(fault)?.into_iter();
        for (at, put) in puts.iter().enumerate() {
            let newer = |later: &Put| later.place && later.peer == put.peer;
            if put.place && puts[at + 1..].iter().any(newer) {
                continue;
            }
            let Some(mut row) = rows.next() else {
                return violation(format!("P1: no row for {} to {}", put.body, put.peer));
            };
            let id = TellId(row.int().map_err(fault)?);
            let (peer, body) = (row.text().map_err(fault)?, row.text().map_err(fault)?);
            if peer != put.peer || body != put.body {
                return violation(format!(
                    "P1: {body} to {peer}, not {} to {}",
                    put.body, put.peer
                ));
            }
            self.last = id.0;
            if self.closed.contains(&peer) {
                continue;
            }
            let owed = self.owed.entry(peer).or_default();
            if put.place {
                owed.iter_mut().filter(|owed| owed.place).for_each(|owed| owed.replaced = true);
            }
            owed.push_back(Owed { id, body, place: put.place, replaced: false });
        }
        if rows.next().is_some() {
            return violation("P1: the outbox has a row that nobody decided".into());
        }
        Ok(())
    }

    /// The tells of a delivery that the receiver has not applied yet.
    pub fn expect<'a, T>(&self, source: &str, tells: &'a [Numbered<T>]) -> Vec<(TellId, &'a T)> {
        let heard = self.heard.get(source).copied().unwrap_or(TellId(0));
        let new = tells.iter().filter(|tell| tell.id > heard);
        new.map(|tell| (tell.id, &tell.tell)).collect()
    }

    /// At the receiver, after the transaction.
    pub fn note_heard(&mut self, source: &str, last: Option<TellId>) {
        if let Some(last) = last {
            self.heard.insert(source.to_owned(), last);
        }
    }

    /// At the sender: the receiver has applied these of a parcel.
    pub fn note_applied(&mut self, parcel: &Parcel, applied: &[TellId]) -> Checked {
        if self.closed.contains(&parcel.peer) {
            return Ok(());
        }
        let owed = self.owed.entry(parcel.peer.clone()).or_default();
        for (id, body) in parcel.tells.iter().filter(|(id, _)| applied.contains(id)) {
            while owed.front().is_some_and(|front| front.id < *id && front.replaced) {
                owed.pop_front();
            }
            match owed.pop_front() {
                Some(front) if front.id == *id && front.body == *body => {}
                front => {
                    let due = front.map(|front| (front.id, front.body));
                    return violation(format!(
                        "P3: {} applied {id} {body}, due was {due:?}",
                        parcel.peer
                    ));
                }
            }
        }
        Ok(())
    }

    /// At rest nothing is owed.
    pub fn check_empty(&self, name: &str) -> Checked {
        let left = self.owed.values().flatten().find(|owed| !owed.replaced);
        match left {
            Some(owed) => violation(format!("D10: {name} owes {} {} for ever", owed.id, owed.body)),
            None => Ok(()),
        }
    }

    /// From here on nothing is asked of what goes to this receiver.
    pub fn close(&mut self, peer: &str) {
        self.owed.remove(peer);
        self.closed.insert(peer.to_owned());
    }

    /// After the database was put back: what it knows to have sent and heard.
    pub fn reread(&mut self, sql: &HostSql) -> Checked {
        let number = |sql: &HostSql, query| {
            let row = sql.rows(query, &[]).map_err(fault)?.pop();
            row.map_or(Ok(0), |mut row| row.int().map_err(fault))
        };
        self.last = number(sql, "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")?;
        self.heard.clear();
        for mut row in sql.rows("SELECT source, last FROM inbox", &[]).map_err(fault)? {
            let source = row.text().map_err(fault)?;
            self.heard.insert(source, TellId(row.int().map_err(fault)?));
        }
        Ok(())
    }
}
