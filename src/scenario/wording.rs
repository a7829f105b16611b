//! Expectations in words, as a test report names them: the same words whether they are met or not.

use std::fmt::{Display, Formatter, Result};

use super::expect::{
    ExpectedDecision, ExpectedLog, ExpectedMessage, ExpectedState, GivesUp, Granted, Refused,
};
use crate::trace::Ruling;

/// Parts of a phrase, each a word and what follows it; a part without a value is left out.
struct Phrase<'a>(&'a [(&'a str, Option<&'a dyn Display>)]);

impl Display for Phrase<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let said = self.0.iter().filter_map(|(word, value)| Some((word, value.as_ref()?)));
        for (index, (word, value)) in said.enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(formatter, "{space}{word} {value}")?;
        }
        Ok(())
    }
}

/// A value as a part of a phrase.
fn part<T: Display>(value: &Option<T>) -> Option<&dyn Display> {
    value.as_ref().map(|value| value as &dyn Display)
}

impl Display for Granted {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str("granted")?;
        let parts = [("as", part(&self.identity)), ("showing", part(&self.shows))];
        if parts.iter().any(|(_, value)| value.is_some()) {
            write!(formatter, " {}", Phrase(&parts))?;
        }
        Ok(())
    }
}

impl Display for Refused {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        Phrase(&[("refused by", Some(&self.rule)), ("at", part(&self.at))]).fmt(formatter)
    }
}

impl Display for GivesUp {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        Phrase(&[("gives up, seeing", Some(&self.shows))]).fmt(formatter)
    }
}

impl Display for ExpectedMessage {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let says = self.says.as_ref().map(|says| format!("`{says}`"));
        let parts = [
            ("from", part(&self.from)),
            ("to", part(&self.to)),
            ("saying", part(&says)),
            ("line", part(&self.line)),
        ];
        Phrase(&parts).fmt(formatter)
    }
}

impl Display for ExpectedDecision {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let ruling = self.ruling.map(|ruling| match ruling {
            Ruling::Allowed => "allowed",
            Ruling::Curtailed => "curtailed",
            Ruling::Refused => "refused",
            Ruling::Suspended => "suspended",
        });
        let parts = [
            ("by", Some(&self.rule as &dyn Display)),
            ("at", part(&self.at)),
            ("about", part(&self.who)),
            ("is", part(&ruling)),
        ];
        Phrase(&parts).fmt(formatter)
    }
}

impl Display for ExpectedLog {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "{} says `{}`", self.at, self.says)
    }
}

impl Display for ExpectedState {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let keeps = if self.gone { "no longer keeps" } else { "keeps" };
        write!(formatter, "{} {keeps}", self.at)?;
        for (word, value) in
            [("", part(&self.item)), (" =", part(&self.holds)), (" in its", part(&self.store))]
        {
            if let Some(value) = value {
                write!(formatter, "{word} {value}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Expect;

    #[test]
    fn an_expectation_reads_as_a_phrase() {
        let expect: Expect = serde_saphyr::from_str(
            "granted: { as: sally, shows: Orders }\n\
             refused: { rule: adfs.token-time, at: ws }\n\
             messages: [{ from: a, says: hello }]\n\
             decisions: [{ rule: trust.path, at: dc, ruling: refused, who: bob }]\n\
             logs: [{ at: ws, says: signed in }]\n\
             state: [{ at: pc, store: cookie jar, item: _WebSso, gone: true }, { at: pc, item: x }]\n",
        )
        .unwrap();
        assert_eq!(expect.granted.unwrap().to_string(), "granted as sally showing Orders");
        assert_eq!(expect.refused.unwrap().to_string(), "refused by adfs.token-time at ws");
        assert_eq!(expect.messages[0].to_string(), "from a saying `hello`");
        assert_eq!(expect.decisions[0].to_string(), "by trust.path at dc about bob is refused");
        assert_eq!(expect.logs[0].to_string(), "ws says `signed in`");
        assert_eq!(expect.state[0].to_string(), "pc no longer keeps _WebSso in its cookie jar");
        assert_eq!(expect.state[1].to_string(), "pc keeps x");
    }
}
