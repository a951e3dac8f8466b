//! Calendar links: found by their secret alone, no more than somebody may have, gone when they are revoked.

use accession_events::ids::AccountId;
use accession_secrets::calendar_links::{self, CalendarLink, CalendarToken};
use jiff::Timestamp;
use uuid::Uuid;

use crate::room::{Room, over_both};

over_both!(
    a_link_is_found_by_its_secret_and_by_no_other,
    nobody_has_more_links_than_they_may,
    a_revoked_link_is_gone_and_nobody_revokes_anothers,
    whoever_is_forgotten_has_no_links_and_others_keep_theirs,
);

fn account(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

fn link(id: u128, whose: u128) -> CalendarLink {
    CalendarLink {
        id: Uuid::from_u128(id),
        account: account(whose),
        created_at: Timestamp::from_microsecond(1_700_000_000_000_000 + i64::try_from(id).unwrap())
            .unwrap(),
    }
}

async fn a_link_is_found_by_its_secret_and_by_no_other(room: Room) {
    let links = calendar_links::open(&room.database);
    let (token, other) = (CalendarToken::new().unwrap(), CalendarToken::new().unwrap());
    assert!(links.keep(&link(1, 7), &token, 5).await.unwrap());
    assert_eq!(links.owner(&token).await.unwrap(), Some(account(7)));
    assert_eq!(links.owner(&other).await.unwrap(), None);
    assert_eq!(links.of(account(7)).await.unwrap(), [link(1, 7)]);
    assert_eq!(links.of(account(8)).await.unwrap(), []);
}

async fn nobody_has_more_links_than_they_may(room: Room) {
    let links = calendar_links::open(&room.database);
    for number in 1..=3 {
        let token = CalendarToken::new().unwrap();
        let kept = links.keep(&link(number, 7), &token, 2).await.unwrap();
        assert_eq!(kept, number < 3);
    }
    let token = CalendarToken::new().unwrap();
    assert!(links.keep(&link(9, 8), &token, 2).await.unwrap());
    assert_eq!(links.of(account(7)).await.unwrap().len(), 2);
}

async fn a_revoked_link_is_gone_and_nobody_revokes_anothers(room: Room) {
    let links = calendar_links::open(&room.database);
    let token = CalendarToken::new().unwrap();
    links.keep(&link(1, 7), &token, 5).await.unwrap();
    let id = Uuid::from_u128(1);
    assert!(!links.revoke(account(8), id).await.unwrap());
    assert!(links.revoke(account(7), id).await.unwrap());
    assert!(!links.revoke(account(7), id).await.unwrap());
    assert_eq!(links.owner(&token).await.unwrap(), None);
}

async fn whoever_is_forgotten_has_no_links_and_others_keep_theirs(room: Room) {
    let links = calendar_links::open(&room.database);
    let (gone, stays) = (CalendarToken::new().unwrap(), CalendarToken::new().unwrap());
    links.keep(&link(1, 7), &gone, 5).await.unwrap();
    links.keep(&link(2, 8), &stays, 5).await.unwrap();
    links.forget(account(7)).await.unwrap();
    assert_eq!(links.owner(&gone).await.unwrap(), None);
    assert_eq!(links.owner(&stays).await.unwrap(), Some(account(8)));
}
