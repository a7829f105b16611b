//! The numbered lines of the documents that a role carries out, in our own words.
//!
//! One file per document. What a client does by itself shows as its messages; what a server does is
//! entered in the trace by the role that does it.

use serde::Serialize;

/// A line of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its number: `R2`; a line of several parts is cited part by part, `U3a`.
    pub number: &'static str,
    /// What the server does, as a sentence without its subject.
    pub text: &'static str,
}

/// Declares the lines of a document: a constant each, and their list.
macro_rules! lines {
    ($($constant:ident = $number:literal: $text:literal;)*) => {
        $(
            #[doc = concat!($number, ": the server ", $text, ".")]
            pub const $constant: Line = Line { number: $number, text: $text };
        )*
        /// Every line, in the document's order.
        pub const ALL: &[&Line] = &[$(&$constant),*];
    };
}

pub mod edge_subscription;
pub mod federation;
