//! The numbers and paths both sides share.
//!
//! Their values stand in `settings.json` alone: the build script writes them here as constants, and a
//! key that is missing on either side does not compile. What an operator may change lives in the
//! node's own configuration, not here.

include!(concat!(env!("OUT_DIR"), "/settings.rs"));

/// The shared settings.
pub const fn settings() -> &'static Settings {
    &SHARED
}

/// Everything of `settings.json` but the close codes, which are [`CloseCode`](crate::CloseCode).
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    /// What the wire is called.
    pub protocol: Protocol,
    /// Where things are served.
    pub paths: Paths,
    /// The most of everything.
    pub limits: Limits,
    /// How often and how long.
    pub intervals: Intervals,
    /// When a new keyframe is due.
    pub keyframe: Keyframe,
}

/// What the wire is called.
#[derive(Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Version in every hello.
    pub version: u32,
    /// WebSocket subprotocol of a recorder.
    pub subprotocol: &'static str,
    /// WebSocket subprotocol of a watcher.
    pub watch_subprotocol: &'static str,
}

/// Where things are served.
#[derive(Debug, PartialEq, Eq)]
pub struct Paths {
    /// WebSocket of a recorder.
    pub record: &'static str,
    /// POST of messages, as a fallback and at page close.
    pub batches: &'static str,
    /// The recorder's script.
    pub recorder: &'static str,
    /// The shop that records itself.
    pub demo: &'static str,
    /// Root of the staff API.
    pub api: &'static str,
}

/// The most of everything. Bytes of text count in UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one WebSocket message.
    pub message_bytes_max: u64,
    /// Bytes of one WebSocket frame.
    pub frame_bytes_max: u64,
    /// Fragments of one WebSocket message.
    pub fragments_max: u64,
    /// WebSocket control frames in a second.
    pub control_frames_per_s_max: u64,
    /// Bytes of a POST body.
    pub post_bytes_max: u64,
    /// Messages in a POST body.
    pub post_messages_max: u64,
    /// Bytes of inflated payload at which a recorder closes a batch and cuts an event.
    pub batch_bytes_target: u64,
    /// Bytes of a batch's inflated payload.
    pub batch_inflated_bytes_max: u64,
    /// Events of a batch.
    pub batch_events_max: u64,
    /// Bytes of one event, put together from its parts.
    pub event_bytes_max: u64,
    /// Parts of one event.
    pub event_parts_max: u64,
    /// Arrays inside arrays of a message, payloads not counted.
    pub envelope_nesting_max: u64,
    /// Values of a message, each array and each of its elements, payloads not counted.
    pub envelope_items_max: u64,
    /// Arrays and maps inside one another in a payload.
    pub nesting_max: u64,
    /// Values in a batch's payload.
    pub batch_items_max: u64,
    /// Values in one event, put together from its parts.
    pub event_items_max: u64,
    /// Bytes of one string or bin in a payload.
    pub string_bytes_max: u64,
    /// The largest whole number, exact in JavaScript.
    pub number_max: u64,
    /// Bytes of a site key.
    pub site_key_bytes_max: u64,
    /// Bytes of a session token.
    pub session_token_bytes_max: u64,
    /// Bytes of a URL or referrer.
    pub url_bytes_max: u64,
    /// Bytes of a page title.
    pub title_bytes_max: u64,
    /// Bytes of a time zone's name.
    pub time_zone_bytes_max: u64,
    /// Bytes of the recorder's version.
    pub sdk_version_bytes_max: u64,
    /// Bytes of a tag's or trait's key, a custom event's name, a flag.
    pub name_bytes_max: u64,
    /// Bytes of a tag's or trait's value, a user, a selector.
    pub value_bytes_max: u64,
    /// Bytes of a custom event's payload.
    pub custom_bytes_max: u64,
    /// Traits of one identify.
    pub traits_max: u64,
    /// Ranges in one message.
    pub ranges_max: u64,
    /// Selectors in each list of a policy.
    pub selectors_max: u64,
    /// Flags of a welcome.
    pub flags_max: u64,
    /// Bytes of a WebSocket close reason (RFC 6455).
    pub close_reason_bytes_max: u64,
    /// Streams of one session.
    pub streams_per_session_max: u64,
    /// Inflated bytes of one session.
    pub session_bytes_max: u64,
    /// Numbered messages of a session in a second, in the long run.
    pub session_batches_per_s: u64,
    /// Numbered messages of a session at once.
    pub session_batches_burst: u64,
    /// KiB of a session in a second, in the long run.
    pub session_kib_per_s: u64,
    /// KiB of a session at once.
    pub session_kib_burst: u64,
    /// The least credit a recorder is given, bytes.
    pub credit_bytes_min: u64,
    /// The usual credit, bytes.
    pub credit_bytes: u64,
    /// The most credit a recorder is given, bytes.
    pub credit_bytes_max: u64,
    /// Unacknowledged bytes a recorder keeps before it drops.
    pub recorder_held_bytes_max: u64,
}

/// How often and how long, in milliseconds.
#[derive(Debug, PartialEq, Eq)]
pub struct Intervals {
    /// A recorder closes a batch at the latest after this.
    pub batch_ms: u64,
    /// Time for the hello after the upgrade.
    pub hello_timeout_ms: u64,
    /// Time for the head of an HTTP request.
    pub http_head_timeout_ms: u64,
    /// Time to finish a begun WebSocket frame.
    pub frame_timeout_ms: u64,
    /// A recorder pings this often.
    pub heartbeat_ms: u64,
    /// A socket that is silent this long is dead.
    pub heartbeat_dead_ms: u64,
    /// Buffered batches reach Postgres at the latest after this.
    pub flush_ms: u64,
    /// A session outlives its last socket in memory by this.
    pub socket_linger_ms: u64,
    /// A session whose streams have all ended is left after this.
    pub session_left_ms: u64,
    /// A session without batches and sockets ends after this.
    pub session_idle_ms: u64,
    /// A session ends at the latest after this.
    pub session_duration_max_ms: u64,
    /// First wait before a reconnect.
    pub reconnect_min_ms: u64,
    /// Longest wait before a reconnect.
    pub reconnect_max_ms: u64,
    /// Time for a POST.
    pub post_timeout_ms: u64,
    /// An active session gets a keyframe at the latest after this.
    pub keyframe_tail_ms: u64,
}

/// When a new keyframe is due.
#[derive(Debug, PartialEq, Eq)]
pub struct Keyframe {
    /// Inflated bytes since the last one.
    pub tail_bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::settings;

    #[test]
    fn the_limits_leave_room_for_one_another() {
        let limits = &settings().limits;
        assert!(limits.batch_bytes_target <= limits.credit_bytes_min);
        assert!(limits.batch_bytes_target < limits.batch_inflated_bytes_max);
        assert!(limits.event_bytes_max <= limits.batch_bytes_target * limits.event_parts_max);
        assert!(limits.batch_inflated_bytes_max <= limits.event_bytes_max);
        assert!(limits.message_bytes_max <= limits.post_bytes_max);
        assert!(3 * limits.ranges_max + 2 * limits.flags_max < limits.envelope_items_max);
        assert!(limits.credit_bytes_min <= limits.credit_bytes);
        assert!(limits.credit_bytes <= limits.credit_bytes_max);
    }
}
