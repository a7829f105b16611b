//! Rules of calendar relays, which let free and busy times out of a secure facility and nothing else.
//!
//! "S2S scenario 3" is "Calendar Sharing Between Groups That Have Limited Trust" of the document
//! *Server-to-Server Authorization*. It says what the relays are for and not how they decide.

use super::Rule;

rules! {
    RELAY_QUESTION = "relay.question":
        "What is handed on asks for free and busy times, and in nobody else's name.",
        source: "S2S scenario 3; domain page A8 S3 step 4; inference",
        remedy: "Ask for free and busy times alone; nothing else passes the relay.";
    RELAY_CALLER = "relay.caller":
        "Whoever has the relay ask in a name of its own is the account that it lets in.",
        source: "S2S scenario 3; domain page A8 S3, impersonation form; inference",
        remedy: "Use the credentials of the account that was given to the other forest.";
    FREE_BUSY_ONLY = "relay.free-busy-only":
        "What comes back tells when someone is busy, and not with what or where.",
        source: "S2S scenario 3; domain page A8 S3 step 4; inference that the answer is stripped",
        remedy: "Nothing: the times pass, the rest is left out.";
}
