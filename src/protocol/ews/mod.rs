//! Exchange Web Services: what a client asks of a mailbox, and in whose name (domain page A1, A3, A5).
//!
//! Requests and answers are typed, and travel as the SOAP that a real client sends and reads:
//! namespaces, headers and the two shapes of errors are Microsoft's. Who may do what is not known
//! here.
//!
//! - [`envelope`]: a [`Request`] and an [`Answer`] as SOAP text, and back
//! - [`header`]: who acts: ExchangeImpersonation and the other ways to act for someone
//! - [`operation`]: what is asked: [`Operation`]
//! - [`shape`]: which properties of items an answer holds
//! - [`answer`]: what is answered: a SOAP fault for the whole request, or a message for each item
//! - [`code`]: the response codes, each with its shape and its usual words
//! - `node`: XML as a small tree
//! - `folders`, `items`, `permissions`: what operations and answers have in common, as XML
//! - `write_operation`, `read_operation`, `write_answer`, `read_answer`: the rest of it

pub mod answer;
pub mod code;
pub mod envelope;
mod folders;
pub mod header;
mod items;
mod node;
pub mod operation;
mod permissions;
mod read_answer;
mod read_operation;
pub mod shape;
mod write_answer;
mod write_operation;

pub use answer::{Answer, Fault, ItemError, Payload, Reply};
pub use code::{ResponseCode, Shape};
pub use envelope::{ReadError, Request, read_answer, read_request};
pub use header::{AccessMode, ConnectingId, Header, ProxyRequestType, ProxySecurityContext, ServerVersion};
pub use operation::{FolderRef, ItemChange, Operation, UserId, WrittenPermission};
pub use shape::{BaseShape, ItemShape};

/// The largest request that is read, in bytes (domain page A3, row 1).
pub const LARGEST_REQUEST: usize = 400 * 1024;

/// The path of Exchange Web Services on a Client Access server.
pub const PATH: &str = "/EWS/Exchange.asmx";
