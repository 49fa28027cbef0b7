//! The storage port: once, byte for byte, whatever is sent again.

use footage::store::sweep_idle;
use footage_actors::end::SessionEnd;
use footage_actors::ports::{Content, Storage, StorageError};
use footage_protocol::message::{
    BatchFlags, End, EndCause, Gap, GapCause, Identify, Page, PageCause, PageView,
};
use footage_protocol::{FromRecorder, Ranges};
use uuid::Uuid;

use crate::writes::{
    STREAM, Store, batches, message, payloads_in, payloads_of, session_of, stream, write,
};

#[tokio::test]
async fn what_is_kept_reads_back_byte_for_byte() {
    let store = Store::open().await;
    let key = session_of(1);
    let messages = batches(1..=3);
    let outcome = store.keep(write(key, messages.clone())).await;
    assert_eq!((outcome.stored, outcome.duplicate), (3, 0));
    let more = batches(4..=5);
    store.keep(write(key, more.clone())).await;

    let chunks = store.chunks(key).await;
    assert_eq!(chunks.len(), 2);
    let all: Vec<_> = messages.into_iter().chain(more).collect();
    assert_eq!(payloads_in(&chunks), payloads_of(&all));

    let concatenated: Vec<u8> = chunks
        .iter()
        .flat_map(|(.., frame)| frame.clone())
        .collect();
    let inflated = zstd::decode_all(concatenated.as_slice()).unwrap();
    let raw_bytes: i64 = sqlx::query_scalar("select sum(raw_bytes)::int8 from chunks")
        .fetch_one(&store.owner)
        .await
        .unwrap();
    assert_eq!(
        inflated.len() as i64,
        raw_bytes,
        "frames one after the other are one stream"
    );
}

#[tokio::test]
async fn a_keyframe_in_parts_counts_where_its_meta_event_is() {
    let store = Store::open().await;
    let key = session_of(1);
    let keyframe = |first: u64| {
        let mut run = batches(first..first + 3);
        for (kept, part) in run.iter_mut().zip(0..) {
            if let Content::Batch(header, _) = &mut kept.content {
                (header.part, header.parts) = (part, if part == 0 { 0 } else { 2 });
                header.flags = BatchFlags::try_from(u8::from(part > 0)).unwrap();
            }
        }
        run
    };
    store.keep(write(key, keyframe(11))).await;
    let mut cut = keyframe(21);
    let parts = cut.split_off(1);
    store.keep(write(key, cut)).await;
    store.keep(write(key, parts)).await;

    let counted: Vec<(i64, Option<i64>)> =
        sqlx::query_as("select first_seq, keyframe_offset from chunks order by first_seq")
            .fetch_all(&store.owner)
            .await
            .unwrap();
    let behind_head = Some(13);
    assert_eq!(counted, [(11, behind_head), (21, None), (22, None)]);
}

