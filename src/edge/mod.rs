//! The only code that names `worker`: the entry, the HTTP surface, the four objects, and what
//! carries out the effects of the pure modules.

mod api;
mod carry;
mod commit;
mod conversation_object;
mod cookie;
mod deployment_object;
mod desk_api;
mod door;
mod error;
mod files_api;
mod handlers;
mod health;
mod http;
mod look_api;
mod pipe;
mod platform;
mod polls;
mod post;
mod presence;
mod room;
mod router_object;
mod rules;
mod shelf;
mod signature;
mod site_object;
mod sockets;
mod sql;
mod trap;
mod widget_api;

use worker::{Context, Env, Request, Response, Result, event};

/// Every request that is not a static file.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    http::handle(request, &env).await
}
