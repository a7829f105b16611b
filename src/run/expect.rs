//! From trace to outcome: what a step asked for, what came of it, and whether that is what the
//! scenario expects. Reads the trace and the scenario, nothing else.

use std::collections::BTreeSet;

use crate::document;
use crate::name::HostName;
use crate::role::browser::ALTERED_NOTHING;
use crate::scenario::expect::{
    Expect, ExpectedDecision, ExpectedLog, ExpectedMessage, ExpectedState, GivesUp, Granted, Refused,
};
use crate::scenario::{Scenario, Spot};
use crate::trace::outcome::{Asked, Expectation, Failure};
use crate::trace::{Conclusion, Event, Happening, Ruling, Sent, Verdict};

/// Protocols by which a host asks the way rather than takes part: they are no visits.
const INFRASTRUCTURE: [&str; 4] = ["DNS", "CRL", "TLS", "TCP"];

/// What a step asked for and what came of it; none where it asked for nothing.
pub fn asked(events: &[&Event]) -> Option<Asked> {
    let (event, conclusion) = conclusion(events)?;
    let decisive = if conclusion.granted { None } else { decisive(events) };
    Some(Asked {
        granted: conclusion.granted,
        identity: conclusion.identity.clone(),
        rule: decisive.map(|verdict| verdict.rule.clone()),
        at: decisive.map(|verdict| verdict.at.clone()),
        visits: visits(events, event.host.as_ref()),
    })
}

/// Alterations of posted forms that altered nothing, so that what was to be tested was not.
pub fn idle_alterations(events: &[&Event]) -> Vec<String> {
    let untouched = |event: &&Event| match &event.happening {
        Happening::Fault { name, what } if what == ALTERED_NOTHING => {
            Some(format!("the alteration of {name} {what}"))
        }
        _ => None,
    };
    events.iter().filter_map(untouched).collect()
}

/// The last conclusion: a step asks for one thing.
fn conclusion<'a>(events: &[&'a Event]) -> Option<(&'a Event, &'a Conclusion)> {
    events.iter().rev().find_map(|event| match &event.happening {
        Happening::Conclusion(conclusion) => Some((*event, conclusion)),
        _ => None,
    })
}

/// The first refusal that ended a request.
fn decisive<'a>(events: &[&'a Event]) -> Option<&'a Verdict> {
    verdicts(events).find(|verdict| verdict.ruling == Ruling::Refused)
}

fn verdicts<'a>(events: &[&'a Event]) -> impl Iterator<Item = &'a Verdict> {
    events.iter().filter_map(|event| match &event.happening {
        Happening::Verdict(verdict) => Some(verdict),
        _ => None,
    })
}

fn messages<'a>(events: &[&'a Event]) -> impl Iterator<Item = (&'a HostName, &'a Sent)> {
    events.iter().filter_map(|event| match &event.happening {
        Happening::Sent(sent) => Some((event.host.as_ref()?, sent)),
        _ => None,
    })
}

/// The lines of the document that servers carried out, in order.
fn lines<'a>(events: &[&'a Event]) -> impl Iterator<Item = &'a str> {
    events.iter().filter_map(|event| match &event.happening {
        Happening::Document(line) => Some(line.number.as_ref()),
        _ => None,
    })
}

/// The hosts that application messages reached, in order of first arrival, without the client.
fn visits(events: &[&Event], client: Option<&HostName>) -> Vec<HostName> {
    let lost: BTreeSet<u64> = events
        .iter()
        .filter_map(|event| match &event.happening {
            Happening::Lost(loss) => Some(loss.message),
            _ => None,
        })
        .collect();
    let mut arrivals: Vec<_> = events
        .iter()
        .filter(|event| !lost.contains(&event.number))
        .filter_map(|event| match &event.happening {
            Happening::Sent(sent) if !INFRASTRUCTURE.contains(&&*sent.protocol) => {
                Some((event.at + sent.latency?, event.number, &sent.to))
            }
            _ => None,
        })
        .collect();
    arrivals.sort();
    let mut seen = Vec::new();
    for (_, _, host) in arrivals {
        if Some(host) != client && !seen.contains(host) {
            seen.push(host.clone());
        }
    }
    seen
}

/// Whether a step went as expected.
pub struct Check<'a> {
    /// The step's events.
    pub events: &'a [&'a Event],
    /// All events up to the step's end.
    pub so_far: &'a [Event],
    /// What it asked for and got.
    pub asked: Option<&'a Asked>,
    /// Whose expectations they are.
    pub scenario: &'a Scenario,
}

/// An expectation in words, with what came instead where it was not met.
pub fn expectation(
    scenario: &Scenario,
    spot: Spot,
    what: impl ToString,
    met: Result<(), String>,
) -> Expectation {
    let place = scenario.place(spot);
    let failure = met.err().map(|message| Failure { message, place: Some(place.clone()) });
    Expectation { what: what.to_string(), place, failure }
}

