//! An event as the person whom it names may read it: what is sealed for them is opened, what is sealed for others and what
//! only finds or proves something is left out.
//!
//! Pure: the boxes are opened between [`keep_own`] and [`record`] by whoever has the keys.

use std::collections::HashSet;

use accession_events::RecordedEvent;
use accession_events::event::decode_as;
use accession_events::ids::{AccountId, SubjectId};
use accession_events::library::LibraryEvent;
use accession_events::values::Personal;
use accession_events::values::personal::boxes::replace_boxes;
use accession_read_api::records::EventRecord;
use serde_json::{Map, Value};

/// Names of fields by which something is found, or a secret recognised: nothing is said of anybody by them.
const TECHNICAL: [&str; 5] = [
    "email_index",
    "former_index",
    "subject_index",
    "password",
    "challenge",
];

/// The subject under which a library knew somebody before or after it knew their account, if this event tells it.
pub(super) fn invited_as(event: &RecordedEvent, account: AccountId) -> Option<SubjectId> {
    match decode_as::<LibraryEvent>(event).ok()? {
        LibraryEvent::MemberInvited {
            subject,
            account: Some(of),
            ..
        }
        | LibraryEvent::InvitationDeclined {
            subject,
            account: Some(of),
        } if of == account => Some(subject),
        LibraryEvent::MemberJoined {
            account: of,
            invitation,
            ..
        } if of == account => invitation,
        LibraryEvent::MemberRemoved {
            account: of,
            name: Some(Personal::Sealed(kept)),
            ..
        } if of == account => Some(kept.subject),
        _ => None,
    }
}

/// Leaves in an event's payload what the person with this account, known by these subjects, may read.
pub(super) fn keep_own(
    event: &mut RecordedEvent,
    account: AccountId,
    subjects: &HashSet<SubjectId>,
) {
    let Ok(mut payload) = serde_json::from_str::<Value>(&event.payload) else {
        event.payload = "null".into();
        return;
    };
    replace_boxes(&mut payload, &mut |found| {
        if subjects.contains(&found.sealed.subject) {
            serde_json::json!({ "subject": found.sealed.subject, "box": found.sealed.contents })
        } else {
            Value::Null
        }
    });
    strip(&mut payload, account, subjects);
    event.payload = payload.to_string().into();
}

/// The record of an event whose boxes were opened.
pub(super) fn record(event: &RecordedEvent) -> EventRecord {
    let metadata = event.parsed_metadata();
    let mut payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    plain(&mut payload);
    // `{"<name of the event>": {…}}`: the name is told beside it.
    let inner = payload
        .as_object_mut()
        .and_then(|named| named.remove(&*event.event_type));
    EventRecord {
        position: event.position,
        at: event.recorded_at,
        event: event.event_type.to_string(),
        thing: event.stream.to_string(),
        by: metadata.actor,
        place: metadata.place,
        data: inner.unwrap_or(payload),
    }
}

fn strip(value: &mut Value, account: AccountId, subjects: &HashSet<SubjectId>) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| strip(item, account, subjects)),
        Value::Object(entries) => {
            for name in TECHNICAL {
                entries.remove(name);
            }
            keep_silent_about_others(entries, account, subjects);
            entries
                .values_mut()
                .for_each(|entry| strip(entry, account, subjects));
        }
        _ => {}
    }
}

/// Who else belongs to a library is for its roster to tell; whether an address that somebody invited has an account, for
/// nobody.
fn keep_silent_about_others(
    entries: &mut Map<String, Value>,
    account: AccountId,
    subjects: &HashSet<SubjectId>,
) {
    let own = account.to_string();
    if let Some(Value::Array(members)) = entries.get_mut("members") {
        members.retain(|member| member.as_str() == Some(&own));
    }
    // What somebody of the staff did for a borrower is told without the borrower.
    let borrower = entries.get("borrower").and_then(|of| of.get("account"));
    if borrower.is_some_and(|account| account.as_str() != Some(&own)) {
        entries.remove("borrower");
    }
    // A patron is registered with an account and a name, one of which is null.
    let registered = entries.contains_key("library") && entries.contains_key("name");
    if registered && entries.get("account").and_then(Value::as_str) != Some(&own) {
        entries.remove("account");
    }
    let subject = entries.get("subject").and_then(Value::as_str);
    let subject = subject.and_then(|subject| subject.parse::<SubjectId>().ok());
    if subject.is_some_and(|subject| !subjects.contains(&subject)) {
        entries.remove("account");
    }
}

