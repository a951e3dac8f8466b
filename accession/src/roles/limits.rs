//! How often which route may be called: the strictest real numbers of the systems that this one replaces, and a generous
//! limit for everything else.
//!
//! Never a limit that only one of several replicas knows, except where counting together would cost more than the answer.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::time::Duration;

use accession_guard::{BadLimit, By, Limit, Reach};
use http::Method;

/// Name, calls, seconds, whose calls are counted together.
const LIMITS: &[(&str, u32, u64, By)] = &[
    ("login", 5, 15 * 60, By::Address),
    ("register", 5, 60, By::Address),
    ("refresh", 5, 60, By::Address),
    ("forgot_password", 3, 60, By::Address),
    ("forgot_password_often", 5, 5 * 60, By::Address),
    ("reset_password", 5, 5 * 60, By::Address),
    ("verify_email", 5, 60, By::Address),
    ("sign_in_with_others", 10, 60, By::Address),
    ("email_change", 3, 60, By::Account),
    ("password_checks", 5, 5 * 60, By::Account),
    ("avatar", 10, 60, By::Account),
    ("invitations", 60, 60 * 60, By::Account),
    ("children", 20, 60 * 60, By::Account),
    ("libraries", 20, 60 * 60, By::Account),
    ("people_search", 20, 60, By::Account),
    ("personal_export", 5, 60 * 60, By::Account),
    ("library_files", 20, 60 * 60, By::Account),
    // A search box asks with each key that is pressed.
    ("suggest", 3000, 60, By::Account),
    ("unknown_callers", 600, 60, By::Address),
    ("writes", 600, 60, By::Account),
    ("reads", 6000, 60, By::Account),
];

/// Routes with limits of their own; of all others only the last two count.
const ROUTES: &[(&str, &str, &[&str])] = &[
    ("POST", "/api/v1/auth/login", &["login", "writes"]),
    ("POST", "/api/v1/auth/register", &["register", "writes"]),
    ("POST", "/api/v1/auth/refresh", &["refresh", "writes"]),
    (
        "POST",
        "/api/v1/auth/forgot-password",
        &["forgot_password", "forgot_password_often", "writes"],
    ),
    (
        "POST",
        "/api/v1/auth/resend-verification",
        &["forgot_password", "forgot_password_often", "writes"],
    ),
    (
        "POST",
        "/api/v1/auth/reset-password",
        &["reset_password", "writes"],
    ),
    (
        "POST",
        "/api/v1/auth/verify-email",
        &["verify_email", "writes"],
    ),
    (
        "POST",
        "/api/v1/auth/confirm-email-change",
        &["verify_email", "writes"],
    ),
    (
        "GET",
        "/api/v1/auth/oauth/{provider}/start",
        &["sign_in_with_others", "writes"],
    ),
    (
        "POST",
        "/api/v1/auth/oauth/{provider}/callback",
        &["sign_in_with_others", "writes"],
    ),
    (
        "POST",
        "/api/v1/auth/oauth/{provider}/consent",
        &["sign_in_with_others", "writes"],
    ),
    // Makes an account, and a hash, as registering does.
    (
        "POST",
        "/api/v1/auth/invitations/accept",
        &["register", "writes"],
    ),
    (
        "POST",
        "/api/v1/auth/invitations/decline",
        &["verify_email", "writes"],
    ),
    ("POST", "/api/v1/libraries", &["libraries", "writes"]),
    (
        "POST",
        "/api/v1/libraries/restore",
        &["library_files", "writes"],
    ),
    // Each sends a mail to whomever the caller names.
    (
        "POST",
        "/api/v1/libraries/{id}/members",
        &["invitations", "writes"],
    ),
    (
        "POST",
        "/api/v1/libraries/{id}/members/children",
        &["children", "writes"],
    ),
    (
        "POST",
        "/api/v1/libraries/{id}/members/{account}/password",
        &["password_checks", "writes"],
    ),
    (
        "POST",
        "/api/v1/users/me/identities/{provider}/link",
        &["password_checks", "writes"],
    ),
    (
        "POST",
        "/api/v1/users/me/email/change",
        &["email_change", "password_checks", "writes"],
    ),
    (
        "POST",
        "/api/v1/users/me/password",
        &["password_checks", "writes"],
    ),
    ("DELETE", "/api/v1/users/me", &["password_checks", "writes"]),
    (
        "POST",
        "/api/v1/libraries/{id}/confirm-deletion",
        &["password_checks", "writes"],
    ),
    ("POST", "/api/v1/users/me/avatar", &["avatar", "writes"]),
    (
        "GET",
        "/api/read/libraries/{id}/members/search",
        &["people_search", "reads"],
    ),
    (
        "GET",
        "/api/read/libraries/{id}/backup",
        &["library_files", "reads"],
    ),
    (
        "GET",
        "/api/read/libraries/{id}/export",
        &["library_files", "reads"],
    ),
    ("GET", "/api/read/me/export", &["personal_export", "reads"]),
    ("GET", "/api/read/suggest", &["suggest", "reads"]),
    (
        "GET",
        "/api/read/libraries/{id}/suggest",
        &["suggest", "reads"],
    ),
];

