//! What a Client Access server reads in the directory of its forest: accounts with their mailboxes,
//! databases, servers, and the security descriptors that rights are granted on (domain page A2, A7).

use crate::directory::exchange::{AccessMethod, Organization, SERVER_CLASS, ServerRole, attribute};
use crate::directory::{DistinguishedName, Filter, Guid, SecurityDescriptor, Sid};
use crate::mailbox::MailboxId;
use crate::name::DnsName;
use crate::protocol::ews::ResponseCode;
use crate::protocol::http::Url;
use crate::protocol::ldap::{Entry, SECURITY_DESCRIPTOR, Search};
use crate::role::directory_client::{DirectoryFailure, DirectorySession};
use crate::time::VirtualTime;

/// The attributes of an account that are read.
const ACCOUNT: [&str; 11] = [
    "objectSid",
    "userPrincipalName",
    "msDS-PrincipalName",
    "mail",
    "userAccountControl",
    PASSWORD_SET,
    PASSWORD_EXPIRY,
    attribute::MASTER_ACCOUNT_SID,
    attribute::MAILBOX_GUID,
    attribute::HOME_DATABASE,
    SECURITY_DESCRIPTOR,
];
/// The groups of an account: those of its forest, and those of its domain alone. Only members of the
/// Windows Authorization Access Group may read them.
pub(super) const TOKEN_GROUPS: [&str; 2] = ["tokenGroupsGlobalAndUniversal", "tokenGroups"];
/// When the password of an account was set; 0 where it must be changed before the next sign-in.
const PASSWORD_SET: &str = "pwdLastSet";
/// When it expires, as the directory works out; both are in steps of 100 nanoseconds since 1601.
const PASSWORD_EXPIRY: &str = "msDS-UserPasswordExpiryTimeComputed";
/// 1970 in these steps.
const UNIX_EPOCH: i64 = 116_444_736_000_000_000;
/// The bit of userAccountControl that says that an account is disabled.
const ACCOUNT_DISABLE: u32 = 0x2;

/// An account of the forest, as the directory tells it.
pub(super) struct Account {
    pub dn: DistinguishedName,
    /// Its user principal name.
    pub name: String,
    pub sid: Sid,
    pub enabled: bool,
    /// Whether the password must be changed before the next sign-in.
    pub must_change_password: bool,
    /// When the password expires; none where it never does.
    pub password_expires: Option<VirtualTime>,
    /// The account of another forest that a linked mailbox belongs to.
    pub master: Option<Sid>,
    pub mailbox: Option<MailboxPlace>,
    pub descriptor: SecurityDescriptor,
}

/// A mailbox, and the database that it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MailboxPlace {
    pub id: MailboxId,
    pub database: DistinguishedName,
}

/// A server, as the organization's configuration tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub address: DnsName,
    /// The Active Directory site that it stands in, where the directory tells one.
    pub site: Option<DistinguishedName>,
}

/// How the forest behind some e-mail addresses is asked for free and busy times.
pub(super) struct AddressSpace {
    pub method: AccessMethod,
    /// As whom; as the server itself where there is nobody.
    pub user: Option<String>,
    /// Where, in the order in which it is tried.
    pub urls: Vec<Url>,
}

/// The code for a directory that is of no use.
pub(super) fn unavailable(failure: DirectoryFailure) -> ResponseCode {
    match failure {
        DirectoryFailure::Refused { .. } => ResponseCode::ErrorADOperation,
        DirectoryFailure::NoTicket(_) | DirectoryFailure::Unreachable(_) => ResponseCode::ErrorADUnavailable,
    }
}

/// A connection to the directory, and what is asked over it.
pub(super) struct Reader {
    pub session: DirectorySession,
    pub domain: DistinguishedName,
}

impl Reader {
    /// The one account that matches; none where none does, or several do.
    pub async fn account(&mut self, filter: Filter) -> Result<Option<Account>, ResponseCode> {
        let search = Search::subtree(self.domain.clone(), filter).only(ACCOUNT);
        let found = self.session.search(search).await.map_err(unavailable)?;
        match found.entries.as_slice() {
            [only] => Ok(account(only)),
            _ => Ok(None),
        }
    }

    /// The account or linked mailbox of this SID.
    pub async fn account_of(&mut self, sid: Sid) -> Result<Option<Account>, ResponseCode> {
        let of = |attribute: &str| Filter::equals(attribute, sid.to_string());
        self.account(Filter::Or(vec![of("objectSid"), of(attribute::MASTER_ACCOUNT_SID)])).await
    }

