//! What holds for a library whatever is asked of it, by however many at the same time.
//!
//! Never used outside tests.

use accession_event_log::Decider;
use accession_events::library::{LibraryEvent, MemberRole};
use cqrs_es::Aggregate;
use proptest::prelude::*;

use super::accept_invitation::AcceptInvitation;
use super::add_child::AddChild;
use super::change_member::ChangeMember;
use super::decline_invitation::DeclineInvitation;
use super::depart::{Depart, Orphaned};
use super::edit_library::EditLibrary;
use super::examples::{account, address, at, challenge, founded, invitation, sealed, subject};
use super::invite_member::InviteMember;
use super::leave::Leave;
use super::remove_member::{RemoveMember, Removed};
use super::revoke_sessions::RevokeSessions;
use super::take_down::{StartDeletion, WindUp};
use super::{Library, LibraryCommand, Life};

/// So many people take part; few, so that they get in each other's way.
const PEOPLE: u8 = 4;

fn role() -> impl Strategy<Value = MemberRole> {
    prop_oneof![
        4 => Just(MemberRole::Admin),
        1 => Just(MemberRole::Editor),
        1 => Just(MemberRole::Viewer),
        1 => Just(MemberRole::Child),
        1 => Just(MemberRole::Patron),
    ]
}

fn who() -> std::ops::RangeInclusive<u8> {
    1..=PEOPLE
}

fn about_members() -> impl Strategy<Value = LibraryCommand> {
    let change = (
        who(),
        proptest::option::of(role()),
        proptest::option::of(any::<bool>()),
        who(),
    );
    prop_oneof![
        4 => change.prop_map(|(of, role, suspended, by)| {
            let (account, by) = (account(of), account(by));
            LibraryCommand::ChangeMember(ChangeMember { account, role, suspended, by })
        }),
        2 => (who(), who()).prop_map(|(of, by)| {
            let who = Removed::Member { account: account(of), record: None };
            LibraryCommand::Remove(RemoveMember { who, by: account(by) })
        }),
        2 => who().prop_map(|of| LibraryCommand::Leave(Leave { account: account(of) })),
        2 => (who(), any::<bool>()).prop_map(|(of, spares)| LibraryCommand::Depart(Depart {
            account: account(of),
            subjects: [subject(of)].into(),
            gone: std::collections::BTreeSet::new(),
            orphaned: if spares { Orphaned::Refuses } else { Orphaned::IsTakenDown(account(of)) },
        })),
        1 => (who(), who()).prop_map(|(of, by)| LibraryCommand::AddChild(AddChild {
            account: account(of),
            name: sealed(of),
            birth_year: None,
            guardian: account(by),
        })),
    ]
}

fn about_invitations() -> impl Strategy<Value = LibraryCommand> {
    prop_oneof![
        4 => (who(), role(), who(), any::<bool>()).prop_map(|(of, role, by, known)| {
            LibraryCommand::Invite(InviteMember {
                account: known.then(|| account(of)),
                by: account(by),
                ..invitation(of, role)
            })
        }),
        4 => (who(), who(), any::<bool>(), 0..800_i64).prop_map(|(of, shown, token, now)| {
            LibraryCommand::Accept(AcceptInvitation {
                account: account(of),
                address: Some(address(of)),
                challenge: token.then(|| challenge(shown)),
                now: at(now),
            })
        }),
        1 => who().prop_map(|of| LibraryCommand::Decline(DeclineInvitation::ByToken(challenge(of)))),
        1 => (who(), who()).prop_map(|(of, by)| {
            let who = Removed::Invitation(challenge(of));
            LibraryCommand::Remove(RemoveMember { who, by: account(by) })
        }),
    ]
}

fn about_the_library() -> impl Strategy<Value = LibraryCommand> {
    prop_oneof![
        4 => (who(), any::<bool>()).prop_map(|(by, on)| LibraryCommand::Edit(EditLibrary {
            name: None,
            description: None,
            kids_mode: Some(on),
            by: account(by),
        })),
        2 => who().prop_map(|by| LibraryCommand::RevokeSessions(RevokeSessions { by: account(by) })),
        1 => who().prop_map(|by| LibraryCommand::StartDeletion(StartDeletion { by: account(by), reason: None })),
        1 => (1..4_usize).prop_map(|at_most| LibraryCommand::WindUp(WindUp { at_most })),
        1 => Just(LibraryCommand::CompleteDeletion),
    ]
}

fn command() -> impl Strategy<Value = LibraryCommand> {
    prop_oneof![6 => about_members(), 6 => about_invitations(), 1 => about_the_library()]
}

/// A log of one stream that takes events only at the version they were decided at.
struct Stream {
    events: Vec<LibraryEvent>,
}

impl Stream {
    fn at(&self, version: usize) -> Library {
        let mut library = Library::default();
        for event in &self.events[..version] {
            library.apply(event.clone());
        }
        library
    }

    fn append(&mut self, version: usize, events: Vec<LibraryEvent>) -> bool {
        let fits = version == self.events.len();
        if fits {
            self.events.extend(events);
        }
        fits
    }
}

/// What must hold after every append.
fn sound(library: &Library) -> bool {
    let Library::Known(known) = library else {
        return false;
    };
    let admins = known.has_other_admin(account(99));
    let kinds = known
        .members
        .values()
        .all(|member| known.kind.knows(member.role));
    let one_each = known.invitations.values().all(|one| {
        known
            .invitations
            .values()
            .filter(|other| other.email_index == one.email_index)
            .count()
            == 1
    });
    kinds && one_each && (known.life != Life::Live || admins)
}

proptest! {
    /// Each command is decided on a state that may be `behind` events old, and decided anew when the log refuses it.
    #[test]
    fn nothing_that_is_asked_at_the_same_time_leaves_a_live_library_without_an_active_admin(
        commands in proptest::collection::vec((command(), 0..4_usize), 1..60),
    ) {
        let mut stream = Stream { events: founded() };
        for (command, behind) in commands {
            let stale = stream.events.len().saturating_sub(behind).max(2);
            let early = stream.at(stale).decide(&command);
            let done = early.is_ok_and(|events| !events.is_empty() && stream.append(stale, events));
            let now = stream.events.len();
            if !done && let Ok(events) = stream.at(now).decide(&command) {
                prop_assert!(stream.append(now, events));
            }
            let library = stream.at(stream.events.len());
            prop_assert!(sound(&library), "after {command:?}: {library:?}");
        }
    }

    #[test]
    fn a_child_came_by_the_child_flow_and_stays_a_child(
        commands in proptest::collection::vec(command(), 1..60),
    ) {
        let mut library = Library::default();
        for event in founded() {
            library.apply(event);
        }
        let mut added = std::collections::BTreeSet::new();
        for command in commands {
            for event in library.decide(&command).unwrap_or_default() {
                if let LibraryEvent::ChildCreated { account, .. } = &event {
                    added.insert(*account);
                }
                library.apply(event);
            }
            let Library::Known(known) = &library else { unreachable!("it was founded") };
            for (account, member) in &known.members {
                prop_assert!(member.role != MemberRole::Child || added.contains(account));
            }
        }
    }

    #[test]
    fn state_survives_its_json_form(commands in proptest::collection::vec(command(), 1..40)) {
        let mut library = Library::default();
        for event in founded() {
            library.apply(event);
        }
        for command in commands {
            for event in library.decide(&command).unwrap_or_default() {
                library.apply(event);
            }
        }
        let text = serde_json::to_string(&library).unwrap();
        prop_assert_eq!(serde_json::from_str::<Library>(&text).unwrap(), library);
    }
}
