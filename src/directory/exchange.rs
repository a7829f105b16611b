//! Where an Exchange organization keeps what in the Configuration partition of its forest, and under
//! which attribute names (domain page B5).
//!
//! Names alone: what is stored there, and who writes it, is for the roles and the deployment.

use serde::{Deserialize, Serialize};

use super::DistinguishedName;
use crate::name::DnsName;

/// The attributes of Exchange's objects that are modelled. The display name of the public key's
/// attribute is not in the documents (domain page B5); it follows the others' convention.
pub mod attribute {
    /// The database of a mailbox, by its distinguished name.
    pub const HOME_DATABASE: &str = "homeMDB";
    /// The GUID of a mailbox.
    pub const MAILBOX_GUID: &str = "msExchMailboxGuid";
    /// The account of another forest that a linked mailbox belongs to, by its SID.
    pub const MASTER_ACCOUNT_SID: &str = "msExchMasterAccountSid";
    /// The server that a database is on, by its distinguished name.
    pub const OWNING_SERVER: &str = "msExchOwningServer";
    /// A server's name in DNS.
    pub const NETWORK_ADDRESS: &str = "networkAddress";
    /// The distinguished name of the Active Directory site that a server belongs to.
    pub const SERVER_SITE: &str = "msExchServerSite";
    /// The account that other forests ask for free and busy times as, by its distinguished name.
    pub const ORG_WIDE_ACCOUNT: &str = "msExchAvailabilityOrgWideAccount";
    /// The domain of the addresses that an availability address space is for.
    pub const FOREST_NAME: &str = "msExchAvailabilityForestName";
    /// How the forest of an address space is asked: an [`super::AccessMethod`].
    pub const ACCESS_METHOD: &str = "msExchAvailabilityAccessMethod";
    /// The account as which the forest of an address space is asked; none for the server's own.
    pub const AVAILABILITY_USER: &str = "msExchAvailabilityUserName";
    /// Where the forest of an address space is asked.
    pub const URL: &str = "url";
    /// The roles that are installed on a server, as a number.
    pub const CURRENT_SERVER_ROLES: &str = "msExchCurrentServerRoles";
    /// The sealed credentials of EdgeSync, one value each.
    pub const EDGE_SYNC_CREDENTIAL: &str = "msExchEdgeSyncCredential";
    /// The public key to which a server's credentials are sealed: its certificate (ms-Exch-Server-EKPK-Public-Key).
    pub const PUBLIC_KEY: &str = "msExchServerEKPKPublicKey";
    /// Which Hub Transport server synchronizes an Edge Transport server, and until when.
    pub const EDGE_SYNC_LEASE: &str = "msExchEdgeSyncLease";
    /// The addresses of a recipient.
    pub const PROXY_ADDRESSES: &str = "proxyAddresses";
    /// Set on a recipient who takes mail only from those who have signed in.
    pub const AUTHENTICATED_SENDERS_ONLY: &str = "msExchRequireAuthToSendTo";
    /// The hashes of the senders that a recipient has called safe.
    pub const SAFE_SENDERS: &str = "msExchSafeSendersHash";
    /// The hashes of the senders that a recipient has blocked.
    pub const BLOCKED_SENDERS: &str = "msExchBlockedSendersHash";
    /// How a recipient's mail is looked at; `1` for not at all (AntispamBypassEnabled). Its values are
    /// inferred.
    pub const MESSAGE_HYGIENE: &str = "msExchMessageHygieneFlags";
    /// How synchronization stands; only in AD LDS.
    pub const EDGE_SYNC_STATUS: &str = "msExchEdgeSyncStatus";
}

/// The extended rights of Exchange that are modelled (domain page A2).
pub mod right {
    use crate::directory::Guid;

    /// ms-Exch-EPI-Impersonation: to impersonate through a Client Access server.
    pub const EPI_IMPERSONATION: Guid = Guid::new(0x8db0795c_df3a_4aca_a97d_100162998dfa);
    /// ms-Exch-EPI-May-Impersonate: to impersonate an account, or those with a mailbox in a database.
    pub const EPI_MAY_IMPERSONATE: Guid = Guid::new(0xbc39105d_9baa_477c_a34a_997cc25e3d60);
    /// ms-Exch-EPI-Token-Serialization: to hand in another account's token.
    pub const TOKEN_SERIALIZATION: Guid = Guid::new(0x06386f89_befb_4e48_baa1_559fd9221f78);
}

