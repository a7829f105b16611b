//! Attacks on server-to-server authorization.

use forestsim::rule::{self, Rule};

use super::{Attack, Beyond, Withheld};

const DON: &str = "desk1@woodgrovebank.example";
const DORA: &str = "desk2@woodgrovebank.example";
const EVE: &str = "exec1@woodgrovebank.example";
const FAY: &str = "fay@firm.example";
const PIA: &str = "pia@conf.example";
const BEN: &str = "ben@litware.example";
const FBRELAY: &str = "fbrelay@secure.example";
const ASKER: &str = "asker@corp.example";

#[rustfmt::skip]
pub const ATTACKS: &[Attack] = &[
    // ---- the application server and its client

    // A portal that takes a name for a proof asks Exchange for whoever is typed.
    Attack {
        scenario: "impersonation/web-portal-refused", step: "someone at Don's desk does not know Don's password",
        refused: (&rule::PASSWORD_MATCHES, "dc"),
        without: &[&rule::CLIENT_AUTHENTICATES], gains: DON,
    },
    // The confused deputy.
    Attack {
        scenario: "impersonation/attacks/05-confused-deputy",
        step: "Dora writes Don into a header of her own, and the portal will not have it",
        refused: (&rule::CLIENT_SPEAKS_FOR_ITSELF, "portal1"),
        without: &[&rule::CLIENT_SPEAKS_FOR_ITSELF], gains: DON,
    },

    // ---- the caller, and whom it may act for

    // A caller without credentials meets four rules, and each alone would keep it out.
    Attack {
        scenario: "impersonation/attacks/01-neither-right",
        step: "whoever brings no credentials gets no answer from Exchange at all",
        refused: (&rule::CALLER_AUTHENTICATES, "cas2"),
        without: &[
            &rule::CALLER_AUTHENTICATES, &rule::CALLER_KNOWN, &rule::MAY_IMPERSONATE_HERE, &rule::MAY_BE_IMPERSONATED,
        ],
        gains: DON,
    },
    Attack {
        scenario: "impersonation/web-portal-refused", step: "the next one, to cas2, is not, and so on in turn",
        refused: (&rule::MAY_IMPERSONATE_HERE, "cas2"),
        without: &[&rule::MAY_IMPERSONATE_HERE], gains: DON,
    },
    Attack {
        scenario: "impersonation/web-portal-refused", step: "Eve's mailbox is in a database that the portal has no right on",
        refused: (&rule::MAY_BE_IMPERSONATED, "cas1"),
        without: &[&rule::MAY_BE_IMPERSONATED], gains: EVE,
    },
    Attack {
        scenario: "impersonation/web-portal-refused", step: "two names are as bad as none",
        refused: (&rule::CLIENT_IDENTIFIER, "cas2"),
        without: &[&rule::CLIENT_IDENTIFIER], gains: DON,
    },
    Attack {
        scenario: "impersonation/attacks/08-disabled-account", step: "the portal may no longer act for her",
        refused: (&rule::CLIENT_USABLE, "cas1"),
        without: &[&rule::CLIENT_USABLE], gains: DORA,
    },
    // Without its groups a token is still a token, of somebody who is in no group.
    Attack {
        scenario: "impersonation/web-portal-refused", step: "cas2 may not read Don's groups, so it cannot make his token",
        refused: (&rule::CLIENT_TOKEN, "cas2"),
        without: &[&rule::CLIENT_TOKEN], gains: DON,
    },
    // A directory that tells everybody's groups to everybody.
    Attack {
        scenario: "impersonation/web-portal-refused", step: "cas2 may not read Don's groups, so it cannot make his token",
        refused: (&rule::CLIENT_TOKEN, "cas2"),
        without: &[&rule::TOKEN_GROUPS], gains: DON,
    },

    // ---- tokens that are handed in

    Attack {
        scenario: "impersonation/attacks/07-imitation-of-a-proxy",
        step: "the portal hands in a token of Eve as one Client Access server does to another",
        refused: (&rule::TOKEN_SERIALIZATION, "cas1"),
        without: &[&rule::TOKEN_SERIALIZATION], gains: r"WOODGROVE\exec1",
    },
    Attack {
        scenario: "impersonation/attacks/07-imitation-of-a-proxy",
        step: "two ways to act for someone at once are one too many",
        refused: (&rule::ONE_ACCESS_MODE, "cas1"),
        without: &[&rule::ONE_ACCESS_MODE], gains: DON,
    },
    Attack {
        scenario: "impersonation/attacks/07-imitation-of-a-proxy",
        step: "the mailbox server takes nobody's word but that of Exchange servers",
        refused: (&rule::EXCHANGE_SERVER, "mbx1"),
        without: &[&rule::EXCHANGE_SERVER], gains: DON,
    },

    // A server that anyone may hand tokens to has every mailbox of its site to give.
    Attack {
        scenario: "impersonation/two-sites", step: "cas2 believes cas1 no longer",
        refused: (&rule::TOKEN_SERIALIZATION, "cas2"),
        without: &[&rule::TOKEN_SERIALIZATION], gains: BEN,
    },
    // A token that one server takes would be good for all that this one can reach.
    Attack {
        scenario: "impersonation/two-sites", step: "what comes handed on is not handed on again",
        refused: (&rule::HANDED_ON_ONCE, "cas1"),
        without: &[&rule::HANDED_ON_ONCE], gains: r"LITWARE\ben",
    },

    // ---- calendars of another forest

    // An account that is good for anything in the secure forest gets its calendar out of it.
    Attack {
        scenario: "impersonation/calendar-relay",
        step: "outside, the thief asks for Omar's appointments, which Omar lets everybody read",
        refused: (&rule::RELAY_QUESTION, "relay-out1"),
        without: &[&rule::RELAY_QUESTION], gains: FBRELAY,
    },
    // One that is meant for something else asks on behalf of a whole forest.
    Attack {
        scenario: "impersonation/calendar-relay",
        step: "fbrelay is an account like any other now, and asks for nobody else",
        refused: (&rule::ORG_WIDE_ACCOUNT, "cas-s"),
        without: &[&rule::ORG_WIDE_ACCOUNT], gains: ASKER,
    },
    Attack {
        scenario: "impersonation/calendar-relay-impersonating",
        step: "somebody outside has the password of another account of the secure forest",
        refused: (&rule::RELAY_CALLER, "relay-in1"),
        without: &[&rule::RELAY_CALLER], gains: "svc-crm@secure.example",
    },

    // ---- a broker before speakers' calendars

    // Where the limit is the broker's own, each of its rules is all there is.
    Attack {
        scenario: "impersonation/conference", step: "the workshop is arranged by Finn, and not by Fay",
        refused: (&rule::BROKER_ASSIGNMENT, "brk"),
        without: &[&rule::BROKER_ASSIGNMENT], gains: FAY,
    },
    Attack {
        scenario: "impersonation/conference", step: "what Pia talks about is not for Fay to change",
        refused: (&rule::BROKER_FIELD, "brk"),
        without: &[&rule::BROKER_FIELD], gains: FAY,
    },
    Attack {
        scenario: "impersonation/conference", step: "the dentist is no talk",
        refused: (&rule::BROKER_TALK, "brk"),
        without: &[&rule::BROKER_TALK], gains: FAY,
    },
    Attack {
        scenario: "impersonation/conference", step: "what else stands in Pia's calendar cannot be listed",
        refused: (&rule::BROKER_OPERATION, "brk"),
        without: &[&rule::BROKER_OPERATION, &rule::BROKER_TALK], gains: FAY,
    },
    // Where Exchange keeps it, the broker's rules may all fail: the folder's permissions hold.
    Attack {
        scenario: "impersonation/conference-enforced-by-exchange",
        step: "the dentist is no talk, and not in the folder either",
        refused: (&rule::BROKER_TALK, "brk"),
        without: &[&rule::BROKER_TALK, &rule::FOLDER_PERMISSION], gains: FAY,
    },
    Attack {
        scenario: "impersonation/conference-enforced-by-exchange",
        step: "the workshop is Finn's, for the broker and for Paul",
        refused: (&rule::BROKER_ASSIGNMENT, "brk"),
        without: &[&rule::BROKER_ASSIGNMENT, &rule::FOLDER_PERMISSION], gains: FAY,
    },
    Attack {
        scenario: "impersonation/conference-enforced-by-exchange",
        step: "Pia's calendar is closed, for the broker and for Pia",
        refused: (&rule::BROKER_OPERATION, "brk"),
        without: &[&rule::BROKER_OPERATION, &rule::BROKER_TALK, &rule::FOLDER_PERMISSION], gains: FAY,
    },
    Attack {
        scenario: "impersonation/conference-enforced-by-exchange",
        step: "this variant cannot be bypassed: with the broker's password nobody becomes Pia",
        refused: (&rule::MAY_BE_IMPERSONATED, "cas1"),
        without: &[&rule::MAY_BE_IMPERSONATED], gains: PIA,
    },

    // ---- the mailbox

    Attack {
        scenario: "impersonation/shared-folder", step: "Anna's inbox is closed to Ben",
        refused: (&rule::FOLDER_PERMISSION, "mbx1"),
        without: &[&rule::FOLDER_PERMISSION], gains: BEN,
    },
];

