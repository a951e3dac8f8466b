//! The stream on the bus: made when it is missing, compared with what we would have made when it is there.
//! It never changes more of a stream that exists than what is set for it here, its size and its copies: for the rest an
//! operator may have had a reason.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{
    CreateStreamError, CreateStreamErrorKind, GetStreamErrorKind,
};
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType};

use crate::bus::{Bus, BusConfig, BusError};

/// A setting of the existing stream that is not what we would have chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Which setting.
    pub setting: &'static str,
    /// What it is.
    pub found: String,
    /// What it would be if we had made the stream.
    pub expected: String,
    /// Whether the bus cannot work with it; otherwise it is only reported.
    pub fatal: bool,
    /// Why it is still so, when it was tried to change it.
    pub refused: Option<String>,
}

impl Bus {
    /// Makes the stream unless it is there; changes its size and its copies to ours if it is. Returns what is different
    /// from our configuration then; a difference that the bus cannot work with is an error.
    pub async fn ensure_stream(&self) -> Result<Vec<Mismatch>, BusError> {
        let info = match self.stream_info().await {
            Err(BusError::NoStream { .. }) => self.create_stream().await?,
            found => found?,
        };
        let mismatches = self.adjusted(&info.config).await;
        match mismatches.iter().find(|mismatch| mismatch.fatal) {
            Some(Mismatch {
                setting,
                found,
                expected,
                ..
            }) => Err(BusError::Unfit {
                reason: format!(
                    "stream `{}` has {setting} {found}, and {expected} is needed: change it, or delete the stream and \
                     it will be made anew (no event is lost by that: the log has them)",
                    self.config.stream
                ),
            }),
            None => Ok(mismatches),
        }
    }

    /// What is still different once size and copies have been changed, or could not be.
    async fn adjusted(&self, found: &Config) -> Vec<Mismatch> {
        let wanted = wanted(&self.config);
        let differs =
            found.max_bytes != wanted.max_bytes || found.num_replicas != wanted.num_replicas;
        let mut mismatches = compare(&wanted, found);
        if !differs || mismatches.iter().any(|mismatch| mismatch.fatal) {
            return mismatches;
        }
        let changed = Config {
            max_bytes: wanted.max_bytes,
            num_replicas: wanted.num_replicas,
            ..found.clone()
        };
        match self.context.update_stream(&changed).await {
            Ok(info) => {
                tracing::info!(
                    stream = self.config.stream,
                    max_bytes = wanted.max_bytes,
                    replicas = wanted.num_replicas,
                    "changed the size and the copies of the stream on the bus to what is set"
                );
                compare(&wanted, &info.config)
            }
            Err(error) => {
                let reason = self.refusal("change the stream", &error).to_string();
                for mismatch in &mut mismatches {
                    if matches!(mismatch.setting, "max_bytes" | "replicas") {
                        mismatch.refused = Some(reason.clone());
                    }
                }
                mismatches
            }
        }
    }

