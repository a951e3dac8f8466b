//! How the read side does, from what it knows already.
//!
//! Never asks the store: a health check must not be one more load on what is in trouble.

use accession_service::health::{Condition, PartStatus};
use serde_json::json;

use crate::cache::HotDocuments;
use crate::feed_health::{FeedHealth, FeedView};
use crate::models::Model;

/// All parts: the store, the change feed, and each read model.
pub(crate) fn parts(hot: &HotDocuments, feed: &FeedHealth) -> Vec<PartStatus> {
    let view = feed.view();
    let mut parts = vec![store(hot, &view), changes(&view)];
    parts.extend(Model::ALL.map(|model| documents(hot, &view, model)));
    parts
}

fn store(hot: &HotDocuments, view: &FeedView) -> PartStatus {
    let (bytes, documents) = hot.size();
    metrics::gauge!("accession_read_cache_bytes").set(float(bytes as u64));
    metrics::gauge!("accession_read_cache_documents").set(float(documents as u64));
    metrics::gauge!("accession_read_feed_followed").set(if view.follows { 1.0 } else { 0.0 });
    let trouble = view.trouble.as_deref().unwrap_or("it was not reached yet");
    let message = if view.follows {
        String::new()
    } else {
        format!(
            "the read store cannot be reached: {trouble}; see that it runs and that its address is right"
        )
    };
    PartStatus {
        name: "read_store".to_owned(),
        condition: if view.follows {
            Condition::Ok
        } else {
            Condition::Down
        },
        message,
        details: json!({
            "seconds_since_heard": view.quiet.map(|quiet| quiet.as_secs_f64()),
            "cached_documents": documents,
            "cached_bytes": bytes,
        }),
    }
}

fn changes(view: &FeedView) -> PartStatus {
    let (condition, message) = match (view.follows, view.was_reached) {
        (true, _) => (Condition::Ok, ""),
        (false, true) => (
            Condition::Degraded,
            "the change feed of documents is not followed: nothing is served from memory until it is",
        ),
        (false, false) => (
            Condition::Degraded,
            "the change feed of documents was never followed since the start",
        ),
    };
    PartStatus {
        name: "document_changes".to_owned(),
        condition,
        message: message.to_owned(),
        details: json!({
            "connected": view.follows,
            "seconds_since_change": view.last_change.map(|age| age.as_secs_f64()),
        }),
    }
}

fn documents(hot: &HotDocuments, view: &FeedView, model: Model) -> PartStatus {
    let name = format!("documents.{}", model.name());
    match hot.standing(model) {
        Some(standing) => {
            metrics::gauge!("accession_read_position", "model" => model.name())
                .set(float(standing.position.get()));
            PartStatus {
                name,
                condition: Condition::Ok,
                message: String::new(),
                details: json!({ "position": standing.position.get(), "generation": standing.generation().0 }),
            }
        }
        None => PartStatus {
            name,
            condition: Condition::Degraded,
            message: if view.follows {
                "it was never built: start the projector".to_owned()
            } else {
                "not known while the change feed of documents is not followed".to_owned()
            },
            details: json!({ "position": null, "generation": null }),
        },
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; exact to 2^53"
)]
fn float(number: u64) -> f64 {
    number as f64
}
