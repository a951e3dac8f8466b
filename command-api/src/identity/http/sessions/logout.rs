//! `POST /api/v1/auth/logout` and `…/logout-all`: leave here, or everywhere.
//!
//! Leaving here is always answered alike: whoever has no session has left already.

use accession_events::identity::{RevocationReason, SessionEnd};
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::handing::forget;
use super::refresh::{Refresh, shown};
use crate::http::answer::POSITION;
use crate::http::body::OptionalBody;
use crate::http::call::{AccountCall, OpenCall};
use crate::http::describe::CommandProblems;
use crate::http::failure::problem_of;
use crate::identity::account::AccountCommand;
use crate::identity::account::revoke_sessions::RevokeSessions;
use crate::identity::accounts::Accounts;
use crate::identity::entrance::Entrance;
use crate::identity::sessions::{Sessions, SessionsError};

/// Leave: the session of this refresh token is over, with all its tokens. Answers 204 whatever the token is.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "identity", security(()), request_body = Refresh,
    responses((status = 204, description = "There is no such session any longer."), CommandProblems))]
pub(super) async fn log_out(
    call: OpenCall,
    headers: HeaderMap,
    State(sessions): State<Sessions>,
    State(entrance): State<Entrance>,
    OptionalBody { value, .. }: OptionalBody<Refresh>,
) -> Result<Response, Problem> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let kept = match shown(value, &headers, &entrance)? {
        Some(text) => sessions.session_of(&text, call.now).await,
        None => Err(SessionsError::NoSession),
    };
    forget(&mut response, &entrance);
    match kept {
        Ok(kept) => {
            let given = super::given(format!("user:{}", kept.account));
            let ended = sessions.end(kept.id, SessionEnd::LoggedOut, &given, call.now);
            let position = HeaderValue::from(ended.await?.get());
            response.headers_mut().insert(POSITION, position);
            Ok(response)
        }
        Err(SessionsError::NoSession) => Ok(response),
        Err(error) => Err(error.into()),
    }
}

/// Leave everywhere: all sessions of the account are over, this one, too.
#[utoipa::path(post, path = "/api/v1/auth/logout-all", tag = "identity",
    responses((status = 204, description = "All sessions are over."), CommandProblems))]
pub(super) async fn log_out_everywhere(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    State(sessions): State<Sessions>,
    State(entrance): State<Entrance>,
) -> Result<Response, Problem> {
    let command = AccountCommand::RevokeSessions(RevokeSessions {
        why: RevocationReason::LoggedOutEverywhere,
        except: None,
    });
    let given = super::given(call.caller.actor());
    let executed = accounts
        .repository()
        .execute(&account.to_string(), &given, &command)
        .await
        .map_err(problem_of)?;
    sessions.end_rows(account, None, call.now).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    forget(&mut response, &entrance);
    let position = HeaderValue::from(executed.position.get());
    response.headers_mut().insert(POSITION, position);
    Ok(response)
}
