//! The API routes: read the request, ask the object that knows, answer.

use super::cookie::{self, Cookie};
use super::error::{Failure, Refused, fault, no_id};
use super::{carry, door, files_api, platform, widget_api};
use crate::auth::authorize::{Action, may};
use crate::auth::secret;
use crate::auth::token::Key;
use crate::id::SiteId;
use crate::limits;
use crate::protocol::api::{
    ApiError, ErrorCode, Me, NewAgent, SetUp, SetUpState, SignIn, Ticket, TicketRequest,
    VisitorHello, VisitorWelcome,
};
use crate::protocol::decode;
use crate::protocol::identity::IdentityChange;
use crate::protocol::poll::Poll;
use crate::protocol::session::{Door, Grant, Holder};
use crate::protocol::site::{
    DeploymentRequest, DeploymentState, Proof, RouterAnswer, RouterRequest, SiteAnswer,
    SiteRequest, Visit,
};
use crate::site::Answer;
use crate::store::StoreError;
use crate::time::Span;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use worker::{Env, Request, Response};

pub(super) type Outcome<T> = Result<T, Failure>;

thread_local! {
    /// The signing key never changes, so an isolate asks for it once.
    static KEY: RefCell<Option<Key>> = const { RefCell::new(None) };
}

/// The deployment's signing key.
pub async fn signing_key(env: &Env) -> Outcome<Key> {
    if let Some(key) = KEY.with_borrow(Clone::clone) {
        return Ok(key);
    }
    let state = deployment(env, &DeploymentRequest::State).await?;
    let bytes = secret::decode(&state.signing_key).ok_or_else(no_id)?;
    let key = Key::new(bytes);
    KEY.set(Some(key.clone()));
    Ok(key)
}

/// Asks the deployment object.
pub async fn deployment(env: &Env, question: &DeploymentRequest) -> Outcome<DeploymentState> {
    let stub = env.durable_object("DEPLOYMENT")?.get_by_name("deployment")?;
    Ok(carry::ask(&stub, question).await?)
}

/// Asks the router of a site.
pub(super) async fn router(
    env: &Env,
    site: &SiteId,
    question: &RouterRequest,
) -> Outcome<RouterAnswer> {
    let stub = env.durable_object("ROUTER")?.get_by_name(site.as_str())?;
    let answer: Result<RouterAnswer, ApiError> = carry::ask(&stub, question).await?;
    Ok(answer?)
}

pub(super) async fn site(env: &Env, site: &SiteId, question: &SiteRequest) -> Outcome<SiteAnswer> {
    let stub = env.durable_object("SITE")?.get_by_name(site.as_str())?;
    let answer: Answer = carry::ask(&stub, question).await?;
    Ok(answer?)
}

/// `GET /api/setup`
pub async fn set_up_state(env: &Env) -> Outcome<Response> {
    let state = deployment(env, &DeploymentRequest::State).await?;
    Ok(Response::from_json(&SetUpState { done: state.site.is_some(), site: state.site })?)
}

/// `POST /api/setup`
pub async fn set_up(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let asked: SetUp = body(&mut request).await?;
    let done = || Refused::new(ErrorCode::AlreadySetUp, "Set-up was done before. Sign in.");
    if deployment(env, &DeploymentRequest::State).await?.site.is_some() {
        return Err(done().into());
    }
    let Ok(token) = env.secret("SETUP_TOKEN") else {
        let text = "The deployment has no set-up token: run `npm run deploy`, \
                    or `npx wrangler secret put SETUP_TOKEN`.";
        return Err(Refused::new(ErrorCode::NotConfigured, text).into());
    };
    if !secret::same(&token.to_string(), &asked.token) {
        return Err(Refused::new(ErrorCode::WrongToken, "The set-up token is wrong.").into());
    }
    let id = asked.site.clone();
    // The site comes first: if this is interrupted, the same set-up again goes on from here.
    let answer = site(env, &id, &SiteRequest::Create(asked)).await?;
    let state = deployment(env, &DeploymentRequest::SetUp { site: id.clone() }).await?;
    if state.site.as_ref() != Some(&id) {
        return Err(done().into());
    }
    signed_in(&request, answer, 201)
}

/// `POST /api/sign-in`
pub async fn sign_in(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let asked: SignIn = body(&mut request).await?;
    let id = match &asked.site {
        Some(id) => id.clone(),
        None => deployment(env, &DeploymentRequest::State).await?.site.ok_or_else(|| {
            Refused::new(ErrorCode::NotConfigured, "Nothing is set up yet: go to /setup.")
        })?,
    };
    let answer = match site(env, &id, &SiteRequest::SignIn(asked)).await {
        // Whether a site exists is not told here.
        Err(Failure::Refused(error)) if error.code == ErrorCode::NotFound => {
            let text = "E-mail or password is not right.";
            return Err(Refused::new(ErrorCode::WrongCredentials, text).into());
        }
        answer => answer?,
    };
    signed_in(&request, answer, 200)
}

