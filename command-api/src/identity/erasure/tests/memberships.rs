//! Erasing somebody who belongs to libraries: they let go together with the account, or hold back, and never both.
//!
//! Races are run over a real log, many times.

use accession_events::library::{JoinedHow, LibraryKind, MemberRole};
use accession_events::values::{Personal, ShortText};

use super::*;
use crate::library::departures::Departures;
use crate::library::library::change_member::ChangeMember;
use crate::library::library::create_library::CreateLibrary;
use crate::library::library::invite_member::InviteMember;
use crate::library::library::{KnownLibrary, Library, LibraryCommand};
use crate::ties::{Orphans, TiesError};

/// Longbourn, with everyone who may be asked to come in.
pub(super) struct House {
    pub(super) site: Site,
    pub(super) libraries: Repository<Library>,
    pub(super) ties: Departures,
}

pub(super) fn person(number: u8) -> SubjectId {
    SubjectId::new(Uuid::from_u128(0x0198_0000 + u128::from(number)))
}

pub(super) fn account(number: u8) -> AccountId {
    AccountId::new(person(number).as_uuid())
}

pub(super) fn index(number: u8) -> EmailIndex {
    EmailIndex::new([number; 32])
}

pub(super) fn wish_of(number: u8) -> Erase {
    Erase {
        subject: person(number),
        by: Some(account(number)),
        ..wish()
    }
}

impl House {
    pub(super) async fn new() -> Self {
        let site = Site::new().await;
        let options = RepositoryOptions::default();
        let libraries = Repository::new(site.accounts.log().clone(), options);
        Self {
            ties: Departures::new(libraries.clone()),
            site,
            libraries,
        }
    }

    /// A library that this account has made.
    pub(super) async fn library(&self, number: u8, by: u8) -> String {
        let id = Uuid::from_u128(0x5000 + u128::from(number)).to_string();
        let create = LibraryCommand::Create(CreateLibrary {
            name: ShortText::parse("Longbourn").unwrap(),
            description: None,
            kind: LibraryKind::Family,
            by: account(by),
        });
        self.command(&id, &create).await;
        id
    }

    pub(super) async fn command(&self, id: &str, command: &LibraryCommand) {
        let given = Given::default();
        self.libraries.execute(id, &given, command).await.unwrap();
    }

    pub(super) async fn joins(&self, id: &str, number: u8, role: MemberRole) {
        let loaded = self.libraries.load(id).await.unwrap();
        let joined = LibraryEvent::MemberJoined {
            account: account(number),
            role,
            kind: LibraryKind::Family,
            kids_mode: false,
            how: JoinedHow::Founder,
            invitation: None,
        };
        let ids = Given::default().event_ids;
        let write = self.libraries.prepare(id, &loaded, &[joined], || ids());
        let append = Append {
            writes: vec![write.unwrap()],
            ..Append::default()
        };
        let outcome = self.site.accounts.log().append(append).await.unwrap();
        assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
        self.libraries.forget(id);
    }

    /// Two admins.
    pub(super) async fn with_two_admins(number: u8) -> (Self, String) {
        let house = Self::new().await;
        for who in [1, 2] {
            house.site.register_as(person(who), &index(who)).await;
        }
        let id = house.library(number, 1).await;
        house.joins(&id, 2, MemberRole::Admin).await;
        (house, id)
    }

    pub(super) async fn erase(&self, erase: &Erase) -> Result<Executed<Account>, ErasureError> {
        let given = Given::default();
        self.site.erasure.erase(erase, &self.ties, &given).await
    }

    pub(super) async fn known(&self, id: &str) -> KnownLibrary {
        self.libraries.forget(id);
        let loaded = self.libraries.load(id).await.unwrap();
        loaded.state.known().unwrap().clone()
    }

    async fn key_of(&self, subject: SubjectId) -> Option<KeptKey> {
        let kept = self.site.store.get_many(&[subject]).await;
        kept.unwrap().remove(0)
    }
}

