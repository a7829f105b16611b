//! The parameters of the EdgeSync service: one table of defaults, each of which a scenario can
//! override. The documents disagree on some; the table says which one it follows.

use super::lease::LeaseTimes;
use super::timeline::Timeline;
use crate::time::Span;

/// The parameters of the EdgeSync service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdgeSyncSettings {
    /// How often configuration is synchronized.
    pub configuration: Span,
    /// How often recipients are synchronized.
    pub recipients: Span,
    /// How often a hub looks for new Edge Subscriptions.
    pub topology_scan: Span,
    /// How long locks and options last.
    pub lease: LeaseTimes,
    /// When accounts are renewed.
    pub timeline: Timeline,
    /// For how long a cookie allows a delta; after that, everything is sent anew.
    pub cookie_validity: Span,
    /// How long a hub's self-signed certificate is valid.
    pub certificate_lifetime: Span,
}

impl Default for EdgeSyncSettings {
    fn default() -> Self {
        Self {
            // Exchange 2007 and 2010; 3 and 5 minutes in later versions.
            configuration: Span::hours(1),
            recipients: Span::hours(4),
            topology_scan: Span::minutes(5),
            // The table of the page on Edge Subscriptions; the reference of the cmdlets has 6, 4 and 30 minutes.
            lease: LeaseTimes {
                lock: Span::minutes(5),
                lock_renewal: Span::minutes(1),
                option: Span::hours(1),
            },
            timeline: Timeline {
                // The document gives no life; it must be below the 42 days of Windows' password policy.
                lifetime: Span::days(30),
                created_before: Span::days(7),
                effective_before: Span::days(3),
                fallback: false,
            },
            cookie_validity: Span::days(21),
            // The product of 2007; later ones live five years.
            certificate_lifetime: Span::days(365),
        }
    }
}
