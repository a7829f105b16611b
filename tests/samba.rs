//! The access check against Samba's, over random descriptors, tokens and rights.
//!
//! Samba's Python module answers for every case that it can judge: entries of both kinds in any order,
//! inherited and inherit-only ones, empty lists and none, owners, owner rights, and the privileges that
//! stand in for a right. It ignores entries that are limited to an object type, so none is drawn here; a
//! descriptor without a list it takes for a list that is not present, and denies, unless it is told that
//! the list is there and is null.
//! Where the module is missing the test says so and ends.

use std::io::Write;
use std::process::{Command, Stdio};

use forestsim::crypto::random;
use forestsim::directory::{
    AccessMask, AccessRequest, AccessToken, Ace, AceFlags, AceKind, Privilege, SecurityDescriptor, Sid,
    access_check,
};
use rand_core::Rng;

const PYTHON: &str = "/usr/bin/python3";
const CASES: usize = 4000;

const ORACLE: &str = r"
import sys
from samba import NTSTATUSError, security
from samba.dcerpc import security as types
for line in sys.stdin:
    sddl, sids, privileges, mask = line.rstrip('\n').split('|')
    listed = sddl.replace('D:NO_ACCESS_CONTROL', '')
    descriptor = types.descriptor.from_sddl(listed, types.dom_sid('S-1-5-21-1-2-3'))
    if listed != sddl:
        descriptor.type |= types.SEC_DESC_DACL_PRESENT
    token = types.token()
    for privilege in filter(None, privileges.split(',')):
        token.set_privilege(getattr(types, privilege))
    held = [types.dom_sid(sid) for sid in sids.split(',')]  # the token does not keep them alive
    token.sids = held
    token.num_sids = len(held)
    try:
        print('granted', security.access_check(descriptor, token, int(mask)))
    except NTSTATUSError:
        print('denied')
";

/// Eight SIDs: small enough a world that entries meet tokens often.
fn someone(random: &mut impl Rng) -> Sid {
    let domain = Sid::new(5, &[21, 1, 2, 3]);
    match random.next_u32() % 8 {
        0 => Sid::EVERYONE,
        1 => Sid::AUTHENTICATED_USERS,
        2 => Sid::ADMINISTRATORS,
        3 => Sid::OWNER_RIGHTS,
        number => domain.with_rid(1100 + number),
    }
}

/// One to three of seven rights, two of which an owner has implicitly, and one a privilege gives.
fn rights(random: &mut impl Rng) -> AccessMask {
    let some = [
        AccessMask::READ_PROPERTY,
        AccessMask::WRITE_PROPERTY,
        AccessMask::CONTROL_ACCESS,
        AccessMask::READ_CONTROL,
        AccessMask::WRITE_DAC,
        AccessMask::DELETE,
        AccessMask::WRITE_OWNER,
    ];
    let count = 1 + random.next_u32() % 3;
    (0..count).fold(AccessMask::NONE, |sum, _| sum | some[random.next_u32() as usize % some.len()])
}

fn ace(random: &mut impl Rng) -> Ace {
    let kind = if random.next_u32().is_multiple_of(3) { AceKind::Deny } else { AceKind::Allow };
    let inherit_only = random.next_u32().is_multiple_of(8);
    let flags = AceFlags {
        inherit_only,
        container_inherit: inherit_only,
        inherited: random.next_u32().is_multiple_of(2),
        ..AceFlags::default()
    };
    Ace { kind, flags, ..Ace::allow(someone(random), rights(random)) }
}

fn case(random: &mut impl Rng) -> (SecurityDescriptor, AccessToken, AccessMask) {
    let count = random.next_u32() % 6;
    let descriptor = SecurityDescriptor {
        owner: Some(someone(random)),
        group: Some(Sid::ADMINISTRATORS),
        dacl: (!random.next_u32().is_multiple_of(32)).then(|| (0..count).map(|_| ace(random)).collect()),
        protected: false,
    };
    let user = Sid::new(5, &[21, 1, 2, 3, 1100 + 4 + random.next_u32() % 4]);
    let groups = (0..2).map(|_| someone(random)).filter(|sid| *sid != Sid::OWNER_RIGHTS);
    let mut token = AccessToken::new(user, groups.chain([Sid::EVERYONE]));
    for privilege in [Privilege::TakeOwnership, Privilege::Security] {
        if random.next_u32().is_multiple_of(4) {
            token.privileges.insert(privilege);
        }
    }
    // Behind a null list Samba grants even the audit list; MS-DTYP asks for the privilege first.
    let audit = match descriptor.dacl.is_some() && random.next_u32().is_multiple_of(16) {
        true => AccessMask::ACCESS_SYSTEM_SECURITY,
        false => AccessMask::NONE,
    };
    (descriptor, token, rights(random) | audit)
}

fn names(token: &AccessToken) -> String {
    let name = |privilege: &Privilege| match privilege {
        Privilege::TakeOwnership => "SEC_PRIV_TAKE_OWNERSHIP",
        Privilege::Security => "SEC_PRIV_SECURITY",
        _ => "",
    };
    token.privileges.iter().map(name).collect::<Vec<_>>().join(",")
}

fn samba(questions: &str) -> Vec<String> {
    let mut oracle = Command::new(PYTHON)
        .args(["-c", ORACLE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter ran a moment ago");
    let mut input = oracle.stdin.take().expect("its input is piped");
    let questions = questions.to_owned();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(questions.as_bytes()).expect("Samba reads the questions"));
        oracle.wait_with_output().expect("Samba answers")
    });
    assert!(output.status.success(), "Samba failed: {}", output.status);
    String::from_utf8(output.stdout).expect("Samba answers in ASCII").lines().map(str::to_owned).collect()
}

#[test]
fn samba_agrees() {
    let probe = Command::new(PYTHON).args(["-c", "import samba"]).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        println!("skipped: {PYTHON} has no module samba (apt-get install python3-samba)");
        return;
    }
    let mut random = random::stream(1, "tests/samba.rs", "cases");
    let cases: Vec<_> = (0..CASES).map(|_| case(&mut random)).collect();
    let question = |(descriptor, token, rights): &(SecurityDescriptor, AccessToken, AccessMask)| {
        let sids: Vec<String> = token.sids().map(|sid| sid.to_string()).collect();
        format!("{descriptor}|{}|{}|{}\n", sids.join(","), names(token), rights.0)
    };
    let questions: Vec<String> = cases.iter().map(question).collect();
    let answers = samba(&questions.concat());
    assert_eq!(answers.len(), CASES);
    let mut allowed = 0;
    for (((descriptor, token, rights), question), theirs) in cases.iter().zip(&questions).zip(&answers) {
        let ours = access_check(descriptor, token, &AccessRequest::directory(*rights));
        assert_eq!(ours.allowed, theirs.starts_with("granted"), "{question}{ours:?} but Samba: {theirs}");
        allowed += usize::from(ours.allowed);
    }
    // Both answers are common, so agreement is not agreement on one of them.
    assert!(allowed > CASES / 10 && allowed < CASES * 9 / 10, "{allowed} of {CASES} are allowed");
    println!("{CASES} cases, {allowed} of them allowed");
}
