//! `npm run whatif`: plays a recorded or made-up day with other settings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod day;
mod play;

use day::Day;
use edgewise::protocol::routing::{Department, Mode, Policy, RoutingSettings};
use play::{Outcome, Plan, play};
use std::process::ExitCode;

const USAGE: &str = "\
--log F       decisions of a site as JSON, a list or one in a line; else a day is made up:
--seed N (1)  --agents N (3)  --visitors N (400)
--rules F     settings as GET /api/routing gives them, else the defaults
--capacity N (5)  --policy least-loaded|round-robin  --mode automatic|offer  --wrap-up S
--misses P (10)   of a hundred offers
--svg F       a chart of the queue over the day";

/// Nobody reads more lines than that.
const AGENTS_TOLD: usize = 50;

/// What is changed in every department.
type Change = Box<dyn Fn(&mut Department)>;

struct Asked {
    day: Day,
    plan: Plan,
    svg: Option<String>,
}

fn main() -> ExitCode {
    let answer = asked().and_then(|asked| {
        let outcome = play(&asked.day, &asked.plan)?;
        print!("{}", told(&asked, &outcome));
        match &asked.svg {
            Some(path) => std::fs::write(path, chart(&outcome)).map_err(|error| error.to_string()),
            None => Ok(()),
        }
    });
    match answer {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn asked() -> Result<Asked, String> {
    let (mut seed, mut agents, mut visitors, mut capacity, mut misses) = (1, 3, 400, 5, 10);
    let (mut log, mut svg) = (None, None);
    let mut settings = RoutingSettings::default();
    let mut changes: Vec<Change> = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next().ok_or(format!("{name} wants a value."))?;
        let number = || value.parse::<u32>().map_err(|_| format!("{value} is no number."));
        match name.as_str() {
            "--seed" => seed = number()?,
            "--agents" => agents = number()?,
            "--visitors" => visitors = number()?,
            "--capacity" => capacity = number()?,
            "--misses" => misses = number()?,
            "--log" => log = Some(read(&value)?),
            "--svg" => svg = Some(value),
            "--rules" => {
                settings = serde_json::from_str(&read(&value)?).map_err(|it| it.to_string())?;
            }
            "--policy" => {
                let policy = match value.as_str() {
                    "least-loaded" => Policy::LeastLoaded,
                    "round-robin" => Policy::RoundRobin,
                    _ => return Err(format!("{value} is no policy.")),
                };
                changes.push(Box::new(move |one| one.policy = policy));
            }
            "--mode" => {
                let mode = match value.as_str() {
                    "automatic" => Mode::Automatic,
                    "offer" => Mode::Offer,
                    _ => return Err(format!("{value} is no mode that can be played.")),
                };
                changes.push(Box::new(move |one| one.mode = mode));
            }
            "--wrap-up" => {
                let seconds = number()?;
                changes.push(Box::new(move |one| one.wrap_up_s = seconds));
            }
            _ => return Err(format!("{name} is not known.")),
        }
    }
    settings.departments.iter_mut().for_each(|one| changes.iter().for_each(|it| it(one)));
    let day = match log {
        Some(text) => Day::recorded(&text)?,
        None => Day::made(seed.into(), agents as usize, visitors as usize),
    };
    let plan = Plan { settings, capacity, misses, seed: seed.into() };
    Ok(Asked { day, plan, svg })
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

fn told(asked: &Asked, outcome: &Outcome) -> String {
    let seconds = |wait: i64| format!("{:.0} s", wait as f64 / 1_000.0);
    let longest = outcome.queue.iter().map(|(_, length)| *length).max().unwrap_or_default();
    let mut text = format!(
        "{} visitors, {} agents of capacity {}\n\
         served {}, not served {}\n\
         wait: median {}, p90 {}, longest {}\n\
         longest queue {longest}, missed offers {}\n",
        asked.day.visits.len(),
        asked.day.duties.len(),
        asked.plan.capacity,
        outcome.waits.len(),
        outcome.unserved,
        seconds(outcome.wait(0.5)),
        seconds(outcome.wait(0.9)),
        seconds(outcome.wait(1.0)),
        outcome.missed,
    );
    let total: usize = outcome.work.values().map(|work| work.turns).sum();
    let (second, minute) = (outcome.busiest(1), outcome.busiest(60));
    text.push_str(&format!(
        "router: {total} turns; busiest second {} turns and {} tells, busiest minute {} and {}\n",
        second.turns, second.tells, minute.turns, minute.tells,
    ));
    for (agent, (served, most)) in outcome.agents.iter().take(AGENTS_TOLD) {
        text.push_str(&format!("{agent}: {served} conversations, {most} at once at most\n"));
    }
    let more = outcome.agents.len().saturating_sub(AGENTS_TOLD);
    if more > 0 {
        text.push_str(&format!("… and {more} more agents\n"));
    }
    text
}

/// The queue over the day, as steps.
fn chart(outcome: &Outcome) -> String {
    let (width, height, edge) = (900.0, 240.0, 36.0);
    let (Some(first), Some(last)) = (outcome.queue.first(), outcome.queue.last()) else {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n".into();
    };
    let span = last.0.since(first.0).0.max(1) as f64;
    let most = outcome.queue.iter().map(|(_, length)| *length).max().unwrap_or(1).max(1) as f64;
    let mut path = String::new();
    let mut level = height - edge;
    for (at, length) in &outcome.queue {
        let x = edge + (width - 2.0 * edge) * at.since(first.0).0 as f64 / span;
        let y = height - edge - (height - 2.0 * edge) * *length as f64 / most;
        let word = if path.is_empty() { "M" } else { "L" };
        path.push_str(&format!("{word}{x:.1} {level:.1}L{x:.1} {y:.1}"));
        level = y;
    }
    let hours = span / 3_600_000.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\
         <path d=\"M{edge} {edge}V{bottom}H{right}\" fill=\"none\" stroke=\"#8a94a6\"/>\
         <path d=\"{path}\" fill=\"none\" stroke=\"#2457d6\" stroke-width=\"1.5\"/>\
         <text x=\"{edge}\" y=\"22\" fill=\"#1c2433\">Visitors in the queue, at most {most}</text>\
         <text x=\"{right}\" y=\"{foot}\" text-anchor=\"end\" fill=\"#5b6577\">\
         {hours:.1} hours</text>\
         </svg>\n",
        bottom = height - edge,
        right = width - edge,
        foot = height - 12.0,
    )
}
