//! Days, as Postgres binds them: only a plain `date` lets the planner leave out the other
//! partitions before it looks at them.

use footage_protocol::SessionId;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, Postgres};
use sqlx::{Encode, Type};

/// Days from 1970-01-01 to 2000-01-01, where Postgres begins to count.
const DAYS_TO_2000: i32 = 10_957;

/// A day in UTC: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(pub i32);

impl From<SessionId> for Day {
    /// The day that chooses the session's partitions.
    fn from(session: SessionId) -> Self {
        Self(session.started_on_days())
    }
}

impl Type<Postgres> for Day {
    fn type_info() -> PgTypeInfo {
        // `date` in every Postgres.
        PgTypeInfo::with_oid(Oid(1082))
    }
}

impl PgHasArrayType for Day {
    fn array_type_info() -> PgTypeInfo {
        // `date[]`.
        PgTypeInfo::with_oid(Oid(1182))
    }
}

impl Encode<'_, Postgres> for Day {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&(self.0 - DAYS_TO_2000).to_be_bytes());
        Ok(IsNull::No)
    }
}
