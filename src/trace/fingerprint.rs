//! Short sums of a trace, in parts, so that a reader sees at a glance what kind of change it was: a
//! new latency moves `timing` and leaves `decisions` alone.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Event, Happening, Trace};
use crate::crypto::digest::hex;

/// The sums, each the first eight bytes of a SHA-256, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Verdicts and conclusions, without their times.
    pub decisions: String,
    /// Messages, lost or not, without their times.
    pub messages: String,
    /// When each event happened and how long each message was under way.
    pub timing: String,
    /// What was deployed.
    pub topology: String,
    /// How often each random stream was drawn from.
    pub random: String,
}

impl Fingerprint {
    /// The sums of a trace.
    pub fn of(trace: &Trace) -> Self {
        let mut decisions = Sum::default();
        let mut messages = Sum::default();
        let mut timing = Sum::default();
        for event in &trace.events {
            timing.add(&(event.number, event.at));
            match &event.happening {
                Happening::Verdict(_) | Happening::Conclusion(_) => decisions.add(&undated(event)),
                Happening::Sent(sent) => {
                    timing.add(&sent.latency);
                    let mut sent = sent.clone();
                    sent.latency = None;
                    messages.add(&(&event.host, event.step, sent));
                }
                Happening::Lost(loss) => messages.add(&(event.step, &loss.why)),
                _ => {}
            }
        }
        let mut topology = Sum::default();
        topology.add(&trace.topology);
        let mut random = Sum::default();
        random.add(&(trace.seed, &trace.random));
        Self {
            decisions: decisions.finish(),
            messages: messages.finish(),
            timing: timing.finish(),
            topology: topology.finish(),
            random: random.finish(),
        }
    }

    /// The parts with their names, in a fixed order.
    pub fn parts(&self) -> [(&'static str, &str); 5] {
        [
            ("decisions", &self.decisions),
            ("messages", &self.messages),
            ("timing", &self.timing),
            ("topology", &self.topology),
            ("random", &self.random),
        ]
    }
}

fn undated(event: &Event) -> impl Serialize + '_ {
    (&event.host, event.step, &event.happening)
}

/// A sum over values in their JSON form, one line each.
#[derive(Default)]
struct Sum {
    sum: Sha256,
    line: Vec<u8>,
}

impl Sum {
    fn add(&mut self, value: &impl Serialize) {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value).expect("trace values have a plain JSON form");
        self.line.push(b'\n');
        self.sum.update(&self.line);
    }

    fn finish(self) -> String {
        hex(&self.sum.finalize()[..8])
    }
}
