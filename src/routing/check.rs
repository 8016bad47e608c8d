//! Whether rules fit, before they are taken. A refusal names the field, as a path into what was
//! sent: `departments.1.hours.week`.

use crate::id::{DepartmentId, Skill};
use crate::limits;
use crate::protocol::api::{ApiError, ErrorCode};
use crate::protocol::routing::{Department, Hours, Opening, PageRule, Profile, RoutingSettings};

/// Where in the settings a check is.
struct At<'a>(&'a str);

impl At<'_> {
    #[cold]
    fn refuse(&self, field: &str, message: impl Into<String>) -> ApiError {
        ApiError::new(ErrorCode::BadRequest, message).at(&format!("{}{field}", self.0))
    }

    fn unless(&self, fits: bool, field: &str, message: &str) -> Result<(), ApiError> {
        if fits { Ok(()) } else { Err(self.refuse(field, message)) }
    }

    fn seconds(&self, field: &str, value: u32) -> Result<(), ApiError> {
        if value <= limits::DESK_TIME_S {
            return Ok(());
        }
        Err(self.refuse(field, format!("At most {} seconds.", limits::DESK_TIME_S)))
    }

    fn priority(&self, value: u32) -> Result<(), ApiError> {
        if value <= limits::PRIORITY_MAX {
            return Ok(());
        }
        Err(self.refuse("priority", format!("Priority is 0 to {}.", limits::PRIORITY_MAX)))
    }

    fn few(&self, skills: &[Skill]) -> Result<(), ApiError> {
        if skills.len() <= limits::SKILLS {
            return Ok(());
        }
        Err(self.refuse("skills", format!("At most {} skills.", limits::SKILLS)))
    }
}

/// Checks settings before they are taken; `zone` knows the names of time zones.
#[cold]
pub(super) fn check(
    settings: &RoutingSettings,
    zone: &dyn Fn(&str) -> bool,
) -> Result<(), ApiError> {
    let (site, departments) = (At(""), &settings.departments);
    if !(1..=limits::DEPARTMENTS).contains(&departments.len()) {
        let text = format!("There are 1 to {} departments.", limits::DEPARTMENTS);
        return Err(site.refuse("departments", text));
    }
    site.seconds("grace_s", settings.grace_s)?;
    site.seconds("priority_worth_s", settings.priority_worth_s)?;
    site.seconds("away_after_s", settings.away_after_s)?;
    let text = "Admins are told after 1 missed offer or more.";
    site.unless(settings.misses > 0, "misses", text)?;
    let ids: Vec<&DepartmentId> = departments.iter().map(|one| &one.id).collect();
    for (number, one) in departments.iter().enumerate() {
        let at = format!("departments.{number}.");
        let again = ids.iter().take(number).any(|id| **id == one.id);
        At(&at).unless(!again, "id", "Two departments have the same id.")?;
        department(&At(&at), one, &ids)?;
        if let Some(times) = &one.hours {
            hours(&At(&format!("{at}hours.")), times, zone)?;
        }
    }
    if settings.pages.len() > limits::PAGE_RULES {
        let text = format!("There are at most {} rules for pages.", limits::PAGE_RULES);
        return Err(site.refuse("pages", text));
    }
    let pages = settings.pages.iter().enumerate();
    pages
        .into_iter()
        .try_for_each(|(number, rule)| page(&At(&format!("pages.{number}.")), rule, &ids))
}

#[cold]
fn department(at: &At<'_>, one: &Department, ids: &[&DepartmentId]) -> Result<(), ApiError> {
    let plain = !one.name.chars().any(char::is_control);
    if one.name.chars().count() > limits::NAME_CHARS || !plain {
        let text = format!("A name has at most {} characters.", limits::NAME_CHARS);
        return Err(at.refuse("name", text));
    }
    let other = |id: &DepartmentId| ids.contains(&id) && *id != one.id;
    let leads = one.fallback.as_ref().is_none_or(other);
    at.unless(leads, "fallback", "It goes on to another department of this site.")?;
    at.unless(one.offer_s > 0, "offer_s", "An offer stands for at least a second.")?;
    at.seconds("offer_s", one.offer_s)?;
    at.seconds("wrap_up_s", one.wrap_up_s)?;
    at.seconds("idle_s", one.idle_s)?;
    at.seconds("idle_close_s", one.idle_close_s)?;
    at.seconds("fallback_after_s", one.fallback_after_s.unwrap_or_default())?;
    at.priority(one.priority)?;
    at.few(&one.skills)?;
    at.unless(one.per_agent != Some(0), "per_agent", "At least 1, or absent.")?;
    at.unless(one.queue_max != Some(0), "queue_max", "At least 1, or absent.")
}

#[cold]
fn page(at: &At<'_>, rule: &PageRule, ids: &[&DepartmentId]) -> Result<(), ApiError> {
    if !ids.contains(&&rule.department) {
        let text = format!("There is no department {}.", rule.department);
        return Err(at.refuse("department", text));
    }
    let length = rule.contains.chars().count();
    if !(1..=limits::PAGE_CHARS).contains(&length) {
        let text = format!("A part of a page has 1 to {} characters.", limits::PAGE_CHARS);
        return Err(at.refuse("contains", text));
    }
    at.few(&rule.skills)?;
    at.priority(rule.priority.unwrap_or_default())
}

#[cold]
fn hours(at: &At<'_>, hours: &Hours, zone: &dyn Fn(&str) -> bool) -> Result<(), ApiError> {
    if !zone(&hours.zone) {
        let text = format!("There is no time zone {}: write it like Europe/Vienna.", hours.zone);
        return Err(at.refuse("zone", text));
    }
    let few = |count: usize| count <= limits::OPENINGS;
    let text = format!("There are at most {} times and holidays.", limits::OPENINGS);
    at.unless(few(hours.week.len()), "week", &text)?;
    at.unless(few(hours.holidays.len()), "holidays", &text)?;
    let fits = |opening: &Opening| {
        (1..=7).contains(&opening.day) && opening.from < opening.to && opening.to <= 1_440
    };
    let text = "A time is of day 1 to 7 and ends after it begins, by 24:00.";
    at.unless(hours.week.iter().all(fits), "week", text)?;
    let dated = hours.holidays.iter().all(|day| super::hours::parse_day(day).is_some());
    at.unless(dated, "holidays", "Holidays are written like 2026-12-24.")
}

/// Checks what an agent can serve.
#[cold]
pub(super) fn check_profile(profile: &Profile, settings: &RoutingSettings) -> Result<(), ApiError> {
    let at = At("profile.");
    let known = |id: &DepartmentId| settings.departments.iter().any(|one| one.id == *id);
    if let Some(id) = profile.departments.iter().find(|id| !known(id)) {
        return Err(at.refuse("departments", format!("There is no department {id}.")));
    }
    at.few(&profile.skills)?;
    let language = |text: &String| {
        (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let fits = profile.languages.len() <= limits::SKILLS && profile.languages.iter().all(language);
    at.unless(fits, "languages", "Languages are codes like en, at most 20.")
}
