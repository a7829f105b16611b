//! Finding someone in a domain, by any of their names.

use super::index::Key;
use super::{Account, Domain, Group, Sid};
use crate::name::{DnsName, NetbiosName, Upn};

impl Domain {
    fn with_key(&self, key: &Key) -> impl Iterator<Item = &Account> {
        self.index.get(key).iter().filter_map(|sid| self.accounts.get(sid))
    }

    /// The account with this SID.
    pub fn account(&self, sid: Sid) -> Option<&Account> {
        self.accounts.get(&sid)
    }

    /// The account of this name, which may be written `sally`, `CORP\sally`, as its user principal
    /// name, or as `sally@` and the domain's name in DNS.
    pub fn find(&self, name: &str) -> Option<&Account> {
        if let Some((domain, sam)) = name.split_once('\\') {
            let own = NetbiosName::new(domain) == self.netbios || DnsName::new(domain) == self.dns_name;
            return if own { self.find_by_sam(sam) } else { None };
        }
        let Some((sam, suffix)) = name.rsplit_once('@') else { return self.find_by_sam(name) };
        let implicit = || (DnsName::new(suffix) == self.dns_name).then(|| self.find_by_sam(sam)).flatten();
        self.find_by_upn(&Upn::new(name)).or_else(implicit)
    }

    /// The account with this name within the domain.
    pub fn find_by_sam(&self, sam: &str) -> Option<&Account> {
        self.with_key(&Key::sam(sam)).next()
    }

    /// The account with this user principal name.
    pub fn find_by_upn(&self, upn: &Upn) -> Option<&Account> {
        self.with_key(&Key::Upn(upn.clone())).next()
    }

    /// The account under which this service runs.
    pub fn find_by_service(&self, service: &str) -> Option<&Account> {
        self.with_key(&Key::service(service)).next()
    }

    /// The accounts with this e-mail address.
    pub fn find_by_mail(&self, mail: &str) -> Vec<&Account> {
        self.with_key(&Key::mail(mail)).collect()
    }

    /// The accounts that a certificate stands for, by its SHA-1 thumbprint in hexadecimal.
    pub fn find_by_certificate(&self, thumbprint: &str) -> Vec<&Account> {
        self.with_key(&Key::certificate(thumbprint)).collect()
    }

    /// The group with this SID.
    pub fn group(&self, sid: Sid) -> Option<&Group> {
        self.groups.get(&sid)
    }

    /// The group of this name, which may be written `Sales` or `CORP\Sales`.
    pub fn find_group(&self, name: &str) -> Option<&Group> {
        let name = match name.split_once('\\') {
            Some((domain, name))
                if [self.netbios.as_str(), "BUILTIN"].iter().any(|own| own.eq_ignore_ascii_case(domain)) =>
            {
                name
            }
            Some(_) => return None,
            None => name,
        };
        self.groups.get(self.group_names.get(&name.to_ascii_lowercase())?)
    }

    /// A SID as people read it: `CORP\sally`, `Authenticated Users`, or the SID itself.
    pub fn display(&self, sid: Sid) -> String {
        if let Some(name) = sid.well_known_name() {
            return name.to_owned();
        }
        let account = self.accounts.get(&sid).map(|account| &account.sam);
        match account.or_else(|| self.groups.get(&sid).map(|group| &group.name)) {
            Some(name) => format!("{}\\{name}", self.netbios),
            None => sid.to_string(),
        }
    }
}
