//! Rules of server-to-server authorization: who may act for whom towards Exchange, and what they then
//! find.
//!
//! "S2S" is the document *Server-to-Server Authorization*; its five conditions are cited as C1 to C5.
//! "A3 row" is a row of the decision pipeline on the domain page, whose order is an inference where
//! the page says so.

use super::Rule;

rules! {
    CLIENT_AUTHENTICATES = "s2s.client-authenticates":
        "The client has authenticated with the application server.",
        source: "S2S C1",
        remedy: "Sign in to the application with an account that its domain knows.";
    CLIENT_SPEAKS_FOR_ITSELF = "s2s.client-speaks-for-itself":
        "The application server names to Exchange nobody else than the client that has authenticated with it.",
        source: "S2S C1 and C3 (its client); domain page C case A5; inference",
        remedy: "Leave the ExchangeImpersonation header out; the application writes it from its own session.";
    BROKER_OPERATION = "s2s.broker-operation":
        "A broker is asked to change one item, in its client's own name, and for nothing else.",
        source: "S2S scenario 4 (cannot affect or read their schedules in any other way); domain page A8 S4",
        remedy: "Ask for one UpdateItem with one item in it.";
    BROKER_TALK = "s2s.broker-talk":
        "The item is a talk of the broker's table.",
        source: "S2S scenario 4 (the items that correspond to talks); domain page A8 S4",
        remedy: "Have the speaker enter the item as a talk, or leave it alone.";
    BROKER_ASSIGNMENT = "s2s.broker-assignment":
        "Whoever changes a talk through the broker arranges that very talk.",
        source: "domain page A8 S4 step 2",
        remedy: "Add the account to those who arrange the talk.";
    BROKER_FIELD = "s2s.broker-field":
        "Of a talk nothing is changed but the properties that the broker's table allows.",
        source: "domain page A8 S4 (allowed fields)",
        remedy: "Change the other properties only, or have the property added to the table.";
    CALLER_AUTHENTICATES = "s2s.caller-authenticates":
        "Whoever calls the Client Access server has authenticated to it with an account's own credentials.",
        source: "S2S, the example (using its own credentials); domain page A3 row 0",
        remedy: "Give the caller the credentials of an account that the server's domain knows or trusts.";
    REQUEST_SHAPE = "s2s.request-shape":
        "The request is SOAP of the schema, asks for something that is known, and is not too large.",
        source: "domain page A3 row 1",
        remedy: "Send the request as the schema says, in less than 400 KB.";
    ONE_ACCESS_MODE = "s2s.one-access-mode":
        "The request names at most one way to act for someone else.",
        source: "domain page A1, A3 row 2",
        remedy: "Leave all but one of the headers out.";
    CLIENT_IDENTIFIER = "s2s.client-identifier":
        "The request names the client by exactly one of user principal name, SID and primary e-mail address.",
        source: "S2S C3; domain page A1, A3 row 2",
        remedy: "Write one of PrincipalName, SID and PrimarySmtpAddress into the ConnectingSID.";
    CALLER_KNOWN = "s2s.caller-known":
        "The caller is an account, a linked mailbox or a contact of the forest that Exchange is in.",
        source: "domain page A3 row 4, A7; inference on the response code",
        remedy: "Give the caller a linked mailbox or a contact in the Exchange forest.";
    MAY_IMPERSONATE_HERE = "s2s.calling-server-may-impersonate":
        "The caller has the right ms-Exch-EPI-Impersonation on this Client Access server.",
        source: "S2S C2; domain page A2, A3 row 5",
        remedy: "Grant the right to the caller on every Client Access server that it may reach, and keep the caller out of administrators' groups.";
    CLIENT_RESOLVES = "s2s.client-resolves":
        "The directory holds one account with the name that the request gives.",
        source: "S2S C3; domain page A3 row 6",
        remedy: "Correct the user principal name, SID or e-mail address.";
    CLIENT_USABLE = "s2s.client-account-usable":
        "The account that is to be acted for is enabled, and its password is in order.",
        source: "domain page A3 row 7, C case A8",
        remedy: "Enable the account or have its password changed, or name the account that a linked mailbox belongs to.";
    MAY_BE_IMPERSONATED = "s2s.may-impersonate-client":
        "The caller has the right ms-Exch-EPI-May-Impersonate on the client's account or on its mailbox database.",
        source: "S2S C5; domain page A2, A3 row 8; inference that one of the two is enough",
        remedy: "Grant the right to the caller on the account, or on the database where all its mailboxes are meant.";
    CLIENT_TOKEN = "s2s.client-token":
        "The Client Access server can make the client's token from the groups that the directory tells.",
        source: "domain page A2 (Windows Authorization Access Group), A3 row 9; inference on the response code",
        remedy: "Put the Client Access server's account into the Windows Authorization Access Group.";
    TOKEN_SERIALIZATION = "s2s.token-serialization":
        "Whoever hands in another account's token has the right ms-Exch-EPI-Token-Serialization on this Client Access server.",
        source: "domain page A2, A6, C case A7; inference on the check",
        remedy: "Use ExchangeImpersonation; only Exchange servers hand in tokens.";
    HANDED_ON_ONCE = "s2s.handed-on-once":
        "A request for a mailbox of another site is about that site alone, and has not been handed on before.",
        source: "domain page A3 row 10, A6 (depth 1); inference",
        remedy: "Send the request to a Client Access server of the mailbox's site, and one request for each site.";
    PROXY_SERVER = "s2s.proxy-server":
        "The mailbox's site has a Client Access server that can be reached, to which the request is handed on.",
        source: "domain page A3 row 10, A6",
        remedy: "Install a Client Access server in the site of the mailbox server, or start it again.";
    CLIENT_HAS_MAILBOX = "s2s.client-has-mailbox":
        "The request names a mailbox of the forest, or the one in whose name it is made has one.",
        source: "S2S C4; domain page A3 row 11",
        remedy: "Name a mailbox, or act for someone who has one.";
    ORG_WIDE_ACCOUNT = "s2s.org-wide-account":
        "Whoever asks for free and busy times on behalf of another forest is the account that this forest lets in for that.",
        source: "domain page A8 S3 step 7 (Set-AvailabilityConfig -OrgWideAccount)",
        remedy: "Give the other forest the credentials of the OrgWideAccount, or set the account that it has.";
    ADDRESS_SPACE = "s2s.availability-address-space":
        "An availability address space says where and how the recipient's forest is asked.",
        source: "domain page A8 S3 step 2 (Add-AvailabilityAddressSpace)",
        remedy: "Add an availability address space for the domain of the recipient's address.";
    FOREST_ANSWERS = "s2s.forest-answers":
        "A server of the recipient's forest answers in time, and takes the credentials.",
        source: "domain page A3 (response codes), A8 S3; inference on the time",
        remedy: "Start the relays or servers of the other forest, and give the address space the credentials that it takes.";
    EXCHANGE_SERVER = "s2s.exchange-server":
        "Whoever opens mailboxes for others at a mailbox server is an Exchange server.",
        source: "domain page A8 S1 step 6; inference",
        remedy: "Put the server's account into the group Exchange Servers.";
    FOLDER_PERMISSION = "s2s.folder-permission":
        "The permissions of the folder allow the operation to the one in whose name it is made.",
        source: "S2S C4 and scenario 2; domain page A3 row 12, A5",
        remedy: "Have the folder's owner grant a level that holds the right, or ask for what is allowed.";
    MAILBOX_STATE = "s2s.mailbox-state":
        "The request fits the state of what it is about.",
        source: "domain page A3 and A5 (conflicts, permission settings)",
        remedy: "Read the item or folder again and correct the request.";
}