    pub(crate) async fn stream_info(&self) -> Result<Info, BusError> {
        self.require_connection()?;
        let error = match self.context.get_stream(&self.config.stream).await {
            Ok(stream) => return Ok(stream.cached_info().clone()),
            Err(error) => error,
        };
        match error.kind() {
            GetStreamErrorKind::JetStream(reason)
                if reason.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                Err(BusError::NoStream {
                    stream: self.config.stream.clone(),
                })
            }
            _ => Err(BusError::request("describe the stream", &error)),
        }
    }

    async fn create_stream(&self) -> Result<Info, BusError> {
        let BusConfig {
            stream, subjects, ..
        } = &*self.config;
        tracing::info!(stream, subjects, "making the stream on the bus");
        let error = match self.context.create_stream(wanted(&self.config)).await {
            Ok(stream) => return Ok(stream.cached_info().clone()),
            Err(error) => error,
        };
        let CreateStreamErrorKind::JetStream(reason) = error.kind() else {
            return Err(BusError::request("make the stream", &error));
        };
        match reason.error_code() {
            // Another relay was quicker.
            ErrorCode::STREAM_NAME_EXIST => self.stream_info().await,
            ErrorCode::STREAM_SUBJECT_OVERLAP => Err(BusError::Configuration {
                reason: format!(
                    "the subjects {} already belong to another stream than `{stream}`: two installations on one NATS \
                     server need different stream names and different subjects",
                    self.config.pattern()
                ),
            }),
            _ => Err(self.refusal("make the stream", &error)),
        }
    }

    /// Why the server does not make or change the stream; a lack of room names the settings that ask for it.
    fn refusal(&self, attempt: &'static str, error: &CreateStreamError) -> BusError {
        let BusConfig {
            stream,
            max_bytes,
            replicas,
            ..
        } = &*self.config;
        match error.kind() {
            CreateStreamErrorKind::JetStream(reason) if lacks_room(reason.error_code()) => {
                BusError::NoRoom {
                    stream: stream.clone(),
                    max_bytes: *max_bytes,
                    replicas: *replicas,
                    reason: reason.to_string(),
                }
            }
            _ => BusError::request(attempt, error),
        }
    }

    /// Empties the stream. Only for one that belongs to another history of the log.
    pub(crate) async fn empty_stream(&self) -> Result<(), BusError> {
        let stream = self.stream().await?;
        let emptied = stream.purge().await;
        emptied
            .map(|_| ())
            .map_err(|error| BusError::request("empty the stream", &error))
    }
}

/// Whether the server, its disk, our account or the cluster is too small.
fn lacks_room(code: ErrorCode) -> bool {
    [
        ErrorCode::STORAGE_RESOURCES_EXCEEDED,
        ErrorCode::INSUFFICIENT_RESOURCES,
        ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
        ErrorCode::MEMORY_RESOURCES_EXCEEDED,
        ErrorCode::CLUSTER_NO_PEERS,
        ErrorCode::STREAM_REPLICAS_NOT_SUPPORTED,
    ]
    .contains(&code)
}

fn wanted(config: &BusConfig) -> Config {
    Config {
        name: config.stream.clone(),
        description: Some(
            "Accession: the tail of the event log, as a cache. The log is the record.".into(),
        ),
        subjects: vec![config.pattern()],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        max_age: config.max_age,
        max_bytes: config.max_bytes,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        num_replicas: config.replicas,
        duplicate_window: config.duplicate_window,
        // Nobody plucks single messages out of it; emptying it whole stays allowed.
        deny_delete: true,
        ..Config::default()
    }
}

fn compare(wanted: &Config, found: &Config) -> Vec<Mismatch> {
    let fatal = |setting, found: String, expected: String| Mismatch {
        setting,
        found,
        expected,
        fatal: true,
        refused: None,
    };
    let minor = |setting, found: String, expected: String| Mismatch {
        setting,
        found,
        expected,
        fatal: false,
        refused: None,
    };
    let text = |setting: &dyn std::fmt::Debug| format!("{setting:?}");
    let (w, f) = (wanted, found);
    let all = [
        fatal("subjects", text(&f.subjects), text(&w.subjects)),
        fatal("retention", text(&f.retention), text(&w.retention)),
        fatal("discard policy", text(&f.discard), text(&w.discard)),
        fatal("no_ack", text(&f.no_ack), text(&w.no_ack)),
        fatal("sealed", text(&f.sealed), text(&w.sealed)),
        fatal(
            "max_msgs_per_subject",
            text(&f.max_messages_per_subject),
            text(&w.max_messages_per_subject),
        ),
        minor("storage", text(&f.storage), text(&w.storage)),
        minor("max_age", text(&f.max_age), text(&w.max_age)),
        minor("max_bytes", text(&f.max_bytes), text(&w.max_bytes)),
        minor(
            "duplicate_window",
            text(&f.duplicate_window),
            text(&w.duplicate_window),
        ),
        minor("replicas", text(&f.num_replicas), text(&w.num_replicas)),
        minor("deny_delete", text(&f.deny_delete), text(&w.deny_delete)),
    ];
    all.into_iter()
        .filter(|mismatch| mismatch.found != mismatch.expected)
        .collect()
}
