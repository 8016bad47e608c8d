//! What the owner of a site sets for its widget, and what a panel is told when it is opened.

use super::event::AgentRef;
use super::picture::Pictures;
use crate::id::{ClientId, DepartmentId, FieldId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `GET` and `POST /api/widget`: what is absent has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct WidgetSettings {
    /// The colour in the snippet, as `#0b7285`; ours when empty.
    pub color: String,
    /// The sentence beside the launcher in the snippet; none when empty.
    pub greeting: String,
    /// Nobody of the team is shown before they are spoken to.
    pub hide_team: bool,
    /// Asked before the first message while somebody is there; nothing when it has no fields.
    pub before: Form,
    /// Asked before the first message while nobody is there.
    pub away: Form,
}

/// What a visitor is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Form {
    /// In the order in which they are asked, at most `limits::FORM_FIELDS`.
    pub fields: Vec<Field>,
    /// What the visitor must agree to; nothing when empty.
    pub consent: Phrase,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Names it among the answers; unique in its form.
    pub id: FieldId,
    /// What is asked.
    pub kind: FieldKind,
    /// Whether the form cannot be sent without it.
    #[serde(default)]
    pub required: bool,
    /// The question; the widget's own words for this kind when empty.
    #[serde(default)]
    pub label: Phrase,
    /// Of `choice` and `department`: what there is to choose from.
    #[serde(default)]
    pub choices: Vec<Choice>,
}

/// What is asked by a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// The visitor's name.
    Name,
    /// Their e-mail address.
    Email,
    /// Their telephone number.
    Phone,
    /// Any text.
    Text,
    /// One of some answers.
    Choice,
    /// Whom they write to: the values are ids of departments.
    Department,
    /// That they agree. Only among answers: a form asks by its `consent`.
    Consent,
}

/// One of the answers to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is sent; unique in its field.
    pub value: String,
    /// What is shown.
    pub label: Phrase,
}

/// A text of the owner's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Phrase {
    /// Where no other fits.
    pub text: String,
    /// In other languages, by their tags: `{"de": "Ihr Name"}`.
    pub others: BTreeMap<String, String>,
}

/// Which of the forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FormName {
    /// While somebody is there.
    Before,
    /// While nobody is.
    Away,
}

/// `POST /api/forms`: what a visitor has answered, who shows the token of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct FormAnswers {
    /// The sender's id, the same at each retry: the answers are stored once.
    pub client_id: ClientId,
    /// Which form.
    pub form: FormName,
    /// By the ids of the fields; what was left empty may be absent.
    pub answers: BTreeMap<FieldId, String>,
    /// Whether they agree to the form's `consent`.
    #[serde(default)]
    pub consent: bool,
}

/// One answer, as agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Answer {
    /// To what.
    pub kind: FieldKind,
    /// The question, in the site's first language; empty where the kind says it.
    pub label: String,
    /// What was answered; of a choice its label.
    pub text: String,
}

/// A form that the site has found to be in order, on its way to the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// See [`FormAnswers`].
    pub client_id: ClientId,
    /// What was answered, in the order of the form.
    pub answers: Vec<Answer>,
    /// Whom the visitor chose.
    pub department: Option<DepartmentId>,
}

/// Who is there, as a router sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Somebody accepts chats in a department that is open.
    pub online: bool,
    /// When the first department opens, while all are closed.
    pub opens: Option<Millis>,
    /// See [`Lobby`].
    pub reply_s: Option<u32>,
    /// See [`Lobby`].
    #[serde(default)]
    pub team: Vec<AgentRef>,
}

/// What a panel shows before anything is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Lobby {
    /// Somebody is there.
    pub online: bool,
    /// When the site opens next, while it is closed.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<Millis>,
    /// How long the first answer takes, in seconds: the median of the conversations that ended in
    /// the last 7 days, of those that began in office hours. None when they are too few.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_s: Option<u32>,
    /// What is asked before the first message.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Asked>,
    /// Some of those who are there; nobody where the owner hides them.
    pub team: Vec<AgentRef>,
    /// The site's logo, and the faces of its agents.
    pub pictures: Pictures,
}

/// The form that belongs to this hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Asked {
    /// Which it is.
    pub name: FormName,
    /// What is asked.
    pub form: Form,
}

impl WidgetSettings {
    /// What a panel is told, by who is there.
    pub fn lobby(self, there: Presence, pictures: Pictures) -> Lobby {
        let Presence { online, opens, reply_s, team } = there;
        let team = if self.hide_team { Vec::new() } else { team };
        let (name, form) =
            if online { (FormName::Before, self.before) } else { (FormName::Away, self.away) };
        let form = (!form.fields.is_empty()).then_some(Asked { name, form });
        Lobby { online, opens, reply_s, form, team, pictures }
    }
}
