//! Connections, handshakes and the checks that they passed, folded into one phrase; and the checks that
//! hosts pass while they start.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::line::Columns;
use crate::name::HostName;
use crate::rule::RuleId;
use crate::trace::{Event, Happening, Ruling};
use crate::view::page::{Ink, Page, counted};

/// What has happened below the applications and is not told yet.
#[derive(Default)]
pub struct Fold {
    /// By client, server and port: whether TLS was spoken.
    connections: IndexMap<(HostName, HostName, u16), bool>,
    /// How many checks each host has passed.
    checks: BTreeMap<HostName, usize>,
}

impl Fold {
    /// Keeps an event that has no line of its own.
    pub fn take(&mut self, event: &Event) {
        let Some(host) = &event.host else { return };
        match &event.happening {
            Happening::Verdict(_) => *self.checks.entry(host.clone()).or_default() += 1,
            Happening::Connection(connection) => {
                if let Some(to) = &connection.to {
                    self.connections.insert((host.clone(), to.clone(), connection.port), false);
                }
            }
            Happening::Sent(sent) if sent.protocol == "TLS" => {
                let ends =
                    [(host.clone(), sent.to.clone(), sent.port), (sent.to.clone(), host.clone(), sent.port)];
                for key in ends {
                    if let Some(tls) = self.connections.get_mut(&key) {
                        *tls = true;
                    }
                }
            }
            _ => {}
        }
    }

    /// Tells the connections of one host, because it is about to have a line, or of every host.
    ///
    /// Checks are told with the client's next connection: the look-up of its name comes before it.
    pub fn unfold(&mut self, page: &mut Page, columns: &Columns, host: Option<&HostName>) {
        let concerns = |from: &HostName, to: &HostName| host.is_none_or(|host| host == from || host == to);
        let kept = std::mem::take(&mut self.connections);
        for ((from, to, port), tls) in kept {
            if !concerns(&from, &to) {
                self.connections.insert((from, to, port), tls);
                continue;
            }
            let mut text = format!("connects to {to}, port {port}");
            if tls {
                text.push_str(", and they agree on keys (TLS)");
            }
            let checks: usize = [&from, &to].into_iter().filter_map(|end| self.checks.remove(end)).sum();
            if checks > 0 {
                text.push_str(&format!("; {} passed", counted(checks, "check")));
            }
            columns.note(page, (Ink::Dim, "·"), Some(&from), Ink::Dim, &text);
        }
    }
}

/// From how many on checks are counted instead of told.
const MANY: usize = 3;

/// What one host allows in a row while the hosts start: the logons of many machines look alike.
#[derive(Default)]
pub struct Passed<'a>(Vec<&'a Event>);

impl<'a> Passed<'a> {
    /// Keeps a check that is passed before the first step, if it is one more of the same host.
    pub fn take(&mut self, event: &'a Event) -> bool {
        let Happening::Verdict(verdict) = &event.happening else { return false };
        let quiet = event.step.is_none() && verdict.ruling == Ruling::Allowed && is_told(&verdict.rule);
        let fits = quiet && self.0.last().is_none_or(|last| last.host == event.host);
        if fits {
            self.0.push(event);
        }
        fits
    }

    /// Tells what is kept in one line where there is much of it; what it gives back is to be told in full.
    pub fn unfold(&mut self, page: &mut Page, columns: &Columns) -> Vec<&'a Event> {
        let kept = std::mem::take(&mut self.0);
        if kept.len() < MANY {
            return kept;
        }
        let host = kept.first().and_then(|event| event.host.as_ref());
        let text = format!("{} passed", counted(kept.len(), "check"));
        columns.note(page, (Ink::Good, "✓"), host, Ink::Plain, &text);
        Vec::new()
    }
}

/// Whether a check that is passed has a line of its own, unlike those of the network.
pub fn is_told(rule: &RuleId) -> bool {
    !["network.", "tls."].iter().any(|family| rule.as_str().starts_with(family))
}
