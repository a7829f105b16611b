//! *Federated Web SSO with Forest Trust Example*, message flow for traveling salesman remote access:
//! R is its list "Client application request", U its list "Authenticating the user requesting access
//! to the application". The browser does R1, R3, R6, U6, U9, U11 and U13.

use super::Line;

lines! {
    R2 = "R2": "finds no authentication cookie and sends the browser to the logon page of the resource federation server";
    R4 = "R4": "asks which account partner the person belongs to";
    R5 = "R5": "sends the browser to the logon page of the account partner; DNS decides which machine that is";
    U1 = "U1": "asks the person for credentials";
    U2 = "U2": "asks the account federation server for a security token, by SOAP over HTTPS";
    U3A = "U3a": "finds the person's account and reads its attributes from Active Directory";
    U3B = "U3b": "builds the security token for the partner and the authentication cookie for itself";
    U4 = "U4": "sends cookie and token back to its proxy, by SOAP over HTTPS";
    U5 = "U5": "has the browser post the token to the resource federation server, and keep the cookie";
    U7 = "U7": "builds a new security token for the application, and a cookie of its own";
    U8 = "U8": "has the browser post the new token to the Web server, and keep the cookie";
    U10 = "U10": "has validated the token, makes it the browser's cookie and sends the browser to the address that it wanted";
    U12A = "U12a": "builds a Windows NT token from the security token";
    U12B = "U12b": "impersonates the person with the Windows NT token and checks the access";
}
