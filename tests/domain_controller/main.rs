//! Domain controllers at work: signing in, tickets across trusts, S4U2Self, LDAP, and what attackers
//! get. Two forests, corp.example with the child eu.corp.example, and perimeter.example, which trusts
//! corp; a client sits at a host that knows where the three controllers are.

mod configuration;
mod directory;
mod on_behalf;
mod sign_in;
mod trust_password;
mod trusts;
mod world;
