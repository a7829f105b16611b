//! *Server-to-Server Authorization* (Exchange Server 2007). The document numbers nothing: C1 to C5 are
//! its five conditions, in its order; E1 to E4 the statements of its example, A1 what it says about
//! auditing.

use super::Line;

lines! {
    E1 = "E1": "has the client authenticate, before anything is asked of Exchange";
    E2 = "E2": "connects to the Client Access server over HTTPS with credentials of its own";
    E3 = "E3": "names its client in the request, so as to act in the client's name";
    E4 = "E4": "hands the answer back to the client";
    C1 = "C1": "has made sure that the client is who it says";
    C2 = "C2": "finds the caller's right to impersonate on the security descriptor of its own server object";
    C3 = "C3": "finds the client by its user principal name, security identifier or primary e-mail address";
    C4 = "C4": "opens the client's mailbox with the client's own permissions";
    C5 = "C5": "finds the caller's right to impersonate this client, on the client's account or on the mailbox database";
    A1 = "A1": "logs the act as if the client had done it";
}
