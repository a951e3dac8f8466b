//! What have I borrowed, from whichever library?
//!
//! Never what somebody else has: whose it is stands in the token.

use std::collections::HashMap;

use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::filter::{LoanFilter, Which};
use super::shown::{LoanView, shown};
use crate::asking::Asked;
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::Page;
use crate::reads::{Reads, now};
use crate::visiting::made;

/// What you have borrowed, in all libraries; also from those that you belong to no longer.
#[utoipa::path(get, path = "/api/read/me/loans", tag = "circulation", security(("bearer" = [])), params(LoanFilter, Paging),
    responses((status = 200, body = Page<LoanView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn my_loans(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["state", "cursor", "limit"])?;
    let who = asked.signed_in()?;
    let which = Which::asked(&asked)?;
    let standing = reads.standing(Model::Loan, &asked).await?;
    let whose = format!("account:{}", who.account);
    let (found, next) = reads.loans_of(&asked, &standing, &whose, which).await?;
    let joins = reads.joins(&asked).await?;
    let titles = reads
        .lent_titles(&joins, found.iter().map(|loan| loan.title_id))
        .await?;
    let now = now();
    let items: Vec<LoanView> = found
        .into_iter()
        .map(|loan| shown(loan, &titles, &HashMap::new(), now))
        .collect();
    let page = Page {
        items,
        next_cursor: next.map(|cursor| cursor.text()),
    };
    let [titles, ..] = joins.standings();
    made(&asked, &page, &[standing, titles])
}
