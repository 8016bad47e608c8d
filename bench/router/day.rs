//! A day at a desk: who comes when and how long they take, who is on duty; recorded or made up.

use edgewise::id::{AgentId, ConversationId};
use edgewise::protocol::routing::{Decision, Made};
use edgewise::time::{Millis, Span};
use std::collections::BTreeMap;

/// A visitor of the day.
#[derive(Clone, Debug)]
pub struct Visit {
    pub conversation: ConversationId,
    pub at: Millis,
    /// How long the conversation takes once it has an agent, in milliseconds.
    pub takes: i64,
}

/// An agent of the day.
#[derive(Clone, Debug)]
pub struct Duty {
    pub agent: AgentId,
    pub from: Millis,
    pub to: Millis,
}

#[derive(Clone, Debug, Default)]
pub struct Day {
    pub visits: Vec<Visit>,
    pub duties: Vec<Duty>,
}

/// Numbers from a seed (xorshift64*): the same day for the same seed.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// From 0 up to 1.
    pub fn share(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Times between things that come by chance.
    fn pause(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }
}

impl Day {
    /// A day from 9 to 17 with a rush at noon; conversations take 6 minutes in the mean.
    pub fn made(seed: u64, agents: usize, visitors: usize) -> Self {
        let mut chance = Chance::new(seed);
        let hour = 3_600_000.0;
        let opens = Millis(1_767_258_000_000); // 2026-01-01, 09:00 UTC
        let mut visits = Vec::new();
        for number in 0..visitors {
            // Two of three at any time, one in the two hours around noon.
            let hours = match chance.share() < 2.0 / 3.0 {
                true => chance.share() * 8.0,
                false => 2.5 + chance.share() * 2.0,
            };
            visits.push(Visit {
                conversation: ConversationId::parse(&format!("v{number}")).unwrap(),
                at: Millis(opens.0 + (hours * hour) as i64),
                takes: (60_000.0 + chance.pause(300_000.0)) as i64,
            });
        }
        visits.sort_by_key(|visit| visit.at);
        let duty = |number: usize| Duty {
            agent: AgentId::parse(&format!("agent{number}")).unwrap(),
            from: Millis(opens.0 + number as i64 * 1_000),
            to: Millis(opens.0 + (9.0 * hour) as i64),
        };
        Self { visits, duties: (0..agents).map(duty).collect() }
    }

    /// A day from the decisions of a site, one in a line or all in a list. Who was never closed is
    /// taken to have lasted as long as the others did in the mean; agents are on duty from their
    /// first conversation to the end of their last.
    ///
    /// # Errors
    /// What is no decision.
    pub fn recorded(text: &str) -> Result<Self, String> {
        let listed = text.trim_start().starts_with('[');
        let decisions: Vec<Decision> = if listed {
            serde_json::from_str(text).map_err(|error| error.to_string())?
        } else {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            let parsed: Result<_, _> = lines.map(serde_json::from_str).collect();
            parsed.map_err(|error: serde_json::Error| error.to_string())?
        };
        let (mut came, mut began, mut took) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut silent = BTreeMap::new();
        let mut duties: BTreeMap<AgentId, (Millis, Millis)> = BTreeMap::new();
        for one in &decisions {
            let id = &one.conversation;
            match one.made {
                Made::Queued | Made::Parked => {
                    came.entry(id.clone()).or_insert(one.at);
                }
                Made::Assigned => {
                    began.entry(id.clone()).or_insert(one.at);
                }
                Made::Idled => {
                    silent.insert(id.clone(), one.at);
                }
                // A silence takes nobody's place: as if the conversation had begun later.
                Made::Resumed => {
                    let pause = silent.remove(id).map_or(Span(0), |from| one.at.since(from));
                    began.entry(id.clone()).and_modify(|since| *since = since.after(pause));
                }
                Made::Closed => {
                    let since = began.get(id).copied().unwrap_or(one.at);
                    let end = silent.remove(id).unwrap_or(one.at);
                    took.insert(id.clone(), end.since(since).0);
                }
                Made::Offered | Made::Requeued | Made::Missed | Made::Moved => {}
            }
            if let Some(agent) = &one.agent {
                let duty = duties.entry(agent.clone()).or_insert((one.at, one.at));
                duty.1 = one.at;
            }
        }
        let mean = took.values().sum::<i64>() / took.len().max(1) as i64;
        let visits = came.into_iter().map(|(conversation, at)| {
            let takes = took.get(&conversation).copied().unwrap_or(mean).max(1_000);
            Visit { conversation, at, takes }
        });
        let mut visits: Vec<Visit> = visits.collect();
        visits.sort_by_key(|visit| visit.at);
        let duty = |(agent, (from, to))| Duty { agent, from, to };
        Ok(Self { visits, duties: duties.into_iter().map(duty).collect() })
    }
}
