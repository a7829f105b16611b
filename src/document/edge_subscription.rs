//! *Understanding Edge Subscription Credentials*, by its three lists: P is "Provisioning the EdgeSync
//! Bootstrap Replication Account" (on the edge), I is "Provisioning EdgeSync Replication Accounts in
//! Active Directory" (the import), R is "Authenticating Initial Replication".
//!
//! The document numbers P and I; the steps of R stand in running text there, and are numbered here in
//! the order in which they happen. "The edge" and "the hub" are the Edge Transport server and the Hub
//! Transport server.

use super::Line;

lines! {
    P1 = "P1": "makes its self-signed certificate, Edge-Cert; the private key stays, the public key goes into the file";
    P2 = "P2": "creates the bootstrap account ESRA.Edge in AD LDS and writes its credentials to the Edge Subscription file";
    P3 = "P3": "exports the Edge Subscription file to removable media";
    I1 = "I1": "creates the edge's configuration object in Active Directory, with Edge-Cert as an attribute";
    I2 = "I2": "is notified of the new Edge Subscription, takes ESRA.Edge, seals it to Edge-Cert and writes it to the edge's object";
    I3 = "I3": "makes its self-signed certificate, Hub-Cert; the private key stays, the public key goes into its own object";
    I4 = "I4": "seals ESRA.Edge to its own Hub-Cert and stores it in its own object";
    I5 = "I5": "generates ESRA.Hub.Edge with a random password of maximum length, sealed to its own Hub-Cert";
    I6 = "I6": "seals ESRA.Hub.Edge to Edge-Cert and stores it in the edge's object";
    R1 = "R1": "finds the new Edge Subscription in its topology scan before any other hub, and is to replicate first";
    R2 = "R2": "begins a secure LDAP session with the edge";
    R3 = "R3": "has found that the edge's certificate is the one stored in Active Directory";
    R4 = "R4": "opens its copy of ESRA.Edge and presents these credentials to the edge";
    R5 = "R5": "verifies ESRA.Edge against the account in AD LDS";
    R6 = "R6": "pushes topology, configuration and recipients, and with them the accounts ESRA.Hub.Edge, to AD LDS";
    R7 = "R7": "reads the new ESRA.Hub.Edge entries and creates the accounts in AD LDS (Credential Service)";
    R8 = "R8": "sets up the synchronization schedule";
}
