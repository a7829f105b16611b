//! Attacks on Edge Subscriptions and EdgeSync.

use forestsim::rule::{self, Rule};

use super::{Attack, Beyond};

const EDGE: &str = "EDGE-1";
const BOB: &str = "bob@contoso.example";
const BOOTSTRAP: &str = "ESRA.EDGE-1";
const FIRST: &str = "ESRA.HUB-1.EDGE-1.01032010";
const SECOND: &str = "ESRA.HUB-1.EDGE-1.01302010";

#[rustfmt::skip]
pub const ATTACKS: &[Attack] = &[
    // ---- the file

    // An old file is imported, whose account someone may have had for days.
    Attack {
        scenario: "edgesync/expired-file", step: "it cannot",
        refused: (&rule::FILE_NOT_EXPIRED, "hub-1"),
        without: &[&rule::FILE_NOT_EXPIRED], gains: EDGE,
    },
    // An account is asked for that would outlive the day.
    Attack {
        scenario: "edgesync/expired-file", step: "nobody can ask for an account that lives longer",
        refused: (&rule::ACCOUNT_EXPIRY_DURATION, "edge-1"),
        without: &[&rule::ACCOUNT_EXPIRY_DURATION], gains: EDGE,
    },
    // An older file, with an account that somebody may still need, is lost unnoticed.
    Attack {
        scenario: "edgesync/attacks/04-file-imported-late", step: "the edge does not overwrite the old file unasked",
        refused: (&rule::FILE_NAME_FREE, "edge-1"),
        without: &[&rule::FILE_NAME_FREE], gains: EDGE,
    },
    Attack {
        scenario: "edgesync/clock-skew", step: "which the hub does not import",
        refused: (&rule::FILE_EFFECTIVE, "hub-1"),
        without: &[&rule::FILE_EFFECTIVE], gains: EDGE,
    },
    Attack {
        scenario: "edgesync/damaged-files", step: "and not imported",
        refused: (&rule::FILE_EXTENSION, "hub-1"),
        without: &[&rule::FILE_EXTENSION], gains: EDGE,
    },
    Attack {
        scenario: "edgesync/damaged-files", step: "a site that is not the hub's",
        refused: (&rule::SITE_KNOWN, "hub-1"),
        without: &[&rule::SITE_KNOWN], gains: EDGE,
    },
    Attack {
        scenario: "edgesync/damaged-files", step: "an edge cannot import a file",
        refused: (&rule::IMPORT_ON_HUB, "edge-1"),
        without: &[&rule::IMPORT_ON_HUB], gains: EDGE,
    },
    // A hub of another site takes the edge over.
    Attack {
        scenario: "edgesync/attacks/18-second-site", step: "a hub of Seattle wants it for its own site",
        refused: (&rule::ONE_SITE, "hub-4"),
        without: &[&rule::ONE_SITE], gains: EDGE,
    },

    // ---- the edge's own console, and its SMTP service

    // Whoever administers the edge alone has it take mail for domains of their own.
    Attack {
        scenario: "edgesync/mail-flow", step: "and from now on is not to be configured by hand",
        refused: (&rule::LOCAL_CONFIGURATION, "edge-1"),
        without: &[&rule::LOCAL_CONFIGURATION], gains: EDGE,
    },
    Attack {
        scenario: "edgesync/cmdlets", step: "on the edge there is nothing to start",
        refused: (&rule::CMDLET_ON_HUB, "edge-1"),
        without: &[&rule::CMDLET_ON_HUB], gains: EDGE,
    },
    // An edge that knows nothing yet passes on whatever it is handed.
    Attack {
        scenario: "edgesync/mail-flow", step: "nobody has told it yet for whom it takes mail",
        refused: (&rule::DOMAIN_ACCEPTED, "edge-1"),
        without: &[&rule::DOMAIN_ACCEPTED, &rule::RECIPIENT_KNOWN], gains: "someone@fabrikam.example",
    },
    Attack {
        scenario: "edgesync/mail-flow", step: "but not for those whom it does not know",
        refused: (&rule::RECIPIENT_KNOWN, "edge-1"),
        without: &[&rule::RECIPIENT_KNOWN], gains: "someone@fabrikam.example",
    },
    Attack {
        scenario: "edgesync/mail-flow", step: "nor from one whom Alice has blocked",
        refused: (&rule::SENDER_NOT_BLOCKED, "edge-1"),
        without: &[&rule::SENDER_NOT_BLOCKED], gains: "pest@spam.example",
    },

    // ---- what is stored in Active Directory

    Attack {
        scenario: "edgesync/attacks/07-stored-credentials-read",
        step: "the note that passes the bootstrap account on is not for him",
        refused: (&rule::LDAP_READ, "dc"),
        without: &[&rule::LDAP_READ], gains: BOB,
    },
    Attack {
        scenario: "edgesync/attacks/07-stored-credentials-read", step: "nor may he write a credential",
        refused: (&rule::LDAP_WRITE, "dc"),
        without: &[&rule::LDAP_WRITE], gains: BOB,
    },

    // ---- the account in the file

    // A copy of the file before this one: the password is another.
    Attack {
        scenario: "edgesync/attacks/01-file-used-before-the-first-synchronization",
        step: "the password in mallory's copy is no longer right",
        refused: (&rule::PASSWORD_IN_AD_LDS, "edge-1"),
        without: &[&rule::PASSWORD_IN_AD_LDS], gains: BOOTSTRAP,
    },
    Attack {
        scenario: "edgesync/attacks/02-file-used-after-the-first-synchronization", step: "mallory comes too late",
        refused: (&rule::BOOTSTRAP_UNUSED, "edge-1"),
        without: &[&rule::BOOTSTRAP_UNUSED], gains: BOOTSTRAP,
    },
    // The account has been deleted, so it has neither a password nor a life.
    Attack {
        scenario: "edgesync/attacks/03-file-used-at-its-expiry", step: "and it is gone",
        refused: (&rule::ACCOUNT_IN_AD_LDS, "edge-1"),
        without: &[&rule::ACCOUNT_IN_AD_LDS, &rule::PASSWORD_IN_AD_LDS, &rule::ACCOUNT_NOT_EXPIRED_IN_AD_LDS],
        gains: BOOTSTRAP,
    },

    // ---- between hub and edge

    // Accounts that were stolen at one edge are tried at another, which has none of these names.
    Attack {
        scenario: "edgesync/attacks/09-stolen-edge-key", step: "the second edge has never heard of these accounts",
        refused: (&rule::ACCOUNT_IN_AD_LDS, "edge-2"),
        without: &[&rule::ACCOUNT_IN_AD_LDS, &rule::PASSWORD_IN_AD_LDS, &rule::ACCOUNT_NOT_EXPIRED_IN_AD_LDS],
        gains: "ESRA.HUB-1.EDGE-1.01032010",
    },
    // An account is used before its time by the edge's clock.
    Attack {
        scenario: "edgesync/clock-skew", step: "which by the edge's clock is not effective yet",
        refused: (&rule::ACCOUNT_NOT_EXPIRED_IN_AD_LDS, "edge-1"),
        without: &[&rule::ACCOUNT_NOT_EXPIRED_IN_AD_LDS], gains: SECOND,
    },
    // Someone answers in the edge's place, and lets everyone in to be given the recipients.
    Attack {
        scenario: "edgesync/attacks/06-impostor-at-the-port",
        step: "the hub turns back, and no password has left it",
        refused: (&rule::EDGE_CERTIFICATE, "hub-1"),
        without: &[
            &rule::EDGE_CERTIFICATE, &rule::ACCOUNT_IN_AD_LDS, &rule::PASSWORD_IN_AD_LDS,
            &rule::ACCOUNT_NOT_EXPIRED_IN_AD_LDS,
        ],
        gains: FIRST,
    },
    Attack {
        scenario: "edgesync/certificate-replaced", step: "the hub turns back before it shows a password",
        refused: (&rule::EDGE_CERTIFICATE, "hub-1"),
        without: &[&rule::EDGE_CERTIFICATE], gains: FIRST,
    },
];

