//! The Edge Subscription file: what an Edge Transport server tells of itself, on removable media, to
//! the organization that is to subscribe it ("Understanding Edge Subscription Credentials", Edge
//! Subscription file contents).
//!
//! It is XML: a root element `EdgeSubscription` without a namespace, and in it one element for each row
//! of the document's table, in the table's order. The document shows no sample of the file, so three
//! things are our reading: the date is written as RFC 3339 in UTC, the duration in minutes, and the
//! certificate as its whole DER in base64. A reader passes over elements that it does not know.
//!
//! It is the only place where a password of EdgeSync stands in the clear.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::Event;

use crate::crypto::{Certificate, Secret};
use crate::name::{DnsName, NetbiosName};
use crate::time::{Span, VirtualTime};

/// The name of the root element.
const ROOT: &str = "EdgeSubscription";

/// The rows of the document's table, in its order.
const FIELDS: [&str; 11] = [
    "EdgeServerName",
    "EdgeServerFQDN",
    "EdgeCertificateBlob",
    "ESRAUsername",
    "ESRAPassword",
    "EffectiveDate",
    "Duration",
    "AdamSslPort",
    "ProductID",
    "VersionNumber",
    "SerialNumber",
];

/// The content of an Edge Subscription file.
///
/// ```
/// use forestsim::crypto::{CertificateRequest, PrivateKey, Secret, Usage, Validity, self_signed};
/// use forestsim::protocol::edge_subscription::EdgeSubscription;
/// use forestsim::time::Span;
///
/// let key = PrivateKey::derive(1, "edge-1");
/// let created = "2010-01-03T00:00:00Z".parse().unwrap();
/// let certificate = self_signed(&key, &CertificateRequest {
///     subject: "edge-1",
///     key: &key.public(),
///     dns_names: &["edge-1.contoso.example".into()],
///     email: None,
///     usage: Usage::Server,
///     validity: Validity { not_before: created, not_after: created + Span::days(365) },
///     crl_url: None,
/// }).unwrap();
/// let file = EdgeSubscription {
///     edge_server_name: "EDGE-1".into(),
///     edge_server_fqdn: "edge-1.contoso.example".into(),
///     certificate,
///     esra_username: "ESRA.EDGE-1".to_owned(),
///     esra_password: Secret::new("5 < 6 & \"so on\""),
///     effective: created,
///     duration: Span::minutes(1_440),
///     adam_ssl_port: 50_636,
///     product_id: "unlicensed".to_owned(),
///     version_number: "1".to_owned(),
///     serial_number: "Version 14.2".to_owned(),
/// };
/// assert_eq!(EdgeSubscription::from_xml(&file.to_xml()).unwrap(), file);
/// assert_eq!(file.expires().to_string(), "2010-01-04T00:00:00Z");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeSubscription {
    /// The edge's NetBIOS name, which becomes the name of the subscription.
    pub edge_server_name: NetbiosName,
    /// The name by which the hubs find the edge in DNS.
    pub edge_server_fqdn: DnsName,
    /// The edge's self-signed certificate, with the public key only.
    pub certificate: Certificate,
    /// The name of the bootstrap account: `ESRA.` and the edge's name.
    pub esra_username: String,
    /// Its password. In the file it stands in the clear.
    pub esra_password: Secret,
    /// When the file was made, by the edge's clock.
    pub effective: VirtualTime,
    /// For how long from then the bootstrap account is good; 1,440 minutes as a rule.
    pub duration: Span,
    /// The port of secure LDAP on the edge.
    pub adam_ssl_port: u16,
    /// What the edge is licensed as.
    pub product_id: String,
    /// The version of the file.
    pub version_number: String,
    /// The version of Exchange on the edge.
    pub serial_number: String,
}

