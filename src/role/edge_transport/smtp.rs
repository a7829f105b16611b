//! Mail that is offered at an edge: for each recipient the edge looks into its AD LDS, and nowhere else.
//!
//! What it finds there was replicated: accepted domains as they are, recipients and the senders whom they
//! have blocked as hashes, and whether a recipient takes all mail (domain page B7). An edge that holds no accepted domain takes no mail.

use std::rc::Rc;

use super::EdgeTransport;
use crate::directory::Object;
use crate::directory::exchange::attribute::{BLOCKED_SENDERS, MESSAGE_HYGIENE};
use crate::directory::mail_flow::ACCEPTED_DOMAIN_NAME;
use crate::facts;
use crate::protocol::edge_sync::{PROXY_ADDRESS_HASHES, address_hash};
use crate::protocol::smtp::{PORT, SmtpCommand, SmtpReply};
use crate::role::judge::{Judge, Refused};
use crate::rule;
use crate::sim::{Channel, Host};

impl EdgeTransport {
    /// Listens for SMTP.
    pub(super) fn serve_smtp(self: Rc<Self>, host: &Host) {
        let mut listener = host.listen(PORT);
        let host = host.clone();
        host.clone().spawn(async move {
            loop {
                let channel = listener.accept().await;
                host.spawn(self.clone().take_mail(host.clone(), channel));
            }
        });
    }

    async fn take_mail(self: Rc<Self>, host: Host, mut channel: Channel) {
        let judge = self.judge(&host);
        let mut sender = String::new();
        while let Ok(command) = channel.receive::<SmtpCommand>().await {
            let (reply, last) = match command {
                SmtpCommand::Hello(name) => (SmtpReply::new(SmtpReply::OK, format!("Hello {name}")), false),
                SmtpCommand::MailFrom(from) => {
                    sender = from;
                    (SmtpReply::new(SmtpReply::OK, "2.1.0 Sender OK"), false)
                }
                SmtpCommand::RecipientTo(recipient) => (self.recipient(&judge, &sender, &recipient), false),
                SmtpCommand::Quit => (SmtpReply::new(SmtpReply::CLOSING, "2.0.0 Closing"), true),
            };
            if channel.send(&reply).await.is_err() || last {
                return;
            }
        }
    }

    fn recipient(&self, judge: &Judge, sender: &str, recipient: &str) -> SmtpReply {
        match self.check_recipient(judge, sender, recipient) {
            Ok(()) => SmtpReply::new(SmtpReply::OK, "2.1.5 Recipient OK"),
            Err(refused) => {
                let text = match refused.rule.id {
                    id if id == rule::DOMAIN_ACCEPTED.id => "5.7.1 Unable to relay",
                    id if id == rule::SENDER_NOT_BLOCKED.id => "5.7.1 Sender denied",
                    _ => "5.1.1 User unknown",
                };
                SmtpReply::new(SmtpReply::UNAVAILABLE, text)
            }
        }
    }

    /// Recipient lookup.
    fn check_recipient(&self, judge: &Judge, sender: &str, recipient: &str) -> Result<(), Refused> {
        let domain = recipient.rsplit('@').next().unwrap_or_default();
        let accepted = self.configuration.read().objects().any(|object| {
            object.attributes.first(ACCEPTED_DOMAIN_NAME).is_some_and(|one| one.eq_ignore_ascii_case(domain))
        });
        let (who, on) = (sender.to_owned(), recipient.to_owned());
        let facts = facts!["domain" => domain];
        judge.require(&rule::DOMAIN_ACCEPTED, who.clone(), on.clone(), accepted, facts)?;
        let partition = self.recipients.read();
        let hash = address_hash(recipient);
        let has = |object: &Object, list: &str, hash: [u8; 32]| {
            object.attributes.bytes(list).any(|one| one == hash)
        };
        let found = partition.objects().find(|object| has(object, PROXY_ADDRESS_HASHES, hash));
        let facts = facts!["recipients in AD LDS" => partition.objects().count().saturating_sub(1)];
        judge.require(&rule::RECIPIENT_KNOWN, who.clone(), on.clone(), found.is_some(), facts)?;
        let blocked = found.is_some_and(|object| has(object, BLOCKED_SENDERS, address_hash(sender)));
        let looked_at = found.is_none_or(|object| object.attributes.first(MESSAGE_HYGIENE) != Some("1"));
        let facts = if looked_at { Vec::new() } else { facts!["anti-spam" => "bypassed"] };
        judge.require(&rule::SENDER_NOT_BLOCKED, who, on, !blocked || !looked_at, facts)
    }
}
