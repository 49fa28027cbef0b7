//! The session's promises in virtual time, with storage and sockets in memory.

mod keyframes;
mod props;
mod storage;
mod support;
mod tab;

use super::*;
use crate::outcome::{Outcome, Refused};
use footage_protocol::FromServer;
use std::time::Duration;
use support::{Stage as World, in_virtual_time, stream};

#[test]
fn p1_a_message_is_acknowledged_only_after_storage_has_it() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tab.send(2);
        tokio::time::sleep(Duration::from_millis(900)).await;
        assert_eq!(tab.acked(), 0);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(tab.acked(), 2);
        assert_eq!(world.storage.numbers(tab.stream), [1, 2]);
    });
}

#[test]
fn p1_nothing_is_acknowledged_while_storage_is_away_and_all_of_it_when_it_is_back() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        world.storage.set_away(true);
        tab.send(1);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(tab.acked(), 0);
        assert_eq!(world.ledger.held(), 1);

        world.storage.set_away(false);
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!(tab.acked(), 1);
        assert_eq!(world.ledger.held(), 0);
    });
}

#[test]
fn a_flush_does_not_wait_for_its_timer_when_half_the_credit_is_used() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        let half = world.shared.limits.credit_bytes as usize / 2;
        tab.send_bytes(1, half);
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(tab.acked(), 1);
    });
}

#[test]
fn p2_a_number_sent_again_is_stored_once_and_acknowledged_again() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let acks = tab.acks();
        tab.send(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(tab.acks(), acks + 1);
        assert_eq!(world.storage.numbers(tab.stream), [1]);
        assert_eq!(world.ledger.count(Outcome::Duplicate), 1);
    });
}

#[test]
fn a_skipped_number_closes_with_4411_and_what_came_before_is_kept() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tab.send(3);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(tab.closed_with(), Some(CloseCode::OutOfOrder));
        assert_eq!(world.storage.numbers(tab.stream), [1]);
        assert_eq!(world.ledger.count(Outcome::Refused(Refused::OutOfOrder)), 1);
    });
}

#[test]
fn a_gap_lets_the_order_and_the_acknowledgement_pass_over_it() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tab.send_gap(5, 2, 4);
        tab.send(6);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(tab.closed_with(), None);
        assert_eq!(tab.acked(), 6);
    });
}

#[test]
fn the_same_stream_on_a_newer_socket_takes_over() {
    in_virtual_time(async {
        let world = World::new();
        let older = world.visit(stream(1)).await;
        let newer = world.visit(stream(1)).await;
        newer.send(1);
        tokio::time::sleep(Duration::from_secs(100)).await;
        assert_eq!(older.closed_with(), Some(CloseCode::TakenOver));
        assert_eq!(newer.acked(), 1);
        assert_eq!(world.shared.registry.len(), 1);
    });
}

#[test]
fn a_duplicated_tab_is_sent_to_a_session_of_its_own() {
    in_virtual_time(async {
        let world = World::new();
        let first = world.visit(stream(1)).await;
        assert!(world.try_visit(stream(2), None).await.is_none());
        assert!(world.try_visit(stream(3), Some(stream(1))).await.is_some());
        drop(first);
    });
}

#[test]
fn the_actor_outlives_its_last_socket_by_a_minute_and_the_session_stays_open() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tokio::time::sleep(Duration::from_secs(2)).await;
        tab.hang_up();
        tokio::time::sleep(Duration::from_secs(59)).await;
        assert_eq!(world.shared.registry.len(), 1);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(world.shared.registry.is_empty());
        assert_eq!(world.storage.ended(), None);
    });
}

#[test]
fn a_session_is_left_when_every_stream_has_ended_and_none_followed_for_a_minute() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tab.send_end(2);
        tokio::time::sleep(Duration::from_secs(2)).await;
        tab.hang_up();
        tokio::time::sleep(Duration::from_secs(61)).await;
        assert!(world.shared.registry.is_empty());
        assert_eq!(world.storage.ended(), Some(SessionEnd::Left));

        let next = world.visit(stream(2)).await;
        next.send(1);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(world.storage.ended(), None);
    });
}

#[test]
fn a_session_ended_idle_sends_a_socket_away_and_still_takes_what_was_held() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tokio::time::sleep(Duration::from_secs(2)).await;
        tab.hang_up();
        tokio::time::sleep(Duration::from_secs(61)).await;
        world.storage.set_ended(SessionEnd::Idle);

        assert!(world.try_visit(stream(1), None).await.is_none());
        assert!(world.post(stream(1), &[2]).await.is_ok());
        assert_eq!(world.storage.numbers(stream(1)), [1, 2]);
        assert_eq!(world.storage.ended(), Some(SessionEnd::Idle));
    });
}

