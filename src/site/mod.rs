//! The rules of one site: its settings, its team, its sign-ins. Pure: time and random bytes are
//! arguments, and the records are behind a trait.

mod check;
mod files;
mod identity;
mod look;
pub mod origin;
mod team;
mod visit;
mod widget;

pub use identity::{Identity, Method};
pub use visit::signature_of;

use crate::auth::authorize::{Action, may};
use crate::auth::{password, secret};
use crate::id::{AgentId, ConversationId, PictureId, SiteId};
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode, Me, NewAgent, Role, SetUp, SignIn, TeamMember};
use crate::protocol::event::AgentRef;
use crate::protocol::file::FileRules;
use crate::protocol::picture::{Picture, Pictures};
use crate::protocol::site::{SiteAnswer, SiteRequest};
use crate::protocol::widget::WidgetSettings;
use crate::time::Millis;

/// Settings of a site; one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its id.
    pub site: SiteId,
    /// Its name, as visitors see it.
    pub name: String,
    /// Origins whose pages may embed the widget.
    pub origins: Vec<String>,
    /// How visitors prove who they are.
    pub identity: Identity,
    /// Which files it takes.
    pub files: FileRules,
}

/// A member of the team; one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub agent: AgentRef,
    /// Lower case, unique.
    pub email: String,
    /// PHC text.
    pub password: String,
    /// What they may do.
    pub role: Role,
    /// How many conversations at once.
    pub capacity: u32,
    /// Wrong passwords since the last right one.
    pub tries: u32,
    /// No sign-in before this.
    pub rests_until: Millis,
}

/// One sign-in; one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Hash of the cookie's secret.
    pub hash: String,
    /// Whose.
    pub agent: AgentId,
    /// When it began.
    pub since: Millis,
    /// When it was used last, to the hour.
    pub used: Millis,
}

/// The stored side of a site.
pub trait Records {
    /// Why a record could not be read or written.
    type Error;
    /// The settings, when the site exists.
    fn settings(&self) -> Result<Option<Settings>, Self::Error>;
    /// Stores the settings.
    fn put_settings(&self, settings: &Settings) -> Result<(), Self::Error>;
    /// The widget's settings; those of a new site when there are none.
    fn widget(&self) -> Result<WidgetSettings, Self::Error>;
    /// Stores the widget's settings.
    fn put_widget(&self, settings: &WidgetSettings) -> Result<(), Self::Error>;
    /// Which pictures there are.
    fn pictures(&self) -> Result<Pictures, Self::Error>;
    /// One of them.
    fn picture(&self, id: &PictureId) -> Result<Option<Picture>, Self::Error>;
    /// Stores a picture of an agent or, with none, of the site, in place of the one before.
    fn put_picture(
        &self,
        of: Option<&AgentId>,
        id: &PictureId,
        picture: &Picture,
    ) -> Result<(), Self::Error>;
    /// Forgets it.
    fn drop_picture(&self, of: Option<&AgentId>) -> Result<(), Self::Error>;
    /// The whole team, by name.
    fn members(&self) -> Result<Vec<Member>, Self::Error>;
    /// Forgets a member, and all their sign-ins.
    fn drop_member(&self, id: &AgentId) -> Result<(), Self::Error>;
    /// Stores a member.
    fn put_member(&self, member: &Member) -> Result<(), Self::Error>;
    /// A sign-in by its hash.
    fn login(&self, hash: &str) -> Result<Option<Login>, Self::Error>;
    /// Stores a sign-in.
    fn put_login(&self, login: &Login) -> Result<(), Self::Error>;
    /// Forgets a sign-in.
    fn drop_login(&self, hash: &str) -> Result<(), Self::Error>;
    /// Forgets sign-ins that began before this moment.
    fn drop_logins_before(&self, moment: Millis) -> Result<(), Self::Error>;
    /// The conversation of the person with this id, when they have one.
    fn conversation_of(&self, person: &str) -> Result<Option<ConversationId>, Self::Error>;
    /// Gives a person a conversation.
    fn put_conversation(&self, person: &str, id: &ConversationId) -> Result<(), Self::Error>;
    /// How many conversations of the browser with this first one were given to persons.
    fn given(&self, first: &ConversationId) -> Result<u32, Self::Error>;
    /// Stores that number.
    fn put_given(&self, first: &ConversationId, count: u32) -> Result<(), Self::Error>;
}

/// Random bytes for one request.
#[derive(Clone, Copy)]
pub struct Fresh {
    /// For an agent's id.
    pub id: [u8; 16],
    /// For a password's salt.
    pub salt: [u8; 16],
    /// For a cookie.
    pub secret: [u8; secret::SECRET_BYTES],
}

