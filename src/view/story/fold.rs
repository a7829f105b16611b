//! Connections, handshakes and the checks that they passed, folded into one phrase.

use indexmap::IndexMap;

use super::line::Columns;
use crate::name::HostName;
use crate::trace::{Event, Happening};
use crate::view::page::{Ink, Page, counted};

/// What has happened below the applications since the last line of the story.
#[derive(Default)]
pub struct Fold {
    /// By client, server and port: whether TLS was spoken.
    connections: IndexMap<(HostName, HostName, u16), bool>,
    checks: usize,
}

impl Fold {
    /// Keeps an event that has no line of its own.
    pub fn take(&mut self, event: &Event) {
        match (&event.happening, &event.host) {
            (Happening::Verdict(_), _) => self.checks += 1,
            (Happening::Connection(connection), Some(from)) => {
                if let Some(to) = &connection.to {
                    self.connections.entry((from.clone(), to.clone(), connection.port)).or_default();
                }
            }
            (Happening::Sent(sent), Some(from)) if sent.protocol == "TLS" => {
                let answer = (sent.to.clone(), from.clone(), sent.port);
                let key = if self.connections.contains_key(&answer) {
                    answer
                } else {
                    (from.clone(), sent.to.clone(), sent.port)
                };
                self.connections.insert(key, true);
            }
            _ => {}
        }
    }

    /// Tells what was kept. Checks without a connection are kept until there is one: they are the
    /// look-up of its name.
    pub fn unfold(&mut self, page: &mut Page, columns: &Columns) {
        let last = self.connections.len().saturating_sub(1);
        for (index, ((from, to, port), tls)) in std::mem::take(&mut self.connections).iter().enumerate() {
            let mut text = format!("connects to {to}, port {port}");
            if *tls {
                text.push_str(", and they agree on keys (TLS)");
            }
            if index == last && self.checks > 0 {
                text.push_str(&format!("; {} passed", counted(self.checks, "check")));
                self.checks = 0;
            }
            columns.note(page, (Ink::Dim, "·"), Some(from), Ink::Dim, &text);
        }
    }
}