#[test]
fn p4_a_session_ends_after_four_hours_and_stays_ended() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tokio::time::sleep(Duration::from_secs(4 * 3_600)).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(tab.closed_with(), Some(CloseCode::SessionEnded));
        assert_eq!(world.storage.ended(), Some(SessionEnd::Limit));
        assert!(world.try_visit(stream(1), None).await.is_none());
        assert!(world.post(stream(1), &[2]).await.is_err());
    });
}

#[test]
fn an_open_but_quiet_session_is_noted_as_seen() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let seen = world.storage.seen_at_ms();
        tokio::time::sleep(Duration::from_secs(25 * 60)).await;
        assert!(world.storage.seen_at_ms() >= seen + 15 * 60 * 1_000);
        drop(tab);
    });
}

#[test]
fn a_drain_closes_with_1012_after_writing_out() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        tab.send(1);
        tokio::time::sleep(Duration::from_millis(1)).await;
        world.drain().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(tab.closed_with(), Some(CloseCode::Restart));
        assert!(world.shared.registry.is_empty());
        assert_eq!(world.storage.numbers(tab.stream), [1]);
        assert_eq!(world.ledger.held(), 0);
    });
}

#[test]
fn what_storage_refuses_is_counted_and_its_sender_told() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        world.storage.refuse_number(1);
        tab.send(1);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(tab.closed_with(), Some(CloseCode::ServerBug));
        assert_eq!(tab.acked(), 0);
        assert_eq!(world.ledger.count(Outcome::Refused(Refused::Storage)), 1);
    });
}

#[test]
fn a_post_is_answered_with_a_welcome_and_an_ack_when_its_messages_are_durable() {
    in_virtual_time(async {
        let world = World::new();
        let body = world.post(stream(1), &[1, 2]).await.unwrap();
        let answers: Vec<_> = footage_protocol::codec::decode_answer(&body)
            .map(|answer| tab::name_of(answer.unwrap()))
            .collect();
        assert_eq!(answers, ["welcome", "ack"]);
        assert_eq!(world.storage.numbers(stream(1)), [1, 2]);
    });
}

#[test]
fn the_welcome_says_what_is_durable_already() {
    in_virtual_time(async {
        let world = World::new();
        world.post(stream(1), &[1, 2]).await.unwrap();
        let tab = world.visit(stream(1)).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        let durable = tab.said().find_map(|said| match tab::message_of(&said) {
            FromServer::Welcome(welcome) => Some(welcome.durable),
            _ => None,
        });
        assert_eq!(durable, Some(footage_protocol::Ranges::from(1..=2)));
    });
}

#[test]
fn p4_an_actor_born_for_a_refused_hello_or_post_stops() {
    in_virtual_time(async {
        let world = World::new();
        assert!(world.post(stream(1), &[1, 3]).await.is_err());
        assert_eq!(world.shared.registry.len(), 1);
        tokio::time::sleep(Duration::from_secs(62)).await;
        assert!(world.shared.registry.is_empty());

        world.storage.set_ended(SessionEnd::Stopped);
        assert!(world.try_visit(stream(1), None).await.is_none());
        tokio::time::sleep(Duration::from_secs(62)).await;
        assert!(world.shared.registry.is_empty());
    });
}

#[test]
fn a_late_post_of_the_page_before_belongs_to_the_same_session() {
    in_virtual_time(async {
        let world = World::new();
        let first = world.visit(stream(1)).await;
        first.send(1);
        let second = world.try_visit(stream(2), Some(stream(1))).await.unwrap();
        assert!(world.post(stream(1), &[1, 2]).await.is_ok());
        assert_eq!(world.storage.numbers(stream(1)), [1, 2]);

        let third = world.try_visit(stream(3), Some(stream(2))).await;
        assert!(
            third.is_some(),
            "the first page's socket is half open still"
        );
        assert!(world.post(stream(9), &[1]).await.is_err(), "a copied tab");
        drop(second);
    });
}

#[test]
fn what_was_sent_before_costs_nothing_of_the_rate() {
    in_virtual_time(async {
        let world = World::new();
        let tab = world.visit(stream(1)).await;
        let burst = world.shared.limits.batches.burst;
        for number in 1..=u64::from(burst) / 2 {
            tab.send(number);
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        for _ in 0..4 {
            for number in 1..=u64::from(burst) / 2 {
                tab.send(number);
            }
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(tab.closed_with(), None);
    });
}

#[test]
fn a_session_quiet_for_half_an_hour_takes_no_socket_but_what_was_held() {
    in_virtual_time(async {
        let world = World::new();
        world.post(stream(1), &[1]).await.unwrap();
        tokio::time::sleep(Duration::from_secs(5 * 3_600)).await;
        assert!(world.shared.registry.is_empty());

        assert!(world.try_visit(stream(2), None).await.is_none());
        assert!(world.post(stream(1), &[2]).await.is_ok());
        assert_eq!(world.storage.ended(), Some(SessionEnd::Idle));
    });
}
