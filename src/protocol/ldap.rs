//! LDAP: how servers read and write a directory (RFC 4511).
//!
//! Besides the operations of the standard there are two controls of Active Directory: a search that
//! stays open and gives each change (MS-ADTS §3.1.1.3.4.1.9, LDAP_SERVER_NOTIFICATION_OID), and one
//! that gives what has changed since a cookie (§3.1.1.3.4.1.3, LDAP_SERVER_DIRSYNC_OID). Who may read
//! or write what is for the directory to say.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Message;
use super::kerberos::ApRequest;
use crate::crypto::secret::Secret;
pub use crate::directory::Filter;
use crate::directory::{AttributeValue, Attributes, DistinguishedName, Modification, Scope, Usn};
use crate::trace::Detail;

/// The result code of success (RFC 4511 §4.1.9).
pub const SUCCESS: u32 = 0;
/// The result code of an operation that needs a bind first: `operationsError` in Active Directory.
pub const OPERATIONS_ERROR: u32 = 1;
/// The result code where a value that is to be removed is not there: `noSuchAttribute`.
pub const NO_SUCH_ATTRIBUTE: u32 = 16;
/// The result code for a base or an entry that does not exist: `noSuchObject`.
pub const NO_SUCH_OBJECT: u32 = 32;
/// The result code for a bind with wrong credentials: `invalidCredentials`.
pub const INVALID_CREDENTIALS: u32 = 49;
/// The result code where the security descriptor does not allow it: `insufficientAccessRights`.
pub const INSUFFICIENT_ACCESS_RIGHTS: u32 = 50;
/// The result code where the directory does not do such a thing: `unwillingToPerform`.
pub const UNWILLING_TO_PERFORM: u32 = 53;
/// The result code for deleting an entry below which others stand: `notAllowedOnNonLeaf`.
pub const NOT_ALLOWED_ON_NON_LEAF: u32 = 66;
/// The result code for adding an entry that is there: `entryAlreadyExists`.
pub const ENTRY_ALREADY_EXISTS: u32 = 68;

/// The attribute that holds an entry's security descriptor, here as SDDL text. It is given only to
/// those who ask for it by name.
pub const SECURITY_DESCRIPTOR: &str = "nTSecurityDescriptor";

/// A request to a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LdapRequest {
    /// Says who asks.
    Bind {
        /// By which proof.
        mechanism: BindMechanism,
    },
    /// Asks for entries.
    Search(Search),
    /// Adds an entry.
    Add {
        /// Its name.
        dn: DistinguishedName,
        /// What is known of it; [`SECURITY_DESCRIPTOR`] may be among it.
        attributes: Attributes,
    },
    /// Changes attributes of an entry, all or none.
    Modify {
        /// The entry.
        dn: DistinguishedName,
        /// The changes, in their order.
        changes: Vec<Modification>,
    },
    /// Deletes an entry.
    Delete {
        /// The entry.
        dn: DistinguishedName,
        /// Whether with all that stands below it (LDAP_SERVER_TREE_DELETE_OID).
        tree: bool,
    },
    /// Ends the conversation; there is no reply.
    Unbind,
}

/// A search: which entries, and what of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Where it begins.
    pub base: DistinguishedName,
    /// How far below the base it looks.
    pub scope: Scope,
    /// What the entries must match.
    pub filter: Filter,
    /// The attributes to give; none for all.
    pub attributes: Vec<String>,
    /// What is special about it.
    pub control: Option<SearchControl>,
}

/// What is special about a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SearchControl {
    /// It stays open, and each change is given as it happens; the connection serves nothing else
    /// from then on.
    Notification,
    /// Only what changed since the cookie is given; everything without one.
    Changes {
        /// The cookie that the last such search gave.
        since: Option<Usn>,
    },
}

impl Search {
    /// The search for all entries at and below a base that match.
    pub fn subtree(base: DistinguishedName, filter: Filter) -> Self {
        Self { base, scope: Scope::Subtree, filter, attributes: Vec::new(), control: None }
    }

    /// The search for one entry by its name.
    pub fn entry(dn: DistinguishedName) -> Self {
        Self { scope: Scope::Base, ..Self::subtree(dn, Filter::everything()) }
    }

    /// The same search, only for these attributes.
    #[must_use]
    pub fn only<'a>(self, attributes: impl IntoIterator<Item = &'a str>) -> Self {
        Self { attributes: attributes.into_iter().map(str::to_owned).collect(), ..self }
    }

    /// The same search for what has changed since a cookie.
    #[must_use]
    pub fn since(self, since: Option<Usn>) -> Self {
        Self { control: Some(SearchControl::Changes { since }), ..self }
    }

    /// The same search, staying open.
    #[must_use]
    pub fn watching(self) -> Self {
        Self { control: Some(SearchControl::Notification), ..self }
    }

    /// Whether an attribute is asked for by name.
    pub fn wants_by_name(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|one| one.eq_ignore_ascii_case(attribute))
    }

    /// Whether an attribute is asked for.
    pub fn wants(&self, attribute: &str) -> bool {
        self.wants_by_name(attribute)
            || self.attributes.is_empty() && !attribute.eq_ignore_ascii_case(SECURITY_DESCRIPTOR)
    }
}

/// How one who binds proves who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BindMechanism {
    /// A name and a password.
    Simple {
        /// The name: a user principal name or a distinguished name.
        name: String,
        /// The password.
        password: Secret,
    },
    /// A Kerberos ticket for the directory (SASL GSS-SPNEGO).
    Kerberos(ApRequest),
}

