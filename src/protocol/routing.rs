//! How a site's desk decides: what its admins set, and what it says about each decision. The rules
//! are explained in docs/routing.md.

use crate::id::{AgentId, ConversationId, DepartmentId, Skill};
use crate::limits;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// `GET` and `POST /api/routing`: all rules of a site. What is absent has its default, with which
/// a site behaves as one team that shares all visitors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct RoutingSettings {
    /// Counts the saves. Rules that name another count than the present one were made from old
    /// ones, and are refused; without one they replace whatever stands.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// How long the conversations of an agent whose last console is gone stay theirs, in seconds.
    pub grace_s: u32,
    /// Offers in a row that an agent may miss before admins are told.
    pub misses: u32,
    /// What one step of priority is worth, in seconds of waiting.
    pub priority_worth_s: u32,
    /// Whether any agent may take a waiting visitor out of turn; else only admins and owners.
    pub agents_take: bool,
    /// An agent who does nothing at any console for so many seconds is away; 0 for never.
    pub away_after_s: u32,
    /// At least one. Visitors whom no page rule sends elsewhere enter the first.
    pub departments: Vec<Department>,
    /// The first that fits decides where a visitor enters.
    pub pages: Vec<PageRule>,
}

/// One queue and its rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Department {
    /// Names it in rules and links.
    pub id: DepartmentId,
    /// Its name for people.
    pub name: String,
    /// How a visitor comes to an agent.
    pub mode: Mode,
    /// Which of several free agents.
    pub policy: Policy,
    /// A visitor who comes back goes to the last agent, when that one is free.
    pub last_agent_first: bool,
    /// What the visitor's language means.
    pub language: LanguageRule,
    /// Skills that every visitor of this department needs.
    pub skills: Vec<Skill>,
    /// Conversations of this department that one agent may have at once; only capacity when absent.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_agent: Option<u32>,
    /// 0 to 9; of visitors who could go to the same agent, each step counts as
    /// `priority_worth_s` of waiting.
    pub priority: u32,
    /// Visitors in the queue; whoever comes later is parked. No bound when absent.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_max: Option<u32>,
    /// Where visitors go when nobody of this department is on duty, or after `fallback_after_s`.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<DepartmentId>,
    /// In seconds; only when nobody is on duty when absent.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_after_s: Option<u32>,
    /// How long an offer stands, in seconds.
    pub offer_s: u32,
    /// Time for notes after a close, in which the agent gets nobody new; in seconds.
    pub wrap_up_s: u32,
    /// A visitor who leaves the agent's word unanswered for so many seconds is asked whether they
    /// are still there, and the agent's place is free; 0 for never.
    pub idle_s: u32,
    /// Whoever does not answer that either for so many seconds has left: the conversation is
    /// closed; 0 for never.
    pub idle_close_s: u32,
    /// When it is open; always when absent.
    #[cfg_attr(test, ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
}

/// How a visitor comes to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Assigned at once.
    Automatic,
    /// Offered to one agent after the other, who accept or decline.
    Offer,
    /// Agents take from the queue.
    Manual,
}

/// Which of several free agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The least loaded relative to capacity, then the longest idle.
    LeastLoaded,
    /// The one who got a visitor the longest time ago.
    RoundRobin,
}

/// What the visitor's language means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LanguageRule {
    /// Nothing.
    Ignored,
    /// Agents who speak it first, then anybody.
    Preferred,
    /// Only agents who speak it.
    Required,
}

/// Sends visitors of some pages to a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct PageRule {
    /// Part of the page's address.
    pub contains: String,
    /// Where its visitors enter.
    pub department: DepartmentId,
    /// Skills they need besides those of the department.
    #[serde(default)]
    pub skills: Vec<Skill>,
    /// Their priority, when not that of the department.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
}

/// When a department is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// IANA name of the time zone in which the times are meant.
    pub zone: String,
    /// Weekly times; none means closed.
    pub week: Vec<Opening>,
    /// Days on which it is closed, `YYYY-MM-DD`.
    #[serde(default)]
    pub holidays: Vec<String>,
}

/// A time of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// 1 is Monday, 7 Sunday.
    pub day: u32,
    /// Minute of the day, 0 to 1439.
    pub from: u32,
    /// Minute of the day, up to 1440, after `from`.
    pub to: u32,
}

/// `POST /api/routing/agents`: what one agent does at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct AgentRouting {
    /// Who.
    pub agent: AgentId,
    /// How many conversations at once.
    pub capacity: u32,
    /// Departments, skills and languages.
    pub profile: Profile,
}

