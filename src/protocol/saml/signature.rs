//! Signing assertions, and checking the two sums that a signature consists of.
//!
//! The signature is enveloped, over exclusive canonical XML (<https://www.w3.org/TR/xmldsig-core/>):
//! the digest of the assertion without its signature stands in SignedInfo, and SignedInfo is what is
//! signed. AD FS 1.x used RSA with SHA-1; forestsim signs with ECDSA P-256 and SHA-256, and so must
//! those it reads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::assertion::{Assertion, UnwritableAssertion};
use super::markup::Markup;
use super::read;
use super::shape::TokenShapeError;
use super::tree::{self, Element};
use crate::crypto::certificate::Certificate;
use crate::crypto::digest::sha256;
use crate::crypto::key::{PrivateKey, Signature};
use crate::protocol::uri;

/// An assertion that came with a signature of the right shape. Whether digest and signature fit, and
/// whether the signer is to be trusted, is still to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAssertion {
    assertion: Assertion,
    seal: Seal,
}

/// The signature's variable parts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seal {
    digest: [u8; 32],
    signature: Signature,
    signer: Certificate,
}

/// Why a signature does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenSignatureError {
    /// The assertion was altered after it was signed.
    #[error("the assertion does not have the digest that was signed: it was altered after it was signed")]
    Digest,
    /// The signature is not by the key of the certificate beside it.
    #[error("the signature is not by the key of the certificate that the token shows")]
    Signature,
    /// The certificate's key is not one that signs tokens here.
    #[error("the certificate that the token shows holds no P-256 key")]
    Key,
}

/// Signs an assertion and writes the token. `certificate` is what receivers know the key by.
///
/// # Errors
/// Where a text of the assertion cannot stand in XML, or a name is given twice.
///
/// ```
/// # use forestsim::crypto::{certificate::Certificate, key::PrivateKey};
/// # use forestsim::protocol::saml::{self, Assertion, SignedAssertion};
/// # fn example(assertion: Assertion, key: &PrivateKey, certificate: &Certificate) {
/// let token = saml::sign(&assertion, key, certificate).unwrap();
/// let received = SignedAssertion::read(&token).unwrap();
/// assert_eq!(received.verify(), Ok(()));
/// assert_eq!((received.assertion(), received.signer()), (&assertion, certificate));
/// # }
/// ```
pub fn sign(
    assertion: &Assertion,
    key: &PrivateKey,
    certificate: &Certificate,
) -> Result<String, UnwritableAssertion> {
    assertion.check_writable()?;
    let canonical = assertion.to_canonical_xml();
    let digest = sha256(canonical.as_bytes());
    let signature = key.sign(signed_info(assertion, &digest, true).as_bytes());
    Ok(envelop(&canonical, assertion, &Seal { digest, signature, signer: certificate.clone() }))
}

impl SignedAssertion {
    /// Reads a token: one assertion of the fixed shape, with its signature last.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn read(xml: &str) -> Result<Self, TokenShapeError> {
        Self::from_element(&tree::parse(xml)?)
    }

    pub(super) fn from_element(element: &Element) -> Result<Self, TokenShapeError> {
        let (assertion, signature) = read::assertion(element)?;
        let seal = read_seal(signature, &assertion)?;
        Ok(Self { assertion, seal })
    }

    /// The assertion: the very value whose bytes [`SignedAssertion::verify`] checks.
    pub fn assertion(&self) -> &Assertion {
        &self.assertion
    }

    /// The assertion, for keeping.
    pub fn into_assertion(self) -> Assertion {
        self.assertion
    }

    /// The certificate that the token shows for its signer. Anyone can show any: whether it may sign
    /// for the assertion's issuer is for the receiver to say.
    pub fn signer(&self) -> &Certificate {
        &self.seal.signer
    }

    /// Checks digest and signature.
    ///
    /// # Errors
    /// Where either does not fit.
    pub fn verify(&self) -> Result<(), TokenSignatureError> {
        self.check_digest()?;
        self.check_signature()
    }

    /// Checks that the assertion is the one that was signed.
    ///
    /// # Errors
    /// [`TokenSignatureError::Digest`] where it was altered.
    pub fn check_digest(&self) -> Result<(), TokenSignatureError> {
        let digest = sha256(self.assertion.to_canonical_xml().as_bytes());
        if digest == self.seal.digest { Ok(()) } else { Err(TokenSignatureError::Digest) }
    }

    /// Checks that the key of [`SignedAssertion::signer`] signed the digest.
    ///
    /// # Errors
    /// Where another key did, or the certificate holds no key that could.
    pub fn check_signature(&self) -> Result<(), TokenSignatureError> {
        let key = self.seal.signer.public_key().map_err(|_| TokenSignatureError::Key)?;
        let signed = signed_info(&self.assertion, &self.seal.digest, true);
        key.verify(signed.as_bytes(), &self.seal.signature).map_err(|_| TokenSignatureError::Signature)
    }

    /// The token as its issuer wrote it.
    pub fn to_xml(&self) -> String {
        envelop(&self.assertion.to_canonical_xml(), &self.assertion, &self.seal)
    }
}