#[tokio::test]
async fn the_columns_tell_what_the_messages_said() {
    let store = Store::open().await;
    let key = session_of(1);
    let page = Page {
        url: "https://shop.example/cart",
        title: "Cart",
        referrer: "",
        viewport_width: 1280,
        viewport_height: 720,
        time_zone: "",
    };
    let at_ms = 5_000;
    let view = FromRecorder::Page(PageView {
        number: 3,
        at_ms,
        page,
        cause: PageCause::Push,
    });
    let load = FromRecorder::Page(PageView {
        number: 4,
        at_ms,
        page,
        cause: PageCause::Load,
    });
    let ann = FromRecorder::Identify(Identify {
        number: 5,
        at_ms,
        user: "ann",
        traits: vec![],
    });
    let end = FromRecorder::End(End {
        number: 6,
        at_ms,
        cause: EndCause::ALL[0],
    });
    let mut messages = batches(1..=2);
    messages.extend([
        message(3, &view),
        message(4, &load),
        message(5, &ann),
        message(6, &end),
    ]);
    let mut ending = write(key, messages);
    ending.ended = Some(SessionEnd::Left);
    let seen_at_ms = ending.seen_at_ms;
    store.keep(ending).await;

    assert_eq!(store.session::<i64>(key, "messages").await, 6);
    assert_eq!(store.session::<i64>(key, "batches").await, 2);
    assert_eq!(store.session::<i64>(key, "events").await, 4);
    assert_eq!(store.session::<i64>(key, "clicks").await, 2);
    assert_eq!(store.session::<i64>(key, "duration_ms").await, 1_500);
    assert_eq!(
        store.session::<i64>(key, "pages").await,
        2,
        "the load once, and the push"
    );
    assert_eq!(
        store.session::<String>(key, "first_url").await,
        "https://shop.example/"
    );
    assert_eq!(
        store.session::<String>(key, "last_url").await,
        "https://shop.example/cart"
    );
    assert_eq!(store.session::<String>(key, "user_name").await, "ann");
    assert_eq!(store.session::<String>(key, "ended_as").await, "left");
    assert_eq!(store.session::<i64>(key, "site_id").await, 7);
    let keyframe: i64 =
        sqlx::query_scalar("select keyframe_offset from chunks where keyframe_offset is not null")
            .fetch_one(&store.owner)
            .await
            .unwrap();
    let chunk = zstd::decode_all(store.chunks(key).await[0].2.as_slice()).unwrap();
    assert_eq!(
        chunk[usize::try_from(keyframe).unwrap()],
        0x92,
        "a record begins there"
    );

    let kept = store.storage.load(key).await.unwrap().unwrap();
    assert_eq!(kept.ended, Some(SessionEnd::Left));
    assert_eq!(kept.seen_at_ms, seen_at_ms);
    assert!(kept.streams[0].ended);

    store.keep(write(key, batches(1..=1))).await;
    assert!(
        store
            .storage
            .load(key)
            .await
            .unwrap()
            .unwrap()
            .ended
            .is_none(),
        "a write may clear it"
    );
}

#[tokio::test]
async fn the_same_write_twice_is_harmless() {
    let store = Store::open().await;
    let key = session_of(1);
    let once = write(key, batches(1..=4));
    store.keep(once.clone()).await;
    let before = store.chunks(key).await;
    let again = store.keep(once).await;
    assert_eq!((again.stored, again.duplicate), (0, 4));
    assert_eq!(store.chunks(key).await, before);
    assert_eq!(store.session::<i64>(key, "batches").await, 4);
    assert_eq!(store.session::<i64>(key, "pages").await, 1);
}

#[tokio::test]
async fn an_overlapping_write_adds_only_what_is_missing() {
    let store = Store::open().await;
    let key = session_of(1);
    store.keep(write(key, batches([2, 3, 6]))).await;
    let outcome = store.keep(write(key, batches(1..=7))).await;
    assert_eq!((outcome.stored, outcome.duplicate), (4, 3));
    let chunks = store.chunks(key).await;
    let spans: Vec<(i64, i64)> = chunks.iter().map(|chunk| (chunk.0, chunk.1)).collect();
    assert_eq!(
        spans,
        [(1, 1), (2, 3), (4, 5), (6, 6), (7, 7)],
        "chunks have no holes"
    );
    assert_eq!(payloads_in(&chunks), payloads_of(&batches(1..=7)));
    assert_eq!(store.session::<i64>(key, "batches").await, 7);
    let kept = store.storage.load(key).await.unwrap().unwrap();
    assert_eq!(kept.streams[0].received, Ranges::from(1..=7));
}

#[tokio::test]
async fn gaps_are_known_exactly_and_a_late_number_is_welcome() {
    let store = Store::open().await;
    let key = session_of(1);
    let gap = Gap {
        number: 10,
        at_ms: 1,
        first: 4,
        last: 9,
        cause: GapCause::NoRoom,
        events: 30,
    };
    let mut messages = batches([1, 2, 3]);
    messages.push(message(10, &FromRecorder::Gap(gap)));
    store.keep(write(key, messages)).await;
    let ranges = "select received::text || ' ' || lost::text from streams";
    let numbers: String = sqlx::query_scalar(ranges)
        .fetch_one(&store.owner)
        .await
        .unwrap();
    assert_eq!(numbers, "{[1,11)} {[4,10)}");
    let cause: (i64, i64, String, i64) =
        sqlx::query_as("select first_seq, last_seq, cause, events from gaps")
            .fetch_one(&store.owner)
            .await
            .unwrap();
    assert_eq!(cause, (4, 9, "no_room".to_owned(), 30));

    let late = store.keep(write(key, batches([3, 5]))).await;
    assert_eq!((late.stored, late.duplicate), (1, 1));
    let numbers: String = sqlx::query_scalar(ranges)
        .fetch_one(&store.owner)
        .await
        .unwrap();
    assert_eq!(numbers, "{[1,11)} {[4,5),[6,10)}");
    assert_eq!(
        payloads_in(&store.chunks(key).await),
        payloads_of(&batches([1, 2, 3, 5]))
    );
}

