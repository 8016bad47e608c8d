//! What can happen in the world. An action names its subject by a fixed place in the world, so any
//! part of a list of actions can be played again: what is impossible by then does nothing.

/// A browser tab that shows one conversation, of its visitor or in a console.
pub type TabId = u16;
/// One console of an agent.
pub type ConsoleId = u16;
/// A conversation, over all sites.
pub type TalkId = u16;
/// An agent, over all sites.
pub type PersonId = u16;

/// An object: a conversation's or a site's router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Talk(TalkId),
    Desk(u16),
}

/// What the next turn of an object comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The n-th write fails.
    Write(u8),
    /// The runtime dies before the transaction.
    Before,
    /// The runtime dies after the transaction and so many sends or marks.
    After(u8),
}

/// What becomes of a delivery between objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered,
    /// The network has it twice.
    Twice,
    /// Answered, and a copy arrives once more, later.
    Echo,
    /// It arrives, its answer does not.
    AnswerLost,
    /// It does not arrive in time, but later.
    Late,
    Lost,
}

/// How a socket ends that its client gives up or loses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// What is on its way arrives before the end is seen.
    Slow,
    /// What is on its way is lost.
    Hard,
    /// The server never sees the end.
    Silent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    // A tab. `age` counts its sockets that still hold frames, the newest first.
    OpenTab(TabId),
    CloseTab(TabId, Cut),
    ConnectTab(TabId),
    CutTab(TabId, Cut),
    TabUp(TabId, u8),
    TabDown(TabId),
    TabEndSeen(TabId, u8),
    TabLossSeen(TabId),
    Write(TabId, u16),
    Typing(TabId),
    Look(TabId),
    CloseTalk(TabId),
    /// Reads what another tab did with the outbox.
    Reread(TabId),
    Retry(TabId),
    Discard(TabId),
    /// Sends what was sent once more.
    Repeat(TabId),
    /// Sends a used id with another text.
    Reuse(TabId),
    Freeze(TabId),

    // A console and its desk.
    OpenConsole(ConsoleId),
    CloseConsole(ConsoleId, Cut),
    ConnectConsole(ConsoleId),
    CutConsole(ConsoleId, Cut),
    ConsoleUp(ConsoleId, u8),
    ConsoleDown(ConsoleId),
    ConsoleEndSeen(ConsoleId, u8),
    ConsoleLossSeen(ConsoleId),
    Accept(ConsoleId, bool),
    Transfer(ConsoleId, TalkId, PersonId),
    Take(ConsoleId, TalkId),
    Answer(ConsoleId, TalkId, bool),
    HandBack(ConsoleId, TalkId),
    Invite(ConsoleId, TalkId, PersonId),
    Leave(ConsoleId, TalkId),
    Ready(ConsoleId),
    Active(ConsoleId),
    Capacity(PersonId, u8),
    FreezeConsole(ConsoleId),

    // An object and what it owes.
    Ring(Place),
    Carry(Place, u8, Fate),
    LateLetter(u8),
    Sleep(Place),
    Kill(Place),
    Break(Place, Fault),
    Snapshot(TalkId),
    Restore(TalkId),

    // The clock.
    Wait(u32),
    Jump(i32),

    /// The network is whole, everyone comes back and all must agree; agents with their bit in the
    /// mask stay away.
    Heal(u8),
}
