//! The attacks, and the rules that stand in their way, system by system.

mod edgesync;
mod federation;
mod impersonation;
mod people;
mod trusts;

use forestsim::rule::Rule;

/// An attack, or a mistake that would be one.
pub struct Attack {
    pub scenario: &'static str,
    pub step: &'static str,
    /// The rule that refuses it as shipped, and where. Where a rule only withholds something, this is
    /// the one that refuses in the end.
    pub refused: (&'static Rule, &'static str),
    /// The rules that stand in its way.
    pub without: &'static [&'static Rule],
    /// As whom the attacker is let in without them.
    pub gains: &'static str,
}

/// A refusal that stands on mathematics: no rule needs to hold for the attack to fail.
pub struct Beyond {
    pub scenario: &'static str,
    pub step: &'static str,
    pub rule: &'static Rule,
}

/// Something that is left out of an answer, which is given all the same.
pub struct Withheld {
    pub scenario: &'static str,
    pub step: &'static str,
    /// The rule that leaves it out.
    pub rule: &'static Rule,
    /// What the answer tells without the rule.
    pub tells: &'static str,
}

/// Every attack.
pub fn attacks() -> impl Iterator<Item = &'static Attack> {
    [federation::ATTACKS, people::ATTACKS, impersonation::ATTACKS, trusts::ATTACKS, edgesync::ATTACKS]
        .into_iter()
        .flatten()
}

/// Every refusal that no suspended rule turns into a success.
pub fn beyond_rules() -> impl Iterator<Item = &'static Beyond> {
    [federation::BEYOND_RULES, impersonation::BEYOND_RULES, trusts::BEYOND_RULES, edgesync::BEYOND_RULES]
        .into_iter()
        .flatten()
}

/// Everything that is left out of an answer.
pub fn withheld() -> impl Iterator<Item = &'static Withheld> {
    impersonation::WITHHELD.iter()
}

/// Every rule that protects nothing by itself.
pub fn no_protection() -> impl Iterator<Item = &'static Rule> {
    [federation::NO_PROTECTION, impersonation::NO_PROTECTION, edgesync::NO_PROTECTION]
        .into_iter()
        .flatten()
        .copied()
}
