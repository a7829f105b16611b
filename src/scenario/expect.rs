//! What must come of a step.

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::value::not_null;
use crate::name::HostName;
use crate::rule::RuleId;
use crate::trace::Ruling;

/// What must come of a step. Whoever asks for something is either granted or refused it, and the
/// scenario says which.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The person gets what was asked for; `{}` where it does not matter as whom.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Granted")]
    pub granted: Option<At<Granted>>,
    /// A rule refuses it.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Refused")]
    pub refused: Option<At<Refused>>,
    /// No rule refuses it, and yet it is not to be had: the browser goes round in circles, or shows a
    /// page that the person has no answer to.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "GivesUp")]
    pub gives_up: Option<At<GivesUp>>,
    /// Exactly the hosts that application messages reach, in the order in which they are first
    /// reached, without the client; questions to DNS and revocation lists do not count.
    #[serde(default, deserialize_with = "not_null")]
    #[schemars(with = "Vec<HostName>")]
    pub visits: Option<At<Vec<At<HostName>>>>,
    /// Hosts that no application message reaches.
    #[serde(default)]
    pub never_visits: Vec<At<HostName>>,
    /// Messages that are sent in this order; others may lie between them.
    #[serde(default)]
    pub messages: Vec<At<ExpectedMessage>>,
    /// Lines of the document that servers carry out in this order; others may lie between them.
    #[serde(default)]
    pub lines: Vec<At<String>>,
    /// Decisions that are made, in any order.
    #[serde(default)]
    pub decisions: Vec<At<ExpectedDecision>>,
    /// Lines that servers write to their own logs, in any order.
    #[serde(default)]
    pub logs: Vec<At<ExpectedLog>>,
    /// Lines that a server has written to its own log neither in this step nor before, since it started.
    #[serde(default)]
    pub never_logs: Vec<At<ExpectedLog>>,
    /// What happened in truth, where no log tells it, in any order.
    #[serde(default)]
    pub truths: Vec<At<ExpectedLog>>,
    /// Changes to what hosts keep, in any order.
    #[serde(default)]
    pub state: Vec<At<ExpectedState>>,
}

/// The person gets what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// As whom, exactly.
    #[serde(rename = "as")]
    pub identity: Option<At<String>>,
    /// A text within what the person sees.
    pub shows: Option<At<String>>,
}

/// A rule refuses the request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The rule; `forestsim rules` lists them.
    pub rule: At<RuleName>,
    /// Where: a host, or a firewall.
    pub at: Option<At<HostName>>,
}

/// The person does not get what was asked for, and no rule is to blame.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivesUp {
    /// A text within what the person sees in the end.
    pub shows: At<String>,
}

/// A message that is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedMessage {
    /// Who sends it.
    pub from: Option<At<HostName>>,
    /// Whom it is for.
    pub to: Option<At<HostName>>,
    /// A text within what it says, in its title or in one of its fields; `…` stands for anything.
    pub says: Option<At<String>>,
    /// The line of the document that this message is, where a browser carries it out.
    pub line: Option<At<String>>,
}

/// A decision that is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedDecision {
    /// By which rule; `forestsim rules` lists them.
    pub rule: At<RuleName>,
    /// Where: a host, or a firewall.
    pub at: Option<At<HostName>>,
    /// What is decided.
    #[schemars(with = "Option<RulingSchema>")]
    pub ruling: Option<Ruling>,
    /// A text within whom it is about.
    pub who: Option<At<String>>,
}

/// What a server decides.
#[derive(JsonSchema)]
#[schemars(rename = "Ruling", rename_all = "lowercase")]
#[expect(dead_code, reason = "describes crate::trace::Ruling, whose floor knows no schemas")]
enum RulingSchema {
    /// The rule is met.
    Allowed,
    /// The rule is not met, and something is withheld or asked for first, but the request goes on.
    Curtailed,
    /// The rule is not met, and the request ends.
    Refused,
    /// The rule is not met, but the run does without it.
    Suspended,
}

/// A line that a server writes to its own log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedLog {
    /// Whose log.
    pub at: At<HostName>,
    /// A text within the line.
    pub says: At<String>,
}

/// A change to what a host keeps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedState {
    /// The host.
    pub at: At<HostName>,
    /// The kind of store: `cookie jar`, `account`, `ticket cache`.
    pub store: Option<At<String>>,
    /// A text within the name of the entry.
    pub item: Option<At<String>>,
    /// A text within what it is now.
    #[serde(rename = "value")]
    pub holds: Option<At<String>>,
    /// Whether it is gone.
    #[serde(default)]
    pub gone: bool,
}

/// The id of a rule, such as `adfs.token-time`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct RuleName(pub RuleId);

impl std::fmt::Display for RuleName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl JsonSchema for RuleName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rule".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let ids: Vec<&str> = crate::rule::all().map(|rule| rule.id).collect();
        let titles: Vec<String> =
            crate::rule::all().map(|rule| format!("{} Source: {}.", rule.title, rule.source)).collect();
        schemars::json_schema!({
            "type": "string",
            "enum": ids,
            "enumDescriptions": titles,
            "description": "The id of a rule; `forestsim rules` lists them."
        })
    }
}
