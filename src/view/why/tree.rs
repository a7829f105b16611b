//! The why-tree: a person's request, who asked whom because of it, and what each decided.

use crate::name::HostName;
use crate::rule::{self, Rule};
use crate::trace::{Conclusion, DocumentLine, Event, EventNumber, Ruling, Sent, Verdict};

/// Why a step was answered as it was.
#[derive(Debug, Clone)]
pub struct Why<'t> {
    /// The step's place in its scenario, from 0.
    pub step: u32,
    /// The step's name.
    pub name: &'t str,
    /// What was done, in words.
    pub action: &'t str,
    /// The host at which the person asked.
    pub asker: &'t HostName,
    /// The answer.
    pub answer: &'t Conclusion,
    /// The event in which the answer came.
    pub answered: EventNumber,
    /// What was decided at the asking host itself, and whom it asked, in the order of happening.
    pub reasons: Vec<Reason<'t>>,
}

/// One reason among those for an answer.
#[derive(Debug, Clone)]
pub enum Reason<'t> {
    /// A decision.
    Decision(Decision<'t>),
    /// A line of the document that a server carried out.
    Line(Line<'t>),
    /// A host asked another, which has its own reasons for what it answered.
    Exchange(Box<Exchange<'t>>),
}

/// A decision as a link in the chain of trust.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'t> {
    /// The event that holds it.
    pub event: &'t Event,
    /// The decision: by which rule, where, about whom, and the facts that it looked at.
    pub verdict: &'t Verdict,
    /// The rule with its title, its source and its remedy; none where this version has no such rule.
    pub rule: Option<&'static Rule>,
    /// What it relied on that was there before the step: a cookie, a ticket, a token.
    pub since: Option<&'t Event>,
}

/// A line of the document that a server carried out.
#[derive(Debug, Clone, Copy)]
pub struct Line<'t> {
    /// The event that holds it.
    pub event: &'t Event,
    /// The line.
    pub line: &'t DocumentLine,
}

/// A host asked another.
#[derive(Debug, Clone)]
pub struct Exchange<'t> {
    /// Who asked.
    pub from: &'t HostName,
    /// Whom.
    pub to: &'t HostName,
    /// The event of the question.
    pub event: &'t Event,
    /// The question.
    pub question: &'t Sent,
    /// The event of the last message that answered it; none where nothing came.
    pub answer: Option<&'t Event>,
    /// How the other was reached: names, routes, certificates of TLS. All of these are allowed.
    pub reached: Vec<Decision<'t>>,
    /// Why it was answered so, in the order of happening.
    pub reasons: Vec<Reason<'t>>,
}

impl<'t> Why<'t> {
    /// The first refusal, which ended the request; none where it was granted, or no rule refused.
    pub fn decisive(&self) -> Option<Decision<'t>> {
        let refused = |decision: &Decision<'t>| decision.verdict.ruling == Ruling::Refused;
        let refusals = self.decisions().into_iter().filter(refused).filter(|_| !self.answer.granted);
        refusals.min_by_key(|decision| decision.event.number)
    }

    /// Every decision of the tree, those on the way to a server too, in the order of happening.
    pub fn decisions(&self) -> Vec<Decision<'t>> {
        let mut all = Vec::new();
        gather(&self.reasons, &mut all);
        all.sort_by_key(|decision| decision.event.number);
        all
    }

    /// The exchanges that lead to an event of the tree, the outermost first; empty where the asking
    /// host decided by itself, or the tree does not hold the event.
    pub fn path(&self, event: EventNumber) -> Vec<&Exchange<'t>> {
        let mut path = Vec::new();
        find(&self.reasons, event, &mut path);
        path.reverse();
        path
    }
}

impl Decision<'_> {
    /// Whether it says no more than that one host reaches another.
    pub fn only_reaches(&self) -> bool {
        let rule = self.verdict.rule.as_str();
        self.verdict.ruling == Ruling::Allowed && (rule.starts_with("network.") || rule.starts_with("tls."))
    }
}

impl<'t> From<(&'t Event, &'t Verdict)> for Decision<'t> {
    fn from((event, verdict): (&'t Event, &'t Verdict)) -> Self {
        Self { event, verdict, rule: rule::find(verdict.rule.as_str()), since: None }
    }
}

impl<'t> Exchange<'t> {
    /// The decisions of the server that was asked, without those of whom it asked in turn.
    pub fn decisions(&self) -> impl Iterator<Item = Decision<'t>> {
        own_decisions(&self.reasons)
    }
}

/// The decisions among some reasons, without those of whoever was asked in turn.
pub fn own_decisions<'t>(reasons: &[Reason<'t>]) -> impl Iterator<Item = Decision<'t>> {
    reasons.iter().filter_map(|reason| match reason {
        Reason::Decision(decision) => Some(*decision),
        _ => None,
    })
}

/// The exchanges among some reasons, those with the same server in a row together: the links of the
/// chain from here on.
pub fn links<'a, 't>(reasons: &'a [Reason<'t>]) -> Vec<Vec<&'a Exchange<'t>>> {
    let mut links: Vec<Vec<&Exchange<'t>>> = Vec::new();
    for reason in reasons {
        let Reason::Exchange(exchange) = reason else { continue };
        match links.last_mut().filter(|link| link.iter().all(|one| one.to == exchange.to)) {
            Some(link) => link.push(exchange),
            None => links.push(vec![exchange]),
        }
    }
    links
}

/// The sign of a ruling, where there is room for one letter.
pub fn sign(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Allowed => "✓",
        Ruling::Curtailed => "~",
        Ruling::Refused => "✗",
        Ruling::Suspended => "!",
    }
}

fn gather<'t>(reasons: &[Reason<'t>], all: &mut Vec<Decision<'t>>) {
    for reason in reasons {
        match reason {
            Reason::Decision(decision) => all.push(*decision),
            Reason::Line(_) => {}
            Reason::Exchange(exchange) => {
                all.extend(&exchange.reached);
                gather(&exchange.reasons, all);
            }
        }
    }
}

/// Notes the exchanges on the way to an event, the innermost first.
fn find<'a, 't>(reasons: &'a [Reason<'t>], event: EventNumber, path: &mut Vec<&'a Exchange<'t>>) -> bool {
    reasons.iter().any(|reason| match reason {
        Reason::Decision(decision) => decision.event.number == event,
        Reason::Line(line) => line.event.number == event,
        Reason::Exchange(exchange) => {
            let own = exchange.event.number == event
                || exchange.answer.is_some_and(|answer| answer.number == event)
                || exchange.reached.iter().any(|decision| decision.event.number == event);
            let found = own || find(&exchange.reasons, event, path);
            if found {
                path.push(exchange);
            }
            found
        }
    })
}
