//! What each part reports, in the words of `/health/status`.

use accession_event_log::EventLog;
use accession_feed::{RelayState, RelayStatus};
use accession_projector::ModelStatus;
use accession_service::health::{Condition, Health, Info, PartStatus};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio::sync::watch;

use crate::settings::Role;

/// Version of the log's schema, for `/info`.
const SCHEMA: u32 = 1;
/// A projection that is further behind than this for longer than a moment needs somebody to look.
const DEGRADED_AFTER_SECONDS: i64 = 30;
/// A loop that has not turned for so long is stuck.
const STUCK_AFTER_SECONDS: u64 = 60;

/// What one part reports.
pub(super) type Check = Box<dyn Fn() -> Vec<PartStatus> + Send + Sync>;

/// The health of the whole process.
pub(super) fn of(role: Role, checks: Vec<Check>, metrics: Option<PrometheusHandle>) -> Health {
    let info = Info {
        name: "accession".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        commit: option_env!("ACCESSION_COMMIT").map(str::to_owned),
        roles: vec![role.name().into()],
        schema: SCHEMA,
    };
    Health::new(checks, metrics, info)
}

/// The event log: whether it takes appends.
pub(super) fn log(log: &EventLog) -> Check {
    let head = log.head();
    Box::new(move || {
        let position = head.borrow().get();
        vec![PartStatus {
            name: "event_log".into(),
            condition: Condition::Ok,
            message: String::new(),
            details: json!({ "position": position }),
        }]
    })
}

/// The relay to the bus.
pub(super) fn relay(status: watch::Receiver<RelayStatus>) -> Check {
    Box::new(move || {
        let status = status.borrow();
        let (condition, message) = match &status.state {
            RelayState::Publishing | RelayState::Standby => match &status.notice {
                Some(notice) => (Condition::Degraded, notice.clone()),
                None => (Condition::Ok, String::new()),
            },
            RelayState::Interrupted { reason } => (
                Condition::Degraded,
                format!("{reason}; readers go on from the log; bring the bus back"),
            ),
            RelayState::Stopped => (Condition::Degraded, "the relay has stopped".into()),
        };
        vec![PartStatus {
            name: "relay".into(),
            condition,
            message,
            details: json!({ "published": status.published, "newest": status.newest, "lag_events": status.lag() }),
        }]
    })
}

/// One read model.
#[expect(
    clippy::disallowed_methods,
    reason = "a status tells ages, so it needs the time"
)]
pub(super) fn projection(model: &ModelStatus) -> PartStatus {
    let waiting = model.waiting_since.map_or(0, |since| {
        jiff::Timestamp::now().as_second() - since.as_second()
    });
    let stuck = model.last_loop.as_secs();
    let (condition, message) = match &model.problem {
        _ if model.parked > 0 => (
            Condition::Degraded,
            format!(
                "{} key(s) parked: an event could not be taken in; others go on",
                model.parked
            ),
        ),
        Some(problem) => (Condition::Degraded, problem.clone()),
        None if stuck > STUCK_AFTER_SECONDS => {
            (Condition::Degraded, format!("has not moved for {stuck} s"))
        }
        None if waiting > DEGRADED_AFTER_SECONDS => {
            (Condition::Degraded, format!("is {waiting} s behind"))
        }
        None => (Condition::Ok, String::new()),
    };
    PartStatus {
        name: format!("projection.{}", model.name),
        condition,
        message,
        details: json!({
            "generation": model.generation.0,
            "live": model.live,
            "position": model.position,
            "lag_events": model.lag,
            "lag_seconds": waiting,
            "parked": model.parked,
            "last_loop_seconds": stuck,
        }),
    }
}
