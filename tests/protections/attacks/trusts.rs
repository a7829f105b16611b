//! Trusts between domains, and what accounts ask of those who sign in.

use forestsim::rule;

use super::{Attack, Beyond};

const SALLY: &str = "sally@corp.adventure-works.example";

#[rustfmt::skip]
pub const ATTACKS: &[Attack] = &[
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
