//! The authentication cookie of AD FS, `_WebSsoAuth` (domain page §3.1, §3.6, recovered from the
//! published trace): all that a federation server remembers of anyone, kept by their browser.
//!
//! A cookie is a signed assertion and, at federation servers, a [`Trailer`] that is not signed but
//! whose hash the assertion holds. Real servers deflate it; here it is plain, as deflated bytes differ
//! between builds of zlib. A proxy handles it as bytes ([`split`], [`join`]).

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::cookie::SetCookie;
use super::saml::{Advice, Claim, PackedSids, UniqueId};
use super::uri::{self, AuthenticationMethod};
use crate::crypto::digest::sha1;
use crate::directory::Sid;
use crate::time::VirtualTime;

/// The name of the cookie, and of its first part.
pub const NAME: &str = "_WebSsoAuth";
/// The cookie by which a browser remembers its account partner: the partner's URI, unsigned.
pub const REALM_COOKIE: &str = "_LSRealm";

/// The characters in each part of a cookie but the last.
const PART: usize = 2000;
/// Parts beyond this are not looked for.
const MOST_PARTS: usize = 50;
const END_OF_ASSERTION: &str = "</saml:Assertion>";

/// What an authentication cookie holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticationCookie {
    /// The signed assertion, as XML.
    pub assertion: String,
    /// What a federation server needs to issue further tokens; a Web agent's cookie has none.
    pub trailer: Option<Trailer>,
}

/// The unsigned part of a federation server's cookie: the person as that server knows them, before
/// any claim is mapped for a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// The id of the session.
    pub session: UniqueId,
    /// Where the claims come from: a partner's realm or an account store.
    pub claim_source: String,
    /// `CORP\sally`, where the Windows trust is used.
    pub windows_user_name: Option<String>,
    /// The person's SID, where the Windows trust is used.
    pub windows_user_identifier: Option<Sid>,
    /// The person's SIDs and their groups', where the Windows trust is used. The trace has the field
    /// empty; that this is what belongs there is an inference.
    pub windows_identifiers: Option<PackedSids>,
    /// How the person has proved who they are.
    pub method: AuthenticationMethod,
    /// When, in whole seconds.
    pub authenticated: VirtualTime,
    /// The organization claims. How custom claims are written is an inference: the trace has none.
    pub claims: Vec<Claim>,
}

/// Why something is not an authentication cookie.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CookieError {
    /// The parts together are not base64.
    #[error("the authentication cookie is not base64: {0}; sign in again")]
    Base64(String),
    /// The content is not text.
    #[error("the authentication cookie is not text; sign in again")]
    Text,
    /// The content does not begin with an assertion.
    #[error("the authentication cookie holds no assertion; sign in again")]
    NoAssertion,
    /// The trailer is not of its form.
    #[error("the trailer of the authentication cookie has no {0} where one should be; sign in again")]
    Trailer(&'static str),
}

impl AuthenticationCookie {
    /// The content as bytes: a logon accelerator token.
    pub fn to_bytes(&self) -> Vec<u8> {
        let trailer = self.trailer.iter().map(Trailer::to_string);
        std::iter::once(self.assertion.clone()).chain(trailer).collect::<String>().into_bytes()
    }

    /// The content in these bytes. Neither the assertion nor what binds the trailer to it is checked.
    ///
    /// # Errors
    /// Where they are not an assertion, followed by nothing or by a trailer.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CookieError> {
        let text = std::str::from_utf8(bytes).map_err(|_| CookieError::Text)?;
        // An assertion escapes `<`, so its end tag stands at its end only.
        let (assertion, trailer) = text.split_once(END_OF_ASSERTION).ok_or(CookieError::NoAssertion)?;
        let trailer = (!trailer.is_empty()).then(|| trailer.parse()).transpose()?;
        Ok(Self { assertion: format!("{assertion}{END_OF_ASSERTION}"), trailer })
    }
}

impl Trailer {
    /// What CookieInfoHash holds for this trailer.
    pub fn hash(&self) -> String {
        let utf16: Vec<u8> = self.to_string().encode_utf16().flat_map(u16::to_le_bytes).collect();
        STANDARD.encode(sha1(&utf16))
    }

    /// Whether this is the trailer that was issued with the assertion that has this Advice.
    pub fn belongs_to(&self, advice: &Advice) -> bool {
        advice.cookie_info_hash.as_deref() == Some(&self.hash())
    }
}

