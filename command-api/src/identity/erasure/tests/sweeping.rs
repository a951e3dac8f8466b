//! What was left of an erased person is ended by the reaction: memberships of older logs, and of who came in meanwhile.
//!
//! Every event is delivered twice.

use accession_events::library::MemberRole;
use accession_events::{Position, RecordedEvent};
use accession_secrets::reaction_book::{self, ReactionBook};

use super::memberships::{House, account, index, person, wish_of};
use super::*;
use crate::identity::accounts::Belongings;
use crate::identity::erasure::reactions::{DeletedAccounts, DepartedMembers};
use crate::identity::erasure::retention::KeyDestruction;
use crate::reactions::{Course, Reaction, ReactionError};

/// Delivers an event twice, and tells of the first time.
async fn delivered(
    house: &House,
    reaction: &dyn Reaction,
    wanted: impl Fn(&RecordedEvent) -> bool,
) -> Vec<Result<(), ReactionError>> {
    let book: Arc<dyn ReactionBook> = reaction_book::open(&house.site.database);
    let store = house.site.accounts.log().store();
    let feed = store.read_feed(Position::START, 100).await.unwrap();
    let mut told = Vec::new();
    for event in feed.iter().filter(|event| wanted(event)) {
        let now = Timestamp::UNIX_EPOCH;
        let course = Course::of_event(reaction.name(), event, now, Arc::clone(&book));
        let first = reaction.react(&course, event).await;
        let events = house.site.events().await;
        let _ = reaction.react(&course, event).await;
        assert_eq!(house.site.events().await, events, "the second time");
        told.push(first);
    }
    told
}

fn departed(house: &House) -> DepartedMembers {
    DepartedMembers::new(house.site.erasure.clone(), Arc::new(house.ties.clone()))
}

fn is(name: &'static str) -> impl Fn(&RecordedEvent) -> bool {
    move |event| &*event.event_type == name
}

#[tokio::test]
async fn a_membership_that_an_older_erasure_left_is_ended_once() {
    let (house, id) = House::with_two_admins(1).await;
    // As it was done before libraries were asked.
    let erasure = &house.site.erasure;
    erasure
        .erase(&wish_of(2), &Untied, &Given::default())
        .await
        .unwrap();
    assert!(house.known(&id).await.member(account(2)).is_some());
    let told = delivered(&house, &departed(&house), is("SubjectErased")).await;
    assert_eq!(told, [Ok(())]);
    assert!(house.known(&id).await.member(account(2)).is_none());
}

#[tokio::test]
async fn who_joined_after_the_erasure_is_removed() {
    let (house, id) = House::with_two_admins(1).await;
    house.erase(&wish_of(2)).await.unwrap();
    house.joins(&id, 2, MemberRole::Viewer).await;
    let told = delivered(&house, &departed(&house), is("MemberJoined")).await;
    assert_eq!(told, [Ok(()), Ok(()), Ok(())]);
    assert!(house.known(&id).await.member(account(2)).is_none());
    assert!(house.known(&id).await.member(account(1)).is_some());
}

#[tokio::test]
async fn an_admin_of_an_older_erasure_whom_a_library_would_miss_is_an_alarm_that_names_no_one() {
    let (house, id) = House::with_two_admins(1).await;
    let erasure = &house.site.erasure;
    for who in [1, 2] {
        let given = Given::default();
        erasure.erase(&wish_of(who), &Untied, &given).await.unwrap();
    }
    let told = delivered(&house, &departed(&house), is("SubjectErased")).await;
    // Neither is an admin who counts for the other.
    for told in told {
        let Err(ReactionError::Refused { reason }) = told else {
            panic!("{told:?}");
        };
        assert!(
            reason.contains(&id) && !reason.contains("Longbourn"),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn who_deleted_their_account_by_an_older_version_is_erased_whatever_holds_them() {
    let house = House::new().await;
    house.site.register_as(person(1), &index(1)).await;
    house.library(1, 1).await;
    let given = Given::default();
    let delete = AccountCommand::Delete(None);
    let id = account(1).to_string();
    let accounts = &house.site.accounts;
    accounts.execute(&id, &given, &delete).await.unwrap();
    let reaction = DeletedAccounts::new(house.site.erasure.clone(), Arc::new(house.ties.clone()));
    let told = delivered(&house, &reaction, is("AccountDeleted")).await;
    assert_eq!(told, [Ok(())]);
    assert!(house.site.events().await.contains(&"SubjectErased".into()));
}

#[tokio::test]
async fn what_was_kept_for_an_account_is_forgotten_although_the_process_died_right_after_the_event()
{
    let (house, _) = House::with_two_admins(1).await;
    let avatars = accession_secrets::avatars::open(&house.site.database);
    let sha256 = accession_events::values::ContentHash::of(b"her face");
    let kept = avatars.keep(account(2), &sha256, b"her face");
    kept.await.unwrap();
    // The use case of accounts would forget it: this is only the event.
    house.erase(&wish_of(2)).await.unwrap();
    assert!(avatars.find(&sha256).await.unwrap().is_some(), "the cut");
    let belongings = Belongings::new(&house.site.database);
    let reaction = KeyDestruction::new(house.site.erasure.clone(), belongings);
    let told = delivered(&house, &reaction, is("SubjectErased")).await;
    assert_eq!(told, [Ok(())]);
    assert_eq!(avatars.find(&sha256).await.unwrap(), None);
}
