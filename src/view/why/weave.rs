//! From the trace of a step to its why-tree.
//!
//! Each event names the message that led to it, so what a host does because of a question belongs to
//! that exchange, and what it does because of an answer belongs to the exchange in which it had asked.
//! What no message and no person at the asking host led to is not a reason, nor is what happened
//! after the answer had come.

use std::collections::BTreeMap;

use super::since::Kept;
use super::tree::{Decision, Exchange, Line, Reason, Why};
use crate::name::HostName;
use crate::trace::{Event, EventNumber, Happening, Sent, Trace};

/// The why-tree of a step, by its place in the scenario, from 0; none where the step asks for nothing.
///
/// ```
/// use forestsim::{run, scenario, view::why};
/// let scenario = scenario::load("scenarios/trusts/trust-reversed.yaml".as_ref()).unwrap();
/// let outcome = run::play(&scenario, &run::RunOptions::default()).unwrap();
/// let why = why::why(&outcome.trace, 1).unwrap();
/// let decisive = why.decisive().unwrap();
/// assert_eq!(decisive.verdict.rule.as_str(), "trust.path");
/// let path: Vec<&str> = why.path(decisive.event.number).iter().map(|one| one.to.as_str()).collect();
/// assert_eq!(path, ["dc-corp"]);
/// ```
pub fn why(trace: &Trace, step: u32) -> Option<Why<'_>> {
    let events: Vec<&Event> = trace.step(step).collect();
    let (name, action) = events.iter().find_map(|event| match &event.happening {
        Happening::StepBegan { name, action } => Some((name, action)),
        _ => None,
    })?;
    let (end, answer) = events.iter().rev().find_map(|event| match &event.happening {
        Happening::Conclusion(conclusion) => Some((*event, conclusion)),
        _ => None,
    })?;
    let asker = end.host.as_ref()?;
    let mut weaver = Weaver { asker, open: Vec::new(), own: Vec::new(), after: BTreeMap::new() };
    for event in events.iter().take_while(|event| event.number <= end.number) {
        weaver.take(event);
    }
    let first = events.first().map_or(end.number, |event| event.number);
    let mut kept = Kept::before(trace, first);
    let reasons = weaver.reasons(&weaver.own, asker, &mut kept);
    Some(Why { step, name, action, asker, answer, answered: end.number, reasons })
}

/// The tree while it grows.
struct Weaver<'t> {
    asker: &'t HostName,
    /// Every exchange that was begun.
    open: Vec<Open<'t>>,
    /// What happened at the asking host by itself.
    own: Vec<Part<'t>>,
    /// For each message, within which exchange its receiver works from then on.
    after: BTreeMap<EventNumber, Within>,
}

/// Within which exchange something happens; none for the asking host's own doing.
type Within = Option<usize>;

struct Open<'t> {
    event: &'t Event,
    from: &'t HostName,
    question: &'t Sent,
    answer: Option<&'t Event>,
    above: Within,
    parts: Vec<Part<'t>>,
}

enum Part<'t> {
    Decision(Decision<'t>),
    Line(Line<'t>),
    Asks(usize),
}

impl<'t> Weaver<'t> {
    fn take(&mut self, event: &'t Event) {
        let within = match event.cause {
            None if event.host.as_ref() == Some(self.asker) => None,
            None => return,
            Some(cause) => match self.after.get(&cause) {
                Some(within) => *within,
                None => return,
            },
        };
        match &event.happening {
            Happening::Sent(sent) => self.message(event, sent, within),
            Happening::Verdict(verdict) => self.add(within, Part::Decision((event, verdict).into())),
            Happening::Document(line) => self.add(within, Part::Line(Line { event, line })),
            _ => {}
        }
    }

    fn message(&mut self, event: &'t Event, sent: &'t Sent, within: Within) {
        let Some(from) = &event.host else { return };
        let answered = within.map(|index| &mut self.open[index]);
        let answered = answered.filter(|open| *open.from == sent.to && open.question.port == sent.port);
        if let Some(open) = answered {
            open.answer = Some(event);
            let above = open.above;
            self.after.insert(event.number, above);
        } else {
            let index = self.open.len();
            let parts = Vec::new();
            self.open.push(Open { event, from, question: sent, answer: None, above: within, parts });
            self.add(within, Part::Asks(index));
            self.after.insert(event.number, Some(index));
        }
    }

    fn add(&mut self, within: Within, part: Part<'t>) {
        match within {
            Some(index) => self.open[index].parts.push(part),
            None => self.own.push(part),
        }
    }

    /// The parts as reasons; `requester` is who asked for them.
    fn reasons(&self, parts: &[Part<'t>], requester: &'t HostName, kept: &mut Kept<'t>) -> Vec<Reason<'t>> {
        let mut list = List::default();
        for part in parts {
            match part {
                Part::Decision(decision) => {
                    let since = kept.taken(requester, decision.verdict);
                    list.decision(Decision { since, ..*decision });
                }
                Part::Line(line) => list.reasons.push(Reason::Line(*line)),
                Part::Asks(index) => {
                    let open = &self.open[*index];
                    let reasons = self.reasons(&open.parts, open.from, kept);
                    if carries(open.question) {
                        decisions(reasons).into_iter().for_each(|decision| list.decision(decision));
                    } else {
                        list.exchange(open, reasons);
                    }
                }
            }
        }
        list.finish()
    }
}

/// Whether a message only finds or carries others: looking up names, and the handshakes below an
/// application's protocol. What was decided about it is a reason, the message itself is none.
fn carries(sent: &Sent) -> bool {
    matches!(&*sent.protocol, "DNS" | "TLS" | "TCP")
}

fn decisions(reasons: Vec<Reason<'_>>) -> Vec<Decision<'_>> {
    let inner = reasons.into_iter().flat_map(|reason| match reason {
        Reason::Decision(decision) => vec![decision],
        Reason::Line(_) => Vec::new(),
        Reason::Exchange(exchange) => {
            exchange.reached.into_iter().chain(decisions(exchange.reasons)).collect()
        }
    });
    inner.collect()
}

/// Reasons in order, with how a server was reached kept for the exchange with it.
#[derive(Default)]
struct List<'t> {
    reached: Vec<Decision<'t>>,
    reasons: Vec<Reason<'t>>,
}

impl<'t> List<'t> {
    fn decision(&mut self, decision: Decision<'t>) {
        if !decision.only_reaches() {
            self.flush();
            self.reasons.push(Reason::Decision(decision));
            return;
        }
        // That a server answers in time shows only after the exchange.
        match self.reasons.last_mut() {
            Some(Reason::Exchange(last))
                if decision.verdict.rule == crate::rule::SERVER_ANSWERS.id() && self.reached.is_empty() =>
            {
                last.reached.push(decision);
            }
            _ => self.reached.push(decision),
        }
    }

    fn exchange(&mut self, open: &Open<'t>, reasons: Vec<Reason<'t>>) {
        // A farewell decides nothing: it opens no connection and waits for no answer.
        if open.answer.is_none() && self.reached.is_empty() && reasons.is_empty() {
            return;
        }
        self.reasons.push(Reason::Exchange(Box::new(Exchange {
            from: open.from,
            to: &open.question.to,
            event: open.event,
            question: open.question,
            answer: open.answer,
            reached: std::mem::take(&mut self.reached),
            reasons,
        })));
    }

    fn flush(&mut self) {
        self.reasons.extend(self.reached.drain(..).map(Reason::Decision));
    }

    fn finish(mut self) -> Vec<Reason<'t>> {
        self.flush();
        self.reasons
    }
}
