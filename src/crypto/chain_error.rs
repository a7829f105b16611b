//! Why a certificate is not trusted, in the words of this world: who, until when, what to do.

use rustls_pki_types::UnixTime;
use webpki::Error;

use super::authority::Usage;
use super::certificate::Certificate;
use super::chain::{self, TrustAnchors};
use crate::name::DnsName;
use crate::time::VirtualTime;

/// Why a certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// There is none.
    #[error("no certificate was presented; give the peer one, with its private key")]
    Empty,
    /// A certificate has a form that X.509 does not allow here.
    #[error("the certificate of `{subject}` does not have the form that it must have: {why}; issue it anew")]
    Malformed {
        /// Whose certificate it is.
        subject: String,
        /// What webpki says.
        why: String,
    },
    /// No trusted authority has the issuer's name.
    #[error(
        "the certificate of `{subject}` comes from `{issuer}`, which is not trusted here; trust the \
         certificate of `{issuer}`, or have a trusted authority issue one for `{subject}`"
    )]
    UnknownIssuer {
        /// Whose certificate it is.
        subject: String,
        /// Who issued it, or the topmost of the chain presented.
        issuer: String,
    },
    /// A certificate's time is over.
    #[error(
        "the certificate of `{subject}` expired at {not_after}, and the clock shows {now}; \
         renew it, or set the clock right"
    )]
    Expired {
        /// Whose certificate it is: the peer's or an authority's.
        subject: String,
        /// Its last second.
        not_after: VirtualTime,
        /// The time of the one who judges.
        now: VirtualTime,
    },
    /// A certificate's time has not come.
    #[error(
        "the certificate of `{subject}` is valid from {not_before}, and the clock shows {now}; \
         wait, or set the clock right"
    )]
    NotYetValid {
        /// Whose certificate it is: the peer's or an authority's.
        subject: String,
        /// Its first second.
        not_before: VirtualTime,
        /// The time of the one who judges.
        now: VirtualTime,
    },
    /// The certificate is that of another host.
    #[error(
        "the certificate is for {}, not for `{wanted}`; ask for the host by a name in the certificate, \
         or have one issued for `{wanted}`",
        list(holds)
    )]
    WrongName {
        /// The name that was asked for.
        wanted: DnsName,
        /// The names in the certificate.
        holds: Vec<DnsName>,
    },
    /// The certificate is for another purpose.
    #[error("the certificate of `{subject}` may not be used {purpose}; have one issued for that purpose")]
    WrongUsage {
        /// Whose certificate it is.
        subject: String,
        /// For what it was presented.
        purpose: &'static str,
    },
    /// An issuer of the right name is trusted, but its key did not sign this.
    #[error(
        "the certificate of `{subject}` is not signed with the trusted key of `{issuer}`: it was altered, \
         or comes from another authority of the same name; trust that authority's certificate, or have \
         it issued anew"
    )]
    BadSignature {
        /// Whose certificate it is.
        subject: String,
        /// Who is said to have issued it.
        issuer: String,
    },
    /// The issuer has taken it back.
    #[error("the certificate of `{subject}`, serial number {serial}, is revoked; have a new one issued")]
    Revoked {
        /// Whose certificate it is.
        subject: String,
        /// The issuer's number for it.
        serial: String,
    },
    /// There is no telling whether the issuer has taken it back.
    #[error(
        "whether the certificate of `{subject}` is revoked cannot be told: {why}; \
         fetch a current list from its issuer"
    )]
    RevocationUnknown {
        /// Whose certificate it is.
        subject: String,
        /// What is wrong with the list.
        why: String,
    },
}

impl ChainError {
    /// What webpki says about this chain, in our words. It does not say which certificate it speaks
    /// of; times tell, otherwise it is the first.
    pub(super) fn explain(
        error: Error,
        chain: &[Certificate],
        anchors: &TrustAnchors,
        usage: Usage,
        now: VirtualTime,
    ) -> Self {
        let Some(leaf) = chain.first() else { return Self::Empty };
        let subject = leaf.subject().to_owned();
        let whose = |time: UnixTime, of: fn(&Certificate) -> VirtualTime| {
            let known = chain.iter().chain(anchors.certificates());
            known.into_iter().find(|one| chain::unix_time(of(one)) == time).unwrap_or(leaf)
        };
        match error {
            Error::CertExpired { not_after, .. } => {
                let expired = whose(not_after, Certificate::not_after);
                Self::Expired { subject: expired.subject().to_owned(), not_after: expired.not_after(), now }
            }
            Error::CertNotValidYet { not_before, .. } => {
                let early = whose(not_before, Certificate::not_before);
                Self::NotYetValid { subject: early.subject().to_owned(), not_before: early.not_before(), now }
            }
            Error::UnknownIssuer => Self::UnknownIssuer { subject, issuer: topmost(chain, leaf).to_owned() },
            Error::InvalidSignatureForPublicKey => {
                Self::BadSignature { subject, issuer: leaf.issuer().to_owned() }
            }
            Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension | Error::CaUsedAsEndEntity => {
                Self::WrongUsage { subject, purpose: purpose(usage) }
            }
            Error::EndEntityUsedAsCa => {
                let issuer = chain[1..].iter().find(|link| !link.is_authority()).unwrap_or(leaf);
                Self::WrongUsage { subject: issuer.subject().to_owned(), purpose: "to issue certificates" }
            }
            other => Self::Malformed { subject, why: other.to_string() },
        }
    }
}

/// Who issued the last certificate that the chain reaches from its leaf.
fn topmost<'a>(chain: &'a [Certificate], leaf: &'a Certificate) -> &'a str {
    let mut top = leaf;
    for link in &chain[1..] {
        if link.subject() == top.issuer() {
            top = link;
        }
    }
    top.issuer()
}

fn purpose(usage: Usage) -> &'static str {
    match usage {
        Usage::Server => "by a TLS server",
        Usage::Client => "by a TLS client",
        Usage::TokenSigning => "to sign tokens",
    }
}

fn list(names: &[DnsName]) -> String {
    match names {
        [] => "no host".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}
