//! A small run, made by hand, for the tests of the views: it holds every kind of event once.

use crate::name::HostName;
use crate::rule::{self, Rule};
use crate::time::{Span, VirtualTime};
use crate::trace::outcome::{Asked, Expectation, Failure, Outcome, Place, StepOutcome};
use crate::trace::*;

/// Writes events one after the other, a millisecond apart.
pub struct Script {
    events: Vec<Event>,
    start: VirtualTime,
    step: Option<u32>,
}

impl Script {
    pub fn new() -> Self {
        Self { events: Vec::new(), start: VirtualTime::from_micros(1_204_534_800_000_000), step: None }
    }

    pub fn event(&mut self, host: &str, happening: Happening) -> EventNumber {
        let number = self.events.len() as u64 + 1;
        self.events.push(Event {
            number,
            at: self.start + Span::micros(1_300 * number as i64),
            host: (!host.is_empty()).then(|| HostName::new(host)),
            step: self.step,
            cause: None,
            happening,
        });
        number
    }

    pub fn step(&mut self, name: &str, action: &str) {
        self.step = Some(self.step.map_or(0, |step| step + 1));
        self.event("", Happening::StepBegan { name: name.into(), action: action.into() });
    }

    pub fn sent(
        &mut self,
        from: &str,
        to: &str,
        protocol: &'static str,
        port: u16,
        title: &str,
    ) -> EventNumber {
        let sent = Sent {
            to: to.into(),
            transport: if port == 53 { Transport::Udp } else { Transport::Tcp },
            port,
            protocol: protocol.into(),
            secured: port == 443,
            title: title.to_owned().into(),
            details: vec![Detail::new("field", "value")],
            latency: Some(Span::micros(900)),
            size: 120,
            digest: "00112233aabbccdd".into(),
        };
        self.event(from, Happening::Sent(sent))
    }

    pub fn verdict(&mut self, at: &str, rule: &Rule, ruling: Ruling, who: &'static str, on: &'static str) {
        let verdict = Verdict {
            rule: rule.id(),
            ruling,
            at: at.into(),
            who: who.into(),
            on: on.into(),
            facts: vec![Detail::new("now", "09:00:00")],
        };
        self.event(at, Happening::Verdict(verdict));
    }

    pub fn finish(self) -> Trace {
        Trace {
            scenario: "A salesman buys".into(),
            seed: 7,
            version: "0.0.0".into(),
            start: self.start,
            topology: vec!["host ws".into()],
            events: self.events,
            random: [("ws/tls".to_owned(), 3)].into(),
        }
    }
}

/// A trace with every kind of event.
pub fn trace() -> Trace {
    let mut script = Script::new();
    script.sent("ws", "fs-r", "SOAP", 443, "asks for the trust information");
    script.step("first visit", "sally-laptop opens https://ws.example/orders");
    script.sent("sally-laptop", "dns-ext", "DNS", 53, "where is ws.example?");
    script.sent("dns-ext", "sally-laptop", "DNS", 53, "ws.example is at ws");
    script.verdict("sally-laptop", &rule::NAME_RESOLVES, Ruling::Allowed, "sally-laptop", "ws.example");
    let connection = |outcome| {
        let name = Some("ws.example".into());
        Happening::Connection(Connection { name, to: Some("ws".into()), port: 443, outcome })
    };
    script.event("sally-laptop", connection(Ok(())));
    script.sent("sally-laptop", "ws", "TLS", 443, "hello");
    script.sent("ws", "sally-laptop", "TLS", 443, "hello, here is my certificate");
    script.verdict("sally-laptop", &rule::TLS_SERVER_CERTIFICATE, Ruling::Allowed, "ws", "ws.example");
    script.sent("sally-laptop", "ws", "HTTP", 443, "GET /orders");
    script.verdict("ws", &rule::AUTHENTICATION_COOKIE, Ruling::Curtailed, "", "https://ws.example/orders");
    let lost =
        script.sent("ws", "sally-laptop", "HTTP", 443, "302 Found: sign in at https://fs.example/adfs/ls/");
    script.event("", Happening::Lost(Loss { message: lost, why: "fault “storm” drops it".into() }));
    script.verdict("fs-r", &rule::TOKEN_TIME, Ruling::Refused, "sally@corp.example", "ws");
    script.verdict("fs-r", &rule::SID_FILTER, Ruling::Suspended, "sally@corp.example", "");
    script.event("sally-laptop", connection(Err("firewall fw-out drops it".into())));
    let state = |value| StateChange { store: "cookie jar".into(), item: "_WebSsoAuth".into(), value };
    script.event("sally-laptop", Happening::State(state(Some("for ws.example".into()))));
    script.event("sally-laptop", Happening::State(state(None)));
    let entry = LogEntry { log: "Security".into(), id: Some(4624), text: "sally signed in".into() };
    script.event("ws", Happening::Log(entry));
    script.event("ws", Happening::Truth(Truth { text: "mallory read it".into() }));
    script.event("", Happening::Fault { name: "storm".into(), what: "ends".into() });
    let conclusion = Conclusion {
        granted: false,
        identity: Some("sally@corp.example".into()),
        asked: "https://ws.example/orders".into(),
        shown: "403 Forbidden".into(),
        details: vec![Detail::new("status", "403")],
    };
    script.event("sally-laptop", Happening::Conclusion(conclusion));
    script.finish()
}

/// An outcome over [`trace`], with one expectation that was not met.
pub fn outcome() -> Outcome {
    let trace = trace();
    let place = Place { file: "a file.yaml".into(), line: 9, column: 15 };
    Outcome {
        scenario: trace.scenario.clone(),
        document: Some("The Document".into()),
        file: "a file.yaml".into(),
        seed: trace.seed,
        without: vec![rule::SID_FILTER.id()],
        fingerprint: Fingerprint::of(&trace),
        trace,
        steps: vec![StepOutcome {
            index: 0,
            name: "first visit".into(),
            action: "sally-laptop opens https://ws.example/orders".into(),
            asked: Some(Asked {
                granted: false,
                identity: None,
                rule: Some(rule::TOKEN_TIME.id()),
                at: Some("fs-r".into()),
                visits: vec!["ws".into(), "fs-r".into()],
            }),
            expectations: vec![Expectation {
                what: "granted".into(),
                place: place.clone(),
                failure: Some(Failure {
                    message: "expected granted, was refused".into(),
                    place: Some(place),
                }),
            }],
        }],
        failures: vec![Failure { message: "the fault `storm` touched nothing".into(), place: None }],
        exports: Vec::new(),
    }
}
