//! What can break in a scenario.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::network::Pair;
use super::value::Duration;
use crate::name::HostName;

/// What breaks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Messages are lost.
    Loss(Traffic),
    /// Messages are under way for longer.
    Delay(Delay),
    /// Messages arrive twice.
    Duplicate(Traffic),
    /// Messages overtake each other.
    Reorder(Traffic),
    /// Messages arrive with some of their bytes changed.
    Corrupt(Traffic),
    /// Nothing passes between two ends.
    Cut(Cut),
    /// A host stops, and forgets whatever it does not keep on disk.
    Crash(Crash),
    /// A host's clock is wrong.
    Clock(Clock),
}

/// The messages that a fault touches. Without `percent` and `next` it touches all of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// From whom: a host, a zone, or `any`, which it is where nothing is said.
    #[serde(default = "anyone")]
    pub from: At<String>,
    /// To whom: a host, a zone, or `any`, which it is where nothing is said.
    #[serde(default = "anyone")]
    pub to: At<String>,
    /// How many of a hundred messages, by chance from the seed.
    pub percent: Option<At<u8>>,
    /// How many messages, beginning with the next.
    pub next: Option<At<u32>>,
}

fn anyone() -> At<String> {
    At { value: super::topology::End::ANY.to_owned(), spot: super::at::Spot::default() }
}

impl Traffic {
    /// How many messages it touches.
    pub fn amount(&self) -> Amount {
        match (&self.percent, &self.next) {
            (_, Some(next)) => Amount::Next(next.value),
            (Some(percent), None) => Amount::Percent(percent.value),
            (None, None) => Amount::Percent(100),
        }
    }
}

/// How many messages a fault touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many of a hundred, by chance from the seed.
    Percent(u8),
    /// The next so many.
    Next(u32),
}

/// Messages are under way for longer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// From whom: a host, a zone, or `any`, which it is where nothing is said.
    #[serde(default = "anyone")]
    pub from: At<String>,
    /// To whom: a host, a zone, or `any`, which it is where nothing is said.
    #[serde(default = "anyone")]
    pub to: At<String>,
    /// By how much.
    pub by: At<Duration>,
}

/// Nothing passes between two ends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// The two ends: hosts or zones.
    pub between: At<Pair>,
    /// Whether only what goes from the first to the second is cut.
    #[serde(default)]
    pub one_way: bool,
}

/// A host stops, and forgets whatever it does not keep on disk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Crash {
    /// The host.
    pub host: At<HostName>,
    /// After how many messages it stops, in the middle of what it does then; at once where nothing is
    /// said.
    pub after: Option<At<Sending>>,
}

/// So many messages to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// How many, handshakes included.
    pub messages: u32,
    /// To whom: a host, a zone, or `any`, which it is where nothing is said.
    #[serde(default = "anyone")]
    pub to: At<String>,
}

/// A host's clock is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// The host.
    pub host: At<HostName>,
    /// By how much it is ahead; with a leading `-`, behind.
    pub offset: Option<At<Duration>>,
    /// How many microseconds it gains in a second; with a leading `-`, loses.
    pub drift: Option<At<i32>>,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Loss(traffic) => write!(formatter, "{traffic} are lost"),
            Fault::Delay(Delay { from, to, by }) => {
                write!(formatter, "messages from {from} to {to} take {by} longer")
            }
            Fault::Duplicate(traffic) => write!(formatter, "{traffic} arrive twice"),
            Fault::Reorder(traffic) => write!(formatter, "{traffic} overtake each other"),
            Fault::Corrupt(traffic) => write!(formatter, "{traffic} arrive corrupted"),
            Fault::Cut(Cut { between, one_way: false }) => {
                write!(formatter, "nothing passes between {} and {}", between.one(), between.other())
            }
            Fault::Cut(Cut { between, one_way: true }) => {
                write!(formatter, "nothing passes from {} to {}", between.one(), between.other())
            }
            Fault::Crash(Crash { host, after: None }) => write!(formatter, "{host} crashes"),
            Fault::Crash(Crash { host, after: Some(after) }) => {
                write!(formatter, "{host} crashes after {} more messages to {}", after.messages, after.to)
            }
            Fault::Clock(Clock { host, offset, drift }) => {
                write!(formatter, "the clock of {host} is")?;
                if let Some(offset) = offset {
                    write!(formatter, " off by {offset}")?;
                }
                if let Some(drift) = drift {
                    write!(formatter, " drifting by {drift} µs per second")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.amount() {
            Amount::Next(count) => write!(formatter, "the next {count} messages")?,
            Amount::Percent(100) => formatter.write_str("all messages")?,
            Amount::Percent(percent) => write!(formatter, "{percent} percent of the messages")?,
        }
        write!(formatter, " from {} to {}", self.from, self.to)
    }
}
