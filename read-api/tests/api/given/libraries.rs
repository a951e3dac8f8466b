//! Libraries with members, places and copies, told in the words of their events.
//!
//! Never more than one session an account: all have the one that `session_token` names.

use std::sync::Arc;

use accession_projector::circulation::AvailabilityModel;
use accession_projector::holdings::{CopyModel, PlacesModel, ShelfModel};
use accession_projector::identity::StandingModel;
use accession_read_store::ReadStore;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Catalogue, Fold, id};

impl Catalogue {
    /// An empty catalogue with the read models of libraries, all built and live.
    pub(crate) async fn with_libraries(store: &Arc<dyn ReadStore>) -> Self {
        let mut catalogue = Self::unpromoted_with_libraries(store, 1).await;
        catalogue.promote().await;
        catalogue.happens_elsewhere(1);
        catalogue.write().await;
        catalogue
    }

    /// A generation of all of them that readers are not sent to yet.
    pub(crate) async fn unpromoted_with_libraries(
        store: &Arc<dyn ReadStore>,
        generation: u32,
    ) -> Self {
        let mut catalogue = Self::unpromoted(store, generation).await;
        let to = &**store;
        catalogue.models.extend([
            Fold::take_over(to, StandingModel, generation).await,
            Fold::take_over(to, CopyModel, generation).await,
            Fold::take_over(to, PlacesModel, generation).await,
            Fold::take_over(to, ShelfModel, generation).await,
            Fold::take_over(to, AvailabilityModel, generation).await,
        ]);
        catalogue
    }

    /// Something that no reader is told of.
    pub(crate) fn happens_elsewhere(&mut self, number: u128) {
        let opened = json!({ "source": "goodbooks", "input": "books.csv" });
        let run = id(90_000 + number);
        self.tell("ingestion.import_run", run, "ImportRunOpened", &opened);
    }

    /// Somebody with an account.
    pub(crate) fn registers(&mut self, number: u128) -> Uuid {
        let registered = json!({ "email": { "known": "ana@example.org" }, "name": { "known": "Ana" },
            "email_index": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE", "language": "en",
            "consents": { "privacy": "1", "terms": "1" } });
        self.tell(
            "identity.account",
            id(number),
            "AccountRegistered",
            &registered,
        );
        id(number)
    }

    /// Somebody with an account who belongs to a library.
    pub(crate) fn joins(&mut self, number: u128, library: Uuid, role: &str) -> Uuid {
        let account = self.registers(number);
        let joined = json!({ "account": account, "role": role, "kind": "family", "kids_mode": false, "how": "founder" });
        self.tell("library.library", library, "MemberJoined", &joined);
        account
    }

    /// A place of a library.
    pub(crate) fn add_place(
        &mut self,
        number: u128,
        library: Uuid,
        kind: &str,
        under: Option<Uuid>,
        name: &str,
    ) -> Uuid {
        let mut place = json!({ "place_id": id(number), "kind": kind, "name": name, "at": 1 });
        if let Some(under) = under {
            place["under"] = json!(under);
        }
        let added = json!({ "place": place });
        self.tell("holdings.places", library, "PlaceAdded", &added);
        id(number)
    }

    /// A copy of a title.
    pub(crate) fn add_copy(
        &mut self,
        number: u128,
        library: Uuid,
        title: Uuid,
        details: &[(&str, Value)],
    ) -> Uuid {
        let detail = |(name, value): &(&str, Value)| json!({ "detail": name, "value": value });
        let details: Vec<Value> = details.iter().map(detail).collect();
        let added = json!({ "library_id": library, "title_id": title, "details": details });
        self.tell("holdings.copy", id(number), "CopyAdded", &added);
        id(number)
    }

    /// Something else that happens to a copy.
    pub(crate) fn of_copy(
        &mut self,
        copy: Uuid,
        library: Uuid,
        title: Uuid,
        event: &str,
        more: &Value,
    ) {
        let mut happened = json!({ "library_id": library, "title_id": title });
        let fields = more.as_object().unwrap().clone();
        happened.as_object_mut().unwrap().extend(fields);
        self.tell("holdings.copy", copy, event, &happened);
    }

    /// A copy is put somewhere.
    pub(crate) fn move_copy(&mut self, copy: Uuid, library: Uuid, title: Uuid, place: Uuid) {
        let to = json!({ "from": null, "to": { "place_id": place, "slot": 1 } });
        self.of_copy(copy, library, title, "CopyMoved", &to);
    }

    /// Somebody waits for a copy.
    pub(crate) fn hold(&mut self, copy: Uuid, library: Uuid, title: Uuid, account: Uuid) {
        let placed = json!({ "hold": id(70_000), "library": library, "title": title,
            "borrower": { "patron": id(70_001), "account": account },
            "placed_at": "2026-11-22T10:00:00Z", "by": account });
        self.tell("circulation.lending", copy, "HoldPlaced", &placed);
    }
}