/// Whom an agent can serve.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Their departments; all when empty.
    pub departments: Vec<DepartmentId>,
    /// What they know.
    pub skills: Vec<Skill>,
    /// Languages as two- or three-letter codes; any when empty.
    pub languages: Vec<String>,
}

/// A stored decision of the desk, with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Decision {
    /// Counts all decisions of the site from 1.
    #[cfg_attr(test, ts(type = "number"))]
    pub nth: i64,
    /// When.
    pub at: Millis,
    /// About which conversation.
    pub conversation: ConversationId,
    /// In which department.
    pub department: DepartmentId,
    /// What was decided.
    pub made: Made,
    /// Why.
    pub because: Because,
    /// Whom it concerns: who got the conversation, or had it.
    #[cfg_attr(test, ts(optional))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// How long the visitor had waited, in milliseconds.
    #[cfg_attr(test, ts(type = "number"))]
    pub waited: i64,
    /// Others who were looked at, and why it was not them.
    #[serde(default)]
    pub others: Vec<Other>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// The visitor entered the queue.
    Queued,
    /// The visitor waits outside of the queue.
    Parked,
    /// An agent was asked.
    Offered,
    /// An agent got the conversation.
    Assigned,
    /// The conversation went back into the queue.
    Requeued,
    /// An offer ended without an answer.
    Missed,
    /// The visitor went on to another department.
    Moved,
    /// The conversation ended.
    Closed,
    /// The agent keeps the conversation, and its place is free.
    Idled,
    /// The conversation takes its place again.
    Resumed,
}

/// Why it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The visitor wrote.
    Wrote,
    /// The agent had the visitor before.
    LastAgent,
    /// The visitor, or a link, asked for the agent.
    Named,
    /// Nobody else could.
    OnlyOne,
    /// Least loaded relative to capacity.
    LeastLoaded,
    /// Of the least loaded, idle for the longest time.
    LongestIdle,
    /// Whose turn it was.
    Turn,
    /// Speaks the visitor's language.
    Language,
    /// Accepted the offer.
    Accepted,
    /// Declined the offer.
    Declined,
    /// Did not answer the offer in time.
    NoAnswer,
    /// Took the first in line.
    TookNext,
    /// Took somebody out of turn.
    TookOutOfTurn,
    /// Another agent handed over.
    Transfer,
    /// The agent gave the conversation back.
    HandedBack,
    /// The agent is gone.
    AgentGone,
    /// The agent went away while asked.
    AgentAway,
    /// The department is closed.
    OutOfHours,
    /// The department is open again, or has room.
    Opened,
    /// The queue is full.
    QueueFull,
    /// Nobody of the department is on duty.
    NobodyOnDuty,
    /// Waited too long in the department.
    WaitedLong,
    /// Its agent ended it.
    Ended,
    /// The visitor has left the agent's word unanswered.
    Silent,
    /// The visitor is back, and the agent has others meanwhile.
    AgentFull,
}

/// Somebody who did not get the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Other {
    /// Who.
    pub agent: AgentId,
    /// Why not.
    pub why: WhyNot,
}

/// Why somebody did not get a conversation. The first group could not, the second only lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// No console is open.
    Offline,
    /// Does not accept new chats.
    Away,
    /// Writes notes after a close.
    WrapUp,
    /// At capacity.
    Full,
    /// Works in other departments.
    OtherDepartment,
    /// At the bound of this department.
    DepartmentFull,
    /// Lacks a skill.
    LacksSkill,
    /// Does not speak the language.
    OtherLanguage,
    /// Has declined or missed this visitor.
    Declined,
    /// Has more to do relative to capacity.
    MoreLoaded,
    /// Had a visitor later.
    LessIdle,
    /// Comes later in turn.
    LaterInTurn,
    /// The visitor knows, or asked for, somebody else.
    NotAskedFor,
    /// Equal in all; the lower id decides.
    HigherId,
}

impl Default for RoutingSettings {
    fn default() -> Self {
        Self {
            version: None,
            grace_s: limits::GRACE_S,
            misses: 3,
            priority_worth_s: 120,
            agents_take: true,
            away_after_s: 0,
            departments: vec![Department::default()],
            pages: Vec::new(),
        }
    }
}

impl Default for Department {
    fn default() -> Self {
        Self {
            id: DepartmentId::main(),
            name: String::new(),
            mode: Mode::Automatic,
            policy: Policy::LeastLoaded,
            last_agent_first: true,
            language: LanguageRule::Preferred,
            skills: Vec::new(),
            per_agent: None,
            priority: 0,
            queue_max: None,
            fallback: None,
            fallback_after_s: None,
            offer_s: 20,
            wrap_up_s: 0,
            idle_s: limits::IDLE_S,
            idle_close_s: limits::IDLE_S,
            hours: None,
        }
    }
}