/// Puts what was opened in the place of its wrapping; what is gone or cannot be read is null.
fn plain(value: &mut Value) {
    let wrapped = value.as_object_mut().filter(|entries| entries.len() == 1);
    if let Some(entries) = wrapped {
        if let Some(known) = entries.remove("known") {
            *value = known;
            return;
        }
        if entries.contains_key("erased") || entries.contains_key("unreadable") {
            *value = Value::Null;
            return;
        }
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(plain),
        Value::Object(entries) => entries.values_mut().for_each(plain),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use accession_events::ids::EventId;
    use accession_events::{Position, StreamName};
    use jiff::Timestamp;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn account(number: u128) -> AccountId {
        AccountId::new(Uuid::from_u128(number))
    }

    fn subject(number: u128) -> SubjectId {
        SubjectId::new(Uuid::from_u128(number))
    }

    fn event(event_type: &str, payload: &Value) -> RecordedEvent {
        RecordedEvent {
            position: Position::new(7),
            stream: StreamName::new("library.library", Uuid::from_u128(99)),
            sequence: 1,
            event_id: EventId::new(Uuid::from_u128(5)),
            event_type: event_type.into(),
            event_version: 1,
            payload: json!({ event_type: payload }).to_string().into(),
            metadata: json!({ "actor": "user:x", "place": "ab12", "correlation": "c" })
                .to_string()
                .into(),
            recorded_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn told(mut event: RecordedEvent) -> EventRecord {
        keep_own(&mut event, account(1), &HashSet::from([subject(1)]));
        record(&event)
    }

    #[test]
    fn what_is_sealed_for_others_and_whether_they_have_an_account_is_left_out() {
        let invited = json!({
            "subject": subject(2), "account": account(3), "challenge": Uuid::from_u128(4),
            "email": { "subject": subject(2), "box": "AAAA" }, "email_index": "ff", "by": account(1),
        });
        let told = told(event("MemberInvited", &invited));
        assert_eq!(
            told.data,
            json!({ "subject": subject(2), "email": null, "by": account(1) })
        );
        assert_eq!(
            (told.by.as_deref(), told.place.as_deref()),
            (Some("user:x"), Some("ab12"))
        );
    }

    #[test]
    fn whom_the_staff_lent_to_is_not_the_staffs_to_take_away() {
        let lent = json!({ "loan": Uuid::from_u128(8), "borrower": { "patron": Uuid::from_u128(9), "account": account(3) },
            "by": account(1) });
        let said = told(event("LoanOpened", &lent));
        assert_eq!(
            said.data,
            json!({ "loan": Uuid::from_u128(8), "by": account(1) })
        );
        let own = json!({ "borrower": { "patron": Uuid::from_u128(9), "account": account(1) } });
        assert_eq!(told(event("LoanOpened", &own)).data, own);
        let registered = json!({ "library": Uuid::from_u128(50), "account": account(3), "name": null, "by": account(1) });
        let said = told(event("PatronRegistered", &registered));
        assert_eq!(said.data["account"], Value::Null);
    }

    #[test]
    fn what_is_ones_own_stays_for_whoever_opens_it_and_is_told_as_it_was_said() {
        let own = json!({ "name": { "subject": subject(1), "box": "AAAA" } });
        let mut event = event("ProfileChanged", &own);
        keep_own(&mut event, account(1), &HashSet::from([subject(1)]));
        assert!(event.payload.contains("AAAA"), "{}", event.payload);
        event.payload = event
            .payload
            .replace(
                &json!({ "subject": subject(1), "box": "AAAA" }).to_string(),
                "{\"known\":\"Ana\"}",
            )
            .into();
        assert_eq!(record(&event).data, json!({ "name": "Ana" }));
    }

    #[test]
    fn of_the_members_that_an_event_lists_only_the_one_who_asks_is_told() {
        let set = json!({ "on": true, "members": [account(2), account(1)], "by": account(2) });
        let told = told(event("KidsModeSet", &set));
        assert_eq!(told.data["members"], json!([account(1)]));
    }
}
