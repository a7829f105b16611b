//! Sign-in at a domain controller: which check refuses first, and when wrong passwords lock.

use forestsim::crypto::secret::Secret;
use forestsim::directory::sign_in::{holds, sign_in};
use forestsim::directory::{
    AccountChange, AccountKind, AccountPolicy, Credential, DirectoryChange, Domain, Forest, NewAccount,
    Proof, Sid,
};
use forestsim::name::DnsName;
use forestsim::time::{Span, VirtualTime};
use proptest::prelude::*;

const RIGHT: &str = "correct horse";

fn noon() -> VirtualTime {
    "2008-03-03T12:00:00Z".parse().unwrap() // a Monday
}

fn corp(policy: AccountPolicy) -> Domain {
    let name = DnsName::new("corp.example");
    let forest = Forest::of_one(name.clone(), "CORP".into(), Sid::of_domain(1, &name));
    let mut domain = Domain::new(1, &name, forest, policy, noon()).unwrap();
    let password = Secret::new(RIGHT);
    let sally = NewAccount {
        sam: "sally",
        upn: None,
        kind: AccountKind::User,
        credential: Credential::Password(&password),
        created: noon() - Span::days(10),
    };
    domain.add_account(&sally).unwrap();
    domain
}

fn attempt(domain: &mut Domain, password: &str, at: VirtualTime) -> Option<&'static str> {
    let password = Secret::new(password);
    let outcome = sign_in(domain, r"CORP\Sally", &Proof::Password(&password), at, holds);
    outcome.result.err().map(|refusal| refusal.rule.id)
}

/// The states that an account can be in, each with the rule, the NTSTATUS, the Kerberos and the Win32
/// code that the domain page's table names, in the table's order.
const TABLE: [(&str, u32, u32, u32); 8] = [
    ("account.known", 0xC000_0064, 6, 1326),
    ("account.enabled", 0xC000_0072, 18, 1331),
    ("account.not-expired", 0xC000_0193, 18, 1793),
    ("account.not-locked-out", 0xC000_0234, 18, 1909),
    ("account.logon-hours", 0xC000_006F, 18, 1328),
    ("account.password-not-expired", 0xC000_0071, 23, 1330),
    ("account.password-need-not-change", 0xC000_0224, 23, 1907),
    ("account.password-matches", 0xC000_006A, 24, 1326),
];

/// An account with the failings of these rows, and the name and the password that are tried.
fn ailing(wrong: &[bool; 8]) -> (Domain, &'static str, &'static str) {
    let policy = AccountPolicy { lockout_threshold: 1, lockout_duration: Span::ZERO, ..Default::default() };
    let mut domain = corp(policy);
    if wrong[3] {
        assert_eq!(attempt(&mut domain, "a wrong one", noon()), Some("account.password-matches"));
    }
    let sid = domain.find("sally").unwrap().sid;
    domain
        .update(sid, |account| {
            account.enabled = !wrong[1];
            account.expires = wrong[2].then(|| noon() - Span::hours(1));
            account.logon_hours = wrong[4].then(|| "tue-sun 0-24".parse().unwrap());
            account.password_set = noon() - Span::days(if wrong[5] { 43 } else { 41 });
            account.must_change_password = wrong[6];
        })
        .unwrap();
    (domain, if wrong[0] { "sal" } else { "sally" }, if wrong[7] { "wrong" } else { RIGHT })
}

/// Every combination of failings.
fn combinations() -> impl Iterator<Item = [bool; 8]> {
    (0..256u32).map(|bits| std::array::from_fn(|row| bits >> row & 1 == 1))
}

/// Whatever is wrong, the first row of the table that is wrong answers, and every check up to it was
/// made, in order.
#[test]
fn the_first_failing_check_answers() {
    for wrong in combinations() {
        let (mut domain, name, password) = ailing(&wrong);
        let password = Secret::new(password);
        let mut made = Vec::new();
        let outcome = sign_in(&mut domain, name, &Proof::Password(&password), noon(), |check| {
            made.push(check.rule.id);
            check.holds
        });
        let first = wrong.iter().position(|wrong| *wrong);
        let refusal = outcome.result.as_ref().err();
        let answer = refusal
            .map(|refusal| (refusal.rule.id, refusal.status.0, refusal.kerberos.0, refusal.status.win32().0));
        assert_eq!(answer, first.map(|row| TABLE[row]), "{wrong:?}");
        let up_to = first.map_or(8, |row| row + 1);
        let order: Vec<&str> = TABLE[..up_to].iter().map(|row| row.0).collect();
        assert_eq!(made, order, "{wrong:?}");
    }
}

