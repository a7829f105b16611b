//! The RPC endpoint mapper: at which port a server answers for an interface (MS-RPCE, C706).
//!
//! Servers get the ports of most interfaces at their start, out of a wide range, so whoever calls one
//! first asks the mapper at port 135.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Message;

/// Asks where an interface answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    /// The interface: `netlogon`.
    pub interface: String,
}

/// Where it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapped {
    /// The port; none where nothing on this server has the interface.
    pub port: Option<u16>,
}

impl Message for Map {
    fn protocol(&self) -> &'static str {
        "RPC"
    }

    fn title(&self) -> Cow<'static, str> {
        format!("at which port does {} answer?", self.interface).into()
    }
}

impl Message for Mapped {
    fn protocol(&self) -> &'static str {
        "RPC"
    }

    fn title(&self) -> Cow<'static, str> {
        match self.port {
            Some(port) => format!("at port {port}").into(),
            None => "at none".into(),
        }
    }
}
