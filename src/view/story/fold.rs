//! Connections, handshakes and the checks that they passed, folded into one phrase.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::line::Columns;
use crate::name::HostName;
use crate::trace::{Event, Happening};
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
