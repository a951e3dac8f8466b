//! What each part reports, in the words of `/health/status`.

use std::path::PathBuf;

use accession_event_log::EventLog;
use accession_feed::bus::Link;
use accession_feed::{RelayState, RelayStatus};
use accession_projector::ModelStatus;
use accession_register::SealingState;
use accession_service::health::{Condition, Health, Info, PartStatus};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio::sync::watch;

use super::exposition;
use super::probe::Probe;
use crate::settings::Role;

/// Version of the log's schema, for `/info`.
const SCHEMA: u32 = 1;
/// A projection that is further behind than this for longer than a moment needs somebody to look.
const DEGRADED_AFTER_SECONDS: i64 = 30;
/// A loop that has not turned for so long is stuck.
const STUCK_AFTER_SECONDS: u64 = 60;

/// Less free disk than this needs somebody to look.
const LITTLE_DISK: u64 = 1 << 30;

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

/// The event log: whether it answers, and for a writer how much waits.
pub(super) fn log(probe: Probe, writer: Option<EventLog>) -> Check {
    Box::new(move || {
        let (position, problem) = probe.found();
        let waiting = writer.as_ref().map(EventLog::waiting);
        if let Some(position) = position {
            metrics::gauge!("accession_log_position").set(float(position.get()));
        }
        if let Some((waiting, capacity)) = waiting {
            metrics::gauge!("accession_log_queue_depth").set(float(waiting as u64));
            metrics::gauge!("accession_log_queue_capacity").set(float(capacity as u64));
        }
        let crowded = waiting.is_some_and(|(waiting, capacity)| waiting * 5 > capacity * 4);
        let (condition, message) = match problem {
            Some(problem) => (
                Condition::Down,
                format!("{problem}; nothing acknowledged is lost; look at the database"),
            ),
            None if crowded => (
                Condition::Degraded,
                "its queue is nearly full: commands come faster than it writes".into(),
            ),
            None => (Condition::Ok, String::new()),
        };
        let (waiting, capacity) = waiting.unzip();
        vec![PartStatus {
            name: "event_log".into(),
            condition,
            message,
            details: json!({ "position": position, "waiting": waiting, "queue": capacity }),
        }]
    })
}

/// The projector's connection to the bus.
pub(super) fn bus(link: watch::Receiver<Link>) -> Check {
    Box::new(move || {
        let connected = link.borrow().connected;
        vec![PartStatus {
            name: "bus".into(),
            condition: if connected {
                Condition::Ok
            } else {
                Condition::Degraded
            },
            message: if connected {
                String::new()
            } else {
                "the bus cannot be reached: the log is read instead; bring nats-server back".into()
            },
            details: json!({ "connected": connected }),
        }]
    })
}

/// The disk below the data directory.
pub(super) fn disk(directory: PathBuf) -> Check {
    Box::new(move || {
        exposition::note_memory();
        // Not every file system can tell; then there is nothing to report.
        let Ok(space) = rustix::fs::statvfs(&directory) else {
            return Vec::new();
        };
        let (free, size) = (
            space.f_bavail * space.f_frsize,
            space.f_blocks * space.f_frsize,
        );
        metrics::gauge!("accession_data_dir_free_bytes").set(float(free));
        metrics::gauge!("accession_data_dir_size_bytes").set(float(size));
        let scarce = free < LITTLE_DISK;
        vec![PartStatus {
            name: "data_dir".into(),
            condition: if scarce {
                Condition::Degraded
            } else {
                Condition::Ok
            },
            message: if scarce {
                format!(
                    "only {} MiB are free at {}: make room before the log cannot grow",
                    free >> 20,
                    directory.display()
                )
            } else {
                String::new()
            },
            details: json!({ "free_bytes": free, "size_bytes": size }),
        }]
    })
}

/// The relay to the bus.
pub(super) fn relay(status: watch::Receiver<RelayStatus>) -> Check {
    Box::new(move || {
        let status = status.borrow();
        let waiting = age(status.oldest_waiting);
        metrics::gauge!("accession_relay_lag_seconds").set(float(waiting.max(0).unsigned_abs()));
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
            details: json!({
                "published": status.published,
                "newest": status.newest,
                "lag_events": status.lag(),
                "lag_seconds": waiting,
                "active": status.state == RelayState::Publishing,
            }),
        }]
    })
}

/// The sealing of the log.
pub(super) fn sealing(state: watch::Receiver<SealingState>) -> Check {
    Box::new(move || {
        let (condition, message, sealed) = match &*state.borrow() {
            SealingState::Standby => (Condition::Ok, String::new(), None),
            SealingState::Sealing { sealed } => (Condition::Ok, String::new(), Some(*sealed)),
            SealingState::Interrupted { reason } => (Condition::Degraded, reason.clone(), None),
        };
        vec![PartStatus {
            name: "checkpoints".into(),
            condition,
            message,
            details: json!({ "sealed": sealed }),
        }]
    })
}

/// Seconds since then; 0 when nothing waits.
#[expect(
    clippy::disallowed_methods,
    reason = "a status tells ages, so it needs the time"
)]
fn age(since: Option<jiff::Timestamp>) -> i64 {
    since.map_or(0, |since| {
        jiff::Timestamp::now().as_second() - since.as_second()
    })
}

/// One read model.
pub(super) fn projection(model: &ModelStatus) -> PartStatus {
    let waiting = age(model.waiting_since);
    let stuck = model.last_loop.as_secs();
    let (condition, message) = match &model.problem {
        _ if model.parked > 0 => (
            Condition::Degraded,
            format!(
                "{} key(s) parked, the first is {}; others go on; see `accession parked list`",
                model.parked,
                model.parked_problem.as_deref().unwrap_or("not known")
            ),
        ),
        None if model.outdated => (
            Condition::Degraded,
            format!(
                "is outdated: readers see documents of another fold until generation {} is built beside them",
                model.generation
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
    let labels = [("model", model.name.clone())];
    metrics::gauge!("accession_projector_lag_seconds", &labels)
        .set(float(waiting.max(0).unsigned_abs()));
    metrics::gauge!("accession_projector_live", &labels).set(if model.live { 1.0 } else { 0.0 });
    PartStatus {
        name: format!("projection.{}", model.name),
        condition,
        message,
        details: json!({
            "generation": model.generation.0,
            "live": model.live,
            "outdated": model.outdated,
            "position": model.position,
            "lag_events": model.lag,
            "lag_seconds": waiting,
            "parked": model.parked,
            "last_loop_seconds": stuck,
        }),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; exact to 2^53"
)]
pub(super) fn float(number: u64) -> f64 {
    number as f64
}