fn signed_in(request: &Request, answer: SiteAnswer, status: u16) -> Outcome<Response> {
    let SiteAnswer::SignedIn { me, secret } = answer else { return Err(odd_answer()) };
    let response = Response::from_json(&me)?.with_status(status);
    let cookie = cookie::set(&platform::own_origin(request), &me.site, &secret);
    response.headers().set("Set-Cookie", &cookie)?;
    Ok(response)
}

/// `POST /api/sign-out`
pub async fn sign_out(request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let Cookie { site: id, secret } = signed(&request)?;
    let signed_out = RouterRequest::SignedOut { login: secret::hash(&secret) };
    site(env, &id, &SiteRequest::SignOut { secret }).await?;
    router(env, &id, &signed_out).await?;
    let response = Response::empty()?.with_status(204);
    response.headers().set("Set-Cookie", &cookie::clear(&platform::own_origin(&request)))?;
    Ok(response)
}

/// `GET /api/me`
pub async fn me(request: Request, env: &Env) -> Outcome<Response> {
    Ok(Response::from_json(&who(&request, env).await?)?)
}

/// `GET /api/agents`
pub async fn team(request: Request, env: &Env) -> Outcome<Response> {
    let Cookie { site: id, secret } = signed(&request)?;
    let answer = site(env, &id, &SiteRequest::Team { secret }).await?;
    let SiteAnswer::Team { members } = answer else { return Err(odd_answer()) };
    Ok(Response::from_json(&members)?)
}

/// `POST /api/agents`
pub async fn add_agent(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let Cookie { site: id, secret } = signed(&request)?;
    let agent: NewAgent = body(&mut request).await?;
    let answer = site(env, &id, &SiteRequest::AddAgent { secret, agent }).await?;
    let SiteAnswer::Added(member) = answer else { return Err(odd_answer()) };
    Ok(Response::from_json(&member)?.with_status(201))
}

/// `POST /api/tickets`
pub async fn ticket(mut request: Request, env: &Env) -> Outcome<Response> {
    let origin = check_own_origin(&request)?;
    let login = secret::hash(&signed(&request)?.secret);
    let me = who(&request, env).await?;
    if !may(me.role, Action::OpenSocket) {
        let text = "Your role does not allow this.";
        return Err(Refused::new(ErrorCode::Forbidden, text).into());
    }
    let door = match body(&mut request).await? {
        TicketRequest::Desk {} => Door::Desk,
        TicketRequest::Conversation { conversation } => Door::Conversation(conversation),
    };
    let holder = Holder::Agent { agent: me.agent, role: me.role, capacity: me.capacity, login };
    let ticket = sign(env, me.site, origin, door, holder, limits::AGENT_TOKEN).await?;
    Ok(Response::from_json(&ticket)?)
}

/// `POST /api/visitors`
pub async fn visitor(mut request: Request, env: &Env) -> Outcome<Response> {
    let origin = request.headers().get("Origin")?.ok_or_else(|| {
        Refused::new(ErrorCode::OriginNotAllowed, "Only a page in a browser may ask this.")
    })?;
    let VisitorHello { site: id, secret, token } = body(&mut request).await?;
    let conversation = secret::conversation_of(&id, &secret).ok_or_else(|| {
        let text = "The secret is not 32 bytes in base64url.";
        Refused::new(ErrorCode::BadRequest, text)
    })?;
    let proof = match token {
        Some(token) => {
            let root = identity_root(env, &id).await?;
            Some(Proof { token, root, genuine: false })
        }
        None => None,
    };
    // Whoever leads a path of their zone to the worker, or links to its own page, allows it.
    let own = origin == platform::own_origin(&request);
    let asked = Visit { origin: origin.clone(), own, conversation, proof };
    let answer = site(env, &id, &SiteRequest::Visit(asked)).await?;
    let SiteAnswer::Visit { site_name, conversation, person, widget, files, pictures } = answer
    else {
        return Err(odd_answer());
    };
    let lobby = widget_api::lobby(env, &id, *widget, pictures).await?;
    let files = files_api::offered(env, files);
    let holder = person.map_or(Holder::Visitor, Holder::Person);
    let door = Door::Conversation(conversation.clone());
    let ticket = sign(env, id, origin, door, holder, limits::VISITOR_TOKEN).await?;
    Ok(Response::from_json(&VisitorWelcome { conversation, ticket, site_name, lobby, files })?)
}

