//! What people do, and what is done to them: each act as the events that it leaves.
//!
//! Whether it is possible was asked before.

use super::{ExternalIndex, History, Value, World, address, id, json, sealed, text};

impl World {
    pub(super) fn own(&mut self, history: History, who: u64, word: u8) -> History {
        let linked = json!({ "provider": "google", "subject_index": ExternalIndex::new([word; 32]).to_string() });
        let event = match word % 8 {
            0 => {
                json!({ "ProfileChanged": { "name": text(who, &format!("Another Name {word}")) } })
            }
            1 => return self.moves(history, who, word),
            2 => {
                json!({ "ExternalIdentityLinked": { "identity": linked, "subject": text(who, &format!("sub-{word}")) } })
            }
            3 => json!({ "AccountDisabled": { "reason": text(who, &format!("rude {word}")) } }),
            4 => json!({ "AccountEnabled": {} }),
            5 => json!({ "EmailVerified": {} }),
            6 => json!({ "PreferencesChanged": { "language": "de", "theme_mode": "dark" } }),
            _ => json!({ "PlatformRoleGranted": { "role": "curator" } }),
        };
        history.account(who, event)
    }

    /// Asks for another address, and mostly confirms it.
    fn moves(&mut self, history: History, who: u64, word: u8) -> History {
        self.next += 1;
        let index = u8::try_from(self.next % 250).unwrap_or_default();
        let email = text(who, &format!("moved{word}@example.org"));
        let history = history.account(
            who,
            json!({ "EmailChangeRequested": { "challenge": id(31), "email": email, "email_index": address(index),
                "expires_at": "2027-01-01T00:00:00Z" } }),
        );
        if word.is_multiple_of(3) {
            return history;
        }
        let former = std::mem::replace(&mut self.person(who).address, index);
        history.account(
            who,
            json!({ "EmailChanged": { "challenge": id(31), "email": email, "email_index": address(index),
                "former_index": address(former) } }),
        )
    }

    pub(super) fn sign_in(&mut self, history: History, who: u64, word: u8) -> History {
        let person = self.person(who);
        person.sessions += 1;
        let session = who * 100 + person.sessions;
        let device = text(who, &format!("the tablet of {word}"));
        let started = json!({ "account": id(who), "method": "password", "client": "browser", "device": device });
        let history = history.session(session, json!({ "SessionStarted": started }));
        if word.is_multiple_of(4) {
            let ended = json!({ "account": id(who), "why": "logged_out" });
            return history.session(session, json!({ "SessionEnded": ended }));
        }
        history
    }

    pub(super) fn found(&mut self, history: History, library: u64, who: u64) -> History {
        if self.libraries.contains_key(&library) {
            return history;
        }
        self.libraries.insert(library, vec![who]);
        let created = json!({ "name": "Longbourn", "kind": "family", "by": id(who) });
        let history = history.library(library, json!({ "LibraryCreated": created }));
        history.library(library, joined(who, "admin", "founder", None))
    }

    pub(super) fn invite(&mut self, history: History, library: u64, who: u64, word: u8) -> History {
        if !self.libraries.contains_key(&library) || self.belongs(library, who) {
            return history;
        }
        let subject = self.fresh();
        let account = (!word.is_multiple_of(3)).then_some(who);
        self.invitations.push((subject, library, account));
        self.aliases.push((who, subject));
        let index = address(self.person(who).address);
        let email = text(subject, &format!("asked{word}@example.org"));
        let invited = json!({ "subject": id(subject), "challenge": id(30), "account": account.map(id),
            "email": email, "email_index": index, "name": text(subject, &format!("Nickname {word}")),
            "role": "viewer", "expires_at": "2027-01-01T00:00:00Z", "by": id(600) });
        let history = history.library(library, json!({ "MemberInvited": invited }));
        if !word.is_multiple_of(4) {
            return history;
        }
        let resent = json!({ "subject": id(subject), "challenge": id(32), "email": email,
            "expires_at": "2027-02-01T00:00:00Z", "by": id(600) });
        history.library(library, json!({ "InvitationResent": resent }))
    }

    pub(super) fn accept(&mut self, history: History, who: u64, word: u8) -> History {
        let aliases = &self.aliases;
        let theirs = |subject: u64| aliases.contains(&(who, subject));
        let found = self
            .invitations
            .iter()
            .position(|(subject, ..)| theirs(*subject));
        let Some(place) = found else {
            return history;
        };
        let (subject, library, _) = self.invitations.remove(place);
        if word.is_multiple_of(4) || self.belongs(library, who) {
            let declined = json!({ "subject": id(subject), "account": id(who) });
            return history.library(library, json!({ "InvitationDeclined": declined }));
        }
        self.libraries.entry(library).or_default().push(who);
        history.library(library, joined(who, "viewer", "invitation", Some(subject)))
    }