/// What a site answers.
pub type Answer = Result<SiteAnswer, ApiError>;

/// Answers one request. The outer error is the store's, the inner one the caller's.
pub fn handle<R: Records>(
    now: Millis,
    request: SiteRequest,
    fresh: Fresh,
    records: &R,
) -> Result<Answer, R::Error> {
    let Some(settings) = records.settings()? else {
        return match request {
            SiteRequest::Create(set_up) => create(now, set_up, fresh, records),
            _ => Ok(Err(ApiError::new(ErrorCode::NotFound, "There is no such site."))),
        };
    };
    match request {
        SiteRequest::Create(set_up) => create_again(now, set_up, fresh, &settings, records),
        SiteRequest::SignIn(asked) => sign_in(now, asked, fresh, &settings, records),
        SiteRequest::SignOut { secret } => {
            records.drop_login(&secret::hash(&secret))?;
            Ok(Ok(SiteAnswer::SignedOut))
        }
        SiteRequest::Me { secret } => with_member(now, &secret, records, |member| {
            Ok(Ok(SiteAnswer::Me(me(&settings, &member))))
        }),
        SiteRequest::Team { secret } => with_member(now, &secret, records, |caller| {
            if !may(caller.role, Action::ReadTeam) {
                return Ok(Err(forbidden()));
            }
            let members = records.members()?.iter().map(team_member).collect();
            Ok(Ok(SiteAnswer::Team { members }))
        }),
        SiteRequest::AddAgent { secret, agent } => {
            with_member(now, &secret, records, |caller| team::add(&caller, agent, fresh, records))
        }
        SiteRequest::SetCapacity { secret, agent, capacity } => {
            with_member(now, &secret, records, |caller| {
                team::set_capacity(&caller, &agent, capacity, records)
            })
        }
        SiteRequest::RemoveAgent { secret, agent } => {
            with_member(now, &secret, records, |caller| team::remove(&caller, &agent, records))
        }
        SiteRequest::Files => Ok(Ok(SiteAnswer::Files(settings.files))),
        SiteRequest::SetFiles { secret, rules } => with_member(now, &secret, records, |caller| {
            files::set(&caller, rules, settings, records)
        }),
        SiteRequest::Visit(asked) => visit::visit(now, &asked, settings, records),
        SiteRequest::Identity { secret } => {
            with_member(now, &secret, records, |caller| Ok(identity::read(caller.role, &settings)))
        }
        SiteRequest::ChangeIdentity { secret, change, root } => {
            with_member(now, &secret, records, |caller| {
                identity::change(caller.role, &change, &root, settings, records)
            })
        }
        SiteRequest::Widget { secret } => with_member(now, &secret, records, |_| {
            Ok(Ok(SiteAnswer::Widget(Box::new(records.widget()?))))
        }),
        SiteRequest::SetWidget { secret, settings } => {
            with_member(now, &secret, records, |caller| widget::set(caller.role, settings, records))
        }
        asked @ (SiteRequest::Pictures { .. }
        | SiteRequest::SetPicture { .. }
        | SiteRequest::Picture { .. }
        | SiteRequest::Site { .. }
        | SiteRequest::SetSite { .. }) => look::handle(now, asked, settings, records),
        SiteRequest::CheckForm(form) => {
            Ok(widget::fill(&records.widget()?, form).map(SiteAnswer::Filled))
        }
    }
}

/// Who sets up what they have set up already is signed in.
fn create_again<R: Records>(
    now: Millis,
    set_up: SetUp,
    fresh: Fresh,
    settings: &Settings,
    records: &R,
) -> Result<Answer, R::Error> {
    let again = SignIn { site: None, email: set_up.email, password: set_up.password };
    Ok(match sign_in(now, again, fresh, settings, records)? {
        Ok(SiteAnswer::SignedIn { me, secret }) if me.role == Role::Owner => {
            Ok(SiteAnswer::SignedIn { me, secret })
        }
        _ => Err(ApiError::new(ErrorCode::AlreadySetUp, "This site has an owner.")),
    })
}

fn create<R: Records>(
    now: Millis,
    set_up: SetUp,
    fresh: Fresh,
    records: &R,
) -> Result<Answer, R::Error> {
    let origins = match check::set_up(&set_up) {
        Ok(origins) => origins,
        Err(error) => return Ok(Err(error)),
    };
    let (identity, files) = (Identity::default(), FileRules::default());
    let (site, name) = (set_up.site, set_up.site_name);
    let settings = Settings { site, name, origins, identity, files };
    let owner = NewAgent {
        name: set_up.name,
        email: set_up.email.clone(),
        password: set_up.password.clone(),
        role: Role::Owner,
        capacity: check::DEFAULT_CAPACITY,
    };
    let member = match new_member(owner, fresh) {
        Ok(member) => member,
        Err(error) => return Ok(Err(error)),
    };
    records.put_settings(&settings)?;
    records.put_member(&member)?;
    begin(now, &member, fresh, &settings, records)
}

