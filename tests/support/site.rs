//! A site with its real store, for the tests of its rules.

use super::*;
use edgewise::id::SiteId;
use edgewise::protocol::api::{ErrorCode, NewAgent, Role, SetUp, SignIn};
use edgewise::protocol::site::{SiteAnswer, SiteRequest, Visit};
use edgewise::site::{Answer, Fresh, handle};
use edgewise::store::{SiteStore, Sql};

pub struct World {
    pub sql: HostSql,
    pub seconds: i64,
    pub random: u8,
}

impl World {
    pub fn new() -> Self {
        Self { sql: HostSql::new(), seconds: 0, random: 0 }
    }

    pub fn ask(&mut self, request: SiteRequest) -> Answer {
        self.random += 1;
        let store = SiteStore::new(&self.sql);
        let byte = self.random;
        let fresh = Fresh { id: [byte; 16], salt: [byte; 16], secret: [byte; 32] };
        self.sql.atomically(|| handle(at(self.seconds), request, fresh, &store)).unwrap()
    }

    /// A site with an owner; the owner's secret.
    pub fn made() -> (Self, String) {
        let mut world = Self::new();
        let secret = secret_of(world.ask(SiteRequest::Create(set_up())));
        (world, secret)
    }

    pub fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let (email, password) = (email.to_owned(), password.to_owned());
        self.ask(SiteRequest::SignIn(SignIn { site: None, email, password }))
    }

    pub fn add(&mut self, secret: &str, agent: NewAgent) -> Answer {
        self.ask(SiteRequest::AddAgent { secret: secret.to_owned(), agent })
    }

    pub fn me(&mut self, secret: &str) -> Answer {
        self.ask(SiteRequest::Me { secret: secret.to_owned() })
    }
}

pub fn set_up() -> SetUp {
    SetUp {
        token: String::new(),
        site: SiteId::parse("demo").unwrap(),
        site_name: "Demo".into(),
        origins: vec!["HTTPS://Shop.Example/".into(), "http://127.0.0.1:*".into()],
        name: "Olivia".into(),
        email: "Owner@Example.com ".into(),
        password: "correct horse".into(),
    }
}

pub fn visit(origin: &str, own: bool) -> Visit {
    Visit { origin: origin.to_owned(), own, conversation: conversation_id("c"), proof: None }
}

pub fn new_agent(email: &str, role: Role) -> NewAgent {
    let (name, password) = ("Ana".to_owned(), "battery staple".to_owned());
    NewAgent { name, email: email.to_owned(), password, role, capacity: 5 }
}

pub fn secret_of(answer: Answer) -> String {
    match answer {
        Ok(SiteAnswer::SignedIn { secret, .. }) => secret,
        other => panic!("not signed in: {other:?}"),
    }
}

pub fn code(answer: Answer) -> ErrorCode {
    answer.expect_err("refused").code
}
