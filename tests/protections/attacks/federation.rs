//! Attacks on the federation and on trusts.

use forestsim::rule::{self, Rule};

use super::{Attack, Beyond};

const SALLY: &str = "sally@corp.adventure-works.example";
const SAM: &str = "sam@corp.adventure-works.example";
const SIMON: &str = "simon@corp.adventure-works.example";
const WANDA: &str = "wanda@corp.adventure-works.example";
const PETER: &str = "peter@corp.adventure-works.example";
const PAULA: &str = "paula@perimeter.adventure-works.example";

#[rustfmt::skip]
pub const ATTACKS: &[Attack] = &[
    // ---- what is done to tokens

    // A person adds a claim to corp's token on its way through the browser.
    Attack {
        scenario: "federation/attacks/05-altered-token", step: "Simon promotes himself to manager in corp's token",
        refused: (&rule::TOKEN_SIGNATURE, "fs-r"),
        without: &[&rule::TOKEN_SIGNATURE], gains: SIMON,
    },
    // A person takes another name in the application's token.
    Attack {
        scenario: "federation/attacks/05-altered-token", step: "Sally renames herself in the perimeter's token",
        refused: (&rule::TOKEN_SIGNATURE, "ws"),
        without: &[&rule::TOKEN_SIGNATURE], gains: PETER,
    },
    // A person takes another's SID in corp's token. What it would be worth: nothing more than his own
    // groups give him, which stand elsewhere in the token.
    Attack {
        scenario: "federation/attacks/05-altered-token", step: "Sam takes Wanda's SID in corp's token",
        refused: (&rule::TOKEN_SIGNATURE, "fs-r"),
        without: &[&rule::TOKEN_SIGNATURE], gains: SAM,
    },
    // The keeper of one application uses a visitor's token at another.
    Attack {
        scenario: "federation/attacks/02-token-for-another-application",
        step: "Simon, who keeps that application, shows Peter's token to Purchasing",
        refused: (&rule::TOKEN_AUDIENCE, "ws"),
        without: &[&rule::TOKEN_AUDIENCE], gains: PETER,
    },
    // The partner's token goes round the resource federation server, and with it round the name suffix
    // and the SID filter. Three things about it are wrong, and each is enough.
    Attack {
        scenario: "federation/attacks/02-token-for-another-application",
        step: "corp's token, which was meant for the resource federation server, is shown to Inventory",
        refused: (&rule::TOKEN_ISSUER, "ws"),
        without: &[&rule::TOKEN_ISSUER, &rule::TOKEN_SIGNER, &rule::TOKEN_AUDIENCE], gains: PETER,
    },
    // A stolen token is used after its time. Had the Web agent taken it, the cookie that it makes of it
    // would still be found too old.
    Attack {
        scenario: "federation/attacks/01-replayed-token", step: "the token has expired",
        refused: (&rule::TOKEN_TIME, "ws"),
        without: &[&rule::TOKEN_TIME, &rule::AUTHENTICATION_COOKIE], gains: SALLY,
    },
    // A stolen token is used within its time, at a server that remembers what it has taken.
    Attack {
        scenario: "federation/attacks/01-replay-cache", step: "Simon, who has got hold of that token, shows it again",
        refused: (&rule::TOKEN_FIRST_USE, "fs-r"),
        without: &[&rule::TOKEN_FIRST_USE], gains: SALLY,
    },
    // A token from a clock that is too far ahead, and the cookie that would be made of it.
    Attack {
        scenario: "federation/attacks/03-clocks-apart", step: "a token from six minutes ahead is not",
        refused: (&rule::TOKEN_TIME, "ws"),
        without: &[&rule::TOKEN_TIME, &rule::AUTHENTICATION_COOKIE], gains: SAM,
    },
    // The same at the other end of its life.
    Attack {
        scenario: "federation/attacks/03-clocks-apart", step: "a token that ran out six minutes ago is not",
        refused: (&rule::TOKEN_TIME, "ws"),
        without: &[&rule::TOKEN_TIME, &rule::AUTHENTICATION_COOKIE], gains: SALLY,
    },
    // A signature over one assertion, and another assertion to be read: a receiver that does not insist
    // on the shape reads the first that it finds.
    Attack {
        scenario: "federation/attacks/09-wrapped-signature",
        step: "the signed assertion is put into the Advice of the altered one",
        refused: (&rule::TOKEN_SHAPE, "fs-r"),
        without: &[&rule::TOKEN_SHAPE], gains: PETER,
    },
    Attack {
        scenario: "federation/attacks/09-wrapped-signature",
        step: "the altered one stands first, and the signed one behind it",
        refused: (&rule::TOKEN_SHAPE, "fs-r"),
        without: &[&rule::TOKEN_SHAPE], gains: PETER,
    },
    Attack {
        scenario: "federation/attacks/09-wrapped-signature", step: "both bear the same AssertionID",
        refused: (&rule::TOKEN_SHAPE, "fs-r"),
        without: &[&rule::TOKEN_SHAPE], gains: PETER,
    },
    // This shape is for one that reads the last. One that reads the first reads what was signed.
    Attack {
        scenario: "federation/attacks/09-wrapped-signature",
        step: "the signed one stands first, and the altered one behind it",
        refused: (&rule::TOKEN_SHAPE, "fs-r"),
        without: &[&rule::TOKEN_SHAPE], gains: SIMON,
    },
    // A link makes the federation server post a token about Sally to Mallory's Web server.
    Attack {
        scenario: "federation/attacks/12-reply-to-stranger",
        step: "Sally follows a link from an e-mail, with Mallory's address as the one to reply to",
        refused: (&rule::KNOWN_APPLICATION, "fs-r"),
        without: &[&rule::KNOWN_APPLICATION], gains: SALLY,
    },
    // Mallory's Web server takes the name of Purchasing, and is sent Sally's token.
    Attack {
        scenario: "federation/web-server-impersonated",
        step: "Sally opens Purchasing, and her browser turns back",
        refused: (&rule::TLS_SERVER_CERTIFICATE, "sally-laptop"),
        without: &[&rule::TLS_SERVER_CERTIFICATE], gains: SALLY,
    },
    // A person gives herself a claim in the federation server's cookie. It is thrown away, so she signs
    // in again, and it is the application that refuses.
    Attack {
        scenario: "federation/attacks/11-altered-cookie",
        step: "Sally makes herself a manager in the cookie, and opens Customer Service",
        refused: (&rule::APPLICATION_CLAIMS, "ws"),
        without: &[&rule::COOKIE_TRAILER], gains: SALLY,
    },

    // A person joins the signed part of his own cookie to the unsigned part of another's.
    Attack {
        scenario: "federation/attacks/11-altered-cookie",
        step: "he puts the unsigned part of Sally's cookie behind the signed part of his own",
        refused: (&rule::APPLICATION_CLAIMS, "ws"),
        without: &[&rule::COOKIE_TRAILER], gains: SALLY,
    },

    // ---- who signs tokens

    // A federation server that nobody knows vouches for its own people. Its realm, its certificate, that
    // certificate's issuer and its people's names are all unknown; and no claim of its is mapped.
    Attack {
        scenario: "federation/attacks/04-unlisted-issuer", step: "Mallory has his own federation server vouch for him",
        refused: (&rule::TOKEN_ISSUER, "fs-r"),
        without: &[
            &rule::TOKEN_ISSUER, &rule::TOKEN_SIGNER, &rule::SIGNER_CHAIN, &rule::NAME_SUFFIX,
            &rule::APPLICATION_CLAIMS,
        ],
        gains: "mallory@mallory.example",
    },
    // The same with SIDs in place of claims: no Windows trust stands behind an unknown issuer.
    Attack {
        scenario: "federation/attacks/04-unlisted-issuer",
        step: "his server may call him Peter and carry SIDs of corp, and is believed no more",
        refused: (&rule::TOKEN_ISSUER, "fs-r"),
        without: &[
            &rule::TOKEN_ISSUER, &rule::TOKEN_SIGNER, &rule::SIGNER_CHAIN, &rule::NAME_SUFFIX,
            &rule::WINDOWS_TRUST,
        ],
        gains: PETER,
    },
    // An impostor in the partner's name: the certificate is neither listed nor issued by anyone.
    Attack {
        scenario: "federation/attacks/04-impostor", step: "Mallory's federation server vouches for Peter in corp's name",
        refused: (&rule::TOKEN_SIGNER, "fs-r"),
        without: &[&rule::TOKEN_SIGNER, &rule::SIGNER_CHAIN], gains: PETER,
    },
    // With a certificate of the right authority, the list of thumbprints alone stands in the way.
    Attack {
        scenario: "federation/attacks/04-impostor-with-company-certificate",
        step: "Mallory's federation server vouches for Peter in corp's name",
        refused: (&rule::TOKEN_SIGNER, "fs-r"),
        without: &[&rule::TOKEN_SIGNER], gains: PETER,
    },
    // A thief has the key itself, so that only the revocation of its certificate helps.
    Attack {
        scenario: "federation/attacks/06-stolen-signing-key", step: "Mallory's tokens are worth nothing now",
        refused: (&rule::SIGNER_REVOCATION, "fs-r"),
        without: &[&rule::SIGNER_REVOCATION], gains: PETER,
    },
    // The thief also asserts SIDs. Those of his own domain are filtered, his very own among them, so no
    // Windows token can be built.
    Attack {
        scenario: "federation/attacks/06-stolen-signing-key",
        step: "Inventory wants SIDs, and those of Mallory's own domain do not pass the filter",
        refused: (&rule::TRUST_PATH, "dc-perimeter"),
        without: &[&rule::SID_FILTER], gains: PETER,
    },
    // He may write any token, but not a name that corp may not give, and not SIDs of the perimeter.
    Attack {
        scenario: "federation/attacks/06-golden-saml",
        step: "a name that corp may not give is refused, whoever signs it",
        refused: (&rule::NAME_SUFFIX, "fs-r"),
        without: &[&rule::NAME_SUFFIX], gains: PAULA,
    },
    Attack {
        scenario: "federation/attacks/07-golden-saml-with-sids-of-the-perimeter",
        step: "Mallory writes himself a token as Wanda, administrator of the perimeter",
        refused: (&rule::ACCESS_CHECK, "ws"),
        without: &[&rule::SID_FILTER], gains: WANDA,
    },
    Attack {
        scenario: "federation/attacks/07-golden-saml-over-a-relaxed-filter",
        step: "Mallory writes himself a token as Wanda, administrator of the perimeter",
        refused: (&rule::ACCESS_CHECK, "ws"),
        without: &[&rule::SID_FILTER], gains: WANDA,
    },
    // The certificate of another beside a signature by the stolen key.
    Attack {
        scenario: "federation/attacks/06-golden-saml",
        step: "and another certificate beside the signature does not help",
        refused: (&rule::TOKEN_SIGNATURE, "ws"),
        without: &[&rule::TOKEN_SIGNATURE], gains: SAM,
    },
    // A revoked certificate, and one of which nobody can say whether it was revoked.
    Attack {
        scenario: "federation/attacks/17-revoked-signer",
        step: "Sally's token is refused, as nobody can say whether its signer was revoked",
        refused: (&rule::SERVER_ANSWERS, "pki"),
        without: &[&rule::SIGNER_REVOCATION], gains: SALLY,
    },
    Attack {
        scenario: "federation/attacks/17-revoked-signer",
        step: "Sally's token is refused, as its signer stands on the list",
        refused: (&rule::SIGNER_REVOCATION, "fs-r"),
        without: &[&rule::SIGNER_REVOCATION], gains: SALLY,
    },
    // A new certificate that the partner has not been told of.
    Attack {
        scenario: "federation/attacks/18-new-signing-certificate",
        step: "Sally signs in, and her token is not accepted",
        refused: (&rule::TOKEN_SIGNER, "fs-r"),
        without: &[&rule::TOKEN_SIGNER], gains: SALLY,
    },
    // SIDs of a domain's own first groups, over a relaxed trust.
    Attack {
        scenario: "federation/attacks/08-sid-history-let-in",
        step: "Sam, formerly an administrator there, finds that his old rights stay behind",
        refused: (&rule::ACCESS_CHECK, "ws"),
        without: &[&rule::SID_FILTER], gains: SAM,
    },
    Attack {
        scenario: "federation/attacks/08-sid-history-of-an-acquired-company",
        step: "Simon, formerly of the acquired company, opens Inventory",
        refused: (&rule::ACCESS_CHECK, "ws"),
        without: &[&rule::SID_FILTER], gains: SIMON,
    },
    // A certificate that has run out, of which no revocation list says anything any more.
    Attack {
        scenario: "federation/expired-signer", step: "Sam's sign-in succeeds at home and fails abroad",
        refused: (&rule::SIGNER_CHAIN, "fs-r"),
        without: &[&rule::SIGNER_CHAIN, &rule::SIGNER_REVOCATION], gains: SAM,
    },

    // ---- what partners may say

    // A partner vouches for a person of another organization.
    Attack {
        scenario: "federation/attacks/20-foreign-suffix", step: "Fiona of Fabrikam comes as Peter of Adventure Works",
        refused: (&rule::NAME_SUFFIX, "fs-r"),
        without: &[&rule::NAME_SUFFIX], gains: PETER,
    },
    // A partner without a Windows trust sends SIDs of corp along.
    Attack {
        scenario: "federation/supplier-brings-sids",
        step: "Felix wants to change the stock, with the SID of Adventure Works' warehouse managers in his token",
        refused: (&rule::TRUST_PATH, "dc-perimeter"),
        without: &[&rule::WINDOWS_TRUST], gains: "felix@fabrikam.example",
    },
    // Where there are no SIDs, the application could only impersonate nobody, and nobody stands on its
    // access list.
    Attack {
        scenario: "federation/supplier-brings-sids",
        step: "Felix wants to change the stock, with the SID of Adventure Works' warehouse managers in his token",
        refused: (&rule::TRUST_PATH, "dc-perimeter"),
        without: &[&rule::NT_TOKEN, &rule::IMPERSONATION_LEVEL, &rule::ACCESS_CHECK], gains: "felix@fabrikam.example",
    },
    // The account side keeps its people's SIDs to itself.
    Attack {
        scenario: "federation/attacks/16-windows-trust-off-at-account-side",
        step: "Inventory, which needs a Windows NT token, asks its own domain in vain",
        refused: (&rule::TRUST_PATH, "dc-perimeter"),
        without: &[&rule::WINDOWS_TRUST], gains: SALLY,
    },
    // Nobody can say which SIDs corp may speak for.
    Attack {
        scenario: "federation/windows-trust-cache-never-built",
        step: "Inventory needs her SIDs, and they have stayed behind",
        refused: (&rule::TRUST_PATH, "dc-perimeter"),
        without: &[&rule::TRUST_CACHE], gains: SALLY,
    },
    // A partnership that the account side has switched off.
    Attack {
        scenario: "federation/partners-switched-off", step: "Sam gets no token for the perimeter",
        refused: (&rule::KNOWN_RESOURCE_PARTNER, "fs-a"),
        without: &[&rule::KNOWN_RESOURCE_PARTNER], gains: SAM,
    },
    // And one that the resource side has.
    Attack {
        scenario: "federation/partners-switched-off",
        step: "the token with which Sally came in an instant ago is not accepted any more",
        refused: (&rule::TOKEN_ISSUER, "fs-r"),
        without: &[&rule::TOKEN_ISSUER], gains: SALLY,
    },
];

