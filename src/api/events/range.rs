//! Which part of a recording is asked for.

use std::collections::VecDeque;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use footage_protocol::StreamId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;

/// The query of the events.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct RangeQuery {
    /// The address of the first chunk wanted, `<stream>.<first>` of the map; absent: the beginning.
    #[param(example = "00000000000000a1.1")]
    from: Option<String>,
    /// The address of the last chunk wanted; absent: the end.
    #[param(example = "00000000000000a1.9")]
    to: Option<String>,
}

/// The chunks asked for, both ends included.
pub(super) struct Span {
    from: Option<Address>,
    to: Option<Address>,
}

/// Where a chunk is within a session.
struct Address {
    stream: StreamId,
    first: i64,
}

/// A span within the streams of one session.
pub(super) struct Placed {
    pub(super) streams: VecDeque<Vec<u8>>,
    /// Numbers of the first stream that come before the span.
    pub(super) after: i64,
    /// The last number of the last stream at which a chunk of the span may begin.
    pub(super) until: i64,
}

impl Span {
    /// # Errors
    /// When an end is no address.
    pub(super) fn read(query: Result<Query<RangeQuery>, QueryRejection>) -> Result<Self, ApiError> {
        let Query(query) = query.map_err(|_| ApiError::BadParameter {
            name: "of the query",
            hint: "give `from` and `to`, each at most once",
        })?;
        Ok(Self {
            from: Address::read("from", query.from)?,
            to: Address::read("to", query.to)?,
        })
    }

    /// Finds the span among the streams, which are in the order of replay.
    ///
    /// # Errors
    /// When an end is in no stream of the session, or the ends are in the wrong order.
    pub(super) fn place(self, streams: Vec<Vec<u8>>) -> Result<Placed, ApiError> {
        let place_of = |name, end: Address| {
            let place = streams.iter().position(|stream| *stream == end.stream.0);
            Ok::<_, ApiError>((place.ok_or(no_address(name))?, end.first))
        };
        let (start, first) = match self.from {
            Some(from) => place_of("from", from)?,
            None => (0, 1),
        };
        let (end, until) = match self.to {
            Some(to) => place_of("to", to)?,
            None => (streams.len(), i64::MAX),
        };
        if (start, first) > (end, until) {
            return Err(ApiError::BadParameter {
                name: "to",
                hint: "give an address that does not come before `from`",
            });
        }
        let wanted = streams.into_iter().take(end.saturating_add(1)).skip(start);
        Ok(Placed {
            streams: wanted.collect(),
            after: first - 1,
            until,
        })
    }
}

impl Address {
    fn read(name: &'static str, text: Option<String>) -> Result<Option<Self>, ApiError> {
        let parse = |text: String| {
            let (stream, first) = text.split_once('.')?;
            Some(Self {
                stream: stream.parse().ok()?,
                // Numbers stay below 2^53.
                first: first
                    .parse()
                    .ok()
                    .filter(|first| (1..1 << 53).contains(first))?,
            })
        };
        text.map(|text| parse(text).ok_or(no_address(name)))
            .transpose()
    }
}

fn no_address(name: &'static str) -> ApiError {
    ApiError::BadParameter {
        name,
        hint: "give an address out of the map of this session, `<stream>.<first>`",
    }
}