/// The assertion with its signature as the last child.
fn envelop(canonical: &str, assertion: &Assertion, seal: &Seal) -> String {
    const END: &str = "</saml:Assertion>";
    let mut xml = Markup::new();
    xml.raw(canonical.strip_suffix(END).expect("an assertion ends with its end tag"))
        .start("Signature", &[("xmlns", uri::SIGNATURE)])
        .raw(&signed_info(assertion, &seal.digest, false))
        .leaf("SignatureValue", &[], &STANDARD.encode(seal.signature.to_bytes()))
        .start("KeyInfo", &[])
        .start("X509Data", &[])
        .leaf("X509Certificate", &[], &STANDARD.encode(seal.signer.to_der()))
        .end()
        .end()
        .end()
        .raw(END);
    xml.finish()
}

/// SignedInfo: on its own, as it is signed, with the namespace that it otherwise has from Signature.
fn signed_info(assertion: &Assertion, digest: &[u8; 32], alone: bool) -> String {
    let namespace: &[(&str, &str)] = if alone { &[("xmlns", uri::SIGNATURE)] } else { &[] };
    let reference = format!("#{}", assertion.id);
    let mut xml = Markup::new();
    xml.start("SignedInfo", namespace)
        .leaf("CanonicalizationMethod", &[("Algorithm", uri::EXCLUSIVE_C14N)], "")
        .leaf("SignatureMethod", &[("Algorithm", uri::ECDSA_SHA256)], "")
        .start("Reference", &[("URI", &reference)])
        .start("Transforms", &[])
        .leaf("Transform", &[("Algorithm", uri::ENVELOPED)], "")
        .leaf("Transform", &[("Algorithm", uri::EXCLUSIVE_C14N)], "")
        .end()
        .leaf("DigestMethod", &[("Algorithm", uri::SHA256)], "")
        .leaf("DigestValue", &[], &STANDARD.encode(digest))
        .end()
        .end();
    xml.finish()
}

fn read_seal(element: &Element, assertion: &Assertion) -> Result<Seal, TokenShapeError> {
    let [] = element.attributes([])?;
    let mut children = element.children()?;
    let digest = read_signed_info(children.required(uri::SIGNATURE, "SignedInfo")?, assertion)?;
    let value = children.required(uri::SIGNATURE, "SignatureValue")?;
    let key_info = children.required(uri::SIGNATURE, "KeyInfo")?;
    children.end()?;
    let certificate = only_child(only_child(key_info, "X509Data")?, "X509Certificate")?;
    let not = |element: &Element, expected| TokenShapeError::Value {
        element: element.name.clone(),
        value: element.text.clone(),
        expected,
    };
    Ok(Seal {
        digest,
        signature: Signature::from_bytes(&base64(value)?)
            .map_err(|_| not(value, "a signature of 64 bytes in base64"))?,
        signer: Certificate::from_der(base64(certificate)?)
            .map_err(|_| not(certificate, "an X.509 certificate in base64"))?,
    })
}

fn read_signed_info(element: &Element, assertion: &Assertion) -> Result<[u8; 32], TokenShapeError> {
    let [] = element.attributes([])?;
    let mut children = element.children()?;
    algorithm(children.required(uri::SIGNATURE, "CanonicalizationMethod")?, uri::EXCLUSIVE_C14N)?;
    algorithm(children.required(uri::SIGNATURE, "SignatureMethod")?, uri::ECDSA_SHA256)?;
    let reference = children.required(uri::SIGNATURE, "Reference")?;
    children.end()?;
    let [target] = reference.attributes(["URI"])?;
    if target.strip_prefix('#') != Some(assertion.id.as_str()) {
        return Err(TokenShapeError::ForeignReference {
            found: target.to_owned(),
            expected: assertion.id.to_string(),
        });
    }
    let mut children = reference.children()?;
    let transforms = children.required(uri::SIGNATURE, "Transforms")?;
    algorithm(children.required(uri::SIGNATURE, "DigestMethod")?, uri::SHA256)?;
    let value = children.required(uri::SIGNATURE, "DigestValue")?;
    children.end()?;
    let [] = transforms.attributes([])?;
    let mut transforms = transforms.children()?;
    algorithm(transforms.required(uri::SIGNATURE, "Transform")?, uri::ENVELOPED)?;
    algorithm(transforms.required(uri::SIGNATURE, "Transform")?, uri::EXCLUSIVE_C14N)?;
    transforms.end()?;
    base64(value)?.try_into().map_err(|_| TokenShapeError::Value {
        element: value.name.clone(),
        value: value.text.clone(),
        expected: "a SHA-256 in base64",
    })
}

/// An element that names this algorithm, and nothing else.
fn algorithm(element: &Element, expected: &'static str) -> Result<(), TokenShapeError> {
    let [algorithm] = element.attributes(["Algorithm"])?;
    element.children()?.end()?;
    if algorithm == expected {
        return Ok(());
    }
    Err(TokenShapeError::Value { element: element.name.clone(), value: algorithm.to_owned(), expected })
}

fn only_child<'a>(element: &'a Element, name: &'static str) -> Result<&'a Element, TokenShapeError> {
    let [] = element.attributes([])?;
    let mut children = element.children()?;
    let child = children.required(uri::SIGNATURE, name)?;
    children.end()?;
    Ok(child)
}

/// Bytes in base64, which may be broken into lines: other signers do so, and it is not signed.
fn base64(element: &Element) -> Result<Vec<u8>, TokenShapeError> {
    let text: String = element.leaf()?.split_ascii_whitespace().collect();
    STANDARD.decode(text).map_err(|_| TokenShapeError::Value {
        element: element.name.clone(),
        value: element.text.clone(),
        expected: "base64",
    })
}
