use super::*;
use crate::time::Span;
use crate::view::sample;

#[test]
fn the_story_tells_every_kind_of_event_and_folds_the_handshakes() {
    let told = story(&sample::outcome(), Depth::Application, Look { width: 100, colour: false });
    insta::assert_snapshot!(told, @r"
    A salesman buys
    after “The Document”
    seed 7, starts 2008-03-03T09:00:00Z
    without trust.sid-filter
    ✓ allowed   ~ not met, goes on   ✗ refused   ! not met, suspended by --without

    ── the hosts start ─────────────────────────────────────────────────────────────────────────────────
     1  0.001  ws           → fs-r          SOAP/TLS 443  asks for the trust information

    ── 1. first visit ──────────────────────────────────────────────────────────────────────────────────
    sally-laptop opens https://ws.example/orders

     3  0.003  sally-laptop → dns-ext       DNS 53        where is ws.example?
     4  0.005  dns-ext      → sally-laptop  DNS 53        ws.example is at ws
               · sally-laptop  connects to ws, port 443, and they agree on keys (TLS); 2 checks passed
    10  0.013  sally-laptop → ws            HTTP/TLS 443  GET /orders
               ~ ws            adfs.authentication-cookie, not met: The request carries an AD FS
                               authentication cookie that is still good.
                               on https://ws.example/orders · now 09:00:00
    12  0.015  ws           → sally-laptop  HTTP/TLS 443  302 Found: sign in at https://fs.example/adfs/
                                                          ls/
               ×               message 12 to sally-laptop is lost: fault “storm” drops it
               ✗ fs-r          adfs.token-time, refused: The time lies within the token's conditions,
                               give or take five minutes.
                               sally@corp.example on ws · now 09:00:00
                               remedy: Set the clocks, or sign in again.
               ! fs-r          trust.sid-filter, not met but suspended: The SIDs that came over the
                               trust belong to the domains that the trust may speak for.
                               sally@corp.example · now 09:00:00
               × sally-laptop  cannot connect to ws.example (ws), port 443: firewall fw-out drops it
               + sally-laptop  cookie jar: _WebSsoAuth = for ws.example
               - sally-laptop  cookie jar: _WebSsoAuth is gone
               # ws            Security log 4624: sally signed in
               = ws            in truth: mallory read it
               *               fault “storm”: ends
               » sally-laptop  sees: 403 Forbidden (as sally@corp.example)

    refused by adfs.token-time at fs-r; visited ws, fs-r

    ── outcome ─────────────────────────────────────────────────────────────────────────────────────────
    ✗ a file.yaml:9:15
      step 1, first visit: expected granted, was refused
    ✗ a file.yaml
      the fault `storm` touched nothing
    failed: 1 of 1 step; 7 messages, 5 decisions, 0.028 s of virtual time
    fingerprint: decisions 056c9fc8c1171add, messages 5a8e2c506400624d, timing dad9f37b14e58662,
                 topology ddb69cb0d287e71b, random 146ebab8caf6bd50
    seed 7; again: forestsim run 'a file.yaml' --seed 7 --without trust.sid-filter
    ");
}

#[test]
fn the_whole_story_also_shows_handshakes_passed_checks_and_fields() {
    let told = story(&sample::outcome(), Depth::All, Look::PLAIN);
    for part in [
        "hello, here is my certificate",
        "✓ sally-laptop  network.name-resolves",
        "field: value",
        "asked for",
    ] {
        assert!(told.contains(part), "{part} is missing from\n{told}");
    }
    assert!(!told.contains("agree on keys"), "{told}");
}

#[test]
fn no_row_is_wider_than_the_page() {
    for width in [80, 110, 200] {
        let told = story(&sample::outcome(), Depth::All, Look { width, colour: false });
        let widest = told.lines().map(crate::view::page::width).max().unwrap();
        assert!(widest <= width && widest > width - 10, "{widest} of {width}:\n{told}");
    }
}

#[test]
fn times_read_as_clocks_do() {
    assert_eq!(since_start(Span::micros(31_999)), "0.031");
    assert_eq!(since_start(Span::minutes(5) + Span::millis(31)), "5:00.031");
    assert_eq!(since_start(Span::hours(2)), "2:00:00.000");
    assert_eq!(since_start(Span::days(2) + Span::minutes(65)), "2d 1:05:00.000");
}