    /// A child's account, if one of the people has not come yet.
    pub(super) fn child(&mut self, history: History, library: u64, who: u64, word: u8) -> History {
        let child =
            (600..604).find(|child| !self.people.get(child).is_some_and(|one| one.registered));
        let Some(child) = child.filter(|_| self.belongs(library, who)) else {
            return history;
        };
        let created = json!({ "account": id(child), "guardian": id(who), "name": text(child, &format!("Child {word}")),
            "birth_year": sealed(child, &json!(2015)) });
        self.libraries.entry(library).or_default().push(child);
        let history = self.register(history, child, word, Some(who));
        let history = history.library(library, json!({ "ChildCreated": created }));
        history.library(library, joined(child, "child", "child", None))
    }

    /// Ends or changes a membership: by another, with a record of the name, or by the person.
    pub(super) fn end(&mut self, history: History, library: u64, who: u64, word: u8) -> History {
        if !self.belongs(library, who) {
            return history;
        }
        let account = id(who);
        if word.is_multiple_of(3) {
            let changed =
                json!({ "account": account, "from": "viewer", "to": "editor", "by": id(600) });
            return history.library(library, json!({ "RoleChanged": changed }));
        }
        self.leave(library, who);
        let removed = match word % 3 {
            1 if word.is_multiple_of(2) => {
                return history.library(library, json!({ "MemberLeft": { "account": account } }));
            }
            // As it once was: under the account's own key.
            1 => {
                json!({ "account": account, "name": text(who, &format!("Gone {word}")), "by": id(600) })
            }
            _ => {
                let record = self.fresh();
                self.records.push((who, record, library));
                self.aliases.push((who, record));
                json!({ "account": account, "name": text(record, &format!("Gone {word}")), "record": id(record), "by": id(600) })
            }
        };
        history.library(library, json!({ "MemberRemoved": removed }))
    }

    fn leave(&mut self, library: u64, who: u64) {
        if let Some(members) = self.libraries.get_mut(&library) {
            members.retain(|member| *member != who);
        }
    }

    /// What was kept of a removed member has been kept for long enough.
    pub(super) fn purge(&mut self, history: History, word: u8) -> History {
        if self.records.is_empty() {
            return history;
        }
        let (who, record, library) = self.records.remove(usize::from(word) % self.records.len());
        self.aliases.retain(|(_, subject)| *subject != record);
        history.subject(
            record,
            erased(record, Some(who), &[library], "retention_over"),
        )
    }

    /// In the order in which it is done: libraries, subjects, account.
    pub(super) fn erase(&mut self, history: History, who: u64, word: u8) -> History {
        let of: Vec<u64> = self.libraries.keys().copied().collect();
        let mut history = history;
        for library in &of {
            let aliases = &self.aliases;
            let (theirs, others) = std::mem::take(&mut self.invitations)
                .into_iter()
                .partition(|(subject, at, _)| at == library && aliases.contains(&(who, *subject)));
            self.invitations = others;
            let theirs: Vec<(u64, u64, Option<u64>)> = theirs;
            for (subject, ..) in theirs {
                let withdrawn = json!({ "subject": id(subject), "by": null });
                history = history.library(*library, json!({ "InvitationWithdrawn": withdrawn }));
            }
            // Older versions left the memberships as they were.
            if self.belongs(*library, who) && !word.is_multiple_of(5) {
                self.leave(*library, who);
                let removed = json!({ "account": id(who), "name": null, "by": null });
                history = history.library(*library, json!({ "MemberRemoved": removed }));
            }
        }
        history = history.subject(who, erased(who, None, &of, "asked"));
        let (theirs, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.aliases)
            .into_iter()
            .partition(|(person, _)| *person == who);
        self.aliases = others;
        self.records.retain(|(person, ..)| *person != who);
        for (_, alias) in theirs {
            history = history.subject(alias, erased(alias, Some(who), &of, "asked"));
        }
        let farewell = self.fresh();
        let person = self.person(who);
        person.ended = true;
        let deleted = json!({ "email_index": address(person.address), "farewell": {
            "subject": id(farewell), "email": text(farewell, "last@example.org"), "name": text(farewell, "Last"), "language": "en" } });
        let revoked = json!({ "SessionsRevoked": { "why": "account_deleted" } });
        let history = history.account(who, revoked);
        history.account(who, json!({ "AccountDeleted": deleted }))
    }
}

fn joined(who: u64, role: &str, how: &str, invitation: Option<u64>) -> Value {
    json!({ "MemberJoined": { "account": id(who), "role": role, "kind": "family", "kids_mode": false, "how": how,
        "invitation": invitation.map(id) } })
}

fn erased(subject: u64, account: Option<u64>, libraries: &[u64], reason: &str) -> Value {
    let libraries: Vec<String> = libraries.iter().map(|library| id(*library)).collect();
    let mut erased =
        json!({ "subject": id(subject), "libraries": libraries, "by": null, "reason": reason });
    if let Some(account) = account {
        erased["account"] = json!(id(account));
    }
    json!({ "SubjectErased": erased })
}
