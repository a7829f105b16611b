//! The numbered lines of the documents that a role carries out, in our own words.
//!
//! One file per document. What a server does is entered in the trace by the role that does it; what a
//! client does by itself shows as its messages, and scenarios say which message is which line.

use serde::Serialize;

/// A line of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its number: `R2`; a line of several parts is cited part by part, `U3a`.
    pub number: &'static str,
    /// What is done, as a sentence without its subject: a server, or the person's browser.
    pub text: &'static str,
}

/// Declares the lines of a document: a constant each, and their list.
macro_rules! lines {
    ($($constant:ident = $number:literal: $text:literal;)*) => {
        $(
            #[doc = concat!("Line ", $number, ": whoever carries it out ", $text, ".")]
            pub const $constant: Line = Line { number: $number, text: $text };
        )*
        /// Every line, in the document's order.
        pub const ALL: &[&Line] = &[$(&$constant),*];
    };
}

pub mod edge_subscription;
pub mod federation;
pub mod server_to_server;

/// The numbers that a line goes by: `U7` and `manager U4` of `U7 (manager U4)`.
///
/// ```
/// use forestsim::document::numbers;
/// assert_eq!(numbers("U7 (manager U4)").collect::<Vec<_>>(), ["U7", "manager U4"]);
/// assert_eq!(numbers("R2").collect::<Vec<_>>(), ["R2"]);
/// ```
pub fn numbers(number: &str) -> impl Iterator<Item = &str> {
    number.trim_end_matches(')').split(" (")
}

/// The lines of every document.
pub fn all() -> impl Iterator<Item = &'static Line> {
    [federation::ALL, edge_subscription::ALL, server_to_server::ALL].into_iter().flatten().copied()
}