/// An answer of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LdapReply {
    /// Whether the directory takes the one who binds for whom they say.
    Bind {
        /// The result code; 0 is success.
        code: u32,
        /// More of it, for people.
        text: String,
    },
    /// What was found; for a search that stays open, that it is open.
    Search {
        /// The result code; 0 is success.
        code: u32,
        /// The entries, in the directory's order.
        entries: Vec<Entry>,
        /// The cookie for the next search for changes, where this was one.
        cookie: Option<Usn>,
    },
    /// An entry that has just changed, for a search that stays open.
    Changed(Entry),
    /// What came of adding, modifying or deleting.
    Written {
        /// The result code; 0 is success.
        code: u32,
        /// More of it, for people.
        text: String,
    },
}

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its distinguished name.
    pub dn: DistinguishedName,
    /// Whether it has been deleted; then nothing more is known of it.
    pub deleted: bool,
    /// What is known of it, as far as it was asked for and may be read.
    pub attributes: Attributes,
}

impl Entry {
    /// The first value of an attribute, where it is a text.
    pub fn first(&self, attribute: &str) -> Option<&str> {
        self.attributes.first(attribute)
    }
}

impl Message for LdapRequest {
    fn protocol(&self) -> &'static str {
        "LDAP"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Bind { mechanism: BindMechanism::Simple { name, .. } } => format!("bind as {name}").into(),
            Self::Bind { mechanism: BindMechanism::Kerberos(_) } => "bind with a Kerberos ticket".into(),
            Self::Search(search) => search.title().into(),
            Self::Add { dn, .. } => format!("add {}", short(dn)).into(),
            Self::Modify { dn, changes } => {
                let attributes: Vec<&str> = changes.iter().map(Modification::attribute).collect();
                format!("modify {} of {}", attributes.join(", "), short(dn)).into()
            }
            Self::Delete { dn, tree: false } => format!("delete {}", short(dn)).into(),
            Self::Delete { dn, tree: true } => format!("delete {} and everything below it", short(dn)).into(),
            Self::Unbind => "unbind".into(),
        }
    }

    fn details(&self) -> Vec<Detail> {
        match self {
            Self::Bind { mechanism: BindMechanism::Kerberos(shown) } => {
                vec![Detail::new("shows", shown.ticket.to_string())]
            }
            Self::Search(search) => vec![
                Detail::new("base", search.base.to_string()),
                Detail::new("attributes", search.attributes.join(", ")),
            ],
            Self::Add { attributes, .. } => attribute_details(attributes),
            Self::Modify { changes, .. } => changes.iter().map(modification_detail).collect(),
            Self::Bind { .. } | Self::Delete { .. } | Self::Unbind => Vec::new(),
        }
    }
}

impl Search {
    fn title(&self) -> String {
        let below = match self.scope {
            Scope::Base => return format!("{}read {}", self.manner(), short(&self.base)),
            Scope::OneLevel => "just below the base",
            Scope::Subtree => "",
        };
        let separator = if below.is_empty() { "" } else { " " };
        format!("{}search {below}{separator}for {}", self.manner(), self.filter)
    }

    fn manner(&self) -> &'static str {
        match self.control {
            None => "",
            Some(SearchControl::Notification) => "watch: ",
            Some(SearchControl::Changes { .. }) => "changes: ",
        }
    }
}

impl Message for LdapReply {
    fn protocol(&self) -> &'static str {
        "LDAP"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Bind { code: SUCCESS, .. } => "bound".into(),
            Self::Bind { code, text } => format!("bind refused, code {code}: {text}").into(),
            Self::Search { code: SUCCESS, entries, .. } => match entries.len() {
                0 => "nothing found".into(),
                1 => format!("found {}", short(&entries[0].dn)).into(),
                count => format!("found {count} entries").into(),
            },
            Self::Search { code, .. } => format!("search refused, code {code}").into(),
            Self::Changed(Entry { dn, deleted: false, .. }) => format!("changed: {}", short(dn)).into(),
            Self::Changed(Entry { dn, deleted: true, .. }) => format!("deleted: {}", short(dn)).into(),
            Self::Written { code: SUCCESS, .. } => "done".into(),
            Self::Written { code, text } => format!("refused, code {code}: {text}").into(),
        }
    }

    fn details(&self) -> Vec<Detail> {
        match self {
            Self::Search { entries, .. } => entries.iter().flat_map(entry_details).collect(),
            Self::Changed(entry) => entry_details(entry),
            Self::Bind { .. } | Self::Written { .. } => Vec::new(),
        }
    }
}

/// A name as a title has it: of one that stands deep in its tree, the beginning.
fn short(dn: &DistinguishedName) -> String {
    const DEEP: usize = 7;
    match dn.name() {
        Some(name) if dn.depth() >= DEEP => format!("CN={name},…"),
        _ => dn.to_string(),
    }
}

fn entry_details(entry: &Entry) -> Vec<Detail> {
    let mut details = vec![Detail::new("dn", entry.dn.to_string())];
    details.extend(attribute_details(&entry.attributes));
    details
}

fn attribute_details(attributes: &Attributes) -> Vec<Detail> {
    attributes.iter().map(|(name, values)| Detail::new(name.to_owned(), joined(values))).collect()
}

fn modification_detail(change: &Modification) -> Detail {
    let (verb, attribute, values) = match change {
        Modification::Add(attribute, values) => ("add to", attribute, values),
        Modification::Replace(attribute, values) => ("replace", attribute, values),
        Modification::Delete(attribute, values) => ("delete from", attribute, values),
    };
    Detail::new(format!("{verb} {attribute}"), joined(values))
}

fn joined(values: &[AttributeValue]) -> String {
    values.iter().map(AttributeValue::to_string).collect::<Vec<_>>().join("; ")
}