#[rustfmt::skip]
pub const BEYOND_RULES: &[Beyond] = &[
    // There is nobody of this name to be.
    Beyond { scenario: "impersonation/web-portal-refused", step: "someone who has the portal's password names an address that nobody has", rule: &rule::CLIENT_RESOLVES },
    // There is no mailbox to open.
    Beyond { scenario: "impersonation/web-portal-refused", step: "without the header the portal asks for its own mailbox, and it has none", rule: &rule::CLIENT_HAS_MAILBOX },
    // There is no server to hand it on to.
    Beyond { scenario: "impersonation/two-sites", step: "the site of Bert's mailbox has no Client Access server, and a mailbox server alone serves nobody", rule: &rule::PROXY_SERVER },
    // Nobody knows whom to ask, or nobody is there.
    Beyond { scenario: "impersonation/calendar-relay", step: "of a domain without an address space nobody is asked", rule: &rule::ADDRESS_SPACE },
    Beyond { scenario: "impersonation/calendar-relay", step: "with one relay of each pair down there is no way", rule: &rule::FOREST_ANSWERS },
    // What cannot be read asks for nothing.
    Beyond { scenario: "impersonation/attacks/07-imitation-of-a-proxy", step: "what is no request at all is told so", rule: &rule::REQUEST_SHAPE },
    // A change that another was faster with has nothing to be made to.
    Beyond { scenario: "impersonation/shared-folder", step: "Ben changes what he has read before, and is told that he was too slow", rule: &rule::MAILBOX_STATE },
];

pub const WITHHELD: &[Withheld] = &[
    // The secure group's business leaves the facility with the times.
    Withheld {
        scenario: "impersonation/calendar-relay",
        step: "Nora's calendar would tell what and where, and the relay leaves that out",
        rule: &rule::FREE_BUSY_ONLY,
        tells: "Audit, Vault",
    },
];

/// Rules that keep nobody out.
pub const NO_PROTECTION: &[&Rule] = &[];