/// The fields, separated by NUL.
impl fmt::Display for Trailer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.authenticated.whole_second().to_string();
        let mut fields = vec![
            "1".to_owned(),
            self.session.to_string(),
            String::new(),
            self.claim_source.clone(),
            self.windows_user_name.clone().unwrap_or_default(),
            self.windows_user_identifier.map(|sid| sid.to_string()).unwrap_or_default(),
            self.windows_identifiers.as_ref().map(PackedSids::to_base64).unwrap_or_default(),
            "1".to_owned(),
            self.method.uri().to_owned(),
            time.trim_end_matches('Z').to_owned(),
            self.claims.len().to_string(),
        ];
        for claim in &self.claims {
            match LETTERS.iter().find(|(name, _)| *name == claim.name) {
                Some((_, letter)) => fields.push((*letter).to_owned()),
                None => fields.extend([CUSTOM.to_owned(), claim.name.clone()]),
            }
            fields.push(claim.value.clone());
        }
        // A NUL inside a name would begin a field, and could forge a claim.
        let fields: Vec<String> = fields.into_iter().map(|field| field.replace('\0', "\u{fffd}")).collect();
        formatter.write_str(&fields.join("\0"))
    }
}

const LETTERS: [(&str, &str); 4] =
    [(uri::UPN, "A"), (uri::EMAIL, "B"), (uri::COMMON_NAME, "C"), (uri::GROUP, "D")];
const CUSTOM: &str = "E";

impl FromStr for Trailer {
    type Err = CookieError;
    fn from_str(text: &str) -> Result<Self, CookieError> {
        let mut fields = text.split('\0');
        let mut next = |what| fields.next().ok_or(CookieError::Trailer(what));
        let wrong = CookieError::Trailer;
        let constant =
            |found: &str, expected, what| if found == expected { Ok(()) } else { Err(wrong(what)) };

        constant(next("version")?, "1", "version")?;
        let session = next("session")?.parse().map_err(|_| wrong("session"))?;
        constant(next("empty field")?, "", "empty field")?;
        let claim_source = next("claim source")?.to_owned();
        let windows_user_name = some(next("user name")?).map(str::to_owned);
        let user = some(next("user SID")?).map(str::parse).transpose();
        let sids = some(next("SIDs")?).map(PackedSids::from_base64).transpose();
        constant(next("count of methods")?, "1", "count of methods")?;
        let method = AuthenticationMethod::from_uri(next("method")?).ok_or(wrong("method"))?;
        let time = format!("{}Z", next("time")?).parse().map_err(|_| wrong("time"))?;
        let count: usize = next("count of claims")?.parse().map_err(|_| wrong("count of claims"))?;
        let mut claims = Vec::new();
        for _ in 0..count {
            let letter = next("claim")?;
            let name = match LETTERS.iter().find(|(_, known)| *known == letter) {
                Some((name, _)) => name,
                None if letter == CUSTOM => next("claim name")?,
                None => return Err(wrong("claim")),
            };
            claims.push(Claim::new(name, next("claim value")?));
        }
        let trailer = Self {
            session,
            claim_source,
            windows_user_name,
            windows_user_identifier: user.map_err(|_| wrong("user SID"))?,
            windows_identifiers: sids.map_err(|_| wrong("SIDs"))?,
            method,
            authenticated: time,
            claims,
        };
        if fields.next().is_some() { Err(wrong("end")) } else { Ok(trailer) }
    }
}

fn some(field: &str) -> Option<&str> {
    (!field.is_empty()).then_some(field)
}

/// The cookies that keep these bytes in a browser: parts of 2,000 characters. The first shorter one
/// is the last, so that a longer cookie of old leaves nothing behind that counts.
///
/// ```
/// use forestsim::protocol::authentication_cookie::{join, split};
/// let cookies = split(&[7; 4000], "/adfs/ls/");
/// let names: Vec<&str> = cookies.iter().map(|cookie| cookie.name.as_str()).collect();
/// assert_eq!(names, ["_WebSsoAuth", "_WebSsoAuth0", "_WebSsoAuth1"]);
/// let sent: Vec<_> = cookies.into_iter().map(|cookie| (cookie.name, cookie.value)).collect();
/// assert_eq!(join(&sent).unwrap().unwrap(), [7; 4000]);
/// ```
pub fn split(bytes: &[u8], path: &str) -> Vec<SetCookie> {
    let text = STANDARD.encode(bytes);
    (0..=text.len() / PART)
        .map(|index| {
            let part = &text[index * PART..text.len().min((index + 1) * PART)];
            SetCookie::session(part_name(index), part, path)
        })
        .collect()
}

/// The bytes in the cookies of a request; none where it has no authentication cookie.
///
/// # Errors
/// Where the parts together are not base64.
pub fn join(cookies: &[(String, String)]) -> Option<Result<Vec<u8>, CookieError>> {
    let mut text = String::new();
    for index in 0..MOST_PARTS {
        let name = part_name(index);
        match cookies.iter().find(|(key, _)| *key == name) {
            Some((_, part)) => {
                text.push_str(part);
                if part.len() < PART {
                    break;
                }
            }
            None if index == 0 => return None,
            None => break,
        }
    }
    Some(STANDARD.decode(text).map_err(|why| CookieError::Base64(why.to_string())))
}

