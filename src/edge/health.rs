//! `GET /healthz`: can this deployment serve, and if not, what is missing and what to do.

use super::api;
use super::error::Failure;
use crate::protocol::site::DeploymentRequest;
use serde::Serialize;
use worker::{Env, Response};

#[derive(Serialize)]
struct Health {
    ok: bool,
    version: &'static str,
    schema: usize,
    bindings: Vec<&'static str>,
    missing: Vec<String>,
}

const OBJECTS: [&str; 4] = ["CONVERSATION", "ROUTER", "SITE", "DEPLOYMENT"];

/// The answer: 200 when all is there, else 503.
pub async fn answer(env: &Env) -> Result<Response, Failure> {
    let mut bindings = Vec::new();
    let mut missing = Vec::new();
    for name in OBJECTS {
        note(name, env.durable_object(name).is_ok(), &mut bindings, &mut missing);
    }
    note("ASSETS", env.assets("ASSETS").is_ok(), &mut bindings, &mut missing);
    if missing.is_empty() {
        match api::deployment(env, &DeploymentRequest::State).await {
            Ok(state) if state.site.is_none() && env.secret("SETUP_TOKEN").is_err() => {
                missing.push(
                    "secret SETUP_TOKEN: run `npm run deploy`, or \
                              `npx wrangler secret put SETUP_TOKEN`"
                        .into(),
                );
            }
            Ok(_) => {}
            Err(_) => missing.push("the deployment object does not answer: see the log".into()),
        }
    }
    let ok = missing.is_empty();
    let version = env!("CARGO_PKG_VERSION");
    let schema = crate::store::schema_version();
    let health = Health { ok, version, schema, bindings, missing };
    Ok(Response::from_json(&health)?.with_status(if ok { 200 } else { 503 }))
}

fn note(
    name: &'static str,
    there: bool,
    bindings: &mut Vec<&'static str>,
    missing: &mut Vec<String>,
) {
    if there {
        bindings.push(name);
    } else {
        missing.push(format!("binding {name}: restore it in wrangler.toml and deploy again"));
    }
}
