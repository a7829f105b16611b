//! Certification authorities and the certificates of a topology.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at::At;
use super::value::{Duration, Instant, WebAddress};
use crate::name::DnsName;
use crate::time::{Span, VirtualTime};

/// A certification authority: a root with its own key, made from the seed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The name on its certificate.
    pub subject: String,
    /// Where its revocation list can be fetched, as its certificates say it: an http address. A
    /// host that runs a `distribution_point` for it serves it there.
    pub revocation_list: Option<At<WebAddress>>,
    /// How long each revocation list is good for; 7 days where nothing is said.
    pub revocation_list_lifetime: Option<At<Duration>>,
    /// When it is valid; 2005 to 2035 where nothing is said.
    pub valid: Option<At<Validity>>,
}

impl Authority {
    /// When it is valid, from and until.
    pub fn validity(&self) -> (VirtualTime, VirtualTime) {
        // 2005-01-01T00:00:00Z and 2035-01-01T00:00:00Z
        bounds(self.valid.as_deref(), 1_104_537_600, 2_051_222_400)
    }

    /// How long each revocation list is good for.
    pub fn list_lifetime(&self) -> Span {
        self.revocation_list_lifetime.as_ref().map_or(Span::days(7), |lifetime| lifetime.0)
    }
}

/// A certificate, with its own key, made from the seed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The authority that issued it, or `itself` for a self-signed one.
    pub issued_by: At<String>,
    /// The name on it.
    pub subject: String,
    /// The DNS names that it is for, where it is a server's.
    #[serde(default)]
    pub names: Vec<At<DnsName>>,
    /// The e-mail address or user principal name on it, where it is a person's.
    pub email: Option<At<String>>,
    /// What it is good for.
    #[serde(rename = "use")]
    pub usage: CertificateUse,
    /// When it is valid; 2007 to 2012 where nothing is said.
    pub valid: Option<At<Validity>>,
}

/// What stands in `issued_by` for a self-signed certificate.
pub const ITSELF: &str = "itself";

impl Certificate {
    /// The authority that issued it; none where it is self-signed.
    pub fn authority(&self) -> Option<&At<String>> {
        Some(&self.issued_by).filter(|issuer| issuer.value != ITSELF)
    }

    /// When it is valid, from and until.
    pub fn validity(&self) -> (VirtualTime, VirtualTime) {
        // 2007-01-01T00:00:00Z and 2012-01-01T00:00:00Z
        bounds(self.valid.as_deref(), 1_167_609_600, 1_325_376_000)
    }
}

/// What a certificate is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateUse {
    /// To be a server in TLS.
    Server,
    /// To be a client in TLS.
    Client,
    /// To sign security tokens.
    TokenSigning,
}

/// When a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
}

fn bounds(valid: Option<&Validity>, from: i64, until: i64) -> (VirtualTime, VirtualTime) {
    let second = |seconds: i64| VirtualTime::from_micros(seconds * 1_000_000);
    match valid {
        Some(valid) => (valid.from.0, valid.until.0),
        None => (second(from), second(until)),
    }
}

#[cfg(test)]
mod tests {
    use super::bounds;

    #[test]
    fn validities_where_nothing_is_said() {
        let written = |pair: (crate::time::VirtualTime, crate::time::VirtualTime)| {
            (pair.0.to_string(), pair.1.to_string())
        };
        assert_eq!(
            written(bounds(None, 1_104_537_600, 2_051_222_400)),
            ("2005-01-01T00:00:00Z".into(), "2035-01-01T00:00:00Z".into())
        );
        assert_eq!(
            written(bounds(None, 1_167_609_600, 1_325_376_000)),
            ("2007-01-01T00:00:00Z".into(), "2012-01-01T00:00:00Z".into())
        );
    }
}
