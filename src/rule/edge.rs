//! Rules of Edge Subscriptions and EdgeSync.
//!
//! "Edge credentials" is the document *Understanding Edge Subscription Credentials*; its steps are
//! cited as P1 to P3, I1 to I6 and R1 to R8, as the document lines have them. The domain page is the
//! page on Exchange among this project's design documents.

use super::Rule;

rules! {
    // ---- New-EdgeSubscription on the edge
    ACCOUNT_EXPIRY_DURATION = "edge.account-expiry-duration":
        "The bootstrap account is to live for two minutes at least, and for 1,440 at most.",
        source: "New-EdgeSubscription, -AccountExpiryDuration; Edge credentials (expire after 1,440 minutes)",
        remedy: "Leave the duration out, or ask for one from 2 to 1,440 minutes.";

    FILE_NAME_FREE = "edge.file-name-free":
        "No file of this name is on the medium, or it may be overwritten.",
        source: "New-EdgeSubscription, -Force; domain page B3",
        remedy: "Add -Force, or give the file another name.";

    LOCAL_CONFIGURATION = "edge.local-configuration":
        "The edge is not subscribed, so that its domains and Send connectors are its own to change.",
        source: "Edge Subscriptions (cmdlets that a subscription disables); domain page B3",
        remedy: "Make the change in the organization, from where it is replicated; or remove the Edge Subscription first.";

    // ---- the import on a hub
    IMPORT_ON_HUB = "edge.import-on-hub":
        "The server that imports an Edge Subscription file is a Hub Transport server.",
        source: "Edge credentials, provisioning in Active Directory; inference on the refusal",
        remedy: "Import the file on a Hub Transport server of the site.";
    FILE_EXTENSION = "edge.file-extension":
        "The name of an Edge Subscription file ends in .xml.",
        source: "domain page B2 (a book on Exchange 2007)",
        remedy: "Give the file its name back.";
    FILE_WELL_FORMED = "edge.file-well-formed":
        "The file is well-formed XML.",
        source: "Edge credentials (Edge Subscription XML file); inference on the refusal",
        remedy: "Copy the file again from the edge, unaltered.";
    FILE_COMPLETE = "edge.file-complete":
        "The file has each row of the document's table once, and the rows that name the edge and its account are not empty.",
        source: "Edge credentials, Edge Subscription file contents; inference on the refusal",
        remedy: "Run New-EdgeSubscription on the edge again.";
    FILE_CERTIFICATE = "edge.file-certificate":
        "The blob in the file is an X.509 certificate.",
        source: "Edge credentials, EdgeCertificateBlob; inference on the refusal",
        remedy: "Run New-EdgeSubscription on the edge again.";
    FILE_NOT_EXPIRED = "edge.file-not-expired":
        "The file's effective date and duration have not run out by the hub's clock.",
        source: "Edge credentials, EffectiveDate and Duration (must be imported within 1,440 minutes)",
        remedy: "Run New-EdgeSubscription on the edge again, and import the new file in time; compare the clocks.";
    FILE_EFFECTIVE = "edge.file-effective":
        "The file's effective date is not in the future by the hub's clock.",
        source: "domain page B2 (inference)",
        remedy: "Set the clock of the edge or of the hub, or wait.";
    SITE_KNOWN = "edge.site-known":
        "The site to which the edge is to be subscribed is an Active Directory site, and it is the hub's own.",
        source: "New-EdgeSubscription, -Site (required); inference on the refusal",
        remedy: "Name the Active Directory site of the Hub Transport servers.";
    ONE_SITE = "edge.one-site":
        "The edge is not subscribed to another site.",
        source: "domain page B1 (one edge, one site) and B3",
        remedy: "Remove the Edge Subscription on a hub first, then subscribe the edge to the other site.";

    // ---- who may reach a credential
    CREDENTIAL_OPENS = "edge.credential-opens":
        "The stored credential opens with the server's own private key.",
        source: "Edge credentials I4 to I6, scheduled synchronization (only that server can use those credentials)",
        remedy: "Subscribe the edge again: the certificate to which the credential was sealed is no longer the server's.";
    CREDENTIAL_EFFECTIVE = "edge.credential-effective":
        "The hub has a credential for this edge that is effective and not expired.",
        source: "Edge credentials, EffectiveTime and ExpirationTime",
        remedy: "Subscribe the edge again; a hub that joined the site later takes part only then.";

    // ---- synchronization
    CMDLET_ON_HUB = "edge.cmdlet-on-hub":
        "The server that synchronizes or tests an edge is a Hub Transport server.",
        source: "Start-EdgeSynchronization, Test-EdgeSynchronization; domain page B3",
        remedy: "Run the cmdlet on a Hub Transport server of the edge's site.";
    SERVICE_CONFIG = "edge.service-config":
        "The hub's site has a service configuration object of EdgeSync.",
        source: "domain page B5 and B10 (event 1045)",
        remedy: "Run New-EdgeSyncServiceConfig for the site.";
    EDGE_CERTIFICATE = "edge.certificate-matches":
        "The certificate that the edge presents is the one stored on the edge's object in Active Directory.",
        source: "Edge credentials R3",
        remedy: "Subscribe the edge again after a change of its certificate; otherwise find out who answers in its place.";
    LEASE_FREE = "edge.lease-free":
        "No other hub holds the lock or the option on the edge.",
        source: "domain page B8 (lock and option; Edge Subscriptions)",
        remedy: "Wait until the lock has run out; Start-EdgeSynchronization need not wait for the option.";
    SUBSCRIPTION_EXISTS = "edge.subscription-exists":
        "There is an Edge Subscription of this name, and this server takes part in it.",
        source: "Remove-EdgeSubscription, Start-EdgeSynchronization; inference on the refusal",
        remedy: "Subscribe the edge first.";
    COOKIE_VALID = "edge.cookie-valid":
        "The cookie of the last synchronization is known and younger than its validity.",
        source: "Set-EdgeSyncServiceConfig, -CookieValidDuration; domain page B7",
        remedy: "A full synchronization follows by itself.";
    IN_STEP = "edge.in-step":
        "The edge holds what Active Directory holds for it.",
        source: "Test-EdgeSynchronization; domain page B3",
        remedy: "Run Start-EdgeSynchronization, and see what it is refused.";
    FUTURE_CREDENTIAL = "edge.future-credential":
        "The account that becomes effective next has reached the edge.",
        source: "Edge credentials, renewing; domain page B9 and B10 (event 1004)",
        remedy: "Restore the synchronization before the next account becomes effective.";

    // ---- mail that is offered at an edge
    DOMAIN_ACCEPTED = "edge.domain-accepted":
        "The domain of the address to which mail is offered is an accepted domain.",
        source: "domain page B7 (accepted domains are replicated); inference on the refusal",
        remedy: "Make the domain an accepted domain of the organization, and wait for the next synchronization.";
    SENDER_NOT_BLOCKED = "edge.sender-not-blocked":
        "The sender is not among those whom the recipient has blocked, or the recipient takes all mail.",
        source: "domain page B7 (blocked senders are replicated as hashes, and per-recipient anti-spam settings); inference on the refusal",
        remedy: "The recipient takes the sender off the list.";
    RECIPIENT_KNOWN = "edge.recipient-known":
        "The hash of the address to which mail is offered is that of a recipient.",
        source: "Edge credentials R6; domain page B7 (recipient lookup)",
        remedy: "Correct the address; a new recipient is known after the next synchronization of recipients.";

    // ---- the edge's AD LDS
    ACCOUNT_IN_AD_LDS = "edge.account-known":
        "The account that binds exists in AD LDS.",
        source: "Edge credentials R5",
        remedy: "Synchronize once with an account that AD LDS knows, or subscribe the edge again.";
    ACCOUNT_NOT_EXPIRED_IN_AD_LDS = "edge.account-valid":
        "The account that binds has become effective and has not expired, by the edge's clock.",
        source: "Edge credentials R5, EffectiveTime and ExpirationTime; domain page C3",
        remedy: "Subscribe the edge again, or set its clock.";
    PASSWORD_IN_AD_LDS = "edge.password-matches":
        "The password that is presented is the account's in AD LDS.",
        source: "Edge credentials R5",
        remedy: "Subscribe the edge again.";
    BOOTSTRAP_UNUSED = "edge.bootstrap-unused":
        "Where the bootstrap account is retired after the first synchronization, there has been none yet.",
        source: "Edge credentials (used only when establishing the initial session); inference on the retirement, domain page B4",
        remedy: "Synchronize with the hub's own account.";
}