#[tokio::test]
async fn nothing_is_known_of_a_session_that_was_never_kept() {
    let store = Store::open().await;
    assert!(store.storage.load(session_of(1)).await.unwrap().is_none());
    let session = Uuid::from(session_of(1).session);
    assert_eq!(session.get_version_num(), 7);
}

#[tokio::test]
async fn bad_data_is_refused_and_a_closed_database_is_away() {
    let store = Store::open().await;
    let key = session_of(1);
    let twice = write(key, [batches(2..=2), batches(1..=1)].concat());
    assert!(matches!(
        store.storage.store(vec![twice]).await,
        Err(StorageError::Refused(_))
    ));
    let mut same_stream = write(key, batches(1..=1));
    same_stream.streams.push(stream(STREAM, batches(2..=2)));
    assert!(matches!(
        store.storage.store(vec![same_stream]).await,
        Err(StorageError::Refused(_))
    ));
    let same_session = vec![write(key, batches(1..=1)), write(key, batches(2..=2))];
    assert!(matches!(
        store.storage.store(same_session).await,
        Err(StorageError::Refused(_))
    ));
    sqlx::query("alter table chunks add check (events < 2)")
        .execute(&store.owner)
        .await
        .unwrap();
    let refused = store.storage.store(vec![write(key, batches(1..=1))]).await;
    assert!(
        matches!(refused, Err(StorageError::Refused(_))),
        "a named check: {refused:?}"
    );
    sqlx::query("drop table chunks")
        .execute(&store.owner)
        .await
        .unwrap();
    let away = store.storage.store(vec![write(key, batches(1..=1))]).await;
    assert!(
        matches!(away, Err(StorageError::Away(_))),
        "an operator can mend it: {away:?}"
    );
    store.pools.writer.close().await;
    assert!(matches!(
        store.storage.load(key).await,
        Err(StorageError::Away(_))
    ));
}

#[tokio::test]
async fn a_stream_that_vanishes_while_it_is_written_is_no_duplicate() {
    let store = Store::open().await;
    let key = session_of(1);
    sqlx::raw_sql(
        "create function vanish() returns trigger language plpgsql as 'begin return null; end';
         create trigger vanish before insert on streams for each row execute function vanish()",
    )
    .execute(&store.owner)
    .await
    .unwrap();
    let once = vec![write(key, batches(1..=2))];
    let away = store.storage.store(once.clone()).await;
    assert!(matches!(away, Err(StorageError::Away(_))), "{away:?}");
    sqlx::query("drop trigger vanish on streams")
        .execute(&store.owner)
        .await
        .unwrap();
    let outcomes = store.storage.store(once).await.unwrap();
    assert_eq!(outcomes[0].streams[0].stored, 2, "the next try stores it");
}

#[tokio::test]
async fn a_postgres_that_is_away_is_found_before_anything_is_compressed() {
    let store = Store::open().await;
    store.pools.writer.close().await;
    let never_compressed = write(session_of(1), [batches(2..=2), batches(1..=1)].concat());
    let away = store.storage.store(vec![never_compressed]).await;
    assert!(matches!(away, Err(StorageError::Away(_))), "{away:?}");
}

#[tokio::test]
async fn sessions_that_nothing_touched_for_half_an_hour_end_idle() {
    let store = Store::open().await;
    let (quiet, busy) = (session_of(1), session_of(1));
    let mut long_seen = write(quiet, batches(1..=1));
    long_seen.seen_at_ms -= 31 * 60_000;
    store.keep(long_seen).await;
    store.keep(write(busy, batches(1..=1))).await;
    assert_eq!(sweep_idle(&store.pools.jobs).await.unwrap(), 1);
    assert_eq!(
        store
            .session::<Option<String>>(quiet, "ended_as")
            .await
            .as_deref(),
        Some("idle")
    );
    assert_eq!(
        store.session::<Option<String>>(busy, "ended_as").await,
        None
    );
}
