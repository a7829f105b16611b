//! Expectations: an outcome where someone asks for something, and hosts that exist.

use std::collections::BTreeSet;

use super::Checker;
use crate::document;
use crate::name::HostName;
use crate::rule;
use crate::scenario::at::{At, Spot};
use crate::scenario::expect::{Expect, ExpectedMessage, RuleName};
use crate::scenario::step::Action;

impl Checker<'_> {
    /// Checks what must come of a step.
    pub fn outcome(&mut self, step: Spot, action: &Action, expect: Option<&At<Expect>>) {
        let spots = |expect: &At<Expect>| {
            let granted = expect.granted.as_ref().map(|granted| granted.spot);
            let refused = expect.refused.as_ref().map(|refused| refused.spot);
            let gives_up = expect.gives_up.as_ref().map(|gives_up| gives_up.spot);
            [granted, refused, gives_up].into_iter().flatten().collect::<Vec<Spot>>()
        };
        let outcomes = expect.map(spots).unwrap_or_default();
        match outcomes.as_slice() {
            [first, second, ..] => {
                let message = "nothing is both granted and refused, or neither";
                let cure = "leave all but one of `granted`, `refused` and `gives_up` out";
                self.note(*first.max(second), message, cure);
            }
            [_] if !action.asks() => {
                let spot = expect.map_or(step, |expect| expect.spot);
                let message = "nobody asks for anything in this step, so nothing is granted or refused";
                self.note(spot, message, "expect it of the step that asks");
            }
            [] if action.asks() => {
                let message = "this step says nothing of the outcome";
                self.note(
                    step,
                    message,
                    "add `expect: { granted: {} }`, or `expect: { refused: { rule: … } }`",
                );
            }
            _ => {}
        }
        let Some(expect) = expect else { return };
        if expect.value == Expect::default() && !action.asks() {
            self.note(
                expect.spot,
                "this expects nothing",
                "write what must come of the step, or leave `expect` out",
            );
        }
        self.expectations(expect);
    }

    fn expectations(&mut self, expect: &Expect) {
        let hosts = &self.topology.hosts;
        if let Some(refused) = &expect.refused {
            self.rule_name(&refused.rule);
            self.maybe_deciding(refused.at.as_ref());
        }
        let mut visited = BTreeSet::new();
        for host in expect.visits.iter().flat_map(|visits| &visits.value) {
            self.known("host", host, hosts);
            if !visited.insert(&host.value) {
                let message = format!("`{host}` stands here twice");
                self.note(host.spot, message, "a host counts where it is first reached");
            }
        }
        for host in &expect.never_visits {
            self.known("host", host, hosts);
            if visited.contains(&host.value) {
                let message = format!("`{host}` is both to be visited and never");
                self.note(host.spot, message, "leave it out of one of the two");
            }
        }
        for message in &expect.messages {
            self.message(message);
        }
        for line in &expect.lines {
            self.line(line);
        }
        for decision in &expect.decisions {
            self.rule_name(&decision.rule);
            self.maybe_deciding(decision.at.as_ref());
        }
        for log in expect.logs.iter().chain(&expect.never_logs) {
            self.known("host", &log.at, hosts);
        }
        for state in &expect.state {
            self.known("host", &state.at, hosts);
            if let Some(value) = state.holds.as_ref().filter(|_| state.gone) {
                self.note(value.spot, "what is gone has no value", "leave `value` or `gone` out");
            }
        }
    }

    fn message(&mut self, message: &At<ExpectedMessage>) {
        for host in message.from.iter().chain(&message.to) {
            self.known("host", host, &self.topology.hosts);
        }
        if message.from.is_none() && message.to.is_none() && message.says.is_none() {
            self.note(message.spot, "any message is this", "say `from`, `to` or `says`");
        }
        if let Some(line) = &message.line {
            self.line(line);
        }
    }

    fn line(&mut self, number: &At<String>) {
        let known = || document::all().flat_map(|line| document::numbers(line.number));
        if !known().any(|one| one == number.value) {
            self.unknown("line of a document named", number.spot, number, known());
        }
    }

    fn maybe_deciding(&mut self, at: Option<&At<HostName>>) {
        if let Some(at) = at {
            self.deciding(at);
        }
    }

    fn rule_name(&mut self, name: &At<RuleName>) {
        let id = name.0.as_str();
        if rule::find(id).is_none() {
            self.unknown("rule", name.spot, id, rule::all().map(|rule| rule.id));
        }
    }
}