    /// The object that stands for whoever has this SID: an account, a linked mailbox or a contact.
    pub async fn principal(&mut self, sid: Sid) -> Result<Option<DistinguishedName>, ResponseCode> {
        let of = |attribute: &str| Filter::equals(attribute, sid.to_string());
        let filter = Filter::Or(vec![of("objectSid"), of(attribute::MASTER_ACCOUNT_SID)]);
        let search = Search::subtree(self.domain.clone(), filter).only(["objectClass"]);
        let found = self.session.search(search).await.map_err(unavailable)?;
        Ok(found.entries.into_iter().next().map(|entry| entry.dn))
    }

    /// The SID of whoever has this e-mail address, an account or a group.
    pub async fn sid_of_address(&mut self, address: &str) -> Result<Option<Sid>, ResponseCode> {
        let search = Search::subtree(self.domain.clone(), Filter::equals("mail", address))
            .only(["objectSid", attribute::MASTER_ACCOUNT_SID]);
        let found = self.session.search(search).await.map_err(unavailable)?;
        let [only] = found.entries.as_slice() else { return Ok(None) };
        let sid = only.first(attribute::MASTER_ACCOUNT_SID).or_else(|| only.first("objectSid"));
        Ok(sid.and_then(|sid| sid.parse().ok()))
    }

    /// The security descriptor of an object; none where it is not there or may not be read.
    pub async fn descriptor(
        &mut self,
        dn: &DistinguishedName,
    ) -> Result<Option<SecurityDescriptor>, ResponseCode> {
        let entry = self.entry(dn, [SECURITY_DESCRIPTOR]).await?;
        Ok(entry.as_ref().map(descriptor))
    }

    /// The groups of an account; none where they may not be read.
    pub async fn token_groups(&mut self, dn: &DistinguishedName) -> Result<Option<Vec<Sid>>, ResponseCode> {
        let Some(entry) = self.entry(dn, TOKEN_GROUPS).await? else { return Ok(None) };
        if !TOKEN_GROUPS.iter().all(|name| entry.attributes.has(name)) {
            return Ok(None);
        }
        let texts = TOKEN_GROUPS.iter().flat_map(|name| entry.attributes.texts(name));
        Ok(Some(texts.filter_map(|sid| sid.parse().ok()).collect()))
    }

    /// The groups of this domain that hold someone of another forest, directly or through one another.
    pub async fn groups_of_foreigner(&mut self, sid: Sid) -> Result<Vec<Sid>, ResponseCode> {
        let foreign = self.domain.child("CN", "ForeignSecurityPrincipals").child("CN", &sid.to_string());
        let mut groups: Vec<Sid> = Vec::new();
        let mut members = vec![foreign];
        while !members.is_empty() {
            let holds = members.iter().map(|dn| Filter::equals("member", dn.to_string())).collect();
            let search = Search::subtree(self.domain.clone(), Filter::Or(holds)).only(["objectSid"]);
            let found = self.session.search(search).await.map_err(unavailable)?;
            members.clear();
            for entry in found.entries {
                let sid = entry.first("objectSid").and_then(|sid| sid.parse().ok());
                if let Some(sid) = sid.filter(|sid| !groups.contains(sid)) {
                    groups.push(sid);
                    members.push(entry.dn);
                }
            }
        }
        Ok(groups)
    }

    /// The server that a database is on.
    pub async fn server_of(&mut self, database: &DistinguishedName) -> Result<Option<Server>, ResponseCode> {
        let Some(entry) = self.entry(database, [attribute::OWNING_SERVER]).await? else { return Ok(None) };
        let dn = entry.first(attribute::OWNING_SERVER).and_then(|dn| dn.parse().ok());
        let Some(dn) = dn else { return Ok(None) };
        let found = self.entry(&dn, [attribute::NETWORK_ADDRESS, attribute::SERVER_SITE]).await?;
        Ok(found.as_ref().and_then(server))
    }

    /// The Client Access servers of a site, by name.
    pub async fn client_access_servers(
        &mut self,
        organization: &Organization,
        site: &DistinguishedName,
    ) -> Result<Vec<Server>, ResponseCode> {
        let filter = Filter::And(vec![
            Filter::equals("objectClass", SERVER_CLASS),
            Filter::equals(attribute::SERVER_SITE, site.to_string()),
        ]);
        let wanted = [attribute::NETWORK_ADDRESS, attribute::SERVER_SITE, attribute::CURRENT_SERVER_ROLES];
        let search = Search::subtree(organization.servers(), filter).only(wanted);
        let found = self.session.search(search).await.map_err(unavailable)?;
        let installed = |entry: &&Entry| {
            let roles = entry.first(attribute::CURRENT_SERVER_ROLES).and_then(|roles| roles.parse().ok());
            roles.unwrap_or(0) & ServerRole::ClientAccess.bit() != 0
        };
        let mut servers: Vec<Server> = found.entries.iter().filter(installed).filter_map(server).collect();
        servers.sort_by(|one, other| one.address.cmp(&other.address));
        Ok(servers)
    }

