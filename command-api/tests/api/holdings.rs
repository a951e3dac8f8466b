//! Places and copies over HTTP.
//!
//! What is read back is read from the log's events: the reading side has tests of its own.

mod copies;
mod isolation;
mod places;
mod stocktaking;
mod undo;

use serde_json::{Value, json};

use crate::app::{Answered, App, Person};

/// A library with an admin, and one room with two shelves in it.
pub(crate) struct Furnished {
    pub(crate) app: App,
    pub(crate) ana: Person,
    pub(crate) library: String,
    pub(crate) room: String,
    pub(crate) shelf: String,
    pub(crate) other: String,
}

impl Furnished {
    pub(crate) async fn over(app: App) -> Self {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let mut it = Self {
            app,
            ana,
            library,
            room: String::new(),
            shelf: String::new(),
            other: String::new(),
        };
        it.room = it.place("room", None).await;
        it.shelf = it.place("shelf", Some(&it.room.clone())).await;
        it.other = it.place("shelf", Some(&it.room.clone())).await;
        it
    }

    pub(crate) async fn embedded() -> Self {
        Self::over(App::embedded().await).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answered {
        let path = format!("/api/v1/libraries/{}/{path}", self.library);
        let call = self.app.post(path).bearer(&self.ana.token);
        call.json(body).send().await
    }

    pub(crate) async fn delete(&self, path: &str, body: &Value) -> Answered {
        let path = format!("/api/v1/libraries/{}/{path}", self.library);
        let call = self.app.delete(path).bearer(&self.ana.token);
        call.json(body).send().await
    }

    pub(crate) async fn place(&self, kind: &str, under: Option<&str>) -> String {
        let body = json!({ "kind": kind, "name": kind, "under": under });
        self.post("places", &body).await.created()
    }

    /// A copy of a new book on a shelf; its id.
    pub(crate) async fn copy(&self, name: &str, place: Option<&str>) -> String {
        let body = json!({ "title": name, "authors": ["Jane Austen"], "place_id": place });
        self.post("copies", &body).await.created()
    }

    /// The order of a shelf, by its events.
    pub(crate) async fn order(&self, place: &str) -> Vec<String> {
        let mut order: Vec<String> = Vec::new();
        for event in self.app.events().await {
            if *event.stream.aggregate_id != *place || !event.stream.to_string().contains("shelf") {
                continue;
            }
            let payload: Value = serde_json::from_str(&event.payload).unwrap();
            let (name, event) = payload.as_object().unwrap().iter().next().unwrap();
            let slots = event["slots"].as_array().cloned().unwrap_or_default();
            let id = |value: &Value| value.as_str().unwrap().to_owned();
            match name.as_str() {
                "CopiesSlotted" => {
                    for slot in slots {
                        let at = usize::try_from(slot["slot"].as_u64().unwrap()).unwrap();
                        order.insert(at - 1, id(&slot["copy_id"]));
                    }
                }
                "CopiesUnslotted" => {
                    for slot in slots {
                        order.retain(|copy| *copy != id(&slot["copy_id"]));
                    }
                }
                "SlotTakenOver" => {
                    for copy in &mut order {
                        if *copy == id(&event["leaves"]) {
                            *copy = id(&event["comes"]);
                        }
                    }
                }
                other => panic!("{other}"),
            }
        }
        order
    }
}
