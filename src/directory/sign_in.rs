//! Whether an account may sign in: the checks of a domain controller, in their order.
//!
//! The order is that of MS-APDS §3.1.5 and MS-KILE §3.3.5.6.3 (domain page §6.7): what is wrong with
//! the account comes before what is wrong with the password, so a disabled account is reported as
//! disabled whatever the password. Wrong passwords count here, and lock here. Whether a check that
//! fails ends the matter is the caller's to say, so this file records nothing itself.

use super::account::long_term_key;
use super::policy::FOREVER;
use super::{Account, Domain, Failures, KerberosCode, NtStatus, Sid};
use crate::crypto::secret::Secret;
use crate::crypto::symmetric::SymmetricKey;
use crate::rule::{self, Rule};
use crate::time::VirtualTime;

/// How someone proves to be the account's owner.
pub enum Proof<'a> {
    /// By its password.
    Password(&'a Secret),
    /// By having used its long-term key; the function says whether this key was the one.
    LongTermKey(&'a dyn Fn(&SymmetricKey) -> bool),
    /// By something that was proved elsewhere: a certificate that maps to the account, or the word
    /// of a service that may ask on a person's behalf. What concerns the password is not checked.
    Vouched,
}

/// One check of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The rule that it applies.
    pub rule: &'static Rule,
    /// Whether it holds.
    pub holds: bool,
    /// What it looked at: names and values.
    pub facts: Vec<(&'static str, String)>,
}

/// A sign-in that ended in refusal.
/// What a federation server reports follows from the status ([`NtStatus::win32`]).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SignInRefusal {
    /// The rule that refused.
    pub rule: &'static Rule,
    /// What Windows reports.
    pub status: NtStatus,
    /// What Kerberos reports.
    pub kerberos: KerberosCode,
    /// Why, for reading.
    pub reason: String,
}

/// What came of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The account, or why not.
    pub result: Result<Sid, SignInRefusal>,
    /// The account's wrong passwords as they are now, where this attempt changed them.
    pub failures: Option<(Sid, Failures)>,
}

/// Checks whether the account of this name may sign in, at this time by the domain controller's
/// clock. Every check that is made is shown to `go_on`, in order; the first for which it answers
/// false ends the sign-in in refusal. [`holds`] is the plain answer.
///
/// A wrong password counts, and locks the account where the domain's policy says so; a right one
/// forgets the wrong ones before it.
pub fn sign_in(
    domain: &mut Domain,
    name: &str,
    proof: &Proof<'_>,
    now: VirtualTime,
    mut go_on: impl FnMut(&Check) -> bool,
) -> SignIn {
    let found = domain.find(name);
    let facts = vec![("name", name.to_owned()), ("domain", domain.dns_name().to_string())];
    let known = Check { rule: &rule::ACCOUNT_KNOWN, holds: found.is_some(), facts };
    let goes_on = go_on(&known);
    let Some(account) = found.filter(|_| goes_on) else {
        let reason = format!("{} has no account `{name}`", domain.dns_name());
        return SignIn { result: Err(refusal(&rule::ACCOUNT_KNOWN, reason)), failures: None };
    };
    let (sid, before) = (account.sid, account.failures);
    let policy = *domain.policy();
    for make in checks_for(account, proof) {
        let check = make(domain, account, proof, now);
        if go_on(&check) {
            continue;
        }
        let counts = check.rule == &rule::PASSWORD_MATCHES;
        let after = if counts { policy.after_wrong_password(&before, now) } else { before };
        let result = Err(refusal(check.rule, reason(account, &check)));
        domain.set_failures(sid, after);
        return SignIn { result, failures: counts.then_some((sid, after)) };
    }
    let forgets = !matches!(proof, Proof::Vouched) && before != Failures::default();
    if forgets {
        domain.set_failures(sid, Failures::default());
    }
    SignIn { result: Ok(sid), failures: forgets.then_some((sid, Failures::default())) }
}

/// Whether a check holds: the `go_on` of a sign-in that suspends no rule.
pub fn holds(check: &Check) -> bool {
    check.holds
}

