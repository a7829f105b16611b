//! What is wrong with a token that is not of the one fixed shape.

use super::packed_sids::PackedSidsError;

/// Why a text is not a security token of the fixed shape (MS-MWBF §2.2.4: the receiver answers
/// HTTP 500).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenShapeError {
    /// It is not well-formed XML.
    #[error("the token is not well-formed XML at byte {at}: {why}")]
    NotXml {
        /// Where the reader stopped, in bytes from the start.
        at: u64,
        /// What the reader says.
        why: String,
    },
    /// It has something that a reader and a verifier could take differently.
    #[error("the token has {what} at byte {at}; a token is elements, attributes and text alone")]
    Forbidden {
        /// Where, in bytes from the start.
        at: u64,
        /// What: a comment, a processing instruction, a document type.
        what: &'static str,
    },
    /// The elements nest too deeply.
    #[error("the elements of the token nest more than {0} deep")]
    TooDeep(usize),
    /// The token carries encrypted data.
    #[error("the token is encrypted, which AD FS 1.x does not read; send it in the clear, over TLS")]
    Encrypted,
    /// There is a second assertion, so that one could be verified and another one read.
    #[error("there is a second assertion inside {within}; only one that is itself signed is read")]
    SecondAssertion {
        /// The element around it.
        within: String,
    },
    /// An element stands where another one, or none, should stand.
    #[error("<{found}> stands inside <{within}> where {expected} should")]
    Unexpected {
        /// The element that stands there.
        found: String,
        /// The element around it.
        within: String,
        /// What should stand there.
        expected: String,
    },
    /// An element ends too early.
    #[error("<{within}> ends without its <{missing}>")]
    Missing {
        /// What is missing.
        missing: &'static str,
        /// The element that should hold it.
        within: String,
    },
    /// The attributes of an element are not the fixed ones.
    #[error("<{element}> should have exactly the attributes {expected}; it has {found}")]
    Attributes {
        /// The element.
        element: String,
        /// The attributes that it should have.
        expected: String,
        /// Those that it has.
        found: String,
    },
    /// Text stands among elements.
    #[error("<{0}> holds text besides its elements")]
    Text(String),
    /// A value is not one that may stand there.
    #[error("`{value}` in <{element}> is not {expected}")]
    Value {
        /// The element.
        element: String,
        /// The value.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The second statement is about someone else than the first.
    #[error(
        "the attribute statement is about `{attributes}`, the authentication statement about `{authentication}`"
    )]
    TwoSubjects {
        /// The subject of the authentication statement.
        authentication: String,
        /// The subject of the attribute statement.
        attributes: String,
    },
    /// A person has two names of one kind.
    #[error("the token gives more than one {0}")]
    RepeatedIdentity(&'static str),
    /// The signature covers another element than the assertion.
    #[error("the signature is over {found}, not over the assertion around it, #{expected}")]
    ForeignReference {
        /// What the signature refers to.
        found: String,
        /// The assertion's id.
        expected: String,
    },
    /// WindowsIdentifiers does not hold packed SIDs.
    #[error("WindowsIdentifiers: {0}")]
    PackedSids(#[from] PackedSidsError),
}
