//! What a list of sessions is narrowed by.

use axum::http::StatusCode;

use crate::recording::BEGAN_MS;
use crate::stage::{ANN, Stage};
use crate::visits::{HOUR_MS, Visit, found, path};

#[tokio::test]
async fn each_filter_finds_its_sessions_and_no_other() {
    let stage = Stage::local().await;
    let (shop, blog) = (
        stage.site(stage.account_a, "Shop", "key-a").await,
        stage.site(stage.account_a, "Blog", "key-b").await,
    );
    let old = Visit {
        user: Some("Änne Müller"),
        pages: &[
            ("https://shop.example/", "Shop"),
            ("https://shop.example/Checkout?step=1", ""),
        ],
        ..Visit::after_hours(shop, 0)
    };
    let old = old.store(&stage, stage.account_a).await;
    let long = Visit {
        lasted_ms: 90_000,
        visitor: 0xabcd << 112,
        pages: &[("https://shop.example/cart", "Ihr Einkaufswagen – Öl")],
        ..Visit::after_hours(shop, 30)
    };
    let long = long.store(&stage, stage.account_a).await;
    let new = Visit {
        visitor: 0xabce << 112,
        user: Some("beacon"),
        ..Visit::after_hours(blog, 60)
    };
    let new = new.store(&stage, stage.account_a).await;
    stage.live.add(new);

    let ann = stage.sign_in(ANN).await;
    let (site, began) = (blog.to_string(), (BEGAN_MS + 30 * HOUR_MS).to_string());
    let just_after = (BEGAN_MS + 30 * HOUR_MS + 1).to_string();
    let whole_id = format!("ABCD{}", "0".repeat(28));
    for (filter, expected) in [
        (("site", site.as_str()), vec![new]),
        (("site", "999999"), vec![]),
        (("from_ms", began.as_str()), vec![new, long]),
        (("from_ms", just_after.as_str()), vec![new]),
        (("to_ms", began.as_str()), vec![old]),
        (("to_ms", just_after.as_str()), vec![long, old]),
        (("to_ms", "0"), vec![]),
        (("duration_min_ms", "90000"), vec![long]),
        (("duration_min_ms", "90001"), vec![]),
        (("duration_max_ms", "1000"), vec![new, old]),
        (("duration_max_ms", "999"), vec![]),
        (("page", "CHECKOUT?"), vec![old]),
        (("page", "ÖL"), vec![long]),
        (("page", "shop"), vec![new, long, old]),
        (("page", ""), vec![new, long, old]),
        (("page", "/nowhere"), vec![]),
        (("visitor", "abc"), vec![new, long]),
        (("visitor", "ABCD"), vec![long]),
        (("visitor", whole_id.as_str()), vec![long]),
        (("visitor", "bcd"), vec![]),
        (("visitor", "ÄNNE m"), vec![old]),
        (("visitor", "bEAc"), vec![new]),
        (("live", "true"), vec![new]),
        (("live", "false"), vec![long, old]),
    ] {
        assert_eq!(found(&stage, &ann, &[filter]).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn filters_narrow_together() {
    let stage = Stage::local().await;
    let shop = stage.site(stage.account_a, "Shop", "key-a").await;
    let other = stage.site(stage.account_a, "Other", "key-b").await;
    let cart: &[(&str, &str)] = &[("https://shop.example/cart", "Cart")];
    let mut stored = Vec::new();
    // Each of these differs from the first in one thing.
    for number in 0..5 {
        let mut visit = Visit {
            pages: cart,
            user: Some("Bea"),
            lasted_ms: 5_000,
            ..Visit::after_hours(shop, number)
        };
        match number {
            1 => visit.site = other,
            2 => visit.pages = &[],
            3 => visit.user = None,
            4 => visit.lasted_ms = 4_999,
            _ => {}
        }
        stored.push(visit.store(&stage, stage.account_a).await);
    }
    let ann = stage.sign_in(ANN).await;
    let site = shop.to_string();
    let all = [
        ("site", site.as_str()),
        ("page", "/CART"),
        ("visitor", "bea"),
        ("duration_min_ms", "5000"),
    ];
    assert_eq!(found(&stage, &ann, &all).await, [stored[0]]);
    for left_out in 0..4 {
        let mut some = all.to_vec();
        some.remove(left_out);
        let expected = [stored[left_out + 1], stored[0]];
        assert_eq!(found(&stage, &ann, &some).await, expected, "{some:?}");
    }
    let no_time = [("from_ms", "1"), ("to_ms", "1")];
    assert!(found(&stage, &ann, &no_time).await.is_empty());
}

#[tokio::test]
async fn every_letter_of_a_filter_stands_for_itself() {
    let stage = Stage::local().await;
    let shop = stage.site(stage.account_a, "Shop", "key-a").await;
    Visit::after_hours(shop, 0)
        .store(&stage, stage.account_a)
        .await;
    let strange = r#"100%_\'";--😀 .*[(?{^$|+***="#;
    let odd = Visit {
        user: Some(strange),
        pages: &[("/\u{fffd}", strange)],
        ..Visit::after_hours(shop, 1)
    };
    let odd = odd.store(&stage, stage.account_a).await;
    let ann = stage.sign_in(ANN).await;
    for text in [
        "%", "_", "\\", "'", "\"", "😀", r"0%_\'", strange, ".*", "[", "(", "***=", "$",
    ] {
        for name in ["page", "visitor"] {
            assert_eq!(
                found(&stage, &ann, &[(name, text)]).await,
                [odd],
                "{name} {text}"
            );
        }
    }
    assert_eq!(found(&stage, &ann, &[("page", "\0")]).await, [odd]);
    for text in [
        "%%",
        "\0",
        "' or true --",
        "\\%",
        "\u{202e}",
        "0.%",
        "1|0",
        "(?i)100",
        "\\d",
    ] {
        let none = found(&stage, &ann, &[("visitor", text)]).await;
        assert!(none.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn parameters_outside_their_domain_are_named() {
    let stage = Stage::local().await;
    let ann = stage.sign_in(ANN).await;
    let long = "a".repeat(10_000);
    for (name, values) in [
        ("limit", &["0", "201", "x", "-1", "", "1.5"][..]),
        ("before", &["rubbish", "", "\0", &long]),
        (
            "site",
            &["0", "-1", "x", "", "9223372036854775808", "1 or true"],
        ),
        ("from_ms", &["-1", "x", "", "253402300800000"]),
        ("to_ms", &["-1", "x", "1e9", "253402300800000"]),
        ("duration_min_ms", &["-1", "x", "\0"]),
        ("duration_max_ms", &["-1", "x", "'"]),
        ("page", &[&long, &"a".repeat(1_025), &"ä".repeat(513)]),
        ("visitor", &[&long, &"a".repeat(129)]),
        ("live", &["", "1", "TRUE", "yes"]),
        ("to_ms", &["4&from_ms=5"]),
        ("duration_max_ms", &["4&duration_min_ms=5"]),
    ] {
        for value in values {
            let path = if value.contains('&') {
                format!("/api/v1/sessions?{name}={value}")
            } else {
                path(&[(name, value)]).replace("limit=200&", "")
            };
            let answer = stage.get_as(&ann, &path).await;
            answer.assert_error(StatusCode::UNPROCESSABLE_ENTITY, "bad_parameter");
            let message = answer.json()["message"].to_string();
            assert!(message.contains(name), "{name} {value}: {message}");
        }
    }
    for query in ["live=true&live=true", "sit=1"] {
        let answer = stage
            .get_as(&ann, &format!("/api/v1/sessions?{query}"))
            .await;
        answer.assert_error(StatusCode::UNPROCESSABLE_ENTITY, "bad_parameter");
    }
    for (name, longest) in [("page", "ä".repeat(512)), ("visitor", "a".repeat(128))] {
        assert!(found(&stage, &ann, &[(name, &longest)]).await.is_empty());
    }
}

#[tokio::test]
async fn no_filter_reaches_another_account() {
    let stage = Stage::local().await;
    let of_b = stage.site(stage.account_b, "B's shop", "key-b").await;
    let foreign = Visit {
        user: Some("Bob's customer"),
        ..Visit::after_hours(of_b, 0)
    };
    let foreign = foreign.store(&stage, stage.account_b).await;
    stage.live.add(foreign);
    let ann = stage.sign_in(ANN).await;
    let site = of_b.to_string();
    for filter in [
        ("site", site.as_str()),
        ("page", "shop"),
        ("visitor", "0"),
        ("visitor", &"0".repeat(32)),
        ("visitor", "customer"),
        ("duration_min_ms", "0"),
        ("live", "true"),
        ("live", "false"),
    ] {
        let none = found(&stage, &ann, &[filter]).await;
        assert!(none.is_empty(), "{filter:?}");
    }
}
