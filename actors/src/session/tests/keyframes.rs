//! When a recorder is asked for a keyframe, and when it is left in peace.

use footage_protocol::message::BatchFlags;
use footage_protocol::message::KeyframeCause::{TailTooLarge, TailTooOld};
use footage_protocol::settings;
use std::time::Duration;

use super::support::{Stage, in_virtual_time, stream};
use super::tab::Tab;

/// Four of them are less than a tail may be, five are more.
const BATCH_BYTES: u32 = 500_000;
const FLUSHED: Duration = Duration::from_secs(2);

fn tail_age() -> Duration {
    Duration::from_millis(settings().intervals.keyframe_tail_ms)
}

/// Sends this many batches, and waits until all of them are acknowledged.
async fn grow(tab: &Tab, next: &mut u64, batches: usize) {
    for _ in 0..batches {
        tab.send_batch(*next, BATCH_BYTES, |_| ());
        *next += 1;
        tokio::time::sleep(FLUSHED).await;
    }
}

async fn keyframe(tab: &Tab, next: &mut u64) {
    tab.send_batch(*next, 10, |header| header.flags = BatchFlags::KEYFRAME);
    *next += 1;
    tokio::time::sleep(FLUSHED).await;
}

#[test]
fn a_tail_that_grows_too_large_is_asked_for_a_keyframe_once() {
    in_virtual_time(async {
        let world = Stage::new();
        let tab = world.visit(stream(1)).await;
        let mut next = 1;
        keyframe(&tab, &mut next).await;
        grow(&tab, &mut next, 4).await;
        assert_eq!(tab.asked(), []);
        grow(&tab, &mut next, 8).await;
        assert_eq!(tab.asked(), [TailTooLarge], "it has not come yet");

        keyframe(&tab, &mut next).await;
        grow(&tab, &mut next, 4).await;
        assert_eq!(tab.asked(), [TailTooLarge], "it came");
        grow(&tab, &mut next, 1).await;
        assert_eq!(tab.asked(), [TailTooLarge, TailTooLarge]);
    });
}

#[test]
fn a_tail_that_grows_too_old_is_asked_for_a_keyframe_when_something_happens() {
    in_virtual_time(async {
        let world = Stage::new();
        let tab = world.visit(stream(1)).await;
        let mut next = 1;
        keyframe(&tab, &mut next).await;
        grow(&tab, &mut next, 1).await;
        tokio::time::sleep(tail_age() * 4).await;
        assert_eq!(tab.asked(), [], "nothing happens");
        grow(&tab, &mut next, 1).await;
        assert_eq!(tab.asked(), [TailTooOld]);
    });
}

#[test]
fn a_page_that_shows_its_first_sign_of_life_in_an_hour_has_no_tail() {
    in_virtual_time(async {
        let world = Stage::new();
        let tab = world.visit(stream(1)).await;
        let mut next = 1;
        keyframe(&tab, &mut next).await;
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        grow(&tab, &mut next, 1).await;
        assert_eq!(tab.asked(), []);
    });
}

#[test]
fn a_keyframe_that_never_comes_is_asked_for_again_after_another_tail() {
    in_virtual_time(async {
        let world = Stage::new();
        let tab = world.visit(stream(1)).await;
        let mut next = 1;
        grow(&tab, &mut next, 6).await;
        tokio::time::sleep(tail_age() - FLUSHED * 2).await;
        grow(&tab, &mut next, 1).await;
        assert_eq!(tab.asked(), [TailTooLarge]);
        grow(&tab, &mut next, 1).await;
        assert_eq!(tab.asked(), [TailTooLarge, TailTooOld]);
    });
}

#[test]
fn a_tail_and_a_request_outlive_the_socket() {
    in_virtual_time(async {
        let world = Stage::new();
        let first = world.visit(stream(1)).await;
        let mut next = 1;
        grow(&first, &mut next, 4).await;
        first.hang_up();
        let second = world.visit(stream(1)).await;
        grow(&second, &mut next, 1).await;
        assert_eq!(first.asked(), []);
        assert_eq!(second.asked(), [TailTooLarge]);
        second.hang_up();
        let third = world.visit(stream(1)).await;
        grow(&third, &mut next, 8).await;
        assert_eq!(third.asked(), [], "it may wait behind what comes now");
    });
}

#[test]
fn a_large_keyframe_is_no_tail_and_is_asked_for_as_much_later() {
    in_virtual_time(async {
        let world = Stage::new();
        let tab = world.visit(stream(1)).await;
        let parts = 8;
        for part in 0..2 {
            tab.send_keyframe(1 + part * u64::from(parts), parts, BATCH_BYTES);
            tokio::time::sleep(FLUSHED).await;
        }
        let mut next = 1 + 2 * u64::from(parts);
        grow(&tab, &mut next, 6).await;
        tokio::time::sleep(tail_age()).await;
        grow(&tab, &mut next, 1).await;
        assert_eq!(tab.asked(), []);
        grow(&tab, &mut next, 1).await;
        assert_eq!(tab.asked(), [TailTooLarge]);
    });
}

#[test]
fn a_recorder_is_not_asked_while_storage_is_away() {
    in_virtual_time(async {
        let world = Stage::new();
        let tab = world.visit(stream(1)).await;
        let mut next = 1;
        world.storage.set_away(true);
        grow(&tab, &mut next, 6).await;
        assert_eq!(tab.asked(), []);
        world.storage.set_away(false);
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!(tab.asked(), [TailTooLarge]);
    });
}

#[test]
fn who_cannot_hear_is_not_asked() {
    in_virtual_time(async {
        let world = Stage::new();
        let tab = world.visit(stream(1)).await;
        let mut next = 1;
        grow(&tab, &mut next, 4).await;
        tab.hang_up();
        for _ in 0..3 {
            assert!(world.post(stream(1), &[next]).await.is_ok());
            next += 1;
            tokio::time::sleep(tail_age() / 5).await;
        }
        let again = world.visit(stream(1)).await;
        again.send_end(next);
        tokio::time::sleep(tail_age()).await;
        assert_eq!(again.asked(), [], "the stream has ended");
    });
}
