//! The cmdlets of Edge Subscriptions on the edge: New-EdgeSubscription (P1 to P3), which writes the
//! file, and Remove-EdgeSubscription (domain page B3).

use std::rc::Rc;

use super::{EdgeTransport, Request, log};
use crate::crypto::Identity;
use crate::directory::Partition;
use crate::document::edge_subscription as document;
use crate::facts;
use crate::protocol::edge_credential::{EdgeSyncAccount, bootstrap_name, random_password};
use crate::protocol::edge_subscription::EdgeSubscription;
use crate::role::judge::Refused;
use crate::role::removable_media::MediaFile;
use crate::rule;
use crate::sim::Host;
use crate::time::Span;
use crate::trace::{Conclusion, Detail, Happening};

/// How long the bootstrap account is good, and the longest that can be asked for.
const BOOTSTRAP_LIFETIME: Span = Span::minutes(1_440);
/// The shortest that can be asked for.
const SHORTEST_LIFETIME: Span = Span::minutes(2);
/// The version of the Edge Subscription file.
const FILE_VERSION: &str = "1";
/// The version of Exchange that is installed: Exchange Server 2010 SP2.
const EXCHANGE_VERSION: &str = "Version 14.2 (Build 247.5)";
/// The cmdlets that a subscription takes from the edge's administrator, as the objects that they change
/// are replicated from then on.
pub(super) const LOCAL_CMDLETS: &str =
    "New-, Set- and Remove- of SendConnector, AcceptedDomain and RemoteDomain";

impl EdgeTransport {
    /// Does what an administrator asks for.
    pub(super) fn obey(self: Rc<Self>, host: &Host, request: &Request) {
        let (asked, answer) = match request {
            Request::NewSubscription { media, file_name, expires_after, force } => {
                let asked = format!("to subscribe {} with the file {file_name}", self.config.name);
                let answer = self
                    .check_file_name(host, media, file_name, *force)
                    .and_then(|()| self.new_subscription(host, media, file_name, *expires_after));
                (asked, said(answer))
            }
            Request::Import { file_name } => (format!("to import {file_name}"), said(self.import(host))),
            Request::RemoveSubscription => {
                (format!("to remove the subscription of {}", self.config.name), said(self.remove(host)))
            }
            Request::Configure { verb, object } => {
                (format!("to run {verb}-{}", object.noun()), self.configure(host, *verb, object))
            }
            Request::Synchronization { cmdlet } => {
                (format!("to run {cmdlet}"), said(self.synchronization(host, cmdlet)))
            }
            Request::NewPort { port } => {
                self.port.set(*port);
                self.note(host, "AD LDS", "secure LDAP port", Some(port.to_string()));
                return self.serve_ad_lds(host);
            }
            Request::NewCertificate { same_key } => {
                let key = self.identity().filter(|_| *same_key).map(|identity| identity.key.clone());
                self.make_certificate(host, key);
                return;
            }
        };
        let (granted, shown, details) = match answer {
            Ok(shown) => (true, shown, Vec::new()),
            Err(why) => (false, "refused".to_owned(), vec![Detail::new("error", why)]),
        };
        let identity = granted.then(|| self.config.name.to_string());
        host.record(Happening::Conclusion(Conclusion { granted, identity, asked, shown, details }));
    }

    /// An older file is overwritten only where the administrator says so.
    fn check_file_name(&self, host: &Host, media: &str, name: &str, force: bool) -> Result<(), Refused> {
        let there = self.media.read(media).is_some_and(|file| file.name == name);
        let free = force || !there;
        let facts = facts!["on" => media];
        self.judge(host).require(&rule::FILE_NAME_FREE, "an administrator", name.to_owned(), free, facts)
    }