/// The class of server objects.
pub const SERVER_CLASS: &str = "msExchExchangeServer";
/// The universal group of an organization's servers.
pub const SERVERS_GROUP: &str = "Exchange Servers";
/// The administrative group that Exchange 2007 and later put their servers into.
pub const ADMINISTRATIVE_GROUP: &str = "Exchange Administrative Group (FYDIBOHF23SPDLT)";

/// What is installed on an Exchange server: bits of msExchCurrentServerRoles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ServerRole {
    /// Mailbox databases.
    Mailbox,
    /// Web services and other access for clients.
    ClientAccess,
    /// Mail routing within the organization, and EdgeSync.
    HubTransport,
    /// Mail routing at the perimeter.
    EdgeTransport,
}

impl ServerRole {
    /// Its bit in msExchCurrentServerRoles.
    pub fn bit(self) -> u32 {
        match self {
            Self::Mailbox => 0x2,
            Self::ClientAccess => 0x4,
            Self::HubTransport => 0x20,
            Self::EdgeTransport => 0x40,
        }
    }
}

/// How free and busy times of another forest are asked for (Add-AvailabilityAddressSpace). Real
/// directories keep a number for it; here it is the word that administrators write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AccessMethod {
    /// Each person is asked for as that person, with a token that is handed in.
    PerUserFreeBusy,
    /// Everyone is asked for as one account of the other forest.
    OrgWideFreeBusy,
}

impl AccessMethod {
    /// The word for it: `OrgWideFB`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PerUserFreeBusy => "PerUserFB",
            Self::OrgWideFreeBusy => "OrgWideFB",
        }
    }

    /// The method of this word.
    pub fn find(word: &str) -> Option<Self> {
        [Self::PerUserFreeBusy, Self::OrgWideFreeBusy].into_iter().find(|method| method.as_str() == word)
    }
}

/// An Exchange organization, by its place in a directory.
///
/// ```
/// use forestsim::directory::exchange::Organization;
/// let organization = Organization::new("Adventure Works", &"corp.example".into());
/// assert_eq!(
///     organization.server("hub1").to_string(),
///     "CN=hub1,CN=Servers,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,\
///      CN=Adventure Works,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=corp,DC=example"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// The Configuration partition that it is in: of a forest, or of an AD LDS instance.
    pub configuration: DistinguishedName,
}

impl Organization {
    /// The organization of this name in the forest with this root domain.
    pub fn new(name: &str, forest_root: &DnsName) -> Self {
        Self { name: name.to_owned(), configuration: configuration(forest_root) }
    }

    /// The organization's own object.
    pub fn container(&self) -> DistinguishedName {
        let services = self.configuration.child("CN", "Services");
        services.child("CN", "Microsoft Exchange").child("CN", &self.name)
    }

    /// The container of its servers.
    pub fn servers(&self) -> DistinguishedName {
        let groups = self.container().child("CN", "Administrative Groups");
        groups.child("CN", ADMINISTRATIVE_GROUP).child("CN", "Servers")
    }

    /// A server's configuration object.
    pub fn server(&self, name: &str) -> DistinguishedName {
        self.servers().child("CN", name)
    }

    /// A mailbox database of a server.
    pub fn database(&self, server: &str, name: &str) -> DistinguishedName {
        let store = self.server(server).child("CN", "InformationStore");
        store.child("CN", "First Storage Group").child("CN", name)
    }

    /// An Active Directory site.
    pub fn site(&self, name: &str) -> DistinguishedName {
        self.configuration.child("CN", "Sites").child("CN", name)
    }

    /// How free and busy times are exchanged with other forests.
    pub fn availability(&self) -> DistinguishedName {
        self.container().child("CN", "Availability Configuration")
    }

    /// The availability address space for addresses of this domain.
    pub fn address_space(&self, domain: &DnsName) -> DistinguishedName {
        self.availability().child("CN", domain.as_str())
    }

    /// The configuration of the EdgeSync service in a site.
    pub fn edge_sync_service(&self, site: &str) -> DistinguishedName {
        self.site(site).child("CN", "EdgeSyncService")
    }
}

/// The Configuration partition of a forest, by its root domain.
pub fn configuration(forest_root: &DnsName) -> DistinguishedName {
    DistinguishedName::of_domain(forest_root).child("CN", "Configuration")
}
