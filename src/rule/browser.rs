//! Rules of browsers: to whom a browser shows what it could prove a person's identity with.

use super::Rule;

rules! {
    LOGGED_ON = "browser.logged-on":
        "Somebody is logged on to a domain at the browser's machine, so there are tickets to be had.",
        source: "AD FS example, warehouse manager access (currently logged on desktop session credentials)",
        remedy: "Log on to the machine with an account of the domain. A machine outside must be led to the federation server proxy, which asks in another way.";
    INTRANET_SITE = "browser.intranet-site":
        "The site is in the browser's Local intranet zone, so it is shown a ticket without asking the person.",
        source: "Configure client computers to trust the account federation server (Windows Server 2003 R2, cc738191)",
        remedy: "Add the federation server's name to the Local intranet zone, best by Group Policy.";
}
