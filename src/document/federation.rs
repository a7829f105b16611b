//! *Federated Web SSO with Forest Trust Example*, its two message flows: R is a list "Client
//! application request", U a list "Authenticating the user".
//!
//! A line goes by its number in the flow of the traveling salesman. Where the very same is done for the
//! warehouse manager under another number, that stands beside it: `U7 (manager U4)`; the numbers of
//! the two R lists are the same. Browsers do R1, R3, and in the salesman's flow R6, U6, U9, U11 and
//! U13, in the manager's U3, U6, U8 and U10.

use super::Line;

lines! {
    R1 = "R1": "opens the application";
    R2 = "R2": "finds no authentication cookie and sends the browser to the logon page of the resource federation server";
    R3 = "R3": "asks the resource federation server for its logon page";
    R4 = "R4": "asks which account partner the person belongs to";
    R5 = "R5": "sends the browser to the logon page of the account partner; DNS decides which machine that is";
    R6 = "R6": "asks the account federation server proxy for its logon page";
    U1 = "U1": "asks the person for credentials";
    U2 = "U2": "asks the account federation server for a security token, by SOAP over HTTPS";
    U3A = "U3a (manager U1a)": "finds the person's account and reads its attributes from Active Directory";
    U3B = "U3b (manager U1b)": "builds the security token for the partner and the authentication cookie for itself";
    U4 = "U4": "sends cookie and token back to its proxy, by SOAP over HTTPS";
    U5 = "U5": "has the browser post the token to the resource federation server, and keep the cookie";
    MANAGER_U2 = "manager U2": "has the browser post the token to the resource federation server, and keep the cookie";
    U6 = "U6 (manager U3)": "posts the token to the resource federation server";
    U7 = "U7 (manager U4)": "builds a new security token for the application, and a cookie of its own";
    U8 = "U8 (manager U5)": "has the browser post the new token to the Web server, and keep the cookie";
    U9 = "U9 (manager U6)": "posts the new token to the Web server";
    U10 = "U10 (manager U7)": "has validated the token, makes it the browser's cookie and sends the browser to the address that it wanted";
    U11 = "U11 (manager U8)": "opens the page that was wanted in the first place, with the cookie";
    U12A = "U12a (manager U9a)": "builds a Windows NT token from the security token";
    U12B = "U12b (manager U9b)": "impersonates the person with the Windows NT token and checks the access";
    U13 = "U13 (manager U10)": "opens further pages with the cookie";
}