/// What removes every part of an authentication cookie that a request has shown.
pub fn removal(cookies: &[(String, String)], path: &str) -> Vec<SetCookie> {
    let parts: Vec<String> = (0..MOST_PARTS).map(part_name).collect();
    let shown = cookies.iter().filter(|(name, _)| parts.contains(name));
    shown.map(|(name, _)| SetCookie::deletion(name, path)).collect()
}

fn part_name(index: usize) -> String {
    match index.checked_sub(1) {
        None => NAME.to_owned(),
        Some(number) => format!("{NAME}{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trailer() -> Trailer {
        Trailer {
            session: "_00000000-0000-4000-8000-000000000007".parse().unwrap(),
            claim_source: uri::ACTIVE_DIRECTORY.to_owned(),
            windows_user_name: Some(r"CORP\sally".to_owned()),
            windows_user_identifier: "S-1-5-21-1-2-3-1104".parse().ok(),
            windows_identifiers: None,
            method: AuthenticationMethod::Certificate,
            authenticated: "2008-03-03T12:00:00Z".parse().unwrap(),
            claims: vec![
                Claim::new(uri::UPN, "sally@corp.example"),
                Claim::new(uri::COMMON_NAME, "Sölly"),
                Claim::group("Purchasers"),
                Claim::new("Cost", "7"),
            ],
        }
    }

    #[test]
    fn a_trailer_is_written_hashed_and_read_as_in_the_trace() {
        let text = "1|_00000000-0000-4000-8000-000000000007||urn:federation:activedirectory|CORP\\sally|\
                    S-1-5-21-1-2-3-1104||1|urn:ietf:rfc:2246|2008-03-03T12:00:00|4|A|sally@corp.example|\
                    C|Sölly|D|Purchasers|E|Cost|7";
        assert_eq!(trailer().to_string().replace('\0', "|"), text);
        assert_eq!(trailer().to_string().parse(), Ok(trailer()));
        // Computed apart: base64(SHA1(UTF-16LE(trailer))).
        assert_eq!(trailer().hash(), "/xeFEfLT70nwXSkWKh3+pd3/zyc=");

        let own = Advice { cookie_info_hash: Some(trailer().hash()), ..Advice::default() };
        let richer = Trailer { claims: vec![Claim::group("Owners")], ..trailer() };
        assert!(trailer().belongs_to(&own) && !richer.belongs_to(&own));
        assert!(!trailer().belongs_to(&Advice::default()));
    }

    #[test]
    fn no_name_can_forge_a_claim_and_no_cut_trailer_is_read() {
        let mut forger = trailer();
        forger.claims = vec![Claim::new(uri::COMMON_NAME, "x\0D\0Owners")];
        let read: Trailer = forger.to_string().parse().unwrap();
        assert_eq!(read.claims, [Claim::new(uri::COMMON_NAME, "x\u{fffd}D\u{fffd}Owners")]);

        let text = trailer().to_string();
        for cut in text.match_indices('\0').map(|(at, _)| at) {
            assert!(text[..cut].parse::<Trailer>().is_err(), "cut at {cut}");
        }
        assert_eq!(format!("{text}\0").parse::<Trailer>(), Err(CookieError::Trailer("end")));
    }

    #[test]
    fn content_survives_the_browser_beside_the_rest_of_a_longer_cookie() {
        let cookie =
            AuthenticationCookie { assertion: format!("<a>ü{END_OF_ASSERTION}"), trailer: Some(trailer()) };
        let bare = AuthenticationCookie { trailer: None, ..cookie.clone() };
        for cookie in [cookie, bare] {
            assert_eq!(AuthenticationCookie::from_bytes(&cookie.to_bytes()), Ok(cookie));
        }
        assert_eq!(AuthenticationCookie::from_bytes(b"<a>"), Err(CookieError::NoAssertion));

        // 1,500 bytes are 2,000 characters: exactly one part, and the empty one that ends it.
        for length in [0, 1, 1499, 1500, 1501, 3000, 4001] {
            let bytes: Vec<u8> = (0..length).map(|index| u8::try_from(index % 251).unwrap()).collect();
            let mut kept: Vec<(String, String)> =
                split(&[0; 6000], "/").into_iter().map(|cookie| (cookie.name, cookie.value)).collect();
            for part in split(&bytes, "/") {
                kept.retain(|(name, _)| *name != part.name);
                kept.push((part.name, part.value));
            }
            assert_eq!(join(&kept), Some(Ok(bytes)), "{length} bytes");
            assert_eq!(removal(&kept, "/").len(), kept.len());
        }
        assert_eq!(join(&[]), None);
    }
}