/// Who vouches for a person answers for what the password would prove, not for the account.
#[test]
fn a_voucher_replaces_the_password_only() {
    for wrong in combinations() {
        let (mut domain, name, _) = ailing(&wrong);
        let outcome = sign_in(&mut domain, name, &Proof::Vouched, noon(), holds);
        let expected = wrong[..5].iter().position(|wrong| *wrong).map(|row| TABLE[row].0);
        assert_eq!(outcome.result.err().map(|refusal| refusal.rule.id), expected, "{wrong:?}");
        assert!(outcome.failures.is_none(), "a voucher neither counts nor forgives wrong passwords");
    }
}

#[test]
fn a_check_that_the_caller_waives_lets_the_next_one_answer() {
    let mut wrong = [false; 8];
    (wrong[1], wrong[2]) = (true, true);
    let (mut domain, name, password) = ailing(&wrong);
    let password = Secret::new(password);
    let outcome = sign_in(&mut domain, name, &Proof::Password(&password), noon(), |check| {
        check.holds || check.rule.id == "account.enabled"
    });
    assert_eq!(outcome.result.unwrap_err().rule.id, "account.not-expired");
}

proptest! {
    /// Long random histories of right and wrong passwords, minutes apart, against a reference that
    /// keeps the whole list of attempts and no counter.
    #[test]
    fn lockout_follows_its_policy(
        threshold in 0u32..4,
        window in 1i64..40,
        duration in 0i64..60,
        attempts in prop::collection::vec((0i64..30, prop::bool::weighted(0.3)), 1..25),
    ) {
        // Active Directory refuses a duration below the window, as the lock would outlive its cause.
        let duration = if duration == 0 { 0 } else { duration.max(window) };
        let policy = AccountPolicy {
            lockout_threshold: threshold,
            lockout_window: Span::minutes(window),
            lockout_duration: Span::minutes(duration),
            ..Default::default()
        };
        let mut domain = corp(policy);
        let mut now = 0;
        let mut wrong_run: Vec<i64> = Vec::new();
        let mut lock: Option<i64> = None;
        for (pause, right) in attempts {
            now += pause;
            let answer = attempt(&mut domain, if right { RIGHT } else { "x" }, noon() + Span::minutes(now));
            if lock.is_some_and(|begin| duration == 0 || now < begin + duration) {
                prop_assert_eq!(answer, Some("account.not-locked-out"));
                continue;
            }
            if lock.take().is_some() || right {
                wrong_run.clear();
            }
            if right {
                prop_assert_eq!(answer, None);
                continue;
            }
            prop_assert_eq!(answer, Some("account.password-matches"));
            wrong_run.push(now);
            let gap = (1..wrong_run.len()).rev().find(|at| wrong_run[*at] - wrong_run[at - 1] > window);
            let counted = wrong_run.len() - gap.unwrap_or(0);
            lock = (threshold > 0 && counted >= threshold as usize).then_some(now);
        }
    }
}

#[test]
fn a_lock_without_duration_waits_for_an_administrator() {
    let policy = AccountPolicy { lockout_threshold: 1, lockout_duration: Span::ZERO, ..Default::default() };
    let mut domain = corp(policy);
    assert_eq!(attempt(&mut domain, "x", noon()), Some("account.password-matches"));
    let later = noon() + Span::days(30);
    assert_eq!(attempt(&mut domain, RIGHT, later), Some("account.not-locked-out"));
    let unlock = DirectoryChange::Account { name: "sally".into(), change: AccountChange::Unlock };
    unlock.apply(&mut domain, later).unwrap();
    assert_eq!(attempt(&mut domain, RIGHT, later), None);
}

#[test]
fn a_new_password_replaces_the_old_one() {
    let mut domain = corp(AccountPolicy::default());
    let late = noon() + Span::days(40);
    assert_eq!(attempt(&mut domain, RIGHT, late), Some("account.password-not-expired"));
    let change = AccountChange::Password(Secret::new("battery staple"));
    DirectoryChange::Account { name: "sally".into(), change }.apply(&mut domain, late).unwrap();
    assert_eq!(attempt(&mut domain, RIGHT, late), Some("account.password-matches"));
    assert_eq!(attempt(&mut domain, "battery staple", late), None);
}
