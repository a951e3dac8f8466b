//! `POST` and `DELETE /api/v1/users/me/avatar`, and `GET /avatars/{sha256}`: a person's picture.
//!
//! Never serves a byte that was sent: what is kept was decoded and written anew.

use ::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS};
use ::http::{HeaderMap, HeaderName, StatusCode};
use accession_events::ids::AccountId;
use accession_events::values::ContentHash;
use accession_service::problem::Problem;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use super::{at, problem};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{BodyDigest, NoBody};
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out, change};
use crate::http::form::file_or_body;
use crate::identity::account::AccountCommand;
use crate::identity::account::avatar::SetAvatar;
use crate::identity::accounts::Accounts;
use crate::identity::picture::{PictureFault, normalised};

/// Set one's picture: PNG, JPEG or WebP, at most 2 MiB, as the body itself or in the field `file` of a form
/// (`multipart/form-data`). It is shown as a square of 200 × 200.
#[utoipa::path(post, path = "/api/v1/users/me/avatar", tag = "identity", params(Conditions),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The picture's bytes."),
    responses((status = 200, description = "It is set; `avatar_url` leads to it.", body = Changed), CommandProblems))]
pub(super) async fn set_avatar(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Answer, Problem> {
    let bytes = bytes.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => refused(PictureFault::TooLarge),
        _ => Problem::malformed("the picture could not be read to its end"),
    })?;
    let bytes = file_or_body(&headers, bytes, "file")?;
    let digest = BodyDigest::of(&bytes);
    let picture = tokio::task::spawn_blocking(move || normalised(&bytes))
        .await
        .map_err(|_| Problem::internal())?
        .map_err(refused)?;
    let sha256 = ContentHash::of(&picture);
    let away = |error: accession_secrets::SecretsError| problem(error.into(), "avatar");
    accounts
        .avatars()
        .keep(account, &sha256, &picture)
        .await
        .map_err(away)?;
    let command = AccountCommand::SetAvatar(SetAvatar { sha256 });
    let id = account.to_string();
    let reply = Reply::changed(&id).with("avatar_url", format!("/avatars/{sha256}"));
    let subject = Subject::Existing(&id);
    let answer = carry_out(
        accounts.repository(),
        subject,
        &call,
        &digest,
        &command,
        reply,
    )
    .await?;
    forget_former(&accounts, account).await?;
    Ok(answer)
}

/// Remove one's picture.
#[utoipa::path(delete, path = "/api/v1/users/me/avatar", tag = "identity", params(Conditions),
    responses((status = 200, description = "There is none any more.", body = Changed), CommandProblems))]
pub(super) async fn remove_avatar(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = AccountCommand::RemoveAvatar;
    let answer = change(accounts.repository(), account, &call, &digest, &command).await?;
    forget_former(&accounts, account).await?;
    Ok(answer)
}

/// Forgets all pictures but the one that the account has now: a repeat of an older request must not take a newer one away.
async fn forget_former(accounts: &Accounts, account: AccountId) -> Result<(), Problem> {
    let told = |error| problem(error, "avatar");
    let now = accounts.find(account).await.map_err(told)?;
    let picture = now.and_then(|account| account.avatar);
    let forgotten = accounts.avatars().forget_all_but(account, picture.as_ref());
    forgotten
        .await
        .map(drop)
        .map_err(|error| told(error.into()))
}

/// A picture by the hash of its bytes. It never changes, so it may be kept for ever.
#[utoipa::path(get, path = "/avatars/{sha256}", tag = "identity", security(()), params(("sha256" = String, Path)),
    responses((status = 200, description = "The picture.", content_type = "image/webp", body = Vec<u8>),
        (status = 304, description = "You have it."), CommandProblems))]
pub(super) async fn read_avatar(
    State(accounts): State<Accounts>,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("there is no such picture");
    let sha256 = ContentHash::parse(&text).map_err(|_| unknown())?;
    let tag = format!("\"{sha256}\"");
    let found = accounts.avatars().find(&sha256).await;
    let picture = found
        .map_err(|error| problem(error.into(), "avatar"))?
        .ok_or_else(unknown)?;
    let described: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, "image/webp"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (ETAG, &tag),
    ];
    let seen = headers
        .get("if-none-match")
        .and_then(|value| value.to_str().ok());
    if seen.is_some_and(|seen| seen.contains(&tag)) {
        return Ok((StatusCode::NOT_MODIFIED, described).into_response());
    }
    Ok((described, picture).into_response())
}

fn refused(fault: PictureFault) -> Problem {
    let (status, code) = match fault {
        PictureFault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
        PictureFault::UnknownFormat => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
        }
        PictureFault::Empty => (StatusCode::BAD_REQUEST, "empty_body"),
        PictureFault::TooManyPixels => return at("avatar", "too_many_pixels", fault.to_string()),
        PictureFault::Broken => return at("avatar", "broken_picture", fault.to_string()),
    };
    Problem::new(status, code, fault.to_string())
}