/// Why a file is no Edge Subscription.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionFileError {
    /// The name does not end in `.xml`.
    #[error("the file is called `{0}`; an Edge Subscription file ends in .xml")]
    Extension(String),
    /// The text is not well-formed XML, or uses what no honest file needs.
    #[error("the file is not well-formed XML: {0}; copy it again from the edge")]
    NotWellFormed(String),
    /// It is XML, but something else.
    #[error("the file is a `{0}`, no EdgeSubscription; import the file that the edge wrote")]
    OtherRoot(String),
    /// A row of the table is not there.
    #[error("the file has no {0}; have the edge write it anew")]
    Missing(&'static str),
    /// A row of the table is there twice, so that two readers could take it differently.
    #[error("the file has two of {0}; have the edge write it anew")]
    Repeated(&'static str),
    /// A row that must say something says nothing.
    #[error("the {0} in the file is empty; have the edge write it anew")]
    Empty(&'static str),
    /// The blob is no certificate.
    #[error("the EdgeCertificateBlob is no X.509 certificate: {0}")]
    NotACertificate(String),
    /// The date is none.
    #[error("the EffectiveDate `{0}` is no time; it is written as 2010-01-03T09:00:00Z")]
    NotADate(String),
    /// The duration is none.
    #[error("the Duration `{0}` is no number of minutes from 1 to 525600")]
    NotADuration(String),
    /// The port is none.
    #[error("the AdamSslPort `{0}` is no port from 1 to 65535")]
    NotAPort(String),
}

impl EdgeSubscription {
    /// The first instant at which the bootstrap account is no longer good.
    pub fn expires(&self) -> VirtualTime {
        self.effective + self.duration
    }

    /// The file's text.
    pub fn to_xml(&self) -> String {
        let values = [
            self.edge_server_name.to_string(),
            self.edge_server_fqdn.to_string(),
            STANDARD.encode(self.certificate.to_der()),
            self.esra_username.clone(),
            self.esra_password.reveal().to_owned(),
            self.effective.to_string(),
            (self.duration.as_seconds() / 60).to_string(),
            self.adam_ssl_port.to_string(),
            self.product_id.clone(),
            self.version_number.clone(),
            self.serial_number.clone(),
        ];
        let mut text = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{ROOT}>\n");
        for (field, value) in FIELDS.iter().zip(values) {
            text.push_str(&format!("  <{field}>{}</{field}>\n", escape(value.as_str())));
        }
        text.push_str(&format!("</{ROOT}>\n"));
        text
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// Where it is not XML, not an Edge Subscription, or lacks something.
    pub fn from_xml(text: &str) -> Result<Self, SubscriptionFileError> {
        let rows = Rows::read(text)?;
        Ok(Self {
            edge_server_name: NetbiosName::new(rows.said("EdgeServerName")?),
            edge_server_fqdn: DnsName::new(rows.said("EdgeServerFQDN")?),
            certificate: certificate(rows.said("EdgeCertificateBlob")?)?,
            esra_username: rows.said("ESRAUsername")?.to_owned(),
            esra_password: Secret::new(rows.said("ESRAPassword")?),
            effective: date(rows.said("EffectiveDate")?)?,
            duration: duration(rows.said("Duration")?)?,
            adam_ssl_port: port(rows.said("AdamSslPort")?)?,
            product_id: rows.row("ProductID")?.to_owned(),
            version_number: rows.row("VersionNumber")?.to_owned(),
            serial_number: rows.row("SerialNumber")?.to_owned(),
        })
    }
}

impl fmt::Display for EdgeSubscription {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} at {}:{}, account {} until {}",
            self.edge_server_name,
            self.edge_server_fqdn,
            self.adam_ssl_port,
            self.esra_username,
            self.expires()
        )
    }
}

/// Checks the name of a file that is to be imported.
///
/// # Errors
/// Where it does not end in `.xml`.
pub fn check_file_name(name: &str) -> Result<(), SubscriptionFileError> {
    match name.to_ascii_lowercase().ends_with(".xml") {
        true => Ok(()),
        false => Err(SubscriptionFileError::Extension(name.to_owned())),
    }
}

/// The text of each row that a file has.
struct Rows([Option<String>; FIELDS.len()]);

