//! Faults that touch something.

use super::Checker;
use crate::scenario::fault::{Fault, Traffic};

impl Checker<'_> {
    pub fn fault(&mut self, fault: &Fault) {
        match fault {
            Fault::Loss(traffic)
            | Fault::Duplicate(traffic)
            | Fault::Reorder(traffic)
            | Fault::Corrupt(traffic) => {
                self.traffic(traffic);
            }
            Fault::Delay(delay) => {
                self.end(&delay.from);
                self.end(&delay.to);
                self.forwards(&delay.by, true);
            }
            Fault::Cut(cut) => {
                self.end(cut.between.one());
                self.end(cut.between.other());
                self.distinct(&cut.between);
            }
            Fault::Crash(crash) => {
                self.known("host", &crash.host, &self.topology.hosts);
                if let Some(after) = &crash.after {
                    self.end(&after.to);
                    if after.messages == 0 {
                        self.note(after.spot, "after 0 messages is at once", "leave `after` out");
                    }
                }
            }
            Fault::Clock(clock) => {
                self.known("host", &clock.host, &self.topology.hosts);
                if clock.offset.is_none() && clock.drift.is_none() {
                    let message = "nothing is wrong with this clock";
                    self.note(
                        clock.host.spot,
                        message,
                        "add `offset: 1h`, or `drift` in microseconds per second",
                    );
                }
            }
        }
    }

    fn traffic(&mut self, traffic: &Traffic) {
        self.end(&traffic.from);
        self.end(&traffic.to);
        if let Some(percent) = traffic.percent.as_ref().filter(|percent| !(1..=100).contains(&percent.value))
        {
            self.note(
                percent.spot,
                format!("{percent} is no share of a hundred"),
                "write a number from 1 to 100",
            );
        }
        if let Some(next) = traffic.next.as_ref().filter(|next| next.value == 0) {
            self.note(next.spot, "the next 0 messages are none", "write at least 1");
        }
        if let (Some(percent), Some(next)) = (&traffic.percent, &traffic.next) {
            let message = "`percent` and `next` cannot both say how many messages";
            self.note(percent.spot.max(next.spot), message, "leave one of the two out");
        }
    }
}
