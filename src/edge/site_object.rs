//! # SiteObject
//!
//! **Why**: what changes rarely about one site: settings, team, sign-ins. Passwords are hashed
//! here, because an object has the CPU time for it that the entry may lack.
//!
//! **Name**: the site's id.
//!
//! **Stores**: `settings` and `widget` (one row each), `member`, `login`; of persons whom the
//! site's server has named only which conversation is theirs (`person`), and from which browsers
//! they came (`given`); its logo and its team's faces (`picture`, `picture_body`). A site
//! that was never made stores nothing, whoever asks for it.
//!
//! **Requests**: `POST` of a `SiteRequest` answers 200 with `Result<SiteAnswer, ApiError>`.
//!
//! **Atomic**: each request is one transaction; the platform checks a signature before it.

use super::sql::ObjectSql;
use super::{error, platform, signature};
use crate::protocol::site::{SiteRequest, Visit};
use crate::site;
use crate::store::{SiteStore, Sql};
use std::panic::AssertUnwindSafe;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

/// One site.
#[durable_object(fetch)]
pub struct SiteObject {
    sql: AssertUnwindSafe<ObjectSql>,
}

impl DurableObject for SiteObject {
    fn new(state: State, _: Env) -> Self {
        Self { sql: AssertUnwindSafe(ObjectSql::new(&state)) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let mut question: SiteRequest = serde_json::from_str(&request.text().await?)?;
        let store = SiteStore::new(&*self.sql);
        let upgraded = self.sql.atomically(|| {
            store.upgrade()?;
            site::signature_of(&question, &store)
        });
        if let Some(one) = upgraded.map_err(error::fault)?
            && let SiteRequest::Visit(Visit { proof: Some(proof), .. }) = &mut question
        {
            proof.genuine = signature::is_genuine(&one).await?;
        }
        let (now, fresh) = (platform::now(), platform::fresh()?);
        let answer = self.sql.atomically(|| site::handle(now, question, fresh, &store));
        Response::from_json(&answer.map_err(error::fault)?)
    }
}
