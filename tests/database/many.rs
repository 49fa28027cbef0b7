//! The storage port with many sessions, many days, many writers and much of it.

use footage_actors::ports::Storage;
use footage_protocol::{Ranges, StreamId};

use crate::writes::{
    Store, batch_of, batches, payloads_in, payloads_of, session_at, session_of, stream, write,
};

const DAY_MS: u64 = 86_400_000;

#[tokio::test]
async fn a_session_of_any_day_finds_its_partition() {
    let store = Store::open().await;
    let long_ago = session_at(1, 400 * DAY_MS);
    let another = session_at(2, 10_000 * DAY_MS + 5);
    let writes = vec![
        write(long_ago, batches(1..=1)),
        write(another, batches(1..=2)),
    ];
    let outcomes = store.storage.store(writes).await.unwrap();
    assert_eq!(outcomes.len(), 2);
    assert_eq!(store.chunks(long_ago).await.len(), 1);
    let day: String = store.session(another, "started_on::text").await;
    assert_eq!(day, "1997-05-19");
}

#[tokio::test]
async fn many_sessions_are_kept_in_one_call_and_answered_in_order() {
    let store = Store::open().await;
    let keys: Vec<_> = (0..40).map(|number| session_of(1 + number % 3)).collect();
    let mut writes: Vec<_> = keys.iter().map(|key| write(*key, batches(1..=2))).collect();
    for (index, one) in writes.iter_mut().enumerate() {
        let other = StreamId((index as u64).to_be_bytes());
        one.streams
            .insert(0, stream(other, batches(1..=index as u64)));
    }
    writes.reverse();
    let mut seen_only = write(session_of(1), vec![]);
    seen_only.streams.clear();
    writes.push(seen_only);
    let outcomes = store.storage.store(writes).await.unwrap();
    let stored: Vec<Vec<(u64, u64)>> = outcomes
        .iter()
        .map(|outcome| {
            outcome
                .streams
                .iter()
                .map(|one| (one.stored, one.duplicate))
                .collect()
        })
        .collect();
    assert_eq!(stored[0], [(39, 0), (2, 0)]);
    assert_eq!(stored[38], [(1, 0), (2, 0)]);
    assert!(stored[40].is_empty());
    let kept = store.storage.load(keys[5]).await.unwrap().unwrap();
    let mut streams: Vec<_> = kept
        .streams
        .iter()
        .map(|kept| kept.received.clone())
        .collect();
    streams.sort_by_key(Ranges::last);
    assert_eq!(streams, [Ranges::from(1..=2), Ranges::from(1..=5)]);
}

#[tokio::test]
async fn writers_at_the_same_time_keep_each_number_once() {
    let store = Store::open().await;
    let keys: Vec<_> = (0..8).map(|_| session_of(1)).collect();
    let all = || {
        keys.iter()
            .map(|key| write(*key, batches(1..=20)))
            .collect::<Vec<_>>()
    };
    let half = || {
        keys.iter()
            .rev()
            .map(|key| write(*key, batches(11..=30)))
            .collect::<Vec<_>>()
    };
    let (one, two, three) = tokio::join!(
        store.storage.store(all()),
        store.storage.store(half()),
        store.storage.store(all()),
    );
    let outcomes = [one.unwrap(), two.unwrap(), three.unwrap()];
    let stored: u64 = outcomes
        .iter()
        .flatten()
        .flat_map(|one| &one.streams)
        .map(|one| one.stored)
        .sum();
    assert_eq!(stored, 8 * 30);
    for key in keys {
        assert_eq!(
            payloads_in(&store.chunks(key).await),
            payloads_of(&batches(1..=30))
        );
        assert_eq!(store.session::<i64>(key, "batches").await, 30);
    }
}

#[tokio::test]
async fn a_long_run_is_cut_into_chunks_of_bounded_size() {
    let store = Store::open().await;
    let key = session_of(1);
    let big: Vec<_> = (1..=11)
        .map(|number| batch_of(number, vec![number as u8; 1 << 20]))
        .collect();
    store.keep(write(key, big.clone())).await;
    let chunks = store.chunks(key).await;
    assert_eq!(chunks.len(), 3);
    assert_eq!(payloads_in(&chunks), payloads_of(&big));
}