    /// The availability address space for addresses of this domain.
    pub async fn address_space(
        &mut self,
        organization: &Organization,
        domain: &str,
    ) -> Result<Option<AddressSpace>, ResponseCode> {
        let filter = Filter::equals(attribute::FOREST_NAME, domain);
        let wanted = [attribute::ACCESS_METHOD, attribute::AVAILABILITY_USER, attribute::URL];
        let search = Search::subtree(organization.availability(), filter).only(wanted);
        let found = match self.session.search(search).await {
            Ok(found) => found.entries,
            Err(DirectoryFailure::Refused { .. }) => Vec::new(),
            Err(why) => return Err(unavailable(why)),
        };
        Ok(found.first().and_then(|entry| {
            Some(AddressSpace {
                method: AccessMethod::find(entry.first(attribute::ACCESS_METHOD)?)?,
                user: entry.first(attribute::AVAILABILITY_USER).map(str::to_owned),
                urls: entry.attributes.texts(attribute::URL).filter_map(|url| url.parse().ok()).collect(),
            })
        }))
    }

    /// The account, or the group of accounts, that other forests ask as.
    pub async fn org_wide_account(
        &mut self,
        organization: &Organization,
    ) -> Result<Option<Sid>, ResponseCode> {
        let found = self.entry(&organization.availability(), [attribute::ORG_WIDE_ACCOUNT]).await?;
        let dn = found.and_then(|entry| entry.first(attribute::ORG_WIDE_ACCOUNT)?.parse().ok());
        let Some(dn) = dn else { return Ok(None) };
        let account = self.entry(&dn, ["objectSid"]).await?;
        Ok(account.and_then(|account| account.first("objectSid")?.parse().ok()))
    }

    async fn entry<const N: usize>(
        &mut self,
        dn: &DistinguishedName,
        attributes: [&str; N],
    ) -> Result<Option<Entry>, ResponseCode> {
        match self.session.search(Search::entry(dn.clone()).only(attributes)).await {
            Ok(found) => Ok(found.entries.into_iter().next()),
            Err(DirectoryFailure::Refused { .. }) => Ok(None),
            Err(why) => Err(unavailable(why)),
        }
    }
}

/// A descriptor that cannot be read grants nothing.
fn descriptor(entry: &Entry) -> SecurityDescriptor {
    let written = entry.first(SECURITY_DESCRIPTOR).and_then(|text| text.parse().ok());
    written.unwrap_or(SecurityDescriptor { dacl: Some(Vec::new()), ..SecurityDescriptor::default() })
}

/// The time that the directory writes; none for the end of time.
fn moment(text: &str) -> Option<VirtualTime> {
    let steps = text.parse::<i64>().ok().filter(|steps| *steps != i64::MAX)?;
    Some(VirtualTime::from_micros((steps - UNIX_EPOCH) / 10))
}

fn server(entry: &Entry) -> Option<Server> {
    Some(Server {
        address: DnsName::new(entry.first(attribute::NETWORK_ADDRESS)?),
        site: entry.first(attribute::SERVER_SITE).and_then(|site| site.parse().ok()),
    })
}

fn account(entry: &Entry) -> Option<Account> {
    let sid = entry.first("objectSid")?.parse().ok()?;
    let control: u32 = entry.first("userAccountControl").and_then(|text| text.parse().ok()).unwrap_or(0);
    let name = entry.first("userPrincipalName").or_else(|| entry.first("msDS-PrincipalName"))?;
    let guid = entry.first(attribute::MAILBOX_GUID).and_then(|guid| guid.parse::<Guid>().ok());
    let database = entry.first(attribute::HOME_DATABASE).and_then(|dn| dn.parse().ok());
    Some(Account {
        dn: entry.dn.clone(),
        name: name.to_owned(),
        sid,
        enabled: control & ACCOUNT_DISABLE == 0,
        must_change_password: entry.first(PASSWORD_SET) == Some("0"),
        password_expires: entry.first(PASSWORD_EXPIRY).and_then(moment),
        master: entry.first(attribute::MASTER_ACCOUNT_SID).and_then(|sid| sid.parse().ok()),
        mailbox: guid.zip(database).map(|(id, database)| MailboxPlace { id: MailboxId(id), database }),
        descriptor: descriptor(entry),
    })
}

impl Account {
    /// Who the account acts as: a linked mailbox's is the account that it is linked to.
    pub fn acting_sid(&self) -> Sid {
        self.master.unwrap_or(self.sid)
    }
}
