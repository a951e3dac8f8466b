//! Who may call which route: the one table. The API description takes its security from here, and tests hold every route
//! of the product against it.
//!
//! It never admits anybody by itself: the extractors of a route do, and a test calls every route as everybody.

mod catalog;
mod identity;
mod ingestion;
mod library;
mod notifications;
mod operations;
mod reading;
mod serving;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Scope;

/// Whom a route is open to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody; a token is not looked at, because the request shows itself what it may (a password, a challenge).
    Anyone,
    /// Everybody; but a token that is there must be good, for it may show more.
    Readers,
    /// Whoever has an account and a session.
    SignedIn,
    /// Active members of the library that the path or the token names, whatever their role.
    Members,
    /// Members who may see everything of their library: viewer, editor, admin.
    Viewers,
    /// Members who change what their library holds: editor, admin.
    Editors,
    /// Members who look after their library: admin.
    LibraryAdmins,
    /// People who look after the shared catalog; admins of the platform too.
    Curators,
    /// People who operate the platform.
    Admins,
    /// Services with this scope; admins of the platform too.
    Services(Scope),
}

impl Audience {
    /// What a person needs to be let in, as the API description names it; none when everybody is.
    #[must_use]
    pub const fn role(self) -> Option<&'static str> {
        match self {
            Self::Anyone | Self::Readers => None,
            Self::SignedIn => Some("account"),
            Self::Members => Some("library:member"),
            Self::Viewers => Some("library:viewer"),
            Self::Editors => Some("library:editor"),
            Self::LibraryAdmins => Some("library:admin"),
            Self::Curators => Some("curator"),
            Self::Admins | Self::Services(_) => Some("admin"),
        }
    }

    /// Whether a request without any token is let in.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Anyone | Self::Readers)
    }

    /// Whether it is a library that decides who is let in.
    #[must_use]
    pub const fn is_of_a_library(self) -> bool {
        matches!(
            self,
            Self::Members | Self::Viewers | Self::Editors | Self::LibraryAdmins
        )
    }
}

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
    notifications::ROUTES,
    catalog::ROUTES,
    ingestion::ROUTES,
    operations::ROUTES,
    reading::ROUTES,
];

/// Every line.
pub fn table() -> impl Iterator<Item = &'static Route> {
    SECTIONS.iter().flat_map(|section| section.iter())
}

static BY_PATH: LazyLock<HashMap<(&'static str, &'static str), Audience>> = LazyLock::new(|| {
    let line = |route: &'static Route| ((route.method, route.path), route.audience);
    table().map(line).collect()
});

/// Whom this route is open to; none when the table does not know it.
#[must_use]
pub fn audience(method: &str, path: &str) -> Option<Audience> {
    BY_PATH.get(&(method, path)).copied()
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
    }
}
