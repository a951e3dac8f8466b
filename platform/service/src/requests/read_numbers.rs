//! How long answers take, in histograms whose handles are made once: looking one up costs as much as a cached read.
//!
//! Never grows without bound: there are as many handles as routes times statuses.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use http::{Method, StatusCode};
use metrics::Histogram;

use super::numbers::took;

/// Handles of one route: whether it was a HEAD, and the status.
type OfRoute = HashMap<(bool, StatusCode), Histogram>;

/// Handles by route, method and status.
#[derive(Default)]
pub(super) struct ReadNumbers {
    routes: RwLock<HashMap<Box<str>, OfRoute>>,
}

impl std::fmt::Debug for ReadNumbers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ReadNumbers")
            .finish_non_exhaustive()
    }
}

impl ReadNumbers {
    /// Records one answer to a GET or HEAD.
    pub(super) fn record(&self, head: bool, route: &str, status: StatusCode, took: Duration) {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(histogram) = routes
            .get(route)
            .and_then(|statuses| statuses.get(&(head, status)))
        {
            histogram.record(took.as_secs_f64());
            return;
        }
        drop(routes);
        let histogram = handle(head, route, status);
        histogram.record(took.as_secs_f64());
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let statuses = routes.entry(route.into()).or_default();
        statuses.insert((head, status), histogram);
    }
}

fn handle(head: bool, route: &str, status: StatusCode) -> Histogram {
    let method = if head { Method::HEAD } else { Method::GET };
    took(&method, route.to_owned(), status)
}
