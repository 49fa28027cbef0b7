//! The node's metrics: one function per thing that is counted, so that a name is written once. The
//! ledgers' counts are read when they are asked for (see [`ledger_lines`]).

use footage_actors::end::SocketEnd;
use footage_actors::outcome::Ledger;
use footage_actors::session::keyframe;
use footage_protocol::{AccountId, CloseCode};
use metrics::{counter, describe_counter, describe_gauge, gauge};
use std::fmt::Write;
use std::sync::Arc;

const SOCKETS_OPENED: &str = "footage_sockets_opened_total";
const SOCKETS_CLOSED: &str = "footage_sockets_closed_total";
const SOCKETS_REFUSED: &str = "footage_sockets_refused_total";
const POSTS: &str = "footage_posts_total";
const HEADS_TIMED_OUT: &str = "footage_heads_timed_out_total";
const SESSIONS: &str = "footage_session_actors";
const BUDGET_FREE: &str = "footage_budget_free_bytes";

/// Says what each metric means.
pub fn describe() {
    describe_counter!(
        SOCKETS_OPENED,
        "Recorders' sockets that said a hello and were let in."
    );
    describe_counter!(
        SOCKETS_CLOSED,
        "Recorders' sockets that ended, by end and close code."
    );
    describe_counter!(
        SOCKETS_REFUSED,
        "Recorders' sockets refused before they had a session, by close code."
    );
    describe_counter!(POSTS, "POSTs of messages, by whether they were taken.");
    describe_counter!(
        HEADS_TIMED_OUT,
        "Connections dropped because the head of a request did not arrive in time."
    );
    describe_counter!(
        keyframe::REQUESTS,
        "Keyframes that recorders were asked for, by cause."
    );
    describe_gauge!(SESSIONS, "Sessions with an actor on this node.");
    describe_gauge!(BUDGET_FREE, "Bytes of the node's budget that are free.");
}

/// A recorder was let in.
pub fn socket_opened() {
    counter!(SOCKETS_OPENED).increment(1);
}

/// A recorder's socket ended.
pub fn socket_closed(end: SocketEnd, code: CloseCode) {
    counter!(SOCKETS_CLOSED, "end" => end.as_str(), "code" => code.name()).increment(1);
}

/// A recorder was refused at the door.
pub fn socket_refused(code: CloseCode) {
    counter!(SOCKETS_REFUSED, "code" => code.name()).increment(1);
}

/// A POST of messages was answered.
pub fn post_answered(taken: bool) {
    counter!(POSTS, "taken" => if taken { "yes" } else { "no" }).increment(1);
}

/// The head of a request did not arrive in time, and its connection was dropped.
pub fn head_timed_out() {
    counter!(HEADS_TIMED_OUT).increment(1);
}

/// How full the node is.
pub fn fullness(sessions: usize, budget_bytes_free: usize) {
    gauge!(SESSIONS).set(sessions as f64);
    gauge!(BUDGET_FREE).set(budget_bytes_free as f64);
}

/// The ledgers in the text format of Prometheus, the accounts summed: a series per account would grow
/// without bound.
pub fn ledger_lines(ledgers: &[(AccountId, Arc<Ledger>)]) -> String {
    let mut text = String::from(
        "# HELP footage_messages_received_total Numbered messages counted at the socket.\n",
    );
    text.push_str("# TYPE footage_messages_received_total counter\n");
    let received: u64 = ledgers.iter().map(|(_, ledger)| ledger.received()).sum();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "footage_messages_received_total {received}");
    text.push_str("# HELP footage_messages_total Numbered messages by their one fate.\n");
    text.push_str("# TYPE footage_messages_total counter\n");
    let mut sums: Vec<(&str, &str, u64)> = Vec::new();
    for line in ledgers.iter().flat_map(|(_, ledger)| ledger.lines()) {
        match sums
            .iter_mut()
            .find(|(outcome, reason, _)| (*outcome, *reason) == (line.outcome, line.reason))
        {
            Some((_, _, sum)) => *sum += line.count,
            None => sums.push((line.outcome, line.reason, line.count)),
        }
    }
    for (outcome, reason, sum) in sums {
        let _ = writeln!(
            text,
            "footage_messages_total{{outcome=\"{outcome}\",reason=\"{reason}\"}} {sum}"
        );
    }
    let held: u64 = ledgers.iter().map(|(_, ledger)| ledger.held()).sum();
    text.push_str("# HELP footage_messages_held Numbered messages whose fate is open.\n");
    text.push_str("# TYPE footage_messages_held gauge\n");
    let _ = writeln!(text, "footage_messages_held {held}");
    text
}
