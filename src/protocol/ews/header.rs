//! In whose name a request is made: nobody else's, or by one of three headers (domain page A1, A6).
//!
//! ExchangeImpersonation names an account and is for applications. ProxySecurityContext and
//! SerializedSecurityContext hold another account's token and are for Exchange servers. A further
//! header marks what one Client Access server asks another of free and busy times.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::code::ResponseCode;
use super::envelope::ReadError;
use super::node::{Node, Space};
use crate::directory::Sid;
use crate::protocol::wire;

/// The element that marks a request of another Client Access server for free and busy times.
const PROXY_REQUEST: &str = "ProxyRequestTypeHeader";

/// The version that a client asks to be spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ServerVersion {
    /// Exchange Server 2007.
    Exchange2007,
    /// Exchange Server 2007 with Service Pack 1, which has folder permissions and proxying.
    #[serde(rename = "Exchange2007_SP1")]
    Exchange2007Sp1,
}

/// What a request for free and busy times is, where a Client Access server and not a person sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProxyRequestType {
    /// It comes from another site of the forest.
    CrossSite,
    /// It comes from another forest.
    CrossForest,
}

/// How an account is named in an ExchangeImpersonation header.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConnectingId {
    /// By its user principal name.
    PrincipalName(String),
    /// By its security identifier.
    Sid(String),
    /// By the primary e-mail address of its mailbox.
    PrimarySmtpAddress(String),
}

/// The token of someone for whom one Client Access server speaks to another. For others the header
/// is opaque.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxySecurityContext {
    /// Who acts.
    pub user: Sid,
    /// The groups of the token.
    pub groups: Vec<Sid>,
    /// The name under which the act is logged.
    pub name: String,
}

/// A way to act for someone else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessMode {
    /// The names in a ConnectingSID: one, if it is as it should be.
    ExchangeImpersonation(Vec<ConnectingId>),
    /// A token, written out.
    SerializedSecurityContext {
        /// Who acts.
        user: String,
        /// The groups of the token.
        groups: Vec<String>,
    },
    /// A token, as one Client Access server gives it to another.
    ProxySecurityContext(ProxySecurityContext),
}

/// The header of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version to speak in.
    pub version: ServerVersion,
    /// The ways to act for someone else: at most one, if it is as it should be.
    pub access: Vec<AccessMode>,
    /// Set where another Client Access server asks for free and busy times.
    pub proxy_request: Option<ProxyRequestType>,
}

impl Default for Header {
    fn default() -> Self {
        Self { version: ServerVersion::Exchange2007Sp1, access: Vec::new(), proxy_request: None }
    }
}

impl ConnectingId {
    /// The name itself.
    pub fn value(&self) -> &str {
        match self {
            Self::PrincipalName(value) | Self::Sid(value) | Self::PrimarySmtpAddress(value) => value,
        }
    }

    /// What it is called in the header.
    pub fn element(&self) -> &'static str {
        match self {
            Self::PrincipalName(_) => "PrincipalName",
            Self::Sid(_) => "SID",
            Self::PrimarySmtpAddress(_) => "PrimarySmtpAddress",
        }
    }
}

impl Header {
    /// The header of a request in the name of this account.
    pub fn impersonating(id: ConnectingId) -> Self {
        Self { access: vec![AccessMode::ExchangeImpersonation(vec![id])], ..Self::default() }
    }

