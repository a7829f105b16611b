//! Trusts between domains, and what accounts ask of those who sign in.

use forestsim::rule;

use super::{Attack, Beyond};

const SIMON: &str = "simon@corp.adventure-works.example";
const PETER: &str = "peter@corp.adventure-works.example";
const PAULA: &str = "paula@perimeter.adventure-works.example";
const SALLY: &str = "sally@corp.adventure-works.example";

#[rustfmt::skip]
pub const ATTACKS: &[Attack] = &[
    // An administrator of corp gives an account a SID of the perimeter.
    Attack {
        scenario: "trusts/sid-history",
        step: "Simon opens Inventory, and the SID is left behind at the resource federation server",
        refused: (&rule::ACCESS_CHECK, "ws"),
        without: &[&rule::SID_FILTER], gains: SIMON,
    },
    Attack {
        scenario: "federation/attacks/23-selective-authentication", step: "Peter, a plant manager, is not allowed to",
        refused: (&rule::SELECTIVE_AUTHENTICATION, "dc-perimeter"),
        without: &[&rule::SELECTIVE_AUTHENTICATION], gains: PETER,
    },
    Attack {
        scenario: "trusts/name-suffix-routing", step: "under a name that is excluded she finds no way to the same server",
        refused: (&rule::TRUST_NAME_ROUTED, "dc-perimeter"),
        without: &[&rule::TRUST_NAME_ROUTED], gains: PAULA,
    },
    // A request that was recorded more than five minutes ago would look like this one.
    Attack {
        scenario: "trusts/clock-skew", step: "six minutes are too much",
        refused: (&rule::KERBEROS_SKEW, "dc-corp"),
        without: &[&rule::KERBEROS_SKEW], gains: PETER,
    },
    Attack {
        scenario: "trusts/smart-card-required", step: "somebody has learned Sally's password",
        refused: (&rule::SMART_CARD_USED, "dc-corp"),
        without: &[&rule::SMART_CARD_USED], gains: SALLY,
    },
];

#[rustfmt::skip]
pub const BEYOND_RULES: &[Beyond] = &[
    // Contoso seals referrals under a key that Fabrikam has forgotten.
    Beyond {
        scenario: "trusts/trust-password-restored-controller",
        step: "it has missed more than one change, and the trust is broken", rule: &rule::TRUST_PASSWORD,
    },
];
