use super::*;
use crate::rule;
use crate::trace::{Conclusion, Happening, Ruling, Trace};
use crate::view::page::Look;
use crate::view::sample::Script;

/// A laptop asks a server, which asks another before it refuses; meanwhile a third does something.
fn trace() -> Trace {
    let mut script = Script::new();
    script.step("a \"first\" visit", "laptop opens <script>;x");
    script.verdict("laptop", &rule::ROUTE_OPEN, Ruling::Allowed, "laptop", "ws:443");
    let asked = script.sent("laptop", "ws", "HTTP", 443, "GET /\"orders\"");
    script.verdict("ws", &rule::AUTHENTICATION_COOKIE, Ruling::Allowed, "sally", "orders");
    let inner = script.sent("ws", "dc", "LDAP", 389, "search");
    script.verdict("dc", &rule::LDAP_READ, Ruling::Allowed, "ws$", "CN=sally");
    let found = script.sent("dc", "ws", "LDAP", 389, "found");
    script.verdict("ws", &rule::TOKEN_TIME, Ruling::Refused, "sally", "orders");
    let refused = script.sent("ws", "laptop", "HTTP", 443, "403 Forbidden");
    script.verdict("elsewhere", &rule::TOKEN_TIME, Ruling::Refused, "someone", "else");
    let conclusion = Conclusion {
        granted: false,
        identity: None,
        asked: "orders".into(),
        shown: "403".into(),
        details: Vec::new(),
    };
    script.event("laptop", Happening::Conclusion(conclusion));
    let mut trace = script.finish();
    let causes = [(asked, 2), (inner, 2), (found, 2), (refused, 2)];
    for (cause, count) in causes {
        let begin = usize::try_from(cause).unwrap();
        for event in &mut trace.events[begin..begin + count] {
            event.cause = Some(cause);
        }
    }
    trace.events[9].cause = None;
    trace
}

#[test]
fn questions_hang_below_the_question_that_led_to_them() {
    let trace = trace();
    let why = why(&trace, 0).unwrap();
    let [Reason::Exchange(outer)] = why.reasons.as_slice() else { panic!("{:?}", why.reasons) };
    assert_eq!((outer.to.as_str(), outer.reached.len()), ("ws", 1));
    assert_eq!(outer.answer.map(|event| event.number), Some(9));
    let [_, Reason::Exchange(inner), _] = outer.reasons.as_slice() else { panic!("{:?}", outer.reasons) };
    assert_eq!((inner.from.as_str(), inner.to.as_str()), ("ws", "dc"));
    // What nobody here began is no reason, though it was refused.
    let decisive = why.decisive().unwrap();
    assert_eq!((decisive.event.number, why.decisions().len()), (8, 4));
    let path = |event| why.path(event).iter().map(|one| one.to.to_string()).collect::<Vec<_>>();
    assert_eq!((path(6), path(8), path(10)), (vec!["ws".into(), "dc".into()], vec!["ws".into()], vec![]));
    assert!(super::why(&trace, 1).is_none());
}

#[test]
fn the_decisive_rule_comes_first_and_nothing_in_a_text_steers_a_drawing() {
    let trace = trace();
    let why = why(&trace, 0).unwrap();
    let told = text::render(&why, Look::PLAIN);
    let place = |piece: &str| told.find(piece).unwrap_or_else(|| panic!("no {piece} in\n{told}"));
    assert!(place("the decisive rule") < place("the chain from the person"));
    assert!(told.contains(rule::TOKEN_TIME.remedy) && told.contains(rule::TOKEN_TIME.source));

    let drawn = mermaid::render(&why);
    assert!(drawn.contains("laptop opens #lt;script#gt;") && drawn.contains("#quot;orders#quot;"), "{drawn}");
    assert!(drawn.lines().skip(1).all(|line| line.matches('"').count() % 2 == 0), "{drawn}");
}
