//! What the descriptions of all routes have in common: how callers show who they are, who may call what, and problems.
//!
//! Never used by a handler; only by what describes it.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::Ref;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, RefOr, Response, ResponseBuilder};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::access::routes::{self, Audience};
use crate::problem::ProblemBody;

/// A person's access token.
const BEARER: &str = "bearer";
/// A service credential.
const SERVICE: &str = "service";

/// The description of problems by status and meaning.
#[must_use]
pub fn problem_responses(problems: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let problem = |description: &str| {
        let schema = RefOr::Ref(Ref::from_schema_name(ProblemBody::name()));
        let content = ContentBuilder::new().schema(Some(schema)).build();
        RefOr::T(
            ResponseBuilder::new()
                .description(description)
                .content("application/problem+json", content)
                .build(),
        )
    };
    problems
        .iter()
        .map(|(status, description)| ((*status).to_owned(), problem(description)))
        .collect()
}

/// Adds the schemas of problems, how callers show who they are, and who may call each route: as the table says.
///
/// A route that the table does not know is left without a word; a test finds it.
pub fn describe_access(api: &mut OpenApi) {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    let components = api.components.get_or_insert_default();
    components.schemas.extend(schemas);
    components.add_security_scheme(BEARER, scheme("A person's access token."));
    components.add_security_scheme(SERVICE, scheme("A service credential: `acc_…`."));
    for (path, item) in &mut api.paths.paths {
        for (method, operation) in operations(item) {
            let audience = routes::audience(method, path);
            operation.security = audience.map(requirement);
        }
    }
}

/// Described routes that the table of routes does not know, as `METHOD /path`: nobody could call them.
#[must_use]
pub fn unlisted(api: &OpenApi) -> Vec<String> {
    let mut unlisted = Vec::new();
    for (path, item) in &api.paths.paths {
        let mut item = item.clone();
        let methods = operations(&mut item).map(|(method, _)| method);
        let unknown = methods.filter(|method| routes::audience(method, path).is_none());
        unlisted.extend(unknown.map(|method| format!("{method} {path}")));
    }
    unlisted
}

/// What the description says of a route that is open to these.
#[must_use]
pub fn requirement(audience: Audience) -> Vec<SecurityRequirement> {
    let person = |role: Option<&str>| SecurityRequirement::new(BEARER, role);
    match audience {
        Audience::Anyone => Vec::new(),
        Audience::Readers => vec![SecurityRequirement::default(), person(None)],
        Audience::Services(scope) => vec![
            SecurityRequirement::new(SERVICE, [scope.as_str()]),
            person(audience.role()),
        ],
        _ => vec![person(audience.role())],
    }
}

fn scheme(description: &str) -> SecurityScheme {
    let http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    SecurityScheme::Http(http.description(Some(description)).build())
}

/// The operations of a path, by method.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("PATCH", &mut item.patch),
        ("HEAD", &mut item.head),
        ("OPTIONS", &mut item.options),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
