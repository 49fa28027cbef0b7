//! Which sessions staff are told are live, on a real server.

use serde_json::{Value, json};

use crate::node::{Node, eventually};
use crate::recorder::{Identity, Recorder, batch};

const SITE: &str = "live";

async fn signed_in(node: &Node) -> reqwest::Client {
    let client = reqwest::Client::builder().cookie_store(true);
    let client = client.build().unwrap();
    let who = json!({
        "email": "staff@example.com",
        "password": "correct horse battery staple",
    });
    let answer = client
        .post(format!("http://{}/api/v1/login", node.address))
        .json(&who)
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
    client
}

/// The ids of the sessions that are live, or of the others, asked for one by one.
async fn told(node: &Node, staff: &reqwest::Client, live: bool) -> Vec<String> {
    let first = format!(
        "http://{}/api/v1/sessions?limit=1&live={live}",
        node.address
    );
    let mut told = Vec::new();
    let mut url = first.clone();
    loop {
        let page: Value = staff.get(url).send().await.unwrap().json().await.unwrap();
        let sessions = page["sessions"].as_array().unwrap();
        let id = |session: &Value| session["id"].as_str().unwrap().to_owned();
        told.extend(sessions.iter().map(id));
        let Some(next) = page["next"].as_str() else {
            return told;
        };
        url = format!("{first}&before={next}");
    }
}

#[tokio::test]
async fn a_session_is_live_while_its_socket_is_open() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let staff = signed_in(&node).await;
    let mut sockets = Vec::new();
    for _ in 0..2 {
        let identity = Identity::new(SITE);
        let mut recorder = Recorder::connect(&node.address, &identity).await.unwrap();
        recorder.send(batch(1)).await;
        recorder.wait_for_ack(1).await.unwrap();
        sockets.push(recorder);
    }
    sockets.sort_by_key(|recorder| recorder.session);
    let ids: Vec<_> = sockets
        .iter()
        .map(|recorder| recorder.session.to_string())
        .collect();
    let newest_first = [ids[1].clone(), ids[0].clone()];
    assert_eq!(told(&node, &staff, true).await, newest_first);
    assert!(told(&node, &staff, false).await.is_empty());

    sockets.pop();
    eventually("the closed one to be no longer live", async || {
        (told(&node, &staff, true).await == ids[..1]).then_some(())
    })
    .await;
    assert_eq!(told(&node, &staff, false).await, ids[1..]);
}
