//! Rules of the network and of TLS: whether one machine reaches another, and whether it is the right one.

use super::Rule;

rules! {
    NAME_RESOLVES = "network.name-resolves":
        "The name resolves to an address for the host that asks.",
        source: "AD FS example, warehouse manager access (split DNS); RFC 1034 §4.3.2",
        remedy: "Publish the name in the DNS zone that this host asks, or in its hosts file.";
    ROUTE_OPEN = "network.route-open":
        "A route leads to the server and every firewall on it lets the port through.",
        source: "AD FS example, introduction (required ports are open in the firewall)",
        remedy: "Open the port in the named firewall, in the named direction, or link the zones.";
    SERVICE_LISTENS = "network.service-listens":
        "The server has a service that listens on the port.",
        source: "RFC 9293 §3.5.2 (reset when no listener)",
        remedy: "Start the service on that host, or correct the address or the port.";
    SERVER_ANSWERS = "network.server-answers":
        "The server answers before the time-out.",
        source: "RFC 9293 §3.8.3; inference for the length of the time-out",
        remedy: "Start the server again, or mend the link to it.";
    TLS_SERVER_CERTIFICATE = "tls.server-certificate":
        "The server's certificate chains to a trusted root, is in its validity and names the host that was asked for.",
        source: "RFC 5280 §6, RFC 6125 §6",
        remedy: "Give the server a certificate for that name from an authority that the client trusts.";
    TLS_CLIENT_CERTIFICATE = "tls.client-certificate":
        "The client's certificate chains to an authority that the server accepts and is in its validity.",
        source: "RFC 5246 §7.4.6; MS-ADFSPP §2.2.4 (client certificate credentials)",
        remedy: "Enrol the client with an authority that the server lists.";
    CLIENT_CERTIFICATE_REVOCATION = "tls.client-certificate-revocation":
        "A fresh revocation list can be had and does not list the client's certificate.",
        source: "RFC 5280 §6.3; domain page §5.1 step A10",
        remedy: "Enrol the person again, or make the revocation list reachable.";
}
