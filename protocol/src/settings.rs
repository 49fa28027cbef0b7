//! The numbers and paths both sides share, as constants.
//!
//! `settings.json` holds the same for the web side; a test below proves that the two agree to the
//! last key. Nothing is parsed at run time. What an operator may change lives in the node's own
//! configuration, not here.

use serde::Serialize;

/// Writes a struct with its fields, their docs and its one value side by side.
macro_rules! group {
    (
        $(#[$doc:meta])*
        $group:ident {
            $($(#[$field_doc:meta])* $field:ident: $kind:ty = $value:expr,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, PartialEq, Eq, Serialize)]
        pub struct $group {
            $($(#[$field_doc])* pub $field: $kind,)*
        }

        impl $group {
            const SHARED: Self = Self { $($field: $value,)* };
        }
    };
}

/// The shared settings.
pub const fn settings() -> &'static Settings {
    &Settings::SHARED
}

group! {
    /// Everything of `settings.json` but the close codes, which are [`CloseCode`](crate::CloseCode).
    Settings {
        /// What the wire is called.
        protocol: Protocol = Protocol::SHARED,
        /// Where things are served.
        paths: Paths = Paths::SHARED,
        /// The most of everything.
        limits: Limits = Limits::SHARED,
        /// How often and how long.
        intervals: Intervals = Intervals::SHARED,
        /// When a new keyframe is due.
        keyframe: Keyframe = Keyframe::SHARED,
    }
}

group! {
    /// What the wire is called.
    Protocol {
        /// Version in every hello.
        version: u32 = 1,
        /// WebSocket subprotocol of a recorder.
        subprotocol: &'static str = "footage.v1",
        /// WebSocket subprotocol of a watcher.
        watch_subprotocol: &'static str = "footage.watch.v1",
    }
}

group! {
    /// Where things are served.
    Paths {
        /// WebSocket of a recorder.
        record: &'static str = "/v1/record",
        /// POST of messages, as a fallback and at page close.
        batches: &'static str = "/v1/batches",
        /// The recorder's script.
        recorder: &'static str = "/recorder.js",
        /// The shop that records itself.
        demo: &'static str = "/demo/",
        /// Root of the staff API.
        api: &'static str = "/api/v1",
    }
}

group! {
    /// The most of everything. Bytes of text count in UTF-8.
    Limits {
        /// Bytes of one WebSocket message.
        message_bytes_max: u64 = 1 << 20,
        /// Bytes of one WebSocket frame.
        frame_bytes_max: u64 = 256 << 10,
        /// Fragments of one WebSocket message.
        fragments_max: u64 = 64,
        /// WebSocket control frames in a second.
        control_frames_per_s_max: u64 = 10,
        /// Bytes of a POST body.
        post_bytes_max: u64 = 1 << 20,
        /// Messages in a POST body.
        post_messages_max: u64 = 4_096,
        /// Bytes of inflated payload at which a recorder closes a batch and cuts an event.
        batch_bytes_target: u64 = 64 << 10,
        /// Bytes of a batch's inflated payload.
        batch_inflated_bytes_max: u64 = 1 << 20,
        /// Events of a batch.
        batch_events_max: u64 = 20_000,
        /// Bytes of one event, put together from its parts.
        event_bytes_max: u64 = 16 << 20,
        /// Parts of one event.
        event_parts_max: u64 = 4_096,
        /// Arrays inside arrays of a message, payloads not counted.
        envelope_nesting_max: u64 = 8,
        /// Values of a message, each array and each of its elements, payloads not counted.
        envelope_items_max: u64 = 1_024,
        /// Arrays and maps inside one another in a payload.
        nesting_max: u64 = 1_100,
        /// Values in a batch's payload.
        batch_items_max: u64 = 200_000,
        /// Values in one event, put together from its parts.
        event_items_max: u64 = 4_000_000,
        /// Bytes of one string or bin in a payload.
        string_bytes_max: u64 = 16 << 20,
        /// The largest whole number, exact in JavaScript.
        number_max: u64 = (1 << 53) - 1,
        /// Bytes of a site key.
        site_key_bytes_max: u64 = 64,
        /// Bytes of a session token.
        session_token_bytes_max: u64 = 256,
        /// Bytes of a URL or referrer.
        url_bytes_max: u64 = 4_096,
        /// Bytes of a page title.
        title_bytes_max: u64 = 1_024,
        /// Bytes of a time zone's name.
        time_zone_bytes_max: u64 = 64,
        /// Bytes of the recorder's version.
        sdk_version_bytes_max: u64 = 32,
        /// Bytes of a tag's or trait's key, a custom event's name, a flag.
        name_bytes_max: u64 = 128,
        /// Bytes of a tag's or trait's value, a user, a selector.
        value_bytes_max: u64 = 1_024,
        /// Bytes of a custom event's payload.
        custom_bytes_max: u64 = 16 << 10,
        /// Traits of one identify.
        traits_max: u64 = 32,
        /// Ranges in one message.
        ranges_max: u64 = 256,
        /// Selectors in each list of a policy.
        selectors_max: u64 = 64,
        /// Flags of a welcome.
        flags_max: u64 = 64,
        /// Bytes of a WebSocket close reason (RFC 6455).
        close_reason_bytes_max: u64 = 123,
        /// Streams of one session.
        streams_per_session_max: u64 = 1_000,
        /// Inflated bytes of one session.
        session_bytes_max: u64 = 200 << 20,
        /// Numbered messages of a session in a second, in the long run.
        session_batches_per_s: u64 = 50,
        /// Numbered messages of a session at once.
        session_batches_burst: u64 = 500,
        /// KiB of a session in a second, in the long run.
        session_kib_per_s: u64 = 1_024,
        /// KiB of a session at once.
        session_kib_burst: u64 = 8_192,
        /// The least credit a recorder is given, bytes.
        credit_bytes_min: u64 = 64 << 10,
        /// The usual credit, bytes.
        credit_bytes: u64 = 256 << 10,
        /// The most credit a recorder is given, bytes.
        credit_bytes_max: u64 = 1 << 20,
        /// Unacknowledged bytes a recorder keeps before it drops.
        recorder_held_bytes_max: u64 = 32 << 20,
    }
}

group! {
    /// How often and how long, in milliseconds.
    Intervals {
        /// A recorder closes a batch at the latest after this.
        batch_ms: u64 = 250,
        /// Time for the hello after the upgrade.
        hello_timeout_ms: u64 = 5_000,
        /// Time for the head of an HTTP request.
        http_head_timeout_ms: u64 = 5_000,
        /// Time to finish a begun WebSocket frame.
        frame_timeout_ms: u64 = 15_000,
        /// A recorder pings this often.
        heartbeat_ms: u64 = 20_000,
        /// A socket that is silent this long is dead.
        heartbeat_dead_ms: u64 = 60_000,
        /// Buffered batches reach Postgres at the latest after this.
        flush_ms: u64 = 1_000,
        /// A session outlives its last socket in memory by this.
        socket_linger_ms: u64 = 60_000,
        /// A session whose streams have all ended is left after this.
        session_left_ms: u64 = 60_000,
        /// A session without batches and sockets ends after this.
        session_idle_ms: u64 = 1_800_000,
        /// A session ends at the latest after this.
        session_duration_max_ms: u64 = 14_400_000,
        /// First wait before a reconnect.
        reconnect_min_ms: u64 = 500,
        /// Longest wait before a reconnect.
        reconnect_max_ms: u64 = 30_000,
        /// Time for a POST.
        post_timeout_ms: u64 = 10_000,
        /// An active session gets a keyframe at the latest after this.
        keyframe_tail_ms: u64 = 300_000,
    }
}

group! {
    /// When a new keyframe is due.
    Keyframe {
        /// Inflated bytes since the last one.
        tail_bytes: u64 = 2 << 20,
    }
}

#[cfg(test)]
mod tests {
    use super::settings;

    #[test]
    fn the_constants_and_the_file_agree() {
        let mut file: serde_json::Value =
            serde_json::from_str(include_str!("../settings.json")).unwrap();
        file.as_object_mut().unwrap().remove("close_codes");
        assert_eq!(serde_json::to_value(settings()).unwrap(), file);
    }

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
