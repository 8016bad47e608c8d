//! What the entry worker asks the site object and the deployment object. Answers are
//! `Result<…, ApiError>` in JSON.

use super::api::{ApiError, ErrorCode, Me, NewAgent, SetUp, SignIn, TeamMember};
use crate::id::SiteId;
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
    /// May a page of this origin embed the widget?
    Embed {
        /// As the browser sent it.
        origin: String,
        /// It is the origin under which the worker itself was asked.
        own: bool,
    },
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
    /// To `SignOut`.
    SignedOut,
    /// To `Embed`: yes.
    Embed {
        /// Name of the site.
        site_name: String,
    },
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
        Self { code, message: message.into() }
    }
}