impl Rows {
    fn read(text: &str) -> Result<Self, SubscriptionFileError> {
        let not_well_formed = |why: String| SubscriptionFileError::NotWellFormed(why);
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        let mut rows = Self(Default::default());
        let mut depth = 0_usize;
        let mut row: Option<usize> = None;
        let mut seen_root = false;
        loop {
            let event = reader.read_event().map_err(|why| not_well_formed(why.to_string()))?;
            match event {
                Event::Start(start) => {
                    let name = start.name().into_inner().to_owned();
                    match depth {
                        0 if seen_root => return Err(not_well_formed("a second root element".to_owned())),
                        0 if name != ROOT => return Err(SubscriptionFileError::OtherRoot(name)),
                        0 => seen_root = true,
                        1 => row = rows.begin(&name)?,
                        _ => {}
                    }
                    depth += 1;
                }
                Event::Empty(start) => {
                    let name = start.name().into_inner().to_owned();
                    match depth {
                        0 if name == ROOT && !seen_root => seen_root = true,
                        0 => return Err(SubscriptionFileError::OtherRoot(name)),
                        1 => {
                            rows.begin(&name)?;
                        }
                        _ => {}
                    }
                }
                Event::End(_) => {
                    depth -= 1;
                    if depth == 1 {
                        row = None;
                    }
                }
                Event::Text(text) => rows.add(depth, row, &text.into_inner())?,
                Event::GeneralRef(reference) => {
                    let written = format!("&{};", reference.into_inner());
                    let character = unescape(&written).map_err(|why| not_well_formed(why.to_string()))?;
                    rows.add(depth, row, &character)?;
                }
                Event::CData(text) => rows.add(depth, row, &text.into_inner())?,
                Event::DocType(_) => return Err(not_well_formed("it declares a document type".to_owned())),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::Eof if depth > 0 => return Err(not_well_formed("it ends too early".to_owned())),
                Event::Eof if !seen_root => return Err(not_well_formed("there is no element".to_owned())),
                Event::Eof => return Ok(rows),
            }
        }
    }

    /// The place of a row that begins; none for an element that no table has.
    fn begin(&mut self, name: &str) -> Result<Option<usize>, SubscriptionFileError> {
        let Some(index) = FIELDS.iter().position(|field| *field == name) else { return Ok(None) };
        if self.0[index].replace(String::new()).is_some() {
            return Err(SubscriptionFileError::Repeated(FIELDS[index]));
        }
        Ok(Some(index))
    }

    fn add(&mut self, depth: usize, row: Option<usize>, text: &str) -> Result<(), SubscriptionFileError> {
        match row {
            Some(index) if depth == 2 => self.0[index].get_or_insert_default().push_str(text),
            None if depth == 0 && !text.trim().is_empty() => {
                let why = "text outside of all elements".to_owned();
                return Err(SubscriptionFileError::NotWellFormed(why));
            }
            _ => {}
        }
        Ok(())
    }

    /// What stands in a row, which must be there.
    fn row(&self, field: &'static str) -> Result<&str, SubscriptionFileError> {
        let index = FIELDS.iter().position(|one| *one == field);
        let text = index.and_then(|index| self.0[index].as_deref());
        text.map(str::trim).ok_or(SubscriptionFileError::Missing(field))
    }

    /// What stands in a row, which must say something.
    fn said(&self, field: &'static str) -> Result<&str, SubscriptionFileError> {
        match self.row(field)? {
            "" => Err(SubscriptionFileError::Empty(field)),
            text => Ok(text),
        }
    }
}

fn certificate(blob: &str) -> Result<Certificate, SubscriptionFileError> {
    let packed: String = blob.split_ascii_whitespace().collect();
    let not_one = |why: String| SubscriptionFileError::NotACertificate(why);
    let der = STANDARD.decode(packed).map_err(|why| not_one(why.to_string()))?;
    let certificate = Certificate::from_der(der).map_err(|why| not_one(why.to_string()))?;
    certificate.public_key().map_err(|why| not_one(why.to_string()))?;
    Ok(certificate)
}

