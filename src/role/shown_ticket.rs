//! How a service judges a Kerberos ticket that somebody shows to it (RFC 4120 §3.2.3).
//!
//! Web servers, directories and mailbox servers ask the same of it: it opens under the service's own
//! key, whoever shows it is its holder, it is in its lifetime, and the clocks are close enough to tell.
//! What its holder may do is for others to decide.

use super::judge::{Judge, Refused};
use crate::crypto::symmetric::SymmetricKey;
use crate::facts;
use crate::protocol::kerberos::{ApRequest, Authenticator, MAXIMUM_SKEW, TicketContent};
use crate::rule;

/// Opens a ticket that is shown to the service with this key, and judges it. There is no key where no
/// account here runs the service.
///
/// # Errors
/// Where the ticket does not open or is not in its lifetime, or the one who shows it is not its holder,
/// or the clocks are too far apart.
pub fn accept(
    judge: &Judge,
    key: Option<&SymmetricKey>,
    shown: &ApRequest,
) -> Result<(TicketContent, Authenticator), Refused> {
    let now = judge.host().now();
    let opened = match key {
        Some(key) => shown.open(key).map_err(|why| why.to_string()),
        None => Err(format!("no account here runs {}", shown.ticket.service)),
    };
    let (who, why) = match &opened {
        Err(why) => ("who shows the ticket".to_owned(), Some(why.clone())),
        Ok((content, proof)) if proof.client != content.client => {
            (proof.client.to_string(), Some(format!("it is the ticket of {}", content.client)))
        }
        Ok((content, _)) => {
            (content.client.to_string(), content.is_timely(now).err().map(|why| why.to_string()))
        }
    };
    let facts = match &why {
        None => facts!["shown" => shown.ticket],
        Some(why) => facts!["shown" => shown.ticket, "why" => why],
    };
    let (rule, on) = (&rule::KERBEROS_TICKET, shown.ticket.service.clone());
    judge.require(rule, who.clone(), on.clone(), why.is_none(), facts.clone())?;
    // No rule's suspension opens what is sealed under another key.
    let (content, proof) = opened.map_err(|_| Refused { rule, facts })?;
    let apart = (now - proof.time).abs();
    let facts = facts!["client's clock" => proof.time, "own clock" => now, "apart" => apart];
    judge.require(&rule::KERBEROS_SKEW, who, on, apart <= MAXIMUM_SKEW, facts)?;
    Ok((content, proof))
}