type MakeCheck = fn(&Domain, &Account, &Proof<'_>, VirtualTime) -> Check;

/// The checks of a sign-in to this account by this proof, in order.
fn checks_for(account: &Account, proof: &Proof<'_>) -> Vec<MakeCheck> {
    let mut checks: Vec<MakeCheck> = vec![enabled, not_expired, not_locked_out, logon_hours];
    let by_password = !matches!(proof, Proof::Vouched);
    if by_password {
        checks.extend([password_fresh, password_kept] as [MakeCheck; 2]);
    }
    if account.smart_card_required {
        checks.push(smart_card_used);
    }
    if by_password {
        checks.push(password_matches);
    }
    checks
}

fn enabled(_: &Domain, account: &Account, _: &Proof<'_>, _: VirtualTime) -> Check {
    let state = if account.enabled { "enabled" } else { "disabled" };
    Check {
        rule: &rule::ACCOUNT_ENABLED,
        holds: account.enabled,
        facts: vec![("account", account.sam.clone()), ("state", state.to_owned())],
    }
}

fn not_expired(_: &Domain, account: &Account, _: &Proof<'_>, now: VirtualTime) -> Check {
    let expires = account.expires.map_or_else(|| "never".to_owned(), |at| at.to_string());
    Check {
        rule: &rule::ACCOUNT_NOT_EXPIRED,
        holds: account.expires.is_none_or(|at| now < at),
        facts: vec![("account", account.sam.clone()), ("expires", expires), ("now", now.to_string())],
    }
}

fn not_locked_out(domain: &Domain, account: &Account, _: &Proof<'_>, now: VirtualTime) -> Check {
    let until = domain.policy().locked_until(&account.failures, now);
    let lock = match until {
        None => "none".to_owned(),
        Some(FOREVER) => "until an administrator ends it".to_owned(),
        Some(until) => format!("until {until}"),
    };
    Check {
        rule: &rule::ACCOUNT_NOT_LOCKED_OUT,
        holds: until.is_none(),
        facts: vec![("account", account.sam.clone()), ("lock", lock), ("now", now.to_string())],
    }
}

fn logon_hours(_: &Domain, account: &Account, _: &Proof<'_>, now: VirtualTime) -> Check {
    let hours = account.logon_hours.map_or_else(|| "always".to_owned(), |hours| hours.to_string());
    Check {
        rule: &rule::ACCOUNT_LOGON_HOURS,
        holds: account.logon_hours.is_none_or(|hours| hours.permits(now)),
        facts: vec![("account", account.sam.clone()), ("hours", hours), ("now", now.to_string())],
    }
}

fn password_fresh(domain: &Domain, account: &Account, _: &Proof<'_>, now: VirtualTime) -> Check {
    let limit = domain.policy().password_age.filter(|_| !account.password_never_expires);
    let greatest = limit.map_or_else(|| "unlimited".to_owned(), |age| age.to_string());
    let set = account.password_set.to_string();
    Check {
        rule: &rule::PASSWORD_NOT_EXPIRED,
        holds: limit.is_none_or(|age| now < account.password_set + age),
        facts: vec![
            ("account", account.sam.clone()),
            ("password set", set),
            ("greatest age", greatest),
            ("now", now.to_string()),
        ],
    }
}

fn password_kept(_: &Domain, account: &Account, _: &Proof<'_>, _: VirtualTime) -> Check {
    let must = if account.must_change_password { "must change first" } else { "may be kept" };
    Check {
        rule: &rule::PASSWORD_NEED_NOT_CHANGE,
        holds: !account.must_change_password,
        facts: vec![("account", account.sam.clone()), ("password", must.to_owned())],
    }
}

fn smart_card_used(_: &Domain, account: &Account, proof: &Proof<'_>, _: VirtualTime) -> Check {
    let holds = matches!(proof, Proof::Vouched);
    let by = if holds { "something else than the password" } else { "the password" };
    Check {
        rule: &rule::SMART_CARD_USED,
        holds,
        facts: vec![("account", account.sam.clone()), ("signs in by", by.to_owned())],
    }
}

fn password_matches(domain: &Domain, account: &Account, proof: &Proof<'_>, _: VirtualTime) -> Check {
    let holds = match proof {
        Proof::Password(password) => long_term_key(domain.dns_name(), &account.sam, password) == account.key,
        Proof::LongTermKey(used) => used(&account.key),
        Proof::Vouched => true,
    };
    let limit = domain.policy().lockout_threshold;
    let threshold = if limit == 0 { "never locks".to_owned() } else { format!("locks at {limit}") };
    Check {
        rule: &rule::PASSWORD_MATCHES,
        holds,
        facts: vec![
            ("account", account.sam.clone()),
            ("wrong passwords before", account.failures.count.to_string()),
            ("threshold", threshold),
        ],
    }
}

/// The codes of a refusal by each rule (domain page §6.7).
const CODES: [(&Rule, NtStatus, KerberosCode); 9] = [
    (&rule::ACCOUNT_KNOWN, NtStatus::NO_SUCH_USER, KerberosCode::C_PRINCIPAL_UNKNOWN),
    (&rule::ACCOUNT_ENABLED, NtStatus::ACCOUNT_DISABLED, KerberosCode::CLIENT_REVOKED),
    (&rule::ACCOUNT_NOT_EXPIRED, NtStatus::ACCOUNT_EXPIRED, KerberosCode::CLIENT_REVOKED),
    (&rule::ACCOUNT_NOT_LOCKED_OUT, NtStatus::ACCOUNT_LOCKED_OUT, KerberosCode::CLIENT_REVOKED),
    (&rule::ACCOUNT_LOGON_HOURS, NtStatus::INVALID_LOGON_HOURS, KerberosCode::CLIENT_REVOKED),
    (&rule::PASSWORD_NOT_EXPIRED, NtStatus::PASSWORD_EXPIRED, KerberosCode::KEY_EXPIRED),
    (&rule::PASSWORD_NEED_NOT_CHANGE, NtStatus::PASSWORD_MUST_CHANGE, KerberosCode::KEY_EXPIRED),
    (&rule::SMART_CARD_USED, NtStatus::SMARTCARD_LOGON_REQUIRED, KerberosCode::POLICY),
    (&rule::PASSWORD_MATCHES, NtStatus::WRONG_PASSWORD, KerberosCode::PREAUTH_FAILED),
];

fn refusal(rule: &'static Rule, reason: String) -> SignInRefusal {
    let row = CODES.into_iter().find(|(other, ..)| *other == rule);
    let (_, status, kerberos) = row.expect("every check of a sign-in has its codes in this table");
    SignInRefusal { rule, status, kerberos, reason }
}

fn reason(account: &Account, check: &Check) -> String {
    let facts: Vec<String> =
        check.facts.iter().skip(1).map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{}: does not hold for {} ({})", check.rule.title, account.sam, facts.join(", "))
}