type OfRoute = HashMap<(&'static str, &'static str), &'static [&'static str]>;

static BY_ROUTE: LazyLock<OfRoute> = LazyLock::new(|| {
    let line = |&(method, path, limits)| ((method, path), limits);
    ROUTES.iter().map(line).collect()
});

/// All limits, with what an operator has set: texts like `login=5/900`.
pub(super) fn limits(set: &[String]) -> Result<Vec<Limit>, BadLimit> {
    let mut limits: Vec<Limit> = LIMITS.iter().map(usual).collect();
    for text in set {
        let bad = || BadLimit { text: text.clone() };
        let (name, value) = text.split_once('=').ok_or_else(bad)?;
        let mut of_name = limits.iter_mut().filter(|limit| limit.name == name.trim());
        of_name.next().ok_or_else(bad)?.set(value)?;
    }
    Ok(limits)
}

fn usual(&(name, calls, seconds, by): &(&'static str, u32, u64, By)) -> Limit {
    let reach = match name {
        // An answer from memory costs less than a question to Redis.
        "reads" | "suggest" | "unknown_callers" => Reach::Process,
        _ => Reach::Shared,
    };
    Limit {
        name,
        calls: NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN),
        over: Duration::from_secs(seconds),
        by,
        reach,
    }
}

/// The limits of a route; none of what tells how the process does and how it is called.
pub(super) fn of_route(method: &Method, route: Option<&str>) -> &'static [&'static str] {
    let general: &[&str] = match *method {
        Method::GET | Method::HEAD => &["reads"],
        Method::OPTIONS => &[],
        _ => &["writes"],
    };
    let Some(route) = route else { return general };
    if let Some(limits) = BY_ROUTE.get(&(method.as_str(), route)) {
        return limits;
    }
    if route.starts_with("/api/") {
        general
    } else {
        &[]
    }
}

/// How long the body of a request to this path may take.
pub(super) fn body_time(path: &str) -> Duration {
    Duration::from_secs(match path {
        // Up to 64 MiB, from somebody's home.
        "/api/v1/libraries/restore" => 600,
        batch if batch.starts_with("/api/v1/internal/") => 60,
        _ => 20,
    })
}

#[cfg(test)]
mod tests {
    use accession_service::access::routes;

    use super::*;

    #[test]
    fn every_limited_route_is_one_that_is_served_and_every_limit_is_some_routes() {
        for (method, path, _) in ROUTES {
            let audience = routes::audience(method, path);
            assert!(audience.is_some(), "nobody serves {method} {path}");
        }
        for (name, ..) in LIMITS {
            let of_a_route = ROUTES.iter().any(|(.., names)| names.contains(name));
            assert!(of_a_route || *name == "unknown_callers", "{name}");
        }
        let searched = of_route(
            &Method::GET,
            Some("/api/read/libraries/{id}/members/search"),
        );
        assert_eq!(searched, ["people_search", "reads"]);
    }

    #[test]
    fn every_limit_of_a_route_is_known_and_every_route_has_a_general_one() {
        for (method, path, names) in ROUTES {
            for name in *names {
                assert!(LIMITS.iter().any(|known| known.0 == *name), "{path} {name}");
            }
            let general = if path.starts_with("/api/read/") {
                "reads"
            } else {
                "writes"
            };
            assert_eq!(names.last(), Some(&general), "{method} {path}");
        }
        assert_eq!(ROUTES.len(), BY_ROUTE.len());
    }

    #[test]
    fn an_operator_sets_a_limit_by_its_name() {
        let set = limits(&["login=50/60".into()]).unwrap();
        let login = set.iter().find(|limit| limit.name == "login").unwrap();
        assert_eq!((login.calls.get(), login.over.as_secs()), (50, 60));
        for bad in ["logn=5/60", "login", "login=5"] {
            assert!(
                limits(&[bad.into()]).unwrap_err().to_string().contains(bad),
                "{bad}"
            );
        }
    }

    #[test]
    fn health_is_not_counted_and_what_nobody_serves_is() {
        assert!(of_route(&Method::GET, Some("/health/ready")).is_empty());
        assert_eq!(of_route(&Method::GET, None), ["reads"]);
        assert_eq!(of_route(&Method::POST, Some("/api/v1/titles")), ["writes"]);
        assert_eq!(
            of_route(&Method::POST, Some("/api/v1/auth/login")),
            ["login", "writes"]
        );
    }
}
