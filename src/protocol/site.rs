//! What the entry worker asks the site, its router and the deployment. Answers are
//! `Result<…, ApiError>` in JSON. They are no rows of an outbox: whoever asks sees the answer and
//! can ask again.

use super::api::{ApiError, ErrorCode, Me, NewAgent, SetUp, SignIn, SiteSettings, TeamMember};
use super::event::AgentRef;
use super::file::FileRules;
use super::identity::{IdentityChange, IdentityChanged, IdentityState, Person};
use super::picture::{Picture, Pictures, Subject};
use super::routing::{Profile, RoutingSettings};
use super::widget::{Filled, FormAnswers, Presence, WidgetSettings};
use crate::id::{AgentId, ConversationId, PictureId, SiteId};
use serde::{Deserialize, Serialize};

/// A question to a site.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteRequest {
    /// Make the site and its owner; the same again is answered alike.
    Create(SetUp),
    /// Check a password and begin a sign-in.
    SignIn(SignIn),
    /// End a sign-in.
    SignOut {
        /// The cookie's secret.
        secret: String,
    },
    /// Who holds this cookie?
    Me {
        /// The cookie's secret.
        secret: String,
    },
    /// List the team.
    Team {
        /// The cookie's secret.
        secret: String,
    },
    /// Add an agent.
    AddAgent {
        /// The cookie's secret.
        secret: String,
        /// The new agent.
        agent: NewAgent,
    },
    /// Change how many conversations an agent can have at once.
    SetCapacity {
        /// The cookie's secret.
        secret: String,
        /// Whose.
        agent: AgentId,
        /// How many.
        capacity: u32,
    },
    /// Take an agent out of the team, with all their sign-ins.
    RemoveAgent {
        /// The cookie's secret.
        secret: String,
        /// Whom.
        agent: AgentId,
    },
    /// Which files does the site take?
    Files,
    /// Take files by these rules.
    SetFiles {
        /// The cookie's secret.
        secret: String,
        /// The rules.
        rules: FileRules,
    },
    /// May a page of this origin embed the widget, and which conversation has its visitor?
    Visit(Visit),
    /// How visitors prove who they are.
    Identity {
        /// The cookie's secret.
        secret: String,
    },
    /// Change that.
    ChangeIdentity {
        /// The cookie's secret.
        secret: String,
        /// The change.
        change: IdentityChange,
        /// From which the site's secrets are derived; base64url.
        root: String,
    },
    /// Read the widget's settings.
    Widget {
        /// The cookie's secret.
        secret: String,
    },
    /// Take these settings for the widget.
    SetWidget {
        /// The cookie's secret.
        secret: String,
        /// All of them.
        settings: Box<WidgetSettings>,
    },
    /// Which pictures are there?
    Pictures {
        /// The cookie's secret.
        secret: String,
    },
    /// Take this picture, or with none take away the one that is there.
    SetPicture {
        /// The cookie's secret.
        secret: String,
        /// What it is of.
        of: Subject,
        /// Its bytes, in base64url.
        body: Option<String>,
    },
    /// A picture, for anybody.
    Picture {
        /// Which.
        id: PictureId,
    },
    /// Read name and origins.
    Site {
        /// The cookie's secret.
        secret: String,
    },
    /// Take these.
    SetSite {
        /// The cookie's secret.
        secret: String,
        /// All of them.
        settings: SiteSettings,
    },
    /// Are these answers what the form asks for? Of a visitor who holds a token of this site.
    CheckForm(FormAnswers),
}

/// A visitor at the door.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Visit {
    /// The page's, as the browser sent it.
    pub origin: String,
    /// It is the origin under which the worker itself was asked.
    pub own: bool,
    /// The conversation that the browser's secret names.
    pub conversation: ConversationId,
    /// What the site's server says of the visitor, when the page has shown it.
    pub proof: Option<Proof>,
}

/// A token, and what is needed to check it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proof {
    /// The token, as the page has shown it.
    pub token: String,
    /// From which the site's secrets are derived; base64url.
    pub root: String,
    /// What the platform says of a signature by a private key; the site's object asks it.
    #[serde(default)]
    pub genuine: bool,
}

/// Answers of a site, by the question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteAnswer {
    /// To `Create` and `SignIn`.
    SignedIn {
        /// Who.
        me: Me,
        /// Goes into the cookie; the object keeps only its hash.
        secret: String,
    },
    /// To `Me`.
    Me(Me),
    /// To `Team`.
    Team {
        /// By name.
        members: Vec<TeamMember>,
    },
    /// To `AddAgent`.
    Added(TeamMember),
    /// To `SetCapacity`: as it is now.
    Changed(TeamMember),
    /// To `RemoveAgent`.
    Removed,
    /// To `Files` and `SetFiles`.
    Files(FileRules),
    /// To `SignOut`.
    SignedOut,
    /// To `Visit`: yes.
    Visit {
        /// Name of the site.
        site_name: String,
        /// The visitor's conversation.
        conversation: ConversationId,
        /// Who the visitor is, when it was proven.
        person: Option<Person>,
        /// What its widget shows.
        widget: Box<WidgetSettings>,
        /// Which files it takes.
        files: FileRules,
        /// Its logo and its faces.
        #[serde(default)]
        pictures: Pictures,
    },
    /// To `Identity`.
    Identity(IdentityState),
    /// To `ChangeIdentity`.
    IdentityChanged(IdentityChanged),
    /// To `Widget` and `SetWidget`: as they are now.
    Widget(Box<WidgetSettings>),
    /// To `Pictures` and `SetPicture`: as they are now.
    Pictures(Pictures),
    /// To `Picture`.
    Picture(Picture),
    /// To `Site` and `SetSite`: as they are now.
    Site(SiteSettings),
    /// To `CheckForm`: yes.
    Filled(Filled),
}

/// A question to a site's router. Whether the asker may ask, the site has said before.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouterRequest {
    /// The rules.
    Rules,
    /// Who is there?
    Presence,
    /// Take these rules.
    SetRules(RoutingSettings),
    /// What an agent can serve.
    SetAgent {
        /// Who.
        agent: AgentRef,
        /// How many at once.
        capacity: u32,
        /// Departments, skills and languages.
        profile: Profile,
    },
    /// An agent is not of the team any more.
    Removed {
        /// Who.
        agent: AgentId,
    },
    /// A sign-in has ended, its consoles must close.
    SignedOut {
        /// Hash of the sign-in's secret.
        login: String,
    },
}

/// Answers of a router.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouterAnswer {
    /// To `Rules` and `SetRules`.
    Rules(RoutingSettings),
    /// To `Presence`.
    Presence(Presence),
    /// To all others.
    Done,
}

/// A question to the deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentRequest {
    /// Signing key and state of set-up.
    State,
    /// Set-up is done; the first site to say so stays.
    SetUp {
        /// The first site.
        site: SiteId,
    },
}

/// The deployment's answer to every question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeploymentState {
    /// Signs tokens; base64url of 32 bytes. Never leaves the worker.
    pub signing_key: String,
    /// The first site, once set-up is done.
    pub site: Option<SiteId>,
}

impl ApiError {
    /// An error with a sentence for people.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None }
    }
}
