//! An SMTP client: someone offers mail to a mail server, and sees for which recipients it is taken.
//!
//! It serves an honest sender and one who guesses addresses alike.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::dial::{Dialer, Unreachable};
use super::judge::Judge;
use super::stimulus;
use crate::crypto::chain::TrustAnchors;
use crate::name::DnsName;
use crate::protocol::smtp::{PORT, SmtpCommand, SmtpReply};
use crate::rule::RuleId;
use crate::sim::{Channel, Host, Role};
use crate::trace::{Conclusion, Detail, Happening};

/// The name by which requests find this role.
const ROLE: &str = "SMTP client";

/// Mail that is offered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offer {
    /// The mail server.
    pub server: DnsName,
    /// The sender's address.
    pub from: String,
    /// The recipients' addresses.
    pub to: Vec<String>,
}

impl Offer {
    /// The request as a stimulus for the client's host.
    pub fn stimulus(&self) -> Vec<u8> {
        stimulus::encode(ROLE, self)
    }
}

/// An SMTP client.
pub struct SmtpClient {
    suspended: Rc<BTreeSet<RuleId>>,
}

impl SmtpClient {
    /// A client on its host.
    pub fn new(suspended: &Rc<BTreeSet<RuleId>>) -> Self {
        Self { suspended: suspended.clone() }
    }
}

impl Role for SmtpClient {
    fn boot(self: Rc<Self>, _host: Host) {}

    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        let Some(offer) = stimulus::decode::<Offer>(ROLE, &stimulus) else { return };
        let judge = Judge::new(&host, &self.suspended);
        host.clone().spawn(async move {
            let asked = format!("to hand {} mail for {}", offer.server, offer.to.join(", "));
            let conclusion = match hand_over(&judge, &offer).await {
                Ok(answers) => concluded(&offer, asked, &answers),
                Err(why) => {
                    let details = vec![Detail::new("error", why.to_string())];
                    Conclusion {
                        granted: false,
                        identity: None,
                        asked,
                        shown: "not reached".to_owned(),
                        details,
                    }
                }
            };
            host.record(Happening::Conclusion(conclusion));
        });
    }
}

/// Mail is taken where it is taken for anyone.
fn concluded(offer: &Offer, asked: String, answers: &[SmtpReply]) -> Conclusion {
    let of = |taken: bool| -> Vec<String> {
        let both = offer.to.iter().zip(answers);
        let chosen = both.filter(|(_, answer)| (answer.code == SmtpReply::OK) == taken);
        chosen.map(|(recipient, _)| recipient.clone()).collect()
    };
    let (taken, refused) = (of(true), of(false));
    let parts = [("taken for", &taken), ("refused for", &refused)];
    let said = parts.iter().filter(|(_, list)| !list.is_empty());
    let shown = said.map(|(what, list)| format!("{what} {}", list.join(", "))).collect::<Vec<_>>().join("; ");
    let granted = !taken.is_empty();
    let identity = granted.then(|| offer.from.clone());
    Conclusion { granted, identity, asked, shown, details: Vec::new() }
}

/// The answers to each recipient.
async fn hand_over(judge: &Judge, offer: &Offer) -> Result<Vec<SmtpReply>, Unreachable> {
    let dialer = Dialer::new(judge, Rc::new(TrustAnchors::new([])));
    let mut channel = dialer.connect(&offer.server, PORT).await?;
    let hello = SmtpCommand::Hello(judge.host().name().to_string());
    ask(&dialer, &mut channel, &hello).await?;
    ask(&dialer, &mut channel, &SmtpCommand::MailFrom(offer.from.clone())).await?;
    let mut answers = Vec::new();
    for recipient in &offer.to {
        answers.push(ask(&dialer, &mut channel, &SmtpCommand::RecipientTo(recipient.clone())).await?);
    }
    ask(&dialer, &mut channel, &SmtpCommand::Quit).await?;
    Ok(answers)
}

async fn ask(
    dialer: &Dialer,
    channel: &mut Channel,
    command: &SmtpCommand,
) -> Result<SmtpReply, Unreachable> {
    dialer.converse(channel, command).await
}
