//! # DeploymentObject
//!
//! **Why**: the two things that belong to no site: the key that signs tokens, made here so that
//! nobody has to invent one, and whether set-up was done.
//!
//! **Name**: `deployment`, the only one.
//!
//! **Stores**: `deployment` (one row).
//!
//! **Requests**: `POST` of a `DeploymentRequest` answers 200 with the `DeploymentState`.
//!
//! **Atomic**: each request is one transaction; the first set-up stays.

use super::sql::ObjectSql;
use super::{error, platform};
use crate::auth::secret;
use crate::protocol::site::DeploymentRequest;
use crate::store::{DeploymentStore, Sql};
use std::panic::AssertUnwindSafe;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

/// The deployment.
#[durable_object(fetch)]
pub struct DeploymentObject {
    sql: AssertUnwindSafe<ObjectSql>,
}

impl DurableObject for DeploymentObject {
    fn new(state: State, _: Env) -> Self {
        Self { sql: AssertUnwindSafe(ObjectSql::new(&state)) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let question: DeploymentRequest = serde_json::from_str(&request.text().await?)?;
        let store = DeploymentStore::new(&*self.sql);
        let key = secret::encode(&platform::random::<{ secret::SECRET_BYTES }>()?);
        let state = self.sql.atomically(|| {
            store.migrate()?;
            let state = store.state(&key)?;
            let DeploymentRequest::SetUp { site } = &question else { return Ok(state) };
            store.set_up(site)?;
            store.state(&key)
        });
        Response::from_json(&state.map_err(error::fault)?)
    }
}
