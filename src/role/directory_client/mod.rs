//! How a server uses a directory: it binds, then reads, writes and watches.
//!
//! A member of a domain binds with its machine account's Kerberos ticket; a [`DirectorySession`] over
//! another channel, such as one to AD LDS, binds as it needs to. What may be read or written is for the
//! directory to say.

mod translation;

use std::rc::Rc;

use super::dial::{Dialer, Unreachable};
use super::kerberos_client::{KerberosClient, KerberosFailure};
use super::logon_session::LogonSession;
use crate::crypto::secret::Secret;
use crate::directory::{Attributes, DistinguishedName, Modification, Usn};
use crate::name::DnsName;
use crate::protocol::kerberos::ApRequest;
use crate::protocol::ldap::{self, BindMechanism, Entry, LdapReply, LdapRequest, Search};
use crate::sim::{Channel, ChannelError};
use crate::time::Span;

const LDAP_PORT: u16 = 389;
const GLOBAL_CATALOG_PORT: u16 = 3268;

/// The directory of a domain, as a machine of that domain or of a trusted one uses it.
pub struct DirectoryClient {
    domain: DnsName,
    session: Rc<LogonSession>,
    dialer: Dialer,
    kerberos: KerberosClient,
}

/// A connection to a directory.
pub struct DirectorySession {
    channel: Channel,
    dialer: Dialer,
}

/// A search that stays open.
pub struct DirectoryWatch(Channel);

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The entries, in the directory's order.
    pub entries: Vec<Entry>,
    /// The cookie for the next search for changes, where this was one.
    pub cookie: Option<Usn>,
}

/// Why the directory was of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryFailure {
    /// There is no ticket for the directory.
    #[error(transparent)]
    NoTicket(#[from] KerberosFailure),
    /// The directory cannot be reached.
    #[error("{0}")]
    Unreachable(Unreachable),
    /// The directory refuses.
    #[error("the directory refuses, code {code}: {text}")]
    Refused {
        /// The result code.
        code: u32,
        /// More of it, for people.
        text: String,
    },
}

impl From<Unreachable> for DirectoryFailure {
    fn from(why: Unreachable) -> Self {
        Self::Unreachable(why)
    }
}

impl DirectoryClient {
    /// The directory of this domain, for the account of this session.
    pub fn new(
        domain: DnsName,
        session: &Rc<LogonSession>,
        kerberos: &KerberosClient,
        dialer: &Dialer,
    ) -> Self {
        Self { domain, session: session.clone(), dialer: dialer.clone(), kerberos: kerberos.clone() }
    }

    /// The domain whose directory it is.
    pub fn domain(&self) -> &DnsName {
        &self.domain
    }

    /// A connection to a controller of the domain, bound with the machine account's ticket.
    ///
    /// # Errors
    /// Where no ticket is granted, or no controller can be reached or lets it bind.
    pub async fn connect(&self) -> Result<DirectorySession, DirectoryFailure> {
        self.connect_to(LDAP_PORT).await
    }

    /// The same to the global catalog, which knows something of all domains of the forest.
    ///
    /// # Errors
    /// As [`DirectoryClient::connect`].
    pub async fn connect_to_catalog(&self) -> Result<DirectorySession, DirectoryFailure> {
        self.connect_to(GLOBAL_CATALOG_PORT).await
    }

    async fn connect_to(&self, port: u16) -> Result<DirectorySession, DirectoryFailure> {
        let shown = self.show().await?;
        let connected = self.dialer.connect(&self.domain, port).await;
        let channel = connected.map_err(Unreachable::from)?;
        let mut session = DirectorySession::over(channel, &self.dialer);
        session.bind(BindMechanism::Kerberos(shown)).await?;
        Ok(session)
    }

    /// A ticket for the directory, shown with a proof.
    async fn show(&self) -> Result<ApRequest, KerberosFailure> {
        self.session.show(&self.kerberos, &format!("ldap/{}", self.domain)).await
    }
}

impl DirectorySession {
    /// A conversation with a directory over a channel that is open already, not yet bound.
    pub fn over(channel: Channel, dialer: &Dialer) -> Self {
        Self { channel, dialer: dialer.clone() }
    }

    /// Binds with a name and a password.
    ///
    /// # Errors
    /// Where the directory does not accept them, or cannot be reached.
    pub async fn bind_simply(&mut self, name: &str, password: &Secret) -> Result<(), DirectoryFailure> {
        let (name, password) = (name.to_owned(), password.clone());
        self.bind(BindMechanism::Simple { name, password }).await
    }

