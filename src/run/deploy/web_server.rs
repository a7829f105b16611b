//! The Web servers of a topology: their machines, their applications, and who may do what there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::federation::{admitted, soap, url};
use super::{DeployError, Deployment};
use crate::directory::sid::rid;
use crate::directory::{AccessMask, Ace, AceFlags, Group, GroupScope, Privilege, Sid};
use crate::name::{DnsName, HostName, NetbiosName};
use crate::role::web_server::application::{self, ApplicationKind, ExpiredCookie};
use crate::role::web_server::machine::Machine;
use crate::role::web_server::page_access::{PageAccess, WrittenList};
use crate::role::web_server::{WebServer, WebServerConfig};
use crate::scenario::federation::{AppliesTo, ServiceAccount};
use crate::scenario::{self, At, Principal, federation};

/// READ_CONTROL and SYNCHRONIZE, which reading and writing have in common. An entry that denies leaves
/// them out, as the editor of Windows does; else who may not write could not read either.
const IN_COMMON: AccessMask = AccessMask(0x12_0000);
/// The page whose list an application's `access` is.
const TOPMOST: &str = "/";

impl Deployment<'_> {
    pub(super) fn web_server(
        &self,
        name: &HostName,
        host: &scenario::Host,
        written: &scenario::WebServer,
    ) -> Result<WebServer, DeployError> {
        let trustees = self.trustees(name, host, written)?;
        let mut applications = Vec::new();
        for (name, entry) in &written.applications {
            applications.push(application(&trustees, name, entry)?);
        }
        let member = host.joined.as_ref().map(|domain| self.membership(name, domain));
        let machine = Machine {
            groups: trustees.groups,
            privileges: privileges(written.agent_runs_as),
            adds_domain_local_groups: written.adds_domain_local_groups,
            names: trustees.names.into_inner(),
        };
        let config = WebServerConfig {
            server: self.keys.identity(&written.certificate)?,
            federation_service: soap(&written.federation_service)?,
            roots: self.keys.anchors(&host.trusts)?,
            applications,
            member,
            machine,
        };
        Ok(WebServer::new(config, &self.suspended))
    }

    /// The groups of the machine, and how those who are named on it are found.
    fn trustees(
        &self,
        name: &HostName,
        host: &scenario::Host,
        written: &scenario::WebServer,
    ) -> Result<Trustees<'_>, DeployError> {
        let home = host.joined.as_ref().map_or_else(|| DnsName::new(""), |joined| joined.value.clone());
        let machine = Sid::of_domain(self.seed, &DnsName::new(name.as_str()));
        let mut trustees = Trustees {
            directories: self.directories,
            machine: NetbiosName::new(name.as_str()),
            groups: vec![
                local_group(Sid::ADMINISTRATORS, "Administrators"),
                local_group(Sid::USERS, "Users"),
            ],
            home: home.clone(),
            names: RefCell::default(),
        };
        trustees.add(0, Sid::LOCAL_SYSTEM);
        trustees.add(1, Sid::AUTHENTICATED_USERS);
        if let Ok(domain) = self.directories.domain(&home) {
            trustees.add(0, domain.sid().with_rid(rid::DOMAIN_ADMINS));
            trustees.add(1, domain.sid().with_rid(rid::DOMAIN_USERS));
        }
        for (own, (group, members)) in (rid::FIRST_OWN..).zip(&written.local_groups) {
            let known = trustees.groups.iter().position(|known| known.name.eq_ignore_ascii_case(group));
            let place = known.unwrap_or_else(|| {
                trustees.groups.push(local_group(machine.with_rid(own), group));
                trustees.groups.len() - 1
            });
            for member in members {
                let sid = trustees.sid(member)?;
                trustees.add(place, sid);
            }
        }
        trustees.name_own_groups();
        Ok(trustees)
    }
}

/// Those who can be named on a machine: its own groups, and the accounts and groups of domains.
struct Trustees<'a> {
    directories: &'a super::directory::Directories,
    machine: NetbiosName,
    groups: Vec<Group>,
    home: DnsName,
    /// The names of those who were named.
    names: RefCell<BTreeMap<Sid, String>>,
}

