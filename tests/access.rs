//! The access check and inheritance, by cases that each differ from the next in one thing.

use forestsim::directory::access::{AccessReason, open};
use forestsim::directory::{
    AccessMask, AccessRequest, AccessToken, GenericMapping, Guid, ImpersonationLevel, Inheritor, Privilege,
    SddlDomain, SecurityDescriptor, Sid, access_check,
};

const IMPERSONATE: &str = "8db0795c-df3a-4aca-a97d-100162998dfa";
const AUTHENTICATE: &str = "68b1d179-0d15-4d4f-ab71-46152e79a7bc";

fn corp() -> Sid {
    "S-1-5-21-1-2-3".parse().unwrap()
}

fn descriptor(sddl: &str) -> SecurityDescriptor {
    let names = SddlDomain { domain: corp(), forest_root: corp() };
    SecurityDescriptor::from_sddl(sddl, Some(&names)).unwrap()
}

/// Sally, a domain user (DU) but no administrator (DA).
fn sally() -> AccessToken {
    AccessToken::new(corp().with_rid(1105), [corp().with_rid(513), Sid::AUTHENTICATED_USERS])
}

/// Whether Sally gets these rights, and the place from 1 of the entry that decided, 0 where none did.
fn check(sddl: &str, rights: u32, about: &[Guid]) -> (bool, usize) {
    let request = AccessRequest {
        rights: AccessMask(rights),
        about,
        mapping: GenericMapping::DIRECTORY,
        principal: Some(corp().with_rid(1105)),
    };
    let decision = access_check(&descriptor(sddl), &sally(), &request);
    let place = match decision.reason {
        AccessReason::Ace { index, .. } => index + 1,
        _ => 0,
    };
    assert_eq!(decision.allowed, decision.missing.is_empty(), "{sddl}");
    (decision.allowed, place)
}

#[test]
fn entries_decide_in_stored_order() {
    let (yes, no) = (true, false);
    let cases = [
        ("no list at all allows", "O:DA", 0xF01FF, (yes, 0)),
        ("an empty list denies", "O:DAD:", 0x10, (no, 0)),
        ("an allow for a group she is in", "D:(A;;RP;;;DU)", 0x10, (yes, 1)),
        ("an allow for a group she is not in", "D:(A;;RP;;;DA)", 0x10, (no, 0)),
        ("two rights by two entries", "D:(A;;RP;;;DU)(A;;WP;;;AU)", 0x30, (yes, 2)),
        ("one of two rights is not enough", "D:(A;;RP;;;DU)", 0x30, (no, 0)),
        ("a deny first wins", "D:(D;;RP;;;DU)(A;;RP;;;AU)", 0x10, (no, 1)),
        ("an allow first wins: the list is not sorted", "D:(A;;RP;;;AU)(D;;RP;;;DU)", 0x10, (yes, 1)),
        (
            "a deny of what is no longer pending is idle",
            "D:(A;;RP;;;AU)(D;;RP;;;DU)(A;;WP;;;AU)",
            0x30,
            (yes, 3),
        ),
        ("a deny of what is still pending", "D:(A;;RP;;;AU)(D;;WP;;;DU)(A;;WP;;;AU)", 0x30, (no, 2)),
        ("a deny of something else", "D:(D;;WP;;;DU)(A;;RP;;;AU)", 0x10, (yes, 2)),
        ("an explicit allow before an inherited deny", "D:(A;;RP;;;AU)(D;ID;RP;;;DU)", 0x10, (yes, 1)),
        ("an inherit-only deny does not count", "D:(D;CIIO;RP;;;DU)(A;;RP;;;AU)", 0x10, (yes, 2)),
        ("an inherit-only allow does not count", "D:(A;CIIO;RP;;;DU)", 0x10, (no, 0)),
        ("generic rights are mapped in the request", "D:(A;;RPLCLORC;;;AU)", 0x8000_0000, (yes, 1)),
        ("generic rights are mapped in the entry", "D:(A;;GR;;;AU)", 0x2_0094, (yes, 1)),
        ("SELF is she on her own object", "D:(A;;WP;;;PS)", 0x20, (yes, 1)),
        ("nothing asked, nothing refused", "D:", 0, (yes, 0)),
        ("no entry grants what a privilege does", "D:(A;;0x01000000;;;AU)", 0x0100_0000, (no, 0)),
    ];
    for (what, sddl, rights, expected) in cases {
        assert_eq!(check(sddl, rights, &[]), expected, "{what}: {sddl}");
    }
}

