//! Transport servers, and the steps that are taken with them.

use super::Checker;
use super::step::Past;
use crate::name::HostName;
use crate::scenario::at::At;
use crate::scenario::edge_sync::{
    EdgeSyncAct, EdgeSyncParameters, HubTransport, NewEdgeSubscription, RemoveEdgeSubscription,
    StartEdgeSynchronization, TestEdgeSynchronization,
};
use crate::scenario::mail_flow::{ConfigureMailFlow, MailFlow};
use crate::scenario::removable_media::MediaAct;
use crate::time::Span;

impl Checker<'_> {
    /// Checks a hub.
    pub fn hub_transport(&mut self, hub: &HubTransport) {
        let EdgeSyncParameters { credential_lifetime, .. } = &hub.edge_sync;
        for duration in hub.edge_sync.durations() {
            self.forwards(duration, true);
        }
        let short = credential_lifetime.as_ref().filter(|lifetime| lifetime.0 < Span::days(10));
        if let Some(lifetime) = short {
            let message = format!("accounts of {} would overlap in threes", lifetime.value);
            self.note(lifetime.spot, message, "let them live for 10 days at least: renewal begins 7 days before the end, and the next one is in use 3 days before it");
        }
    }

    pub fn edge_sync_act(&mut self, act: &EdgeSyncAct, past: &mut Past) {
        match act {
            EdgeSyncAct::New(NewEdgeSubscription { edge, media, expires_after, .. }) => {
                self.an_edge(edge);
                past.media.insert(media.value.clone());
                if let Some(span) = expires_after {
                    self.forwards(span, true);
                }
            }
            EdgeSyncAct::Import(import) => {
                self.a_transport_server(&import.server);
                self.a_medium(&import.media, past);
            }
            EdgeSyncAct::Start(StartEdgeSynchronization { server, edge, .. }) => {
                self.a_transport_server(server);
                edge.iter().for_each(|edge| self.an_edge(edge));
            }
            EdgeSyncAct::Test(test) => self.test_of_synchronization(test),
            EdgeSyncAct::Remove(RemoveEdgeSubscription { server, edge }) => {
                self.a_transport_server(server);
                self.an_edge(edge);
            }
            EdgeSyncAct::Use(used) => {
                self.running(&used.client, "ldap tool", |host| host.runs.ldap_tool.is_some());
                self.a_medium(&used.media, past);
            }
            EdgeSyncAct::UseStored(used) => {
                self.running(&used.client, "ldap tool", |host| host.runs.ldap_tool.is_some());
                self.a_transport_server(&used.read_from);
                self.a_transport_server(&used.key_of);
                self.an_edge(&used.edge);
            }
            EdgeSyncAct::MailFlow(act) => self.mail_flow(act),
            EdgeSyncAct::Mail(offer) => {
                self.running(&offer.client, "smtp client", |host| host.runs.smtp_client.is_some());
            }
            EdgeSyncAct::Media(act) => self.media_act(act, past),
        }
    }

    fn test_of_synchronization(&mut self, test: &TestEdgeSynchronization) {
        self.a_transport_server(&test.server);
        test.edge.iter().for_each(|edge| self.an_edge(edge));
        let others = test.full_compare || test.exclude_recipients || test.max_report_size.is_some();
        if let Some(address) = test.verify_recipient.as_ref().filter(|_| others) {
            let message = "a test of one recipient tests nothing else";
            self.note(address.spot, message, "make two steps of it");
        }
    }

    fn mail_flow(&mut self, act: &ConfigureMailFlow) {
        self.a_transport_server(&act.server);
        if [&act.new, &act.set, &act.remove].into_iter().flatten().count() != 1 {
            let message = "a cmdlet makes, changes or deletes one thing";
            self.note(act.server.spot, message, "write one of `new`, `set` and `remove`");
        }
        let written = [&act.new, &act.set, &act.remove].into_iter().flatten();
        if written.clone().any(MailFlow::is_of_the_organization) {
            self.running(&act.server, "hub transport", |host| host.runs.hub_transport.is_some());
        }
        let made = [&act.new, &act.remove].into_iter().flatten();
        if made.clone().any(|object| matches!(object, MailFlow::TransportConfig(_))) {
            let message = "an organization has one transport configuration, always";
            self.note(act.server.spot, message, "write `set`");
        }
    }

    fn media_act(&mut self, act: &MediaAct, past: &mut Past) {
        match act {
            MediaAct::Copy(copy) => {
                self.a_medium(&copy.from, past);
                past.media.insert(copy.to.clone());
            }
            MediaAct::Delete(on) => self.a_medium(on, past),
            MediaAct::Rename(rename) => self.a_medium(&rename.on, past),
            MediaAct::Alter(alteration) => {
                self.a_medium(&alteration.on, past);
                if alteration.replace.is_empty() {
                    let cure = "write the text that the file holds";
                    self.note(alteration.on.spot, "an empty text cannot be replaced", cure);
                }
            }
            MediaAct::Graft(graft) => {
                self.a_medium(&graft.on, past);
                self.a_medium(&graft.from, past);
                if graft.elements.is_empty() {
                    self.note(
                        graft.on.spot,
                        "this changes nothing",
                        "name the elements: [EdgeCertificateBlob]",
                    );
                }
            }
            MediaAct::Bring(brought) => {
                past.media.insert(brought.on.value.clone());
            }
        }
    }

    fn an_edge(&mut self, name: &At<HostName>) {
        self.running(name, "edge transport", |host| host.runs.edge_transport.is_some());
    }

    fn a_transport_server(&mut self, name: &At<HostName>) {
        self.running(name, "hub transport", |host| {
            host.runs.hub_transport.is_some() || host.runs.edge_transport.is_some()
        });
    }

    fn a_medium(&mut self, name: &At<String>, past: &Past) {
        if !past.media.contains(name.as_str()) {
            self.unknown("earlier step that puts a file on", name.spot, name, past.media.iter());
        }
    }
}
