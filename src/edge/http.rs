//! The HTTP surface: which route goes where. docs/protocol.md, A and T.

use super::error::{Failure, Refused};
use super::{api, desk_api, door, files_api, health, look_api, platform, widget_api};
use crate::protocol::api::ErrorCode;
use worker::{Env, Headers, Method, Request, Response, Result};

/// Answers a request; never fails but with the answer of a fault.
pub async fn handle(request: Request, env: &Env) -> Result<Response> {
    let mut path = request.path();
    if !is_dynamic(&path) {
        let Some(below) = below_mount(env, &path) else {
            return env.assets("ASSETS")?.fetch_request(request).await;
        };
        if !is_dynamic(&below) {
            return env.assets("ASSETS")?.fetch_request(moved(&request, &below)?).await;
        }
        path = below;
    }
    let cross = matches!(path.as_str(), "/api/visitors" | "/api/poll" | "/api/forms")
        || file_in(&path).is_some();
    let origin = request.headers().get("Origin")?;
    let answer = match route(request, env, &path).await {
        Ok(response) => response,
        Err(failure) => failure.response(&path)?,
    };
    if answer.status_code() == 101 {
        return Ok(answer);
    }
    let headers = Headers::from_iter(answer.headers().entries());
    if !headers.has("Cache-Control")? {
        headers.set("Cache-Control", "no-store")?;
    }
    headers.set("X-Content-Type-Options", "nosniff")?;
    if let (true, Some(origin)) = (cross, origin) {
        // Every page may ask and read the answer; which origins get a ticket the site decides.
        headers.set("Access-Control-Allow-Origin", &origin)?;
        headers.set("Access-Control-Allow-Headers", "authorization, content-type")?;
        headers.set("Access-Control-Max-Age", "86400")?;
        headers.set("Vary", "Origin")?;
    }
    Ok(answer.with_headers(headers))
}

fn is_dynamic(path: &str) -> bool {
    path == "/healthz" || path.starts_with("/api/") || path.starts_with("/ws/")
}

/// The path below the variable `MOUNT`, such as `/chat`, when a zone leads such a path to us.
fn below_mount(env: &Env, path: &str) -> Option<String> {
    let mount = env.var("MOUNT").ok()?.to_string();
    let below = path.strip_prefix(mount.trim_end_matches('/'))?;
    (below.starts_with('/') && below != path).then(|| below.to_owned())
}

/// The request of a file at another path.
fn moved(request: &Request, path: &str) -> Result<Request> {
    let known = request.headers().get("If-None-Match")?;
    let headers: Vec<_> = known.iter().map(|tag| ("If-None-Match", tag.as_str())).collect();
    let url = format!("{}{path}", platform::own_origin(request));
    platform::request("GET", &url, &headers, None)
}

/// The name at the end of a path of files.
fn file_in(path: &str) -> Option<&str> {
    path.strip_prefix("/api/files/")
}

async fn route(request: Request, env: &Env, path: &str) -> std::result::Result<Response, Failure> {
    let method = request.method();
    if let Some(name) = file_in(path) {
        return route_file(request, env, name).await;
    }
    if let Some(name) = path.strip_prefix("/api/pictures/") {
        return route_picture(request, env, name).await;
    }
    match (path, &method) {
        ("/healthz", Method::Get) => health::answer(env).await,
        ("/api/setup", Method::Get) => api::set_up_state(env).await,
        ("/api/setup", Method::Post) => api::set_up(request, env).await,
        ("/api/sign-in", Method::Post) => api::sign_in(request, env).await,
        ("/api/sign-out", Method::Post) => api::sign_out(request, env).await,
        ("/api/me", Method::Get) => api::me(request, env).await,
        ("/api/agents", Method::Get) => api::team(request, env).await,
        ("/api/agents", Method::Post) => api::add_agent(request, env).await,
        ("/api/agents/remove", Method::Post) => desk_api::remove(request, env).await,
        ("/api/routing", Method::Get) => desk_api::rules(request, env).await,
        ("/api/routing", Method::Post) => desk_api::set_rules(request, env).await,
        ("/api/routing/agents", Method::Post) => desk_api::set_agent(request, env).await,
        ("/api/identity", Method::Get) => api::identity(request, env).await,
        ("/api/identity", Method::Post) => api::change_identity(request, env).await,
        ("/api/files", Method::Get) => files_api::rules(request, env).await,
        ("/api/files", Method::Post) => files_api::set_rules(request, env).await,
        ("/api/pictures", Method::Get) => look_api::pictures(request, env).await,
        ("/api/site", Method::Get) => look_api::read(request, env).await,
        ("/api/site", Method::Post) => look_api::set(request, env).await,
        ("/api/tickets", Method::Post) => api::ticket(request, env).await,
        ("/api/widget", Method::Get) => widget_api::settings(request, env).await,
        ("/api/widget", Method::Post) => widget_api::set(request, env).await,
        ("/api/visitors" | "/api/poll" | "/api/forms", Method::Options) => {
            Ok(Response::empty()?.with_status(204))
        }
        ("/api/forms", Method::Post) => widget_api::fill(request, env).await,
        ("/api/visitors", Method::Post) => api::visitor(request, env).await,
        ("/api/poll", Method::Post) => api::poll(request, env).await,
        ("/ws/conversation" | "/ws/desk", Method::Get) => {
            let key = api::signing_key(env).await?;
            let grant = door::check(&request, path, &key, platform::now())?;
            Ok(door::open(env, &grant).await?)
        }
        (
            "/healthz"
            | "/api/setup"
            | "/api/sign-in"
            | "/api/sign-out"
            | "/api/me"
            | "/api/agents"
            | "/api/agents/remove"
            | "/api/routing"
            | "/api/routing/agents"
            | "/api/identity"
            | "/api/files"
            | "/api/pictures"
            | "/api/site"
            | "/api/tickets"
            | "/api/visitors"
            | "/api/poll"
            | "/api/forms"
            | "/api/widget"
            | "/ws/conversation"
            | "/ws/desk",
            _,
        ) => Err(other_method().into()),
        _ => Err(Refused::new(ErrorCode::NotFound, "There is no such route.").into()),
    }
}

async fn route_file(
    request: Request,
    env: &Env,
    name: &str,
) -> std::result::Result<Response, Failure> {
    match request.method() {
        Method::Options => Ok(Response::empty()?.with_status(204)),
        Method::Get => files_api::fetch(request, env, name).await,
        Method::Post => files_api::take(request, env, name).await,
        _ => Err(other_method().into()),
    }
}

async fn route_picture(
    request: Request,
    env: &Env,
    name: &str,
) -> std::result::Result<Response, Failure> {
    match (request.method(), name.split_once('/')) {
        (Method::Get, Some((site, id))) => look_api::picture(env, site, id).await,
        (Method::Post | Method::Delete, None) => look_api::set_picture(request, env, name).await,
        _ => Err(other_method().into()),
    }
}

fn other_method() -> Refused {
    Refused::new(ErrorCode::MethodNotAllowed, "This route takes another method.")
}