#[test]
fn an_owner_reads_and_writes_the_list_unless_owner_rights_say_otherwise() {
    let cases = [
        ("O:S-1-5-21-1-2-3-1105D:", 0x6_0000, true),
        ("O:DUD:", 0x6_0000, true),
        ("O:DAD:", 0x2_0000, false),
        ("O:DUD:(D;;RCWD;;;DU)", 0x6_0000, true),
        ("O:DUD:", 0x10, false),
        ("O:DUD:", 0x8_0000, false),
        ("O:DUD:(A;;RP;;;OW)", 0x2_0000, false),
        ("O:DUD:(A;;RP;;;OW)", 0x10, true),
        ("O:DAD:(A;;RP;;;OW)", 0x10, false),
        ("O:DUD:(A;CIIO;RP;;;OW)", 0x2_0000, true),
    ];
    for (sddl, rights, allowed) in cases {
        assert_eq!(check(sddl, rights, &[]).0, allowed, "{sddl} {rights:#x}");
    }
}

#[test]
fn an_extended_right_needs_its_own_entry_or_one_for_all() {
    let wanted: Guid = IMPERSONATE.parse().unwrap();
    let cases = [
        (format!("D:(OA;;CR;{IMPERSONATE};;AU)"), true),
        (format!("D:(OA;;CR;{AUTHENTICATE};;AU)"), false),
        ("D:(A;;CR;;;AU)".to_owned(), true),
        ("D:(A;;RPWP;;;AU)".to_owned(), false),
        (format!("D:(OD;;CR;{AUTHENTICATE};;AU)(A;;CR;;;AU)"), true),
        (format!("D:(OD;;CR;{IMPERSONATE};;AU)(A;;CR;;;AU)"), false),
        (format!("D:(D;;CR;;;AU)(OA;;CR;{IMPERSONATE};;AU)"), false),
    ];
    for (sddl, allowed) in cases {
        assert_eq!(check(&sddl, 0x100, &[wanted]).0, allowed, "{sddl}");
    }
    let (set, property) = (Guid::new(1), Guid::new(2));
    let on_set = format!("D:(OA;;RP;{set};;AU)");
    assert!(check(&on_set, 0x10, &[set, property]).0, "a grant on the set covers its properties");
    assert!(!check(&format!("D:(OD;;RP;{property};;AU)(OA;;RP;{set};;AU)"), 0x10, &[set, property]).0);
    assert!(!check(&on_set, 0x10, &[]).0, "a limited grant does not cover the whole object");
}

#[test]
fn privileges_and_levels_count_apart_from_the_list() {
    let mut token = sally();
    let rights = AccessMask::WRITE_OWNER | AccessMask::ACCESS_SYSTEM_SECURITY;
    let request = AccessRequest::directory(rights);
    assert!(!access_check(&descriptor("D:"), &token, &request).allowed);
    token.privileges.extend([Privilege::Security, Privilege::TakeOwnership]);
    assert!(access_check(&descriptor("D:(D;;WO;;;AU)"), &token, &request).allowed);

    let read = AccessRequest::file(AccessMask::GENERIC_READ);
    for (level, allowed) in [
        (ImpersonationLevel::Anonymous, false),
        (ImpersonationLevel::Identification, false),
        (ImpersonationLevel::Impersonation, true),
        (ImpersonationLevel::Delegation, true),
    ] {
        token.level = level;
        assert_eq!(open(&descriptor("D:(A;;FA;;;AU)"), &token, &read).allowed, allowed, "{level:?}");
    }
}

#[test]
fn asking_for_the_maximum_collects_what_is_there() {
    let maximum = AccessRequest::directory(AccessMask::MAXIMUM_ALLOWED);
    let granted = |sddl: &str| {
        let decision = access_check(&descriptor(sddl), &sally(), &maximum);
        decision.allowed.then_some(decision.granted.0)
    };
    assert_eq!(granted("D:(A;;RP;;;AU)(D;;RPWP;;;DU)(A;;WPLC;;;AU)"), Some(0x14));
    assert_eq!(granted("D:(A;;RP;;;DA)"), None);
    assert_eq!(granted("O:DUD:"), Some(0x6_0000));
    assert_eq!(granted("O:DA"), Some(0xF_01FF));
}