#[rustfmt::skip]
pub const BEYOND_RULES: &[Beyond] = &[
    // What cannot be read says nothing.
    Beyond { scenario: "edgesync/damaged-files", step: "and not well-formed", rule: &rule::FILE_WELL_FORMED },
    Beyond { scenario: "edgesync/damaged-files", step: "and is incomplete", rule: &rule::FILE_COMPLETE },
    Beyond { scenario: "edgesync/damaged-files", step: "which is none", rule: &rule::FILE_CERTIFICATE },
    // The password was sealed to a key that the hub no longer has.
    Beyond { scenario: "edgesync/certificate-replaced", step: "its own credentials do not open any more", rule: &rule::CREDENTIAL_OPENS },
    // Nor to one that someone else has stolen.
    Beyond { scenario: "edgesync/attacks/08-stolen-hub-key", step: "with the same key, those of hub-2 do not", rule: &rule::CREDENTIAL_OPENS },
    Beyond { scenario: "edgesync/attacks/09-stolen-edge-key", step: "and its own are sealed to another key", rule: &rule::CREDENTIAL_OPENS },
    // There is no password to present.
    Beyond { scenario: "edgesync/hub-added-later", step: "it cannot synchronize the edge", rule: &rule::CREDENTIAL_EFFECTIVE },
    // There is no edge to synchronize.
    Beyond { scenario: "edgesync/removal", step: "nothing is left to synchronize", rule: &rule::SUBSCRIPTION_EXISTS },
];

/// Rules that keep nobody out: they keep hubs from doing the same work twice, choose between a delta
/// and everything, find no configuration, or raise an alarm.
pub const NO_PROTECTION: &[&Rule] = &[
    &rule::LEASE_FREE,
    &rule::COOKIE_VALID,
    &rule::IN_STEP,
    &rule::FUTURE_CREDENTIAL,
    &rule::SERVICE_CONFIG,
];
