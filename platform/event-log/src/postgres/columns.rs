//! Column types that sqlx has no exact counterpart for: JSON kept as text, and microseconds of `timestamptz`.
//!
//! Nothing here parses JSON: the log hands its text on as it was stored.

use accession_events::Position;
use jiff::Timestamp;
use sqlx::decode::Decode;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, PgValueRef, Postgres};

/// Number of the type `json`.
const JSON: PgTypeInfo = PgTypeInfo::with_oid(Oid(114));
/// Number of the type `timestamptz`.
const TIMESTAMPTZ: PgTypeInfo = PgTypeInfo::with_oid(Oid(1184));
/// 2000-01-01T00:00:00Z, from which Postgres counts, in microseconds of the Unix epoch.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// The text of a `json` column, byte for byte.
pub(crate) struct JsonText<T>(pub(crate) T);

impl<T> sqlx::Type<Postgres> for JsonText<T> {
    fn type_info() -> PgTypeInfo {
        JSON
    }
}

impl<'r, T: From<&'r str>> Decode<'r, Postgres> for JsonText<T> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(value.as_str()?.into()))
    }
}

/// A `timestamptz`.
pub(crate) struct Instant(pub(crate) Timestamp);

impl sqlx::Type<Postgres> for Instant {
    fn type_info() -> PgTypeInfo {
        TIMESTAMPTZ
    }
}

impl<'r> Decode<'r, Postgres> for Instant {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        if value.format() != PgValueFormat::Binary {
            return Ok(Self(value.as_str()?.replacen(' ', "T", 1).parse()?));
        }
        let micros = i64::from_be_bytes(value.as_bytes()?.try_into()?);
        Ok(Self(Timestamp::from_microsecond(
            micros.saturating_add(POSTGRES_EPOCH),
        )?))
    }
}

/// A `timestamptz` in microseconds of the Unix epoch, whatever it is, also beyond what a calendar knows.
pub(crate) struct Micros(pub(crate) i64);

impl sqlx::Type<Postgres> for Micros {
    fn type_info() -> PgTypeInfo {
        TIMESTAMPTZ
    }
}

impl<'r> Decode<'r, Postgres> for Micros {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let micros = i64::from_be_bytes(value.as_bytes()?.try_into()?);
        Ok(Self(micros.saturating_add(POSTGRES_EPOCH)))
    }
}

impl Encode<'_, Postgres> for Instant {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(
            &self
                .0
                .as_microsecond()
                .saturating_sub(POSTGRES_EPOCH)
                .to_be_bytes(),
        );
        Ok(IsNull::No)
    }
}

/// A number that a constraint of its table keeps above zero.
pub(crate) fn counted(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A `position` column.
pub(crate) fn position(number: i64) -> Position {
    Position::new(counted(number))
}

/// A number as the SQL type `bigint`; what is beyond it stands for "no bound".
pub(crate) fn bigint(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