#[tokio::test]
async fn an_erasure_ends_memberships_and_withdraws_invitations_in_the_same_append() {
    let (house, id) = House::with_two_admins(1).await;
    let other = house.library(2, 1).await;
    let stream = house.libraries.stream(&other);
    let alias = SubjectId::new(Uuid::from_u128(0x900));
    let sealer = Sealer::new(house.site.keys.clone());
    let email = "ana@example.org".to_owned();
    let email: Personal<String> = sealer.seal(alias, &stream, "email", &email).await.unwrap();
    // As before there was an account with the address.
    let invite = LibraryCommand::Invite(InviteMember {
        subject: alias,
        challenge: accession_events::ids::ChallengeId::new(Uuid::from_u128(0x901)),
        account: None,
        email,
        email_index: index(2),
        name: None,
        role: MemberRole::Viewer,
        expires_at: Timestamp::MAX,
        by: account(1),
    });
    house.command(&other, &invite).await;
    house.erase(&wish_of(2)).await.unwrap();
    assert_eq!(house.known(&id).await.role_of(account(2)), None);
    assert!(house.known(&other).await.invitations.is_empty());
    let events = house.site.events().await;
    let end = [
        "MemberRemoved",
        "InvitationWithdrawn",
        "SubjectErased",
        "SubjectErased",
        "SessionsRevoked",
        "AccountDeleted",
    ];
    assert!(events.ends_with(&end.map(str::to_owned)), "{events:?}");
    for subject in [person(2), alias] {
        assert_eq!(house.key_of(subject).await, Some(KeptKey::Destroyed));
    }
    // Once more finds nothing to do.
    house.erase(&wish_of(2)).await.unwrap();
    assert_eq!(house.site.events().await, events);
}

#[tokio::test]
async fn who_is_held_back_is_as_they_were() {
    let (house, id) = House::with_two_admins(1).await;
    house.erase(&wish_of(2)).await.unwrap();
    let events = house.site.events().await;
    let refused = house.erase(&wish_of(1)).await;
    let Err(ErasureError::Ties(TiesError::Held(held))) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((held[0].id.to_string(), &*held[0].name), (id, "Longbourn"));
    assert_eq!(house.site.events().await, events);
    assert!(matches!(
        house.key_of(person(1)).await,
        Some(KeptKey::Wrapped(_))
    ));
}

#[tokio::test]
async fn a_library_goes_too_when_that_was_said() {
    let (house, id) = House::with_two_admins(1).await;
    house.joins(&id, 3, MemberRole::Editor).await;
    house.erase(&wish_of(2)).await.unwrap();
    let legal = Erase {
        orphans: Orphans::GoToo,
        by: None,
        ..wish_of(1)
    };
    house.erase(&legal).await.unwrap();
    let events = house.site.events().await;
    assert!(events.contains(&"LibraryDeletionStarted".to_owned()));
    let known = house.known(&id).await;
    assert!(known.member(account(1)).is_none() && known.member(account(3)).is_some());
    assert!(
        house
            .libraries
            .load(&id)
            .await
            .unwrap()
            .state
            .live()
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_admins_who_delete_themselves_at_the_same_moment_one_stays() {
    for round in 0..12 {
        let (house, id) = House::with_two_admins(round).await;
        let house = Arc::new(house);
        let both = [1, 2].map(|who| {
            let house = Arc::clone(&house);
            tokio::spawn(async move { house.erase(&wish_of(who)).await.is_ok() })
        });
        let mut went = 0;
        for one in both {
            went += u8::from(one.await.unwrap());
        }
        assert_eq!(went, 1, "round {round}");
        let known = house.known(&id).await;
        let stayed: Vec<u8> = [1, 2]
            .into_iter()
            .filter(|who| known.role_of(account(*who)) == Some(MemberRole::Admin))
            .collect();
        let [stayed] = stayed[..] else {
            panic!("round {round}: {stayed:?}");
        };
        house.site.accounts.forget(&account(stayed).to_string());
        let loaded = house.site.accounts.load(&account(stayed).to_string()).await;
        assert!(loaded.unwrap().state.live().is_ok(), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_admin_is_not_demoted_while_the_other_deletes_himself() {
    for round in 0..12 {
        let (house, id) = House::with_two_admins(round).await;
        let house = Arc::new(house);
        let demote = LibraryCommand::ChangeMember(ChangeMember {
            account: account(1),
            role: Some(MemberRole::Viewer),
            suspended: None,
            by: account(1),
        });
        let (one, two) = (Arc::clone(&house), Arc::clone(&house));
        let of = id.clone();
        let demoted = tokio::spawn(async move {
            let given = Given::default();
            one.libraries.execute(&of, &given, &demote).await.is_ok()
        });
        let erased = tokio::spawn(async move { two.erase(&wish_of(2)).await.is_ok() });
        let (demoted, erased) = (demoted.await.unwrap(), erased.await.unwrap());
        assert!(demoted != erased, "round {round}: {demoted} {erased}");
        let admins = house.known(&id).await;
        assert!(admins.has_other_admin(account(9)), "round {round}");
    }
}
