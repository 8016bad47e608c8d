//! The store of a site: settings, team, sign-ins.

use super::schema::{self, Steps};
use super::sql::{Row, Sql, StoreError};
use crate::id::{AgentId, SiteId};
use crate::protocol::api::Role;
use crate::protocol::event::AgentRef;
use crate::site::{Login, Member, Records, Settings};
use crate::time::Millis;

pub(super) const STEPS: Steps = &[include_str!("site.sql")];

/// A site's rows.
pub struct SiteStore<'a, S>(&'a S);

impl<'a, S: Sql> SiteStore<'a, S> {
    /// Opens the store without touching it.
    pub fn new(sql: &'a S) -> Self {
        Self(sql)
    }

    /// Brings the schema of a site that exists up to date; one that does not stays without.
    pub fn upgrade(&self) -> Result<(), StoreError> {
        if schema::current(self.0)? > 0 { schema::migrate(self.0, STEPS) } else { Ok(()) }
    }
}

impl<S: Sql> Records for SiteStore<'_, S> {
    type Error = StoreError;

    fn settings(&self) -> Result<Option<Settings>, StoreError> {
        // A site that was never made has no tables, and asking must not make them.
        if schema::current(self.0)? == 0 {
            return Ok(None);
        }
        let sql = "SELECT site, name, origins FROM settings WHERE id = 1";
        let Some(mut row) = self.0.rows(sql, &[])?.pop() else { return Ok(None) };
        let lost = || StoreError::unreadable("settings");
        let site = SiteId::parse(&row.text()?).ok_or_else(lost)?;
        let name = row.text()?;
        let origins = serde_json::from_str(&row.text()?).map_err(|_| lost())?;
        Ok(Some(Settings { site, name, origins }))
    }

    fn put_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        schema::migrate(self.0, STEPS)?;
        let origins = serde_json::to_string(&settings.origins)
            .map_err(|error| StoreError(error.to_string()))?;
        let sql = "INSERT OR REPLACE INTO settings(id, site, name, origins) VALUES(1, ?, ?, ?)";
        let site = settings.site.as_str();
        self.0.run(sql, &[site.into(), settings.name.as_str().into(), (&origins).into()])
    }

    fn members(&self) -> Result<Vec<Member>, StoreError> {
        let sql = "SELECT id, name, email, password, role, capacity, tries, rests_until
                   FROM member ORDER BY name, id";
        self.0.rows(sql, &[])?.into_iter().map(read_member).collect()
    }

    fn put_member(&self, member: &Member) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO member(id, name, email, password, role, capacity, tries,
                   rests_until) VALUES(?, ?, ?, ?, ?, ?, ?, ?)";
        let role = match member.role {
            Role::Agent => "agent",
            Role::Admin => "admin",
            Role::Owner => "owner",
        };
        self.0.run(
            sql,
            &[
                member.agent.id.as_str().into(),
                member.agent.name.as_str().into(),
                member.email.as_str().into(),
                member.password.as_str().into(),
                role.into(),
                member.capacity.into(),
                member.tries.into(),
                member.rests_until.0.into(),
            ],
        )
    }

    fn drop_member(&self, id: &AgentId) -> Result<(), StoreError> {
        self.0.run("DELETE FROM login WHERE agent = ?", &[id.as_str().into()])?;
        self.0.run("DELETE FROM member WHERE id = ?", &[id.as_str().into()])
    }

    fn login(&self, hash: &str) -> Result<Option<Login>, StoreError> {
        let sql = "SELECT hash, agent, since, used FROM login WHERE hash = ?";
        let Some(mut row) = self.0.rows(sql, &[hash.into()])?.pop() else { return Ok(None) };
        let hash = row.text()?;
        let lost = || StoreError::unreadable("login");
        let agent = AgentId::parse(&row.text()?).ok_or_else(lost)?;
        Ok(Some(Login { hash, agent, since: Millis(row.int()?), used: Millis(row.int()?) }))
    }

    fn put_login(&self, login: &Login) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO login(hash, agent, since, used) VALUES(?, ?, ?, ?)";
        let agent = login.agent.as_str();
        let args =
            [login.hash.as_str().into(), agent.into(), login.since.0.into(), login.used.0.into()];
        self.0.run(sql, &args)
    }

    fn drop_login(&self, hash: &str) -> Result<(), StoreError> {
        self.0.run("DELETE FROM login WHERE hash = ?", &[hash.into()])
    }

    fn drop_logins_before(&self, moment: Millis) -> Result<(), StoreError> {
        self.0.run("DELETE FROM login WHERE since < ?", &[moment.0.into()])
    }
}

fn read_member(mut row: Row) -> Result<Member, StoreError> {
    let lost = || StoreError::unreadable("member");
    let id = AgentId::parse(&row.text()?).ok_or_else(lost)?;
    Ok(Member {
        agent: AgentRef { id, name: row.text()? },
        email: row.text()?,
        password: row.text()?,
        role: match row.text()?.as_str() {
            "agent" => Role::Agent,
            "admin" => Role::Admin,
            "owner" => Role::Owner,
            _ => return Err(lost()),
        },
        capacity: row.count()?,
        tries: row.count()?,
        rests_until: Millis(row.int()?),
    })
}
