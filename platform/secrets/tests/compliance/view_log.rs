//! Views of personal data: written down in one piece, told the newest first, purged and forgotten.

use accession_secrets::view_log;
use accession_service::views::{OPERATOR, View};
use jiff::Timestamp;
use uuid::Uuid;

use crate::room::{Room, over_both};

over_both!(
    more_views_than_one_step_deletes_are_purged_all_the_same,
    views_are_told_the_newest_first_and_in_pages,
    old_views_are_purged_and_those_of_an_erased_person_forgotten,
    whoever_is_erased_is_forgotten_as_a_viewer_and_that_somebody_looked_is_not,
);

fn view(subject: u128, second: i64) -> View {
    View {
        at: Timestamp::from_second(second).unwrap(),
        viewer: Uuid::from_u128(9),
        subject: Uuid::from_u128(subject),
        route: "/api/read/admin/accounts/{id}".to_owned(),
    }
}

async fn views_are_told_the_newest_first_and_in_pages(room: Room) {
    let views = view_log::open(&room.database);
    let noted = [view(1, 10), view(2, 11), view(1, 30), view(1, 20)];
    views.note(&noted).await.unwrap();
    views.note(&[]).await.unwrap();
    let of = views.of(Uuid::from_u128(1), None, 2).await.unwrap();
    assert_eq!(of, [view(1, 30), view(1, 20)]);
    let rest = views
        .of(Uuid::from_u128(1), Some(of[1].at), 10)
        .await
        .unwrap();
    assert_eq!(rest, [view(1, 10)]);
}

async fn more_views_than_one_step_deletes_are_purged_all_the_same(room: Room) {
    let views = view_log::open(&room.database);
    let many: Vec<View> = (0..1_100).map(|_| view(1, 10)).collect();
    views.note(&many).await.unwrap();
    views.note(&[view(1, 20)]).await.unwrap();
    let before = Timestamp::from_second(20).unwrap();
    assert_eq!(views.purge(before).await.unwrap(), 1_100);
    assert_eq!(
        views.of(Uuid::from_u128(1), None, 10).await.unwrap(),
        [view(1, 20)]
    );
}

async fn old_views_are_purged_and_those_of_an_erased_person_forgotten(room: Room) {
    let views = view_log::open(&room.database);
    views
        .note(&[view(1, 10), view(1, 20), view(2, 20)])
        .await
        .unwrap();
    let before = Timestamp::from_second(20).unwrap();
    assert_eq!(views.purge(before).await.unwrap(), 1);
    assert_eq!(views.purge(before).await.unwrap(), 0);
    views.forget(Uuid::from_u128(2)).await.unwrap();
    assert_eq!(
        views.of(Uuid::from_u128(1), None, 10).await.unwrap(),
        [view(1, 20)]
    );
    assert_eq!(views.of(Uuid::from_u128(2), None, 10).await.unwrap(), []);
}

async fn whoever_is_erased_is_forgotten_as_a_viewer_and_that_somebody_looked_is_not(room: Room) {
    let views = view_log::open(&room.database);
    let by_another = View {
        viewer: Uuid::from_u128(8),
        ..view(1, 30)
    };
    views
        .note(&[view(1, 10), by_another.clone(), view(9, 20)])
        .await
        .unwrap();
    for _ in 0..2 {
        views.forget(Uuid::from_u128(9)).await.unwrap();
        let by_nobody = View {
            viewer: OPERATOR,
            ..view(1, 10)
        };
        let of = views.of(Uuid::from_u128(1), None, 10).await.unwrap();
        assert_eq!(of, [by_another.clone(), by_nobody]);
        assert_eq!(views.of(Uuid::from_u128(9), None, 10).await.unwrap(), []);
    }
}
