//! Libraries over HTTP, with everybody who may have to do with one: made, peopled, looked at, taken down; as one process
//! and as three roles on three stores.
//!
//! Never goes past what a member can reach; who is let in where is in `doors`.

mod belonging;
mod changing;
mod doors;
mod ending;
mod inviting;
mod leaving;
pub(crate) mod looking;

use tokio::join;

use crate::premises::{Person, Premises};

/// Everybody around two libraries.
struct Cast {
    /// Admin of both.
    ada: Person,
    /// Editor of the family's.
    edgar: Person,
    /// Viewer of the family's.
    vera: Person,
    /// A child of the family's, added by Edgar.
    cleo: Person,
    /// Patron of the lending library.
    paul: Person,
    /// Admin of another library.
    olga: Person,
    /// Belongs to none.
    otto: Person,
    family: String,
    lending: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn libraries_are_made_peopled_and_taken_down_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        everything_a_library_knows(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn libraries_are_made_peopled_and_taken_down_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        everything_a_library_knows(&at).await;
    }
}

async fn everything_a_library_knows(at: &Premises) {
    let cast = Cast::gather(at).await;
    cast.a_library_is_said_otherwise(at).await;
    cast.each_door_opens_to_whom_it_should(at).await;
    cast.a_suspended_member_is_a_stranger_until_reinstated(at)
        .await;
    cast.a_child_sees_itself_and_stays_one(at).await;
    cast.a_library_is_selected_to_work_in(at).await;
    cast.people_are_found_and_what_they_did(at).await;
    cast.invitations_are_answered_sent_again_and_taken_back(at)
        .await;
    cast.somebody_is_removed(at).await;
    cast.an_admin_is_always_left(at).await;
    cast.a_library_is_taken_down(at).await;
}

fn of(library: &str) -> String {
    format!("/api/v1/libraries/{library}")
}

fn asks(library: &str, more: &str) -> String {
    format!("/api/read/libraries/{library}{more}")
}

impl Cast {
    async fn gather(at: &Premises) -> Self {
        let (ada, olga, otto) = join!(
            at.arrives("Ada Founder"),
            at.arrives("Olga Outside"),
            at.arrives("Otto Other")
        );
        let family = at.library(&ada, "Longbourn", "family").await;
        let lending = at.library(&ada, "Meryton", "lending").await;
        at.library(&olga, "Rosings", "family").await;
        let (edgar, vera, paul) = join!(
            at.joins(&ada, &family, "Edgar Ender", "editor"),
            at.joins(&ada, &family, "Vera Viewing", "viewer"),
            at.joins(&ada, &lending, "Paul Patron", "patron")
        );
        Self {
            cleo: at.child(&edgar, &family, "Cleo Child").await,
            ada,
            edgar,
            vera,
            paul,
            olga,
            otto,
            family,
            lending,
        }
    }

    fn member(&self, whose: &Person) -> String {
        format!("{}/members/{}", of(&self.family), whose.account)
    }
}