impl Trustees<'_> {
    fn add(&mut self, group: usize, member: Sid) {
        self.groups[group].members.insert(member);
    }

    fn name_own_groups(&self) {
        for group in &self.groups {
            let place = if group.sid.is_builtin() { "BUILTIN" } else { self.machine.as_str() };
            self.names.borrow_mut().insert(group.sid, format!("{place}\\{}", group.name));
        }
    }

    fn sid(&self, who: &Principal) -> Result<Sid, DeployError> {
        let sid = self.find(who)?;
        if !who.is_sid() {
            self.names.borrow_mut().insert(sid, who.to_string());
        }
        Ok(sid)
    }

    fn find(&self, who: &Principal) -> Result<Sid, DeployError> {
        if who.domain.as_ref() != Some(&self.machine) {
            return self.directories.sid(&self.home, who);
        }
        let group = self.groups.iter().find(|group| group.name.eq_ignore_ascii_case(&who.name));
        group.map(|group| group.sid).ok_or_else(|| DeployError::missing("local group", &who.to_string()))
    }
}

fn local_group(sid: Sid, name: &str) -> Group {
    Group { sid, name: name.to_owned(), scope: GroupScope::DomainLocal, members: BTreeSet::new() }
}

fn privileges(account: ServiceAccount) -> BTreeSet<Privilege> {
    match account {
        ServiceAccount::LocalSystem => [Privilege::Impersonate, Privilege::ActAsOperatingSystem].into(),
        ServiceAccount::NetworkService => [Privilege::Impersonate].into(),
        ServiceAccount::User => BTreeSet::new(),
    }
}

fn application(
    trustees: &Trustees<'_>,
    name: &str,
    written: &scenario::Application,
) -> Result<application::Application, DeployError> {
    let address = url(&written.address)?;
    let return_url = written.return_url.as_ref().map(url).transpose()?;
    let kind = match written.kind {
        scenario::ApplicationKind::ClaimsAware => ApplicationKind::ClaimsAware { admits: admitted(written) },
        scenario::ApplicationKind::WindowsToken => {
            ApplicationKind::WindowsToken { access: page_access(trustees, written)? }
        }
    };
    let pages = written.pages.iter().map(|(path, title)| (path.value.clone(), title.clone())).collect();
    Ok(application::Application {
        name: name.to_owned(),
        return_url: return_url.unwrap_or_else(|| address.clone()),
        cookie_path: written
            .cookie_path
            .as_ref()
            .map_or_else(|| address.path().to_owned(), |path| path.value.clone()),
        address,
        pages,
        kind,
        expired_cookie: match written.expired_cookie {
            federation::ExpiredCookie::Redirect => ExpiredCookie::SignInAgain,
            federation::ExpiredCookie::Error => ExpiredCookie::Error,
        },
    })
}

fn page_access(trustees: &Trustees<'_>, written: &scenario::Application) -> Result<PageAccess, DeployError> {
    let topmost = WrittenList { entries: entries(trustees, &written.access)?, protected: false };
    let mut lists = BTreeMap::from([(TOPMOST.to_owned(), topmost)]);
    for (path, list) in &written.page_access {
        let entries = entries(trustees, &list.entries)?;
        lists.insert(path.value.clone(), WrittenList { entries, protected: !list.inherits });
    }
    Ok(PageAccess::new(lists))
}

/// The entries in their written order: the checker never sorts (MS-DTYP §2.5.3.2).
fn entries(trustees: &Trustees<'_>, written: &[At<scenario::AccessEntry>]) -> Result<Vec<Ace>, DeployError> {
    let mut list = Vec::new();
    for entry in written {
        let rights = entry.rights();
        let trustee = trustees.sid(&rights.who)?;
        let mask = rights.to.iter().fold(AccessMask::default(), |mask, right| mask | access(*right));
        let ace = match &entry.value {
            scenario::AccessEntry::Allow(_) => Ace::allow(trustee, mask),
            scenario::AccessEntry::Deny(_) => Ace::deny(trustee, mask.without(IN_COMMON)),
        };
        let inheritable = ace.inheritable();
        list.push(match rights.applies_to {
            AppliesTo::ThisPage => ace,
            AppliesTo::ThisPageAndBelow => inheritable,
            AppliesTo::Below => Ace { flags: AceFlags { inherit_only: true, ..inheritable.flags }, ..ace },
        });
    }
    Ok(list)
}

fn access(right: scenario::Right) -> AccessMask {
    match right {
        scenario::Right::Read => AccessMask::FILE_READ,
        scenario::Right::Write => AccessMask::FILE_WRITE,
        scenario::Right::Delete => AccessMask::DELETE,
    }
}
