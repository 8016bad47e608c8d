//! The widget of a site: what its owner may set, and what a visitor may answer.

use super::{Answer, Records, forbidden};
use crate::auth::authorize::{Action, may};
use crate::id::{DepartmentId, FieldId};
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode, Role};
use crate::protocol::site::SiteAnswer;
use crate::protocol::widget::{
    Answer as Given, Choice, Field, FieldKind, Filled, Form, FormAnswers, FormName, Phrase,
    WidgetSettings,
};
use std::collections::BTreeSet;

/// How an error names the consent, which has no id.
const CONSENT: &str = "consent";

pub(super) fn set<R: Records>(
    role: Role,
    settings: Box<WidgetSettings>,
    records: &R,
) -> Result<Answer, R::Error> {
    if !may(role, Action::ChangeWidget) {
        return Ok(Err(forbidden()));
    }
    if let Err(text) = check(&settings) {
        return Ok(Err(ApiError::new(ErrorCode::BadRequest, text)));
    }
    records.put_widget(&settings)?;
    Ok(Ok(SiteAnswer::Widget(settings)))
}

/// Checks settings before they are taken; the error is for people.
fn check(settings: &WidgetSettings) -> Result<(), String> {
    let hex = |text: &str| text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let shaped = settings.color.strip_prefix('#').is_some_and(hex);
    if !shaped && !settings.color.is_empty() {
        return Err("A colour is written like #0b7285.".into());
    }
    text("The greeting", &settings.greeting, 0)?;
    check_form(&settings.before)?;
    check_form(&settings.away)
}

fn check_form(form: &Form) -> Result<(), String> {
    if form.fields.len() > limits::FORM_FIELDS {
        return Err(format!("A form has at most {} fields.", limits::FORM_FIELDS));
    }
    phrase("What the visitor agrees to", &form.consent, 0)?;
    let ids: BTreeSet<&str> = form.fields.iter().map(|field| field.id.as_str()).collect();
    if ids.len() < form.fields.len() || ids.contains(CONSENT) {
        return Err("Each field of a form has an id of its own, other than “consent”.".into());
    }
    form.fields.iter().try_for_each(field)
}

fn field(field: &Field) -> Result<(), String> {
    let Field { id, kind, label, choices, .. } = field;
    let chosen = matches!(kind, FieldKind::Choice | FieldKind::Department);
    // Other kinds have words of their own.
    phrase(&format!("The question of {id}"), label, usize::from(*kind == FieldKind::Choice))?;
    let most = if chosen { limits::FORM_CHOICES } else { 0 };
    if *kind == FieldKind::Consent || choices.len() > most || (chosen && choices.is_empty()) {
        return Err(format!("{id} has 1 to {} answers to choose from.", limits::FORM_CHOICES));
    }
    let values: BTreeSet<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
    if values.len() < choices.len() {
        return Err(format!("Two answers of {id} have the same value."));
    }
    choices.iter().try_for_each(|Choice { value, label }| {
        text("The value of an answer", value, 1)?;
        phrase(&format!("An answer of {id}"), label, 1)?;
        let fits = *kind != FieldKind::Department || DepartmentId::parse(value).is_some();
        if fits { Ok(()) } else { Err(format!("“{value}” is no id of a department.")) }
    })
}

fn phrase(what: &str, phrase: &Phrase, min: usize) -> Result<(), String> {
    text(what, &phrase.text, min)?;
    if phrase.others.len() > limits::PHRASE_LANGUAGES {
        return Err(format!("{what} has at most {} languages.", limits::PHRASE_LANGUAGES));
    }
    phrase.others.iter().try_for_each(|(tag, other)| {
        let shaped = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if tag.is_empty() || tag.len() > limits::LOCALE_CHARS || !tag.chars().all(shaped) {
            return Err(format!("“{tag}” is no language."));
        }
        text(what, other, 1)
    })
}

fn text(what: &str, text: &str, min: usize) -> Result<(), String> {
    let max = limits::PHRASE_CHARS;
    let fits = (min..=max).contains(&text.trim().chars().count());
    if fits && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(format!("{what} has {min} to {max} characters."))
}

/// Checks what a visitor has answered against the form as it is now.
pub(super) fn fill(settings: &WidgetSettings, asked: FormAnswers) -> Result<Filled, ApiError> {
    let form = match asked.form {
        FormName::Before => &settings.before,
        FormName::Away => &settings.away,
    };
    if form.fields.is_empty() {
        let text = "This site has no such form: write in the chat.";
        return Err(ApiError::new(ErrorCode::NotFound, text));
    }
    let known = |id: &FieldId| form.fields.iter().any(|field| field.id == *id);
    if let Some(stray) = asked.answers.keys().find(|id| !known(id)) {
        return Err(wrong(stray.as_str(), "The form has no such field (any more)."));
    }
    let mut filled = Filled { client_id: asked.client_id, answers: Vec::new(), department: None };
    for field in &form.fields {
        let given = asked.answers.get(&field.id).map(|text| text.trim()).unwrap_or_default();
        if given.is_empty() {
            if field.required {
                return Err(missing(field.id.as_str(), "Fill this in."));
            }
            continue;
        }
        let text = answer(field, given)?;
        if field.kind == FieldKind::Department {
            filled.department = DepartmentId::parse(given);
        }
        filled.answers.push(Given { kind: field.kind, label: field.label.text.clone(), text });
    }
    let consent = &form.consent.text;
    if !consent.is_empty() {
        if !asked.consent {
            return Err(missing(CONSENT, "This needs your consent."));
        }
        // In one text, which stands in a bubble and among other answers.
        let (kind, label) = (FieldKind::Consent, String::new());
        filled.answers.push(Given { kind, label, text: format!("✓ {consent}") });
    }
    Ok(filled)
}

/// An answer as agents read it.
fn answer(field: &Field, given: &str) -> Result<String, ApiError> {
    let id = field.id.as_str();
    let chars = given.chars().count();
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let (most, lines) = match field.kind {
        FieldKind::Name => (limits::NAME_CHARS, false),
        FieldKind::Email => (limits::EMAIL_CHARS, false),
        FieldKind::Phone => (limits::PHONE_CHARS, false),
        FieldKind::Text => (limits::ANSWER_CHARS, true),
        FieldKind::Choice | FieldKind::Department | FieldKind::Consent => {
            let chosen = field.choices.iter().find(|choice| choice.value == given);
            let none = || wrong(id, "Choose one of the answers.");
            return chosen.map(|choice| choice.label.text.clone()).ok_or_else(none);
        }
    };
    if chars > most {
        return Err(wrong(id, format!("At most {most} characters.")));
    }
    if given.chars().any(|c| control(c) || (!lines && c.is_control())) {
        return Err(wrong(id, "This has characters that cannot be read."));
    }
    let digits = given.chars().filter(char::is_ascii_digit).count();
    let dialled = |c: char| c.is_ascii_digit() || "+-–()/. ".contains(c);
    match field.kind {
        FieldKind::Email if super::check::email(given).is_err() => {
            Err(wrong(id, "This is no e-mail address."))
        }
        FieldKind::Phone if digits < 3 || !given.chars().all(dialled) => {
            Err(wrong(id, "This is no telephone number."))
        }
        _ => Ok(given.to_owned()),
    }
}

fn missing(field: &str, text: &str) -> ApiError {
    ApiError::new(ErrorCode::FieldMissing, text).at(field)
}

fn wrong(field: &str, text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::FieldInvalid, text).at(field)
}
