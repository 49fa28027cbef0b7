//! Whatever recorders do and storage suffers, in any order: what is acknowledged is stored, nothing is
//! stored twice, and every arrival has one fate.

use proptest::prelude::*;
use std::time::Duration;

use super::support::{Stage, in_virtual_time, stream};
use super::tab::Tab;
use crate::outcome::{Dropped, Outcome};

#[derive(Clone, Debug)]
enum Step {
    Send,
    Resend,
    Skip,
    Gap,
    Reconnect,
    HangUp,
    Post,
    StorageAway(bool),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Send),
        2 => Just(Step::Resend),
        1 => Just(Step::Skip),
        1 => Just(Step::Gap),
        2 => Just(Step::Reconnect),
        1 => Just(Step::HangUp),
        1 => Just(Step::Post),
        2 => any::<bool>().prop_map(Step::StorageAway),
        4 => (0u64..90_000).prop_map(Step::Wait),
    ]
}

async fn play(steps: Vec<Step>) {
    let world = Stage::new();
    let mut tab: Option<Tab> = None;
    let mut next = 1;
    let mut acked = 0;
    for step in steps {
        match step {
            Step::Send => {
                if let Some(tab) = &tab {
                    tab.send(next);
                }
                next += 1;
            }
            Step::Resend => {
                if let Some(tab) = tab.as_ref().filter(|_| next > 1) {
                    tab.send(next - 1);
                }
            }
            Step::Skip => next += 1,
            Step::Gap => {
                if let Some(tab) = &tab {
                    tab.send_gap(next + 2, next, next + 1);
                }
                next += 3;
            }
            Step::Reconnect => tab = world.try_visit(stream(1), None).await,
            Step::HangUp => {
                if let Some(tab) = tab.take() {
                    tab.hang_up();
                }
            }
            Step::Post => {
                world.storage.set_away(false);
                let _ = world.post(stream(1), &[next]).await;
                next += 1;
            }
            Step::StorageAway(away) => world.storage.set_away(away),
            Step::Wait(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
        }
        if let Some(tab) = &tab {
            acked = acked.max(tab.acked());
        }
        check(&world, acked);
    }
    world.storage.set_away(false);
    if let Some(tab) = tab.take() {
        tab.hang_up();
    }
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(
        world.ledger.held(),
        0,
        "P3: every arrival has a fate at the end"
    );
    assert_eq!(
        world.ledger.count(Outcome::Dropped(Dropped::Undecided)),
        0,
        "P3: nobody forgot one"
    );
    assert_eq!(
        world.ledger.count(Outcome::Stored),
        world.storage.numbers(stream(1)).len() as u64,
        "P2: what is counted as stored is stored once"
    );
    assert!(world.shared.registry.is_empty(), "P4: the actor stops");
}

/// P1: every number up to the acknowledged one is stored, or named in a gap.
fn check(world: &Stage, acked: u64) {
    let durable = world.storage.settled(stream(1));
    assert!(
        durable.up_to() >= acked,
        "acknowledged {acked}, durable {durable:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn p1_p2_p3_hold_whatever_happens(steps in proptest::collection::vec(step(), 1..60)) {
        in_virtual_time(play(steps));
    }
}