fn date(text: &str) -> Result<VirtualTime, SubscriptionFileError> {
    text.parse().map_err(|_| SubscriptionFileError::NotADate(text.to_owned()))
}

fn duration(text: &str) -> Result<Span, SubscriptionFileError> {
    let minutes = text.parse::<i64>().ok().filter(|minutes| (1..=525_600).contains(minutes));
    minutes.map(Span::minutes).ok_or_else(|| SubscriptionFileError::NotADuration(text.to_owned()))
}

fn port(text: &str) -> Result<u16, SubscriptionFileError> {
    let port = text.parse::<u16>().ok().filter(|port| *port > 0);
    port.ok_or_else(|| SubscriptionFileError::NotAPort(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file as an edge writes it, with one row changed by `edit`.
    fn edited(edit: impl Fn(&str) -> String) -> Result<EdgeSubscription, SubscriptionFileError> {
        let key = crate::crypto::PrivateKey::derive(1, "edge");
        let created: VirtualTime = "2010-01-03T00:00:00Z".parse().unwrap();
        let request = crate::crypto::CertificateRequest {
            subject: "edge",
            key: &key.public(),
            dns_names: &[],
            email: None,
            usage: crate::crypto::Usage::Server,
            validity: crate::crypto::Validity { not_before: created, not_after: created + Span::days(1) },
            crl_url: None,
        };
        let file = EdgeSubscription {
            edge_server_name: "EDGE".into(),
            edge_server_fqdn: "edge.contoso.example".into(),
            certificate: crate::crypto::self_signed(&key, &request).unwrap(),
            esra_username: "ESRA.EDGE".to_owned(),
            esra_password: Secret::new("a<b&c>"),
            effective: created,
            duration: Span::days(1),
            adam_ssl_port: 50_636,
            product_id: String::new(),
            version_number: "1".to_owned(),
            serial_number: "14.2".to_owned(),
        };
        EdgeSubscription::from_xml(&edit(&file.to_xml()))
    }

    #[test]
    fn each_defect_of_a_file_has_its_own_error() {
        use SubscriptionFileError as E;
        let replaced = |from: &'static str, to: &'static str| {
            edited(move |xml| {
                assert!(xml.contains(from), "{from} stands in the file");
                xml.replace(from, to)
            })
        };
        assert!(replaced("<ProductID>", "<ProductID>").is_ok());
        assert!(replaced("</EdgeSubscription>", "<More><a/></More></EdgeSubscription>").is_ok());
        assert!(matches!(replaced("</ESRAPassword>", ""), Err(E::NotWellFormed(_))));
        assert!(matches!(replaced("<?xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><?xml"), Err(E::NotWellFormed(_))));
        assert_eq!(edited(|_| "<Envelope/>".to_owned()), Err(E::OtherRoot("Envelope".to_owned())));
        assert!(matches!(edited(|_| String::new()), Err(E::NotWellFormed(_))));
        assert_eq!(replaced("AdamSslPort", "AdamPort"), Err(E::Missing("AdamSslPort")));
        assert_eq!(replaced("VersionNumber", "ProductID"), Err(E::Repeated("ProductID")));
        assert_eq!(replaced(">ESRA.EDGE<", "> <"), Err(E::Empty("ESRAUsername")));
        assert!(matches!(
            replaced("<EdgeCertificateBlob>", "<EdgeCertificateBlob>AAAA"),
            Err(E::NotACertificate(_))
        ));
        assert_eq!(replaced("2010-01-03T00:00:00Z", "soon"), Err(E::NotADate("soon".to_owned())));
        assert_eq!(replaced(">1440<", ">-5<"), Err(E::NotADuration("-5".to_owned())));
        assert_eq!(replaced(">50636<", ">0<"), Err(E::NotAPort("0".to_owned())));
        assert_eq!(check_file_name("edge.txt"), Err(E::Extension("edge.txt".to_owned())));
        assert_eq!(check_file_name("EDGE.XML"), Ok(()));
    }
}