    /// The one way to act for someone else; none where the caller acts for itself.
    ///
    /// # Errors
    /// Where there is more than one.
    pub fn access_mode(&self) -> Result<Option<&AccessMode>, ResponseCode> {
        match self.access.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(only)),
            _ => Err(ResponseCode::ErrorMoreThanOneAccessModeSpecified),
        }
    }

    /// The one account that an ExchangeImpersonation header names. A lenient reader takes the first of
    /// SID, user principal name and address where there are several, as some clients send all three.
    ///
    /// # Errors
    /// Where it names none, or several and the reader is strict, or an empty one.
    ///
    /// ```
    /// use forestsim::protocol::ews::{ConnectingId, Header, ResponseCode};
    /// let both = [ConnectingId::PrincipalName("a@b.example".into()), ConnectingId::Sid("S-1-5-21-1-2-3-4".into())];
    /// let strict = Header::connecting_id(&both, false);
    /// assert_eq!(strict, Err(ResponseCode::ErrorInvalidExchangeImpersonationHeaderData));
    /// assert_eq!(Header::connecting_id(&both, true), Ok(&both[1]));
    /// ```
    pub fn connecting_id(ids: &[ConnectingId], lenient: bool) -> Result<&ConnectingId, ResponseCode> {
        let rank = |id: &&ConnectingId| match id {
            ConnectingId::Sid(_) => 0,
            ConnectingId::PrincipalName(_) => 1,
            ConnectingId::PrimarySmtpAddress(_) => 2,
        };
        let one = if ids.len() == 1 || lenient { ids.iter().min_by_key(rank) } else { None };
        one.filter(|id| !id.value().trim().is_empty())
            .ok_or(ResponseCode::ErrorInvalidExchangeImpersonationHeaderData)
    }

    pub(super) fn write(&self) -> Node {
        let version = match self.version {
            ServerVersion::Exchange2007 => "Exchange2007",
            ServerVersion::Exchange2007Sp1 => "Exchange2007_SP1",
        };
        Node::new(Space::Soap, "Header")
            .with(Node::t("RequestServerVersion").attribute("Version", version))
            .with_all(self.access.iter().map(write_mode))
            .with_all(self.proxy_request.map(|kind| Node::t(PROXY_REQUEST).text(kind.as_str())))
    }

    pub(super) fn read(node: &Node) -> Result<Self, ReadError> {
        let version = match node.child("RequestServerVersion").and_then(|node| node.value("Version")) {
            Some("Exchange2007") => ServerVersion::Exchange2007,
            // Later clients name later versions; they are answered in the newest that there is.
            _ => ServerVersion::Exchange2007Sp1,
        };
        let (mut access, mut proxy_request) = (Vec::new(), None);
        for node in node.children.iter().filter(|node| node.space == Space::Types) {
            match node.name.as_str() {
                "ExchangeImpersonation" => access.push(read_impersonation(node)),
                "SerializedSecurityContext" => access.push(read_serialized(node)),
                "ProxySecurityContext" => access.push(read_proxy(node)?),
                PROXY_REQUEST => proxy_request = Some(read_proxy_request(node)?),
                _ => {}
            }
        }
        Ok(Self { version, access, proxy_request })
    }
}

impl ProxyRequestType {
    fn as_str(self) -> &'static str {
        match self {
            Self::CrossSite => "CrossSite",
            Self::CrossForest => "CrossForest",
        }
    }
}

fn read_proxy_request(node: &Node) -> Result<ProxyRequestType, ReadError> {
    let kinds = [ProxyRequestType::CrossSite, ProxyRequestType::CrossForest];
    let kind = kinds.into_iter().find(|kind| kind.as_str() == node.text);
    kind.ok_or_else(|| node.wrong("is of a kind that is not known"))
}

fn write_mode(mode: &AccessMode) -> Node {
    match mode {
        AccessMode::ExchangeImpersonation(ids) => {
            let id = |id: &ConnectingId| Node::t(id.element()).text(id.value());
            let sid = Node::t("ConnectingSID").with_all(ids.iter().map(id));
            Node::t("ExchangeImpersonation").with(sid)
        }
        AccessMode::SerializedSecurityContext { user, groups } => {
            let group = |sid: &String| {
                let identifier = Node::t("SecurityIdentifier").text(sid);
                Node::t("GroupIdentifier").attribute("Attributes", "7").with(identifier)
            };
            Node::t("SerializedSecurityContext")
                .with(Node::t("UserSid").text(user))
                .with(Node::t("GroupSids").with_all(groups.iter().map(group)))
        }
        AccessMode::ProxySecurityContext(context) => {
            Node::t("ProxySecurityContext").text(STANDARD.encode(wire::encode(context)))
        }
    }
}

fn read_impersonation(node: &Node) -> AccessMode {
    let named = node.child("ConnectingSID").map(|sid| sid.children.as_slice()).unwrap_or_default();
    let id = |node: &Node| match node.name.as_str() {
        "PrincipalName" => Some(ConnectingId::PrincipalName(node.text.clone())),
        "SID" => Some(ConnectingId::Sid(node.text.clone())),
        "PrimarySmtpAddress" | "SmtpAddress" => Some(ConnectingId::PrimarySmtpAddress(node.text.clone())),
        _ => None,
    };
    AccessMode::ExchangeImpersonation(named.iter().filter_map(id).collect())
}

fn read_serialized(node: &Node) -> AccessMode {
    let groups = node.child("GroupSids").map(|sids| sids.children.as_slice()).unwrap_or_default();
    AccessMode::SerializedSecurityContext {
        user: node.child_text("UserSid").unwrap_or_default().to_owned(),
        groups: groups
            .iter()
            .filter_map(|group| group.child_text("SecurityIdentifier").map(str::to_owned))
            .collect(),
    }
}

fn read_proxy(node: &Node) -> Result<AccessMode, ReadError> {
    let unreadable =
        || ReadError::new(ResponseCode::ErrorInvalidSerializedAccessToken, "the proxy header cannot be read");
    let bytes = STANDARD.decode(&node.text).map_err(|_| unreadable())?;
    let context = wire::decode(&bytes).map_err(|_| unreadable())?;
    Ok(AccessMode::ProxySecurityContext(context))
}