#[rustfmt::skip]
pub const BEYOND_RULES: &[Beyond] = &[
    // The answer of the domain controller is sealed under the key of the right password.
    Beyond { scenario: "federation/wrong-password", step: "somebody guesses Sam's password", rule: &rule::PASSWORD_MATCHES },
    // The ticket is sealed under a key that the federation server does not have.
    Beyond { scenario: "federation/computer-account-reset", step: "Sam's certificate is accepted, but the ticket about him does not open", rule: &rule::KERBEROS_TICKET },
    // There is no key under which perimeter could seal a referral to corp: that direction has none.
    Beyond { scenario: "trusts/one-way-trust", step: "Paula of the perimeter wants to use a server of corp", rule: &rule::TRUST_PATH },
    // There is no key of a service that does not exist.
    Beyond { scenario: "trusts/unknown-service", step: "Wanda mistypes the name of a server", rule: &rule::KERBEROS_SERVICE_KNOWN },
    // There is no account to be.
    Beyond { scenario: "federation/account-states", step: "nobody has this name", rule: &rule::ACCOUNT_KNOWN },
    // Whoever reads one algorithm cannot check a signature by another.
    Beyond { scenario: "federation/attacks/24-weak-signature", step: "Sally's token claims to be signed with RSA and SHA-1", rule: &rule::TOKEN_SHAPE },
    // Without a certificate there is nobody to sign in as.
    Beyond { scenario: "federation/attacks/22-forged-hints", step: "Felix of Fabrikam writes corp's name into the cookie", rule: &rule::TLS_CLIENT_CERTIFICATE },
    // Nobody's logon makes a ticket.
    Beyond { scenario: "federation/inside-server-shown-outside", step: "the federation server asks who is logged on, and nobody is", rule: &rule::LOGGED_ON },
    // The KDC seals tickets under the key of the account that has the name, and no account has it.
    Beyond { scenario: "federation/service-name-not-registered", step: "no account has the service principal name of the new name", rule: &rule::KERBEROS_SERVICE_KNOWN },
    // No key seals a referral from perimeter to corp.
    Beyond { scenario: "federation/visitor-of-the-other-forest", step: "Paula says that she comes from corp, and her domain gives her no ticket for fs-a", rule: &rule::TRUST_PATH },
    // What cannot be read says nothing.
    Beyond { scenario: "federation/attacks/05-altered-token", step: "a token that is no longer XML is no token", rule: &rule::TOKEN_SHAPE },
    // Whoever knows no federation server can send nobody there.
    Beyond { scenario: "federation/attacks/14-proxy-asks-itself", step: "Sally cannot sign in", rule: &rule::TRUST_INFORMATION },
];

/// Rules that keep nobody out: they say that a network or a page is there, or whom to ask.
pub const NO_PROTECTION: &[&Rule] = &[
    &rule::NAME_RESOLVES,
    &rule::ROUTE_OPEN,
    &rule::SERVICE_LISTENS,
    &rule::SERVER_ANSWERS,
    &rule::PARTNER_DISCOVERY,
    &rule::KNOWN_PAGE,
    &rule::INTEGRATED_AUTHENTICATION,
];
