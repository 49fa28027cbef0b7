use super::*;

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

fn stranger(number: u16) -> IpAddr {
    let [high, low] = number.to_be_bytes();
    IpAddr::from([198, 51, high, low])
}

#[tokio::test(start_paused = true)]
async fn failures_make_the_next_attempt_wait() {
    let throttle = LoginThrottle::default();
    for _ in 0..EMAIL_PACE.free {
        let _ = throttle.admit("ann@example.com", HOME).unwrap();
    }
    let wait = throttle.admit("ann@example.com", HOME).unwrap_err();
    assert_eq!(wait, Duration::from_secs(1));
    tokio::time::advance(wait).await;
    let _ = throttle.admit("ann@example.com", HOME).unwrap();
    assert!(throttle.admit("ann@example.com", HOME).is_err());
    let _ = throttle.admit("bob@example.com", HOME).unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_email_is_checked_at_most_thirty_times_a_minute_from_many_addresses() {
    let throttle = LoginThrottle::default();
    let mut checked = 0;
    for number in 0..6_000 {
        if throttle
            .admit("ann@example.com", stranger(number % 50))
            .is_ok()
        {
            checked += 1;
        }
        tokio::time::advance(Duration::from_millis(10)).await;
    }
    assert!((1..=30).contains(&checked), "checked {checked}");
}

#[tokio::test(start_paused = true)]
async fn a_familiar_address_is_not_locked_out_by_strangers() {
    let throttle = LoginThrottle::default();
    let first = throttle.admit("ann@example.com", HOME).unwrap();
    throttle.succeeded(first);
    for number in 0..200 {
        let _ = throttle.admit("ann@example.com", stranger(number));
    }
    assert!(throttle.admit("ann@example.com", stranger(999)).is_err());
    let again = throttle.admit("ann@example.com", HOME).unwrap();
    throttle.succeeded(again);
}

#[tokio::test(start_paused = true)]
async fn success_does_not_wash_an_address_clean() {
    let throttle = LoginThrottle::default();
    for number in 0..ADDRESS_PACE.free {
        let _ = throttle
            .admit(&format!("{number}@example.com"), HOME)
            .unwrap();
    }
    tokio::time::advance(Duration::from_secs(1)).await;
    let own = throttle.admit("own@example.com", HOME).unwrap();
    throttle.succeeded(own);
    let _ = throttle.admit("x@example.com", HOME).unwrap();
    assert!(throttle.admit("y@example.com", HOME).is_err());
}

#[tokio::test(start_paused = true)]
async fn memory_stays_bounded() {
    let throttle = LoginThrottle::default();
    for number in 0..20_000_u32 {
        let [_, high, middle, low] = number.to_be_bytes();
        let address = IpAddr::from([10, high, middle, low]);
        let attempt = throttle.admit(&number.to_string(), address).unwrap();
        if number % 2 == 0 {
            throttle.succeeded(attempt);
        }
    }
    let memory = throttle.memory.lock().unwrap();
    assert!(memory.counters.len() <= COUNTERS_MAX);
    assert!(memory.familiar.len() <= FAMILIAR_MAX);
}

#[test]
fn an_ipv6_subscriber_is_one_network() {
    let one: IpAddr = "2001:db8:1:2::3".parse().unwrap();
    let other: IpAddr = "2001:db8:1:2:ffff::9".parse().unwrap();
    assert_eq!(network_of(one), network_of(other));
}