#[test]
fn an_object_inherits_from_nearest_to_farthest() {
    let organization = descriptor("D:(D;CI;CR;;;DA)(A;CI;RP;;;AU)(A;;WP;;;AU)");
    let server = descriptor("D:(A;;CR;;;DA)");
    let inherited = server.inheriting(&organization, Inheritor::Container, None);
    assert_eq!(inherited, descriptor("D:(A;;CR;;;DA)(D;CIID;CR;;;DA)(A;CIID;RP;;;AU)"));
    let store = descriptor("D:(D;;RP;;;DU)(A;;LC;;;AU)").inheriting(&inherited, Inheritor::Container, None);
    assert_eq!(store, descriptor("D:(D;;RP;;;DU)(A;;LC;;;AU)(D;CIID;CR;;;DA)(A;CIID;RP;;;AU)"));
    assert_eq!(
        store.inheriting(&inherited, Inheritor::Container, None),
        store,
        "inheriting again adds nothing"
    );
    let shielded = descriptor("D:P(A;;CR;;;DA)");
    assert_eq!(shielded.inheriting(&organization, Inheritor::Container, None), shielded);
}

#[test]
fn flags_and_classes_steer_inheritance() {
    let user = Guid::new(7);
    let owned = |list: &str| descriptor(&format!("O:DUD:{list}"));
    // The parent's entry, then what a container and a leaf make of it.
    let cases = [
        ("(A;CI;RP;;;AU)", "(A;CIID;RP;;;AU)", ""),
        ("(A;OI;RP;;;AU)", "(A;OIIOID;RP;;;AU)", "(A;ID;RP;;;AU)"),
        ("(A;OICI;RP;;;AU)", "(A;OICIID;RP;;;AU)", "(A;ID;RP;;;AU)"),
        ("(A;CINP;RP;;;AU)", "(A;ID;RP;;;AU)", ""),
        ("(A;OINP;RP;;;AU)", "", "(A;ID;RP;;;AU)"),
        ("(A;CIIO;RP;;;AU)", "(A;CIID;RP;;;AU)", ""),
        ("(A;OICI;RP;;;CO)", "(A;ID;RP;;;DU)(A;OICIIOID;RP;;;CO)", "(A;ID;RP;;;DU)"),
    ];
    for (parent, container, leaf) in cases {
        let of = |inheritor| owned("").inheriting(&descriptor(&format!("D:{parent}")), inheritor, None);
        assert_eq!(of(Inheritor::Container), owned(container), "{parent}");
        assert_eq!(of(Inheritor::Leaf), owned(leaf), "{parent}");
    }
    let for_users = descriptor(&format!("D:(OA;CI;RP;;{user};AU)"));
    let of = |class| owned("").inheriting(&for_users, Inheritor::Container, class);
    assert_eq!(of(Some(user)), owned(&format!("(OA;CIID;RP;;{user};AU)")));
    assert_eq!(of(None), owned(&format!("(OA;CIIOID;RP;;{user};AU)")));
}

#[test]
fn canonical_order_puts_explicit_denies_first() {
    let mut list = descriptor("D:(A;ID;RP;;;AU)(A;;WP;;;AU)(D;ID;RP;;;DU)(D;;RP;;;DU)");
    list.make_canonical();
    assert_eq!(list, descriptor("D:(D;;RP;;;DU)(A;;WP;;;AU)(A;ID;RP;;;AU)(D;ID;RP;;;DU)"));
}

#[test]
fn malformed_sddl_says_what_is_wrong() {
    for (sddl, part) in [
        ("X:", "X:"),
        ("O:QQ", "`QQ`"),
        ("O:DA", "`DA`"),
        ("D:(A;;RP;;AU)", "six"),
        ("D:(X;;RP;;;AU)", "`X`"),
        ("D:(A;XX;RP;;;AU)", "`XX`"),
        ("D:(A;;RPX;;;AU)", "`RPX`"),
        ("D:(A;;RP;1-2;;AU)", "`1-2`"),
        ("D:(A;;RP;;;AU", "ACE"),
        ("D:(A;;RP;;;AU)S:(AU;SA;RP;;;WD)", "audit"),
        ("D:Q", "D:Q"),
        ("D:(A;;é;;;AU)", "`é`"),
        ("é", "é"),
        ("O:é:", "`"),
    ] {
        let error = sddl.parse::<SecurityDescriptor>().unwrap_err().to_string();
        assert!(error.contains(part) || part == "six" && error.contains("write it as"), "{sddl}: {error}");
    }
}