    async fn bind(&mut self, mechanism: BindMechanism) -> Result<(), DirectoryFailure> {
        match self.ask(&LdapRequest::Bind { mechanism }).await? {
            LdapReply::Bind { code: ldap::SUCCESS, .. } => Ok(()),
            LdapReply::Bind { code, text } => Err(DirectoryFailure::Refused { code, text }),
            _ => Err(out_of_turn()),
        }
    }

    /// The entries that a search finds.
    ///
    /// # Errors
    /// Where the directory refuses, or cannot be reached.
    pub async fn search(&mut self, search: Search) -> Result<Found, DirectoryFailure> {
        match self.ask(&LdapRequest::Search(search)).await? {
            LdapReply::Search { code: ldap::SUCCESS, entries, cookie } => Ok(Found { entries, cookie }),
            LdapReply::Search { code, .. } => Err(refused(code, "the search")),
            _ => Err(out_of_turn()),
        }
    }

    /// One entry, by its name; none where it is not there or may not be seen.
    ///
    /// # Errors
    /// Where the directory refuses, or cannot be reached.
    pub async fn read(&mut self, dn: &DistinguishedName) -> Result<Option<Entry>, DirectoryFailure> {
        match self.search(Search::entry(dn.clone())).await {
            Ok(found) => Ok(found.entries.into_iter().next()),
            Err(DirectoryFailure::Refused { code: ldap::NO_SUCH_OBJECT, .. }) => Ok(None),
            Err(why) => Err(why),
        }
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// Where the directory refuses, or cannot be reached.
    pub async fn add(
        &mut self,
        dn: &DistinguishedName,
        attributes: Attributes,
    ) -> Result<(), DirectoryFailure> {
        self.write(&LdapRequest::Add { dn: dn.clone(), attributes }).await
    }

    /// Changes attributes of an entry, all or none.
    ///
    /// # Errors
    /// Where the directory refuses, or cannot be reached.
    pub async fn modify(
        &mut self,
        dn: &DistinguishedName,
        changes: Vec<Modification>,
    ) -> Result<(), DirectoryFailure> {
        self.write(&LdapRequest::Modify { dn: dn.clone(), changes }).await
    }

    /// Deletes an entry, with all that stands below it or only where nothing does.
    ///
    /// # Errors
    /// Where the directory refuses, or cannot be reached.
    pub async fn delete(&mut self, dn: &DistinguishedName, tree: bool) -> Result<(), DirectoryFailure> {
        self.write(&LdapRequest::Delete { dn: dn.clone(), tree }).await
    }

    /// Leaves a search open, which gives each change from now on. Where the directory has gone away
    /// without a word, that is noticed when the connection has been idle for so long.
    ///
    /// # Errors
    /// Where the directory refuses, or cannot be reached.
    pub async fn watch(mut self, search: Search, idle: Span) -> Result<DirectoryWatch, DirectoryFailure> {
        self.search(search.watching()).await?;
        self.channel.keep_alive(idle);
        Ok(DirectoryWatch(self.channel))
    }

    /// Takes leave; there is no answer to it.
    pub async fn close(mut self) {
        // A directory that has gone away needs no farewell.
        let _ = self.channel.send(&LdapRequest::Unbind).await;
    }

    async fn write(&mut self, request: &LdapRequest) -> Result<(), DirectoryFailure> {
        match self.ask(request).await? {
            LdapReply::Written { code: ldap::SUCCESS, .. } => Ok(()),
            LdapReply::Written { code, text } => Err(DirectoryFailure::Refused { code, text }),
            _ => Err(out_of_turn()),
        }
    }

    async fn ask(&mut self, request: &LdapRequest) -> Result<LdapReply, DirectoryFailure> {
        Ok(self.dialer.converse(&mut self.channel, request).await?)
    }
}

impl DirectoryWatch {
    /// The next change; none where nothing comes within the span, or the directory does not answer a
    /// probe. A run may be quiet meanwhile.
    ///
    /// # Errors
    /// Where the connection ends.
    pub async fn next(&mut self, patience: Span) -> Result<Option<Entry>, DirectoryFailure> {
        match self.0.receive_in_background::<LdapReply>(patience).await {
            Ok(LdapReply::Changed(entry)) => Ok(Some(entry)),
            Ok(_) => Err(out_of_turn()),
            Err(ChannelError::TimedOut) => Ok(None),
            Err(why) => Err(Unreachable::Broken(why.to_string()).into()),
        }
    }
}

fn refused(code: u32, what: &str) -> DirectoryFailure {
    DirectoryFailure::Refused { code, text: format!("{what} failed") }
}

fn out_of_turn() -> DirectoryFailure {
    Unreachable::Broken("the directory answers something else".to_owned()).into()
}