impl Check<'_> {
    /// Every expectation of a step, with what came instead where it is not met.
    pub fn all(&self, expect: &Expect) -> Vec<Expectation> {
        let mut all = Vec::new();
        let mut meet = |what: String, met: Result<(), String>, spot: Spot| {
            all.push(expectation(self.scenario, spot, what, met));
        };
        if let Some(granted) = &expect.granted {
            meet(granted.to_string(), self.granted(granted), granted.spot);
        }
        if let Some(refused) = &expect.refused {
            meet(refused.to_string(), self.refused(refused), refused.spot);
        }
        if let Some(gives_up) = &expect.gives_up {
            meet(gives_up.to_string(), self.gives_up(gives_up), gives_up.spot);
        }
        if let Some(visits) = &expect.visits {
            let wanted: Vec<&HostName> = visits.iter().map(|host| &host.value).collect();
            meet(format!("visits [{}]", list(&wanted)), self.visits(&wanted), visits.spot);
        }
        for host in &expect.never_visits {
            meet(format!("never visits {host}"), self.never_visits(host), host.spot);
        }
        let mut rest = messages(self.events);
        for message in &expect.messages {
            let found = rest.any(|(from, sent)| is_message(message, from, sent));
            let why = || format!("no such message, or not in this order: {}", message.value);
            meet(format!("message {}", message.value), found.then_some(()).ok_or_else(why), message.spot);
        }
        let mut carried_out = lines(self.events);
        for line in &expect.lines {
            let found = carried_out.any(|number| document::numbers(number).any(|one| one == line.as_str()));
            let got = || lines(self.events).collect::<Vec<_>>().join(", ");
            let why = || format!("{line} is not carried out, or not in this order; what is: {}", got());
            meet(format!("line {line} is carried out"), found.then_some(()).ok_or_else(why), line.spot);
        }
        for decision in &expect.decisions {
            meet(format!("decision {}", decision.value), self.decision(decision), decision.spot);
        }
        for log in &expect.logs {
            meet(format!("the log of {}", log.value), self.log(log), log.spot);
        }
        for log in &expect.never_logs {
            meet(format!("never: the log of {}", log.value), self.never_logs(log), log.spot);
        }
        for truth in &expect.truths {
            meet(format!("in truth, {}", truth.value), self.truth(truth), truth.spot);
        }
        for state in &expect.state {
            meet(state.to_string(), self.state(state), state.spot);
        }
        all
    }

    fn granted(&self, wanted: &Granted) -> Result<(), String> {
        let asked = self.asked.ok_or("expected an answer, but nobody asked for anything")?;
        if !asked.granted {
            let shown =
                conclusion(self.events).map(|(_, conclusion)| conclusion.shown.clone()).unwrap_or_default();
            return Err(match (&asked.rule, &asked.at) {
                (Some(rule), Some(at)) => format!("expected granted, but {at} refused by {rule} ({shown})"),
                _ => format!("expected granted, but got: {shown}"),
            });
        }
        if let Some(identity) = &wanted.identity
            && asked.identity.as_deref() != Some(identity.as_str())
        {
            let got = asked.identity.as_deref().unwrap_or("nobody in particular");
            return Err(format!("expected to be granted as {identity}, but was granted as {got}"));
        }
        let Some((_, conclusion)) = conclusion(self.events) else { return Ok(()) };
        match &wanted.shows {
            Some(text) if !shows(conclusion, text) => {
                Err(format!("expected to see `{text}`, but saw: {}", conclusion.shown))
            }
            _ => Ok(()),
        }
    }

    fn refused(&self, wanted: &Refused) -> Result<(), String> {
        let asked = self.asked.ok_or("expected a refusal, but nobody asked for anything")?;
        let place = wanted.at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
        if asked.granted {
            return Err(format!("expected a refusal by {}{place}, but it was granted", wanted.rule.value));
        }
        let rule_fits = asked.rule.as_ref() == Some(&wanted.rule.value.0);
        let place_fits = wanted.at.as_ref().is_none_or(|at| asked.at.as_ref() == Some(&at.value));
        if rule_fits && place_fits {
            return Ok(());
        }
        Err(match (&asked.rule, &asked.at) {
            (Some(rule), Some(at)) => {
                format!(
                    "expected a refusal by {}{place}, but it was refused by {rule} at {at}",
                    wanted.rule.value
                )
            }
            _ => {
                let shown = conclusion(self.events)
                    .map(|(_, conclusion)| conclusion.shown.clone())
                    .unwrap_or_default();
                format!("expected a refusal by {}{place}, but no rule refused it: {shown}", wanted.rule.value)
            }
        })
    }

    fn gives_up(&self, wanted: &GivesUp) -> Result<(), String> {
        let asked = self.asked.ok_or("expected nothing to be had, but nobody asked for anything")?;
        let Some((_, conclusion)) = conclusion(self.events) else { return Ok(()) };
        match (&asked.rule, &asked.at) {
            (Some(rule), Some(at)) => {
                Err(format!("expected no rule to be to blame, but it was refused by {rule} at {at}"))
            }
            _ if asked.granted => Err("expected nothing to be had, but it was granted".to_owned()),
            _ if shows(conclusion, &wanted.shows) => Ok(()),
            _ => Err(format!("expected to see `{}`, but saw: {}", wanted.shows, conclusion.shown)),
        }
    }

    fn visits(&self, wanted: &[&HostName]) -> Result<(), String> {
        let got: &[HostName] = self.asked.map(|asked| asked.visits.as_slice()).unwrap_or_default();
        if got.iter().eq(wanted.iter().copied()) {
            return Ok(());
        }
        Err(format!("expected to visit [{}], but visited [{}]", list(wanted), list(got)))
    }

    fn never_visits(&self, host: &HostName) -> Result<(), String> {
        let visited = visits(self.events, None).contains(host);
        if visited { Err(format!("expected never to visit {host}, but did")) } else { Ok(()) }
    }

    fn decision(&self, wanted: &ExpectedDecision) -> Result<(), String> {
        let fits = |verdict: &Verdict| {
            verdict.rule == wanted.rule.value.0
                && wanted.at.as_ref().is_none_or(|at| at.value == verdict.at)
                && wanted.ruling.is_none_or(|ruling| ruling == verdict.ruling)
                && wanted.who.as_ref().is_none_or(|who| verdict.who.contains(who.as_str()))
        };
        if verdicts(self.events).any(fits) {
            return Ok(());
        }
        let nearest: Vec<String> = verdicts(self.events)
            .filter(|verdict| verdict.rule == wanted.rule.value.0)
            .map(|verdict| format!("{:?} at {} for {}", verdict.ruling, verdict.at, verdict.who))
            .collect();
        let nearest =
            if nearest.is_empty() { "the rule was never looked at".to_owned() } else { nearest.join("; ") };
        Err(format!("no such decision by {}: {nearest}", wanted.rule.value))
    }

    fn log(&self, wanted: &ExpectedLog) -> Result<(), String> {
        let found = self.events.iter().any(|event| is_log(wanted, event));
        if found { Ok(()) } else { Err(format!("no log of {} says `{}`", wanted.at, wanted.says)) }
    }

    fn truth(&self, wanted: &ExpectedLog) -> Result<(), String> {
        let found = self.events.iter().any(|event| match &event.happening {
            Happening::Truth(truth) => {
                event.host.as_ref() == Some(&wanted.at.value) && truth.text.contains(wanted.says.as_str())
            }
            _ => false,
        });
        if found { Ok(()) } else { Err(format!("in truth nothing at {} says `{}`", wanted.at, wanted.says)) }
    }

    fn never_logs(&self, wanted: &ExpectedLog) -> Result<(), String> {
        let found = self.so_far.iter().any(|event| is_log(wanted, event));
        if found { Err(format!("a log of {} says `{}`", wanted.at, wanted.says)) } else { Ok(()) }
    }

    fn state(&self, wanted: &ExpectedState) -> Result<(), String> {
        let found = self.events.iter().any(|event| match &event.happening {
            Happening::State(change) => {
                let holds = |text: &Option<crate::scenario::At<String>>, value: &str| {
                    text.as_ref().is_none_or(|text| value.contains(text.as_str()))
                };
                event.host.as_ref() == Some(&wanted.at.value)
                    && holds(&wanted.store, &change.store)
                    && holds(&wanted.item, &change.item)
                    && (wanted.gone == change.value.is_none())
                    && change.value.as_deref().is_none_or(|value| holds(&wanted.holds, value))
            }
            _ => false,
        });
        if found { Ok(()) } else { Err(format!("nothing that {} keeps has changed so", wanted.at)) }
    }
}

fn shows(conclusion: &Conclusion, text: &str) -> bool {
    conclusion.shown.contains(text) || conclusion.details.iter().any(|detail| detail.value.contains(text))
}

fn is_message(wanted: &ExpectedMessage, from: &HostName, sent: &Sent) -> bool {
    wanted.from.as_ref().is_none_or(|host| host.value == *from)
        && wanted.to.as_ref().is_none_or(|host| host.value == sent.to)
        && wanted.says.as_ref().is_none_or(|text| {
            says(&sent.title, text) || sent.details.iter().any(|detail| says(&detail.value, text))
        })
}

fn is_log(wanted: &ExpectedLog, event: &Event) -> bool {
    let Happening::Log(entry) = &event.happening else { return false };
    event.host.as_ref() == Some(&wanted.at.value) && entry.text.contains(wanted.says.as_str())
}

/// Whether a text holds what is wanted; `…` stands for anything in between.
fn says(text: &str, wanted: &str) -> bool {
    let mut rest = text;
    wanted.split('…').all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

fn list(hosts: &[impl ToString]) -> String {
    hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
