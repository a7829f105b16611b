//! SMTP as far as mail is offered and its recipients are taken or refused (RFC 5321); no mail is sent.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Message;

/// The port of SMTP.
pub const PORT: u16 = 25;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SmtpCommand {
    /// EHLO, with its own name.
    Hello(String),
    /// MAIL FROM.
    MailFrom(String),
    /// RCPT TO.
    RecipientTo(String),
    /// QUIT.
    Quit,
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpReply {
    /// The reply code: 250 where all is well.
    pub code: u16,
    /// The text behind it.
    pub text: String,
}

impl SmtpReply {
    /// The server is content.
    pub const OK: u16 = 250;
    /// The server closes the connection.
    pub const CLOSING: u16 = 221;
    /// The mailbox is unavailable.
    pub const UNAVAILABLE: u16 = 550;

    /// A reply.
    pub fn new(code: u16, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

impl Message for SmtpCommand {
    fn protocol(&self) -> &'static str {
        "SMTP"
    }

    fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Hello(name) => format!("EHLO {name}").into(),
            Self::MailFrom(sender) => format!("MAIL FROM:<{sender}>").into(),
            Self::RecipientTo(recipient) => format!("RCPT TO:<{recipient}>").into(),
            Self::Quit => "QUIT".into(),
        }
    }
}

impl Message for SmtpReply {
    fn protocol(&self) -> &'static str {
        "SMTP"
    }

    fn title(&self) -> Cow<'static, str> {
        format!("{} {}", self.code, self.text).into()
    }
}
