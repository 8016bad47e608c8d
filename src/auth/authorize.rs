//! The table of rights of the HTTP surface. What sockets may do is decided by their token (which
//! object) and by the rules of that object (which frame).

use crate::protocol::api::Role;

/// What an agent asks to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See who is in the team.
    ReadTeam,
    /// Add an agent with this role.
    AddAgent(Role),
    /// Take out an agent who has this role.
    RemoveAgent(Role),
    /// See the rules of the desk.
    ReadRouting,
    /// Change the rules of the desk, and what agents can serve.
    ChangeRouting,
    /// See and change how visitors prove who they are.
    ManageIdentity,
    /// See what the widget shows and asks.
    ReadWidget,
    /// Change what the widget shows and asks.
    ChangeWidget,
    /// Change which files the site takes.
    ChangeFiles,
    /// Open the desk or a conversation of the own site.
    OpenSocket,
}

/// Whether an agent of this role may do this at the own site; at other sites nobody may anything.
pub fn may(role: Role, action: Action) -> bool {
    match (role, action) {
        (_, Action::ReadTeam | Action::OpenSocket | Action::ReadRouting | Action::ReadWidget) => {
            true
        }
        (
            role,
            Action::ChangeRouting
            | Action::ManageIdentity
            | Action::ChangeWidget
            | Action::ChangeFiles,
        ) => role != Role::Agent,
        (Role::Owner, Action::RemoveAgent(Role::Agent | Role::Admin)) => true,
        (Role::Admin, Action::RemoveAgent(Role::Agent)) => true,
        // A site keeps its owner.
        (_, Action::RemoveAgent(_)) => false,
        (Role::Owner, Action::AddAgent(Role::Agent | Role::Admin)) => true,
        (Role::Admin, Action::AddAgent(Role::Agent)) => true,
        // Nobody makes a second owner.
        (_, Action::AddAgent(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_rights() {
        use Role::{Admin, Agent, Owner};
        let check = |role, added, ok| {
            assert_eq!(may(role, Action::AddAgent(added)), ok, "{role:?} adds {added:?}");
            assert_eq!(may(role, Action::RemoveAgent(added)), ok, "{role:?} removes {added:?}");
        };
        for role in [Agent, Admin, Owner] {
            assert!(may(role, Action::ReadTeam) && may(role, Action::OpenSocket));
            assert!(may(role, Action::ReadRouting));
            assert!(may(role, Action::ReadWidget));
            assert_eq!(may(role, Action::ChangeRouting), role != Agent);
            assert_eq!(may(role, Action::ManageIdentity), role != Agent);
            assert_eq!(may(role, Action::ChangeWidget), role != Agent);
            assert_eq!(may(role, Action::ChangeFiles), role != Agent);
            check(role, Owner, false);
        }
        check(Agent, Agent, false);
        check(Agent, Admin, false);
        check(Admin, Agent, true);
        check(Admin, Admin, false);
        check(Owner, Agent, true);
        check(Owner, Admin, true);
    }
}
