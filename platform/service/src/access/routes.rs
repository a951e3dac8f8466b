//! Who may call which route: the one table. [`Deciding`](super::Deciding) lets in whom it names, the API description takes its
//! security from here, and a test calls every route as everybody.
//!
//! Never a line with a condition: what depends on more than who calls and which library is asked is the handler's.

mod catalog;
mod circulation;
mod holdings;
mod identity;
mod ingestion;
mod library;
mod notifications;
mod operations;
mod reading;
mod serving;

use std::collections::HashMap;
use std::sync::LazyLock;

use http::Method;

pub use super::Audience;

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method, in capitals.
    pub method: &'static str,
    /// The path as the router knows it, with `{parameters}`.
    pub path: &'static str,
    /// Whom it is open to.
    pub audience: Audience,
}

impl Route {
    /// The library that a request to this path names, when a library decides and the path names one.
    #[must_use]
    pub fn library_in<'a>(&self, path: &'a str) -> Option<&'a str> {
        if !self.audience.is_of_a_library() {
            return None;
        }
        let mut parts = self.path.split('/').zip(path.split('/'));
        parts.find_map(|(part, text)| (part == "{id}").then_some(text))
    }
}

const fn get(path: &'static str, audience: Audience) -> Route {
    of("GET", path, audience)
}

const fn post(path: &'static str, audience: Audience) -> Route {
    of("POST", path, audience)
}

const fn put(path: &'static str, audience: Audience) -> Route {
    of("PUT", path, audience)
}

const fn patch(path: &'static str, audience: Audience) -> Route {
    of("PATCH", path, audience)
}

const fn delete(path: &'static str, audience: Audience) -> Route {
    of("DELETE", path, audience)
}

const fn of(method: &'static str, path: &'static str, audience: Audience) -> Route {
    Route {
        method,
        path,
        audience,
    }
}

/// One file a context, so that a new route is one new line beside its neighbours.
const SECTIONS: &[&[Route]] = &[
    serving::ROUTES,
    identity::ROUTES,
    library::ROUTES,
    circulation::ROUTES,
    notifications::ROUTES,
    catalog::ROUTES,
    holdings::ROUTES,
    ingestion::ROUTES,
    operations::ROUTES,
    reading::ROUTES,
];

/// Every line.
pub fn table() -> impl Iterator<Item = &'static Route> {
    SECTIONS.iter().flat_map(|section| section.iter())
}

static BY_PATH: LazyLock<HashMap<(&'static str, &'static str), &'static Route>> =
    LazyLock::new(|| {
        let line = |route: &'static Route| ((route.method, route.path), route);
        table().map(line).collect()
    });

/// The line of this route; none when the table does not know it. What answers GET answers HEAD.
#[must_use]
pub fn line(method: &Method, path: &str) -> Option<&'static Route> {
    let method = match *method {
        Method::HEAD => Method::GET.as_str(),
        _ => method.as_str(),
    };
    BY_PATH.get(&(method, path)).copied()
}

/// Whom this route is open to; none when the table does not know it.
#[must_use]
pub fn audience(method: &str, path: &str) -> Option<Audience> {
    BY_PATH.get(&(method, path)).map(|line| line.audience)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_route_stands_in_the_table_twice() {
        assert_eq!(table().count(), BY_PATH.len());
    }

    #[test]
    fn what_changes_something_and_what_is_internal_or_an_admins_is_never_open_by_accident() {
        for route in table() {
            let public = route.path.starts_with("/api/v1/auth/") || route.method == "GET";
            let guarded = route.path.contains("/admin/") || route.path.contains("/internal/");
            assert!(public || !route.audience.is_open(), "{route:?}");
            assert!(
                !guarded || matches!(route.audience, Audience::Admins | Audience::Services(_)),
                "{route:?}"
            );
        }
    }

    #[test]
    fn a_route_is_found_by_its_method_and_path() {
        assert_eq!(audience("POST", "/api/v1/titles"), Some(Audience::Curators));
        assert_eq!(audience("GET", "/api/v1/titles"), None);
        let head = line(&Method::HEAD, "/api/read/titles").unwrap();
        assert_eq!(head.method, "GET");
    }

    #[test]
    fn every_route_that_a_library_opens_names_it_in_its_path() {
        for route in table().filter(|route| route.audience.is_of_a_library()) {
            let path = route.path.replace("{id}", "7");
            assert_eq!(route.library_in(&path), Some("7"), "{route:?}");
        }
        let of_the_catalog = line(&Method::PATCH, "/api/v1/titles/{id}").unwrap();
        assert_eq!(of_the_catalog.library_in("/api/v1/titles/7"), None);
    }
}