/// `POST /api/poll`
pub async fn poll(mut request: Request, env: &Env) -> Outcome<Response> {
    let key = signing_key(env).await?;
    let grant = door::check_bearer(&request, &key, platform::now())?;
    let text = text_of(&mut request, limits::POLL_BYTES).await?;
    let asked: Poll = parse(&text)?;
    if asked.frames.len() > limits::POLL_FRAMES {
        let text = format!("At most {} frames in one request.", limits::POLL_FRAMES);
        return Err(Refused::new(ErrorCode::TooLarge, &text).into());
    }
    Ok(door::poll(env, &grant, &text).await?)
}

/// From which the secrets of a site are derived that its own server signs with.
async fn identity_root(env: &Env, site: &SiteId) -> Outcome<String> {
    let root = signing_key(env).await?.identity_root(site);
    Ok(root.ok_or_else(|| fault(StoreError("a secret could not be derived".into())))?)
}

/// `GET /api/identity`
pub async fn identity(request: Request, env: &Env) -> Outcome<Response> {
    let Cookie { site: id, secret } = signed(&request)?;
    let answer = site(env, &id, &SiteRequest::Identity { secret }).await?;
    let SiteAnswer::Identity(state) = answer else { return Err(odd_answer()) };
    Ok(Response::from_json(&state)?)
}

/// `POST /api/identity`
pub async fn change_identity(mut request: Request, env: &Env) -> Outcome<Response> {
    check_own_origin(&request)?;
    let Cookie { site: id, secret } = signed(&request)?;
    let change: IdentityChange = body(&mut request).await?;
    let root = identity_root(env, &id).await?;
    let answer = site(env, &id, &SiteRequest::ChangeIdentity { secret, change, root }).await?;
    let SiteAnswer::IdentityChanged(changed) = answer else { return Err(odd_answer()) };
    Ok(Response::from_json(&changed)?)
}

async fn sign(
    env: &Env,
    site: SiteId,
    origin: String,
    door: Door,
    holder: Holder,
    life: Span,
) -> Outcome<Ticket> {
    let expires = platform::now().after(life);
    let grant = Grant { site, origin, expires, door, holder };
    let token = signing_key(env).await?.sign(&grant);
    let token = token.ok_or_else(|| fault(StoreError("a token could not be signed".into())))?;
    let expires_in_ms = u32::try_from(life.0).unwrap_or(u32::MAX);
    Ok(Ticket { token, expires_in_ms })
}

pub(super) async fn who(request: &Request, env: &Env) -> Outcome<Me> {
    let Cookie { site: id, secret } = signed(request)?;
    match site(env, &id, &SiteRequest::Me { secret }).await? {
        SiteAnswer::Me(me) => Ok(me),
        _ => Err(odd_answer()),
    }
}

pub(super) fn signed(request: &Request) -> Outcome<Cookie> {
    let refused = || Refused::new(ErrorCode::SignInRequired, "Sign in to go on.");
    Ok(cookie::read(request)?.ok_or_else(refused)?)
}

/// The request must come from a page of this very deployment: the guard against forged requests.
pub(super) fn check_own_origin(request: &Request) -> Outcome<String> {
    let own = platform::own_origin(request);
    if request.headers().get("Origin")?.as_deref() == Some(own.as_str()) {
        return Ok(own);
    }
    let text = "This must come from a page of this deployment.";
    Err(Refused::new(ErrorCode::OriginNotAllowed, text).into())
}

pub(super) async fn body<T: DeserializeOwned>(request: &mut Request) -> Outcome<T> {
    parse(&text_of(request, limits::BODY_BYTES).await?)
}

async fn text_of(request: &mut Request, limit: usize) -> Outcome<String> {
    let too_large = || Refused::new(ErrorCode::TooLarge, &format!("At most {limit} bytes."));
    let length = request.headers().get("Content-Length")?;
    let told = length.and_then(|text| text.parse::<usize>().ok()).unwrap_or_default();
    if told > limit {
        return Err(too_large().into());
    }
    let text = request.text().await?;
    if text.len() > limit {
        return Err(too_large().into());
    }
    Ok(text)
}

fn parse<T: DeserializeOwned>(text: &str) -> Outcome<T> {
    decode::body(text).map_err(|error| {
        Refused::new(ErrorCode::BadRequest, &format!("The body does not fit: {error}")).into()
    })
}

pub(super) fn odd_answer() -> Failure {
    Failure::Fault(worker::Error::RustError("a site gave an answer to another question".into()))
}