    /// New-EdgeSubscription: P1 to P3.
    fn new_subscription(
        self: &Rc<Self>,
        host: &Host,
        media: &str,
        file_name: &str,
        expires_after: Option<Span>,
    ) -> Result<String, Refused> {
        let judge = self.judge(host);
        let duration = expires_after.unwrap_or(BOOTSTRAP_LIFETIME);
        let allowed = (SHORTEST_LIFETIME..=BOOTSTRAP_LIFETIME).contains(&duration);
        let facts = facts!["duration" => duration];
        let edge = self.config.name.to_string();
        judge.require(&rule::ACCOUNT_EXPIRY_DURATION, "an administrator", edge, allowed, facts)?;

        judge.carries_out(&document::P1);
        let identity = self.certificate(host);

        judge.carries_out(&document::P2);
        let effective = host.now().whole_second();
        let password = random_password(&mut host.random("bootstrap account"));
        let account = EdgeSyncAccount {
            target: self.config.fqdn.clone(),
            source: None,
            effective,
            expires: effective + duration,
            user_name: bootstrap_name(&self.config.name),
        };
        self.create(host, &account, &password);
        let file = EdgeSubscription {
            edge_server_name: self.config.name.clone(),
            edge_server_fqdn: self.config.fqdn.clone(),
            certificate: identity.chain[0].clone(),
            esra_username: account.user_name,
            esra_password: password,
            effective,
            duration,
            adam_ssl_port: self.port.get(),
            product_id: self.config.product_id.clone(),
            version_number: FILE_VERSION.to_owned(),
            serial_number: EXCHANGE_VERSION.to_owned(),
        };
        self.give_up_local_configuration(host);

        judge.carries_out(&document::P3);
        let bytes = file.to_xml().into_bytes();
        self.media.write(media, MediaFile { name: file_name.to_owned(), bytes });
        Ok(format!("{file_name} is on {media}; it is good for {duration}"))
    }

    /// The certificate to subscribe with: the one at hand, or a new one where there is none or it has
    /// expired.
    fn certificate(&self, host: &Host) -> Rc<Identity> {
        let valid = self.identity().filter(|identity| host.now() <= identity.chain[0].not_after());
        valid.unwrap_or_else(|| self.make_certificate(host, None))
    }

    /// What is to be replicated from now on is deleted here, and its cmdlets are disabled.
    fn give_up_local_configuration(&self, host: &Host) {
        if self.subscribed.replace(true) {
            return;
        }
        self.clear(host);
        self.note(host, "cmdlets", LOCAL_CMDLETS, Some("disabled".to_owned()));
    }

    /// New-EdgeSubscription with a file to import.
    fn import(&self, host: &Host) -> Result<String, Refused> {
        let facts = facts!["role" => "Edge Transport"];
        let edge = self.config.name.to_string();
        self.judge(host).require(&rule::IMPORT_ON_HUB, "an administrator", edge, false, facts)?;
        // A run that suspends the rule finds no Active Directory to write to.
        Ok("there is no Active Directory here".to_owned())
    }

    /// Start- and Test-EdgeSynchronization.
    fn synchronization(&self, host: &Host, cmdlet: &str) -> Result<String, Refused> {
        let facts = facts!["role" => "Edge Transport"];
        let judge = self.judge(host);
        judge.require(&rule::CMDLET_ON_HUB, "an administrator", cmdlet.to_owned(), false, facts)?;
        // A run that suspends the rule finds no EdgeSync service to ask.
        Ok("there is no EdgeSync service here".to_owned())
    }

    /// Remove-EdgeSubscription: the accounts and all that was replicated are deleted.
    fn remove(&self, host: &Host) -> Result<String, Refused> {
        let edge = self.config.name.to_string();
        let subscribed = self.subscribed.get();
        let judge = self.judge(host);
        judge.require(&rule::SUBSCRIPTION_EXISTS, "an administrator", edge, subscribed, Vec::new())?;
        let names: Vec<String> = self.accounts().all().map(|account| account.user_name.clone()).collect();
        names.iter().for_each(|name| self.delete(host, name));
        self.clear(host);
        self.subscribed.set(false);
        self.note(host, "cmdlets", LOCAL_CMDLETS, Some("enabled".to_owned()));
        log(host, None, || format!("the Edge Subscription of {} is removed", self.config.name));
        Ok(format!("the subscription of {} is removed here; hubs do not know of it", self.config.name))
    }

    /// Deletes everything in AD LDS but the tops of its partitions.
    fn clear(&self, host: &Host) {
        for store in self.partitions() {
            let cleared = store.change(host, |partition: &mut Partition| {
                let base = partition.base().clone();
                let below = partition.objects().filter(|object| object.dn.parent().as_ref() == Some(&base));
                let below: Vec<_> = below.map(|object| object.dn.clone()).collect();
                below.iter().try_for_each(|dn| partition.delete_tree(dn))
            });
            cleared.expect("what was just listed is there to be deleted");
        }
    }
}

fn said(answer: Result<String, Refused>) -> Result<String, String> {
    answer.map_err(|refused| refused.to_string())
}
