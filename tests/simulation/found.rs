//! Runs that once broke a promise, made short; each in the world of its seed and episode.

use super::Violation;
use super::action::Action::{self, *};
use super::action::Cut;
use super::action::Fate::{AnswerLost, Answered, Echo, Lost};
use super::action::Fault;
use super::action::Place::{Desk, Talk};
use super::episode::{Failure, replay};

struct Found {
    seed: u64,
    episode: u64,
    /// What went wrong then.
    was: &'static str,
    actions: &'static [Action],
    /// Whether its sites had rules of their own.
    rules: bool,
}

const FOUND: &[Found] = &[
    Found {
        seed: 2813,
        episode: 5173,
        was: "a delivery that failed while mail was carried left the clock without alarm",
        rules: true,
        actions: &[
            OpenTab(25),
            OpenTab(26),
            ConnectTab(25),
            TabUp(25, 0),
            Write(25, 19),
            TabDown(25),
            TabDown(25),
            ConnectTab(26),
            TabUp(25, 0),
            OpenConsole(7),
            Ring(Talk(7)),
            ConnectConsole(7),
            ConsoleUp(7, 0),
            Carry(Talk(7), 0, AnswerLost),
            ConsoleDown(7),
            Take(7, 7),
            ConsoleUp(7, 0),
            Write(25, 11),
            CutTab(25, Cut::Hard),
            Ring(Desk(2)),
            Carry(Desk(2), 0, Answered),
            ConnectTab(25),
            TabUp(25, 0),
            TabDown(25),
            Wait(1000),
            Ring(Talk(7)),
            HandBack(7, 7),
            ConsoleUp(7, 0),
            Ring(Desk(2)),
            Break(Talk(7), Fault::Write(0)),
            Carry(Desk(2), 0, Answered),
            Carry(Talk(7), 0, Answered),
            TabUp(26, 0),
        ],
    },
    Found {
        seed: 52,
        episode: 23,
        was: "an object that had slept set its alarm for its mail, later than its clock wanted",
        rules: true,
        actions: &[
            Heal(0),
            OpenTab(13),
            Write(9, 2),
            Write(13, 8),
            TabUp(9, 0),
            Ring(Talk(2)),
            Carry(Talk(2), 0, Answered),
            Take(5, 2),
            Heal(0),
            Retry(13),
            TabUp(13, 0),
            Wait(7089),
            Ring(Talk(2)),
            Write(9, 500),
            TabUp(9, 0),
            Carry(Talk(2), 0, Lost),
            Kill(Talk(2)),
            CutTab(13, Cut::Slow),
            Jump(-554042),
            ConnectTab(13),
            TabUp(13, 0),
        ],
    },
    Found {
        seed: 31,
        episode: 8,
        was: "a clock that went back left the alarm later than a silence that began then",
        rules: true,
        actions: &[
            OpenConsole(2),
            ConnectConsole(2),
            OpenTab(30),
            ConsoleUp(2, 0),
            ConsoleDown(2),
            Write(30, 19),
            ConnectTab(30),
            TabUp(30, 0),
            TabDown(30),
            TabDown(30),
            TabUp(30, 0),
            Accept(2, true),
            Ring(Talk(4)),
            Carry(Talk(4), 0, Answered),
            ConsoleUp(2, 0),
            Ring(Desk(0)),
            Carry(Desk(0), 0, Echo),
            OpenTab(33),
            ConnectTab(33),
            TabUp(33, 0),
            TabDown(33),
            TabDown(33),
            Write(30, 3),
            Wait(54457),
            Write(33, 12),
            TabUp(33, 0),
            Jump(-28806),
            Ring(Talk(4)),
            TabUp(30, 0),
        ],
    },
    Found {
        seed: 14,
        episode: 1,
        was: "the clock stood still once a visitor was asked where nothing is closed",
        rules: true,
        actions: &[
            Heal(243),
            Write(13, 0),
            Accept(3, true),
            Heal(0),
            OpenTab(19),
            Accept(3, true),
            Write(19, 1),
            Heal(0),
            Write(19, 13),
            TabUp(19, 0),
        ],
    },
    Found {
        seed: 1,
        episode: 41,
        rules: false,
        was: "a lapsed console that pinged again stayed open, and its agent counted as gone",
        actions: &[Heal(0), Transfer(1, 0, 0), Jump(585_384), Heal(250)],
    },
    Found {
        seed: 1,
        episode: 13,
        rules: false,
        was: "a clock that went back sent sessions away for as long",
        actions: &[
            OpenTab(41),
            OpenConsole(1),
            ConnectTab(41),
            TabUp(41, 0),
            OpenConsole(0),
            OpenTab(1),
            ConnectConsole(0),
            Jump(-304_630),
            ConsoleUp(0, 0),
            ConsoleDown(0),
            Jump(-479_027),
            Accept(0, true),
            ConsoleUp(0, 0),
            Jump(-575_596),
            ConnectConsole(1),
            ConsoleUp(1, 0),
            ConsoleDown(1),
            Jump(-573_344),
            Write(1, 8),
            Accept(1, true),
            ConsoleUp(1, 0),
            Write(41, 2),
            Accept(1, true),
            Jump(-409_461),
            Heal(0),
        ],
    },
];

/// Plays them again. How many there are, when all hold.
pub fn play_found() -> Result<usize, Box<Failure>> {
    for found in FOUND {
        if let Some((event, violation)) =
            replay(found.seed, found.episode, found.actions, found.rules)
        {
            let violation = Violation(format!("{} (before: {})", violation.0, found.was));
            let (seed, episode) = (found.seed, found.episode);
            let trace = found.actions[..event].to_vec();
            return Err(Box::new(Failure {
                seed,
                episode,
                event,
                violation,
                trace,
                length: event,
            }));
        }
    }
    Ok(FOUND.len())
}