fn sign_in<R: Records>(
    now: Millis,
    asked: SignIn,
    fresh: Fresh,
    settings: &Settings,
    records: &R,
) -> Result<Answer, R::Error> {
    let wrong = || {
        let text = "E-mail or password is not right.";
        Ok(Err(ApiError::new(ErrorCode::WrongCredentials, text)))
    };
    if asked.password.chars().count() > limits::PASSWORD_MAX_CHARS {
        return wrong();
    }
    let email = check::normal_email(&asked.email);
    let Some(mut member) = records.members()?.into_iter().find(|one| one.email == email) else {
        password::verify(&asked.password, password::NOBODY);
        return wrong();
    };
    if now < member.rests_until {
        let text = "Too many wrong passwords. Try again in 15 minutes.";
        return Ok(Err(ApiError::new(ErrorCode::TooManyTries, text)));
    }
    if !password::verify(&asked.password, &member.password) {
        member.tries = member.tries.saturating_add(1);
        if member.tries >= limits::SIGN_IN_TRIES {
            member.tries = 0;
            member.rests_until = now.after(limits::SIGN_IN_REST);
        }
        records.put_member(&member)?;
        return wrong();
    }
    if member.tries > 0 {
        member.tries = 0;
        records.put_member(&member)?;
    }
    begin(now, &member, fresh, settings, records)
}

fn begin<R: Records>(
    now: Millis,
    member: &Member,
    fresh: Fresh,
    settings: &Settings,
    records: &R,
) -> Result<Answer, R::Error> {
    records.drop_logins_before(Millis(now.0.saturating_sub(limits::SIGN_IN_MAX.0)))?;
    let secret = secret::encode(&fresh.secret);
    let hash = secret::hash(&secret);
    let agent = member.agent.id.clone();
    records.put_login(&Login { hash, agent, since: now, used: now })?;
    Ok(Ok(SiteAnswer::SignedIn { me: me(settings, member), secret }))
}

/// Finds who holds a cookie, and lets them do something.
fn with_member<R: Records>(
    now: Millis,
    secret: &str,
    records: &R,
    then: impl FnOnce(Member) -> Result<Answer, R::Error>,
) -> Result<Answer, R::Error> {
    match member_of(now, secret, records)? {
        Some(member) => then(member),
        None => Ok(Err(ApiError::new(ErrorCode::SignInRequired, "Sign in to go on."))),
    }
}

/// Who holds a cookie. Once for all questions, for the size of the worker.
#[inline(never)]
fn member_of<R: Records>(
    now: Millis,
    secret: &str,
    records: &R,
) -> Result<Option<Member>, R::Error> {
    let Some(mut login) = records.login(&secret::hash(secret))? else { return Ok(None) };
    let idle = now.since(login.used);
    if idle > limits::SIGN_IN_IDLE || now.since(login.since) > limits::SIGN_IN_MAX {
        records.drop_login(&login.hash)?;
        return Ok(None);
    }
    let members = records.members()?;
    let Some(member) = members.into_iter().find(|one| one.agent.id == login.agent) else {
        return Ok(None);
    };
    if idle > limits::SIGN_IN_NOTED {
        login.used = now;
        records.put_login(&login)?;
    }
    Ok(Some(member))
}

fn new_member(asked: NewAgent, fresh: Fresh) -> Result<Member, ApiError> {
    check::new_agent(&asked)?;
    let fault = || ApiError::new(ErrorCode::Fault, "Something went wrong here. Try again.");
    Ok(Member {
        agent: AgentRef {
            id: secret::agent_id(fresh.id).ok_or_else(fault)?,
            name: asked.name.trim().to_owned(),
        },
        email: check::normal_email(&asked.email),
        password: password::hash(&asked.password, fresh.salt).ok_or_else(fault)?,
        role: asked.role,
        capacity: asked.capacity,
        tries: 0,
        rests_until: Millis(0),
    })
}

fn forbidden() -> ApiError {
    ApiError::new(ErrorCode::Forbidden, "Your role does not allow this.")
}

fn me(settings: &Settings, member: &Member) -> Me {
    Me {
        site: settings.site.clone(),
        site_name: settings.name.clone(),
        agent: member.agent.clone(),
        email: member.email.clone(),
        role: member.role,
        capacity: member.capacity,
    }
}

fn team_member(member: &Member) -> TeamMember {
    TeamMember {
        agent: member.agent.clone(),
        email: member.email.clone(),
        role: member.role,
        capacity: member.capacity,
    }
}
