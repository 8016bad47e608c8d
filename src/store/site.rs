//! The store of a site: settings, team, sign-ins.

use super::schema::{self, Schema};
use super::sql::{Row, Sql, StoreError};
use crate::id::{AgentId, ConversationId, PictureId, SiteId};
use crate::protocol::api::Role;
use crate::protocol::event::AgentRef;
use crate::protocol::picture::{Picture, Pictures};
use crate::protocol::widget::WidgetSettings;
use crate::site::{Login, Member, Records, Settings};
use crate::time::Millis;

pub(super) const SCHEMA: Schema = Schema::grown(&[
    include_str!("site.sql"),
    "ALTER TABLE settings ADD COLUMN identity TEXT;
     CREATE TABLE person(id TEXT PRIMARY KEY, conversation TEXT NOT NULL UNIQUE) WITHOUT ROWID;
     CREATE TABLE given(first TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE widget(id INTEGER PRIMARY KEY CHECK(id = 1), body TEXT NOT NULL)",
    "ALTER TABLE settings ADD COLUMN files TEXT",
    "CREATE TABLE picture(of TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;
     CREATE TABLE picture_body(id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL)",
]);

/// Two agents may have the same picture.
const UNUSED: &str = "DELETE FROM picture_body WHERE id NOT IN (SELECT id FROM picture)";

/// A site's rows.
pub struct SiteStore<'a, S>(&'a S);

impl<'a, S: Sql> SiteStore<'a, S> {
    /// Opens the store without touching it.
    pub fn new(sql: &'a S) -> Self {
        Self(sql)
    }

    /// Brings the schema of a site that exists up to date; one that does not stays without.
    pub fn upgrade(&self) -> Result<(), StoreError> {
        if schema::current(self.0)? > 0 { schema::migrate(self.0, SCHEMA) } else { Ok(()) }
    }
}

impl<S: Sql> Records for SiteStore<'_, S> {
    type Error = StoreError;

    fn settings(&self) -> Result<Option<Settings>, StoreError> {
        // A site that was never made has no tables, and asking must not make them.
        if schema::current(self.0)? == 0 {
            return Ok(None);
        }
        let sql = "SELECT site, name, origins, identity, files FROM settings WHERE id = 1";
        let Some(mut row) = self.0.rows(sql, &[])?.pop() else { return Ok(None) };
        let lost = || StoreError::unreadable("settings");
        let site = SiteId::parse(&row.text()?).ok_or_else(lost)?;
        let name = row.text()?;
        let origins = serde_json::from_str(&row.text()?).map_err(|_| lost())?;
        let identity = row.maybe_text()?.map(|text| serde_json::from_str(&text)).transpose();
        let identity = identity.map_err(|_| lost())?.unwrap_or_default();
        // A site from before there were files takes those that a new one does.
        let files = row.maybe_text()?.map(|text| serde_json::from_str(&text)).transpose();
        let files = files.map_err(|_| lost())?.unwrap_or_default();
        Ok(Some(Settings { site, name, origins, identity, files }))
    }

    fn put_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        schema::migrate(self.0, SCHEMA)?;
        let lost = |error: serde_json::Error| StoreError(error.to_string());
        let origins = serde_json::to_string(&settings.origins).map_err(lost)?;
        let identity = serde_json::to_string(&settings.identity).map_err(lost)?;
        let files = serde_json::to_string(&settings.files).map_err(lost)?;
        let sql = "INSERT OR REPLACE INTO settings(id, site, name, origins, identity, files)
                   VALUES(1, ?, ?, ?, ?, ?)";
        let (site, name) = (settings.site.as_str().into(), settings.name.as_str().into());
        let (origins, identity) = ((&origins).into(), (&identity).into());
        self.0.run(sql, &[site, name, origins, identity, (&files).into()])
    }

    fn widget(&self) -> Result<WidgetSettings, StoreError> {
        let row = self.0.rows("SELECT body FROM widget WHERE id = 1", &[])?.pop();
        let Some(mut row) = row else { return Ok(WidgetSettings::default()) };
        serde_json::from_str(&row.text()?).map_err(|_| StoreError::unreadable("widget"))
    }

    fn put_widget(&self, settings: &WidgetSettings) -> Result<(), StoreError> {
        let body =
            serde_json::to_string(settings).map_err(|error| StoreError(error.to_string()))?;
        self.0.run("INSERT OR REPLACE INTO widget(id, body) VALUES(1, ?)", &[(&body).into()])
    }

    fn pictures(&self) -> Result<Pictures, StoreError> {
        let mut pictures = Pictures::default();
        for mut row in self.0.rows("SELECT of, id FROM picture ORDER BY of", &[])? {
            let (of, id) = (row.text()?, row.text()?);
            let id = PictureId::parse(&id).ok_or_else(|| StoreError::unreadable("picture"))?;
            match AgentId::parse(&of) {
                Some(agent) => drop(pictures.faces.insert(agent, id)),
                None => pictures.logo = Some(id),
            }
        }
        Ok(pictures)
    }

    fn picture(&self, id: &PictureId) -> Result<Option<Picture>, StoreError> {
        let sql = "SELECT kind, body FROM picture_body WHERE id = ?";
        let Some(mut row) = self.0.rows(sql, &[id.as_str().into()])?.pop() else { return Ok(None) };
        Ok(Some(Picture { kind: row.text()?, body: row.text()? }))
    }

    fn put_picture(
        &self,
        of: Option<&AgentId>,
        id: &PictureId,
        picture: &Picture,
    ) -> Result<(), StoreError> {
        let (of, id) = (of.map_or("", AgentId::as_str).into(), id.as_str().into());
        self.0.run("INSERT OR REPLACE INTO picture(of, id) VALUES(?, ?)", &[of, id])?;
        let sql = "INSERT OR REPLACE INTO picture_body(id, kind, body) VALUES(?, ?, ?)";
        self.0.run(sql, &[id, (&picture.kind).into(), (&picture.body).into()])?;
        self.0.run(UNUSED, &[])
    }

    fn drop_picture(&self, of: Option<&AgentId>) -> Result<(), StoreError> {
        let of = of.map_or("", AgentId::as_str);
        self.0.run("DELETE FROM picture WHERE of = ?", &[of.into()])?;
        self.0.run(UNUSED, &[])
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
        self.drop_picture(Some(id))?;
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

    fn conversation_of(&self, person: &str) -> Result<Option<ConversationId>, StoreError> {
        let sql = "SELECT conversation FROM person WHERE id = ?";
        let Some(mut row) = self.0.rows(sql, &[person.into()])?.pop() else { return Ok(None) };
        let lost = || StoreError::unreadable("person");
        Ok(Some(ConversationId::parse(&row.text()?).ok_or_else(lost)?))
    }

    fn put_conversation(&self, person: &str, id: &ConversationId) -> Result<(), StoreError> {
        let sql = "INSERT INTO person(id, conversation) VALUES(?, ?)";
        self.0.run(sql, &[person.into(), id.as_str().into()])
    }

    fn given(&self, first: &ConversationId) -> Result<u32, StoreError> {
        let sql = "SELECT count FROM given WHERE first = ?";
        let row = self.0.rows(sql, &[first.as_str().into()])?.pop();
        row.map_or(Ok(0), |mut row| row.count())
    }

    fn put_given(&self, first: &ConversationId, count: u32) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO given(first, count) VALUES(?, ?)";
        self.0.run(sql, &[first.as_str().into(), count.into()])
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
