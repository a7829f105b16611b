//! What a host does with a segment that arrives, and with one that nobody acknowledges.

use super::frame::{Body, Frame, Segment};
use super::machine::{Effect, State};
use super::tcp::{
    ACKNOWLEDGEMENT_WAIT, Arrival, Connection, End, Handle, Key, OPENING_TRIES, OPENING_WAIT, Phase,
    SENDING_TRIES,
};
use super::timer::{Due, Urgency};
use crate::time::Span;

impl State {
    /// Takes in a segment.
    pub fn segment_arrives(&mut self, frame: Frame) {
        let key = Key { local: frame.to_port, peer: frame.from, remote: frame.from_port };
        let Body::Tcp(segment) = frame.body else { return };
        match segment {
            Segment::Open => self.opening_arrives(key),
            Segment::Opened => self.opened_arrives(key),
            Segment::Reset => self.reset_arrives(key),
            Segment::Acknowledge(up_to) => {
                self.still_known(key);
                self.acknowledged(key, up_to);
            }
            Segment::Probe => self.probe_arrives(key),
            Segment::Data { sequence, acknowledged, payload } => {
                self.acknowledged(key, acknowledged);
                self.in_order(key, sequence, Some(Arrival { payload, sent: frame.sent }));
            }
            Segment::Finish { sequence, acknowledged } => {
                self.acknowledged(key, acknowledged);
                self.in_order(key, sequence, None);
            }
        }
    }

    fn opening_arrives(&mut self, key: Key) {
        if self.tcp.connections.contains_key(&key) {
            // The answer to an earlier attempt was lost.
            return self.emit(key, Segment::Opened, None);
        }
        let serial = self.tcp.serial();
        let Some(backlog) = self.tcp.listeners.get_mut(&key.local) else {
            return self.emit(key, Segment::Reset, None);
        };
        backlog.arrived.push_back(Handle { key, serial });
        if let Some(waker) = backlog.waiting.take() {
            waker.wake();
        }
        self.tcp.connections.insert(key, Connection::new(serial, Phase::Open));
        self.emit(key, Segment::Opened, None);
    }

    fn opened_arrives(&mut self, key: Key) {
        match self.tcp.connections.get_mut(&key) {
            None => self.emit(key, Segment::Reset, None),
            Some(connection) if connection.phase == Phase::Opening => {
                connection.phase = Phase::Open;
                connection.wake();
                if let Some(timer) = connection.timer.take() {
                    self.timers.cancel(timer);
                }
            }
            Some(_) => {}
        }
    }

    fn reset_arrives(&mut self, key: Key) {
        if let Some(connection) = self.tcp.connections.get(&key) {
            let refused = connection.phase == Phase::Opening;
            self.end(key, if refused { End::Refused } else { End::Closed });
        }
    }

    /// Everything before `up_to` has arrived at the other end.
    fn acknowledged(&mut self, key: Key, up_to: u32) {
        let Some(connection) = self.tcp.connections.get_mut(&key) else { return };
        let before = connection.unacknowledged.len();
        while connection.unacknowledged.front().is_some_and(|outgoing| outgoing.sequence < up_to) {
            connection.unacknowledged.pop_front();
        }
        if connection.unacknowledged.len() == before {
            return;
        }
        if let Some(timer) = connection.timer.take() {
            self.timers.cancel(timer);
        }
        if !connection.unacknowledged.is_empty() {
            connection.tries = 1;
            let at = self.now + ACKNOWLEDGEMENT_WAIT;
            connection.timer = Some(self.timers.set(Urgency::Awaited, at, Due::Retransmit(key)));
        } else if connection.phase == Phase::Closing {
            self.forget(key);
        }
    }

    /// Takes in a message, or the end of the connection where there is none, at its place in the order.
    fn in_order(&mut self, key: Key, sequence: u32, mut arrival: Option<Arrival>) {
        let Some(mut connection) = self.tcp.connections.get_mut(&key) else {
            // A message for nobody is refused; an end of what has already ended is well.
            let answer = match arrival {
                Some(_) => Segment::Reset,
                None => Segment::Acknowledge(sequence + 1),
            };
            return self.emit(key, answer, None);
        };
        if connection.phase == Phase::Opening {
            // The answer to the attempt to open was overtaken.
            self.opened_arrives(key);
            let Some(opened) = self.tcp.connections.get_mut(&key) else { return };
            connection = opened;
        }
        if !std::mem::replace(&mut connection.owes_acknowledgement, true) {
            self.tcp.owing.push(key);
        }
        if sequence != connection.expected {
            if sequence > connection.expected {
                connection.early.entry(sequence).or_insert(arrival);
            }
            return;
        }
        loop {
            connection.expected += 1;
            match arrival {
                Some(arrival) => connection.inbox.push_back(arrival),
                None => return self.end(key, End::Closed),
            }
            match connection.early.remove(&connection.expected) {
                Some(early) => arrival = early,
                None => return connection.wake(),
            }
        }
    }

    /// Ends a connection from outside; what has arrived can still be read.
    fn end(&mut self, key: Key, end: End) {
        let Some(connection) = self.tcp.connections.get_mut(&key) else { return };
        if end == End::TimedOut && connection.phase != Phase::Opening {
            self.effects.push(Effect::Forgotten(key));
        }
        connection.end = Some(end);
        connection.unacknowledged.clear();
        connection.wake();
        if let Some(timer) = connection.timer.take() {
            self.timers.cancel(timer);
        }
        if connection.phase == Phase::Closing {
            self.forget_politely(key);
        }
    }

    /// Acknowledges what no answer has acknowledged.
    pub fn acknowledge(&mut self) {
        for place in 0..self.tcp.owing.len() {
            let key = self.tcp.owing[place];
            if let Some(connection) = self.tcp.connections.get_mut(&key)
                && std::mem::take(&mut connection.owes_acknowledgement)
            {
                let expected = connection.expected;
                self.emit(key, Segment::Acknowledge(expected), None);
            }
        }
        self.tcp.owing.clear();
    }

    /// The wait for an answer or an acknowledgement is over: tries again, or gives up.
    pub fn retransmit(&mut self, key: Key) {
        let Some(connection) = self.tcp.connections.get_mut(&key) else { return };
        connection.timer = None;
        let opening = connection.phase == Phase::Opening;
        let (first_wait, limit) = match opening {
            true => (OPENING_WAIT, OPENING_TRIES),
            false => (ACKNOWLEDGEMENT_WAIT, SENDING_TRIES),
        };
        if connection.tries >= limit {
            return self.end(key, End::TimedOut);
        }
        let at = self.now + Span::micros(first_wait.as_micros() << connection.tries);
        connection.tries += 1;
        connection.timer = Some(self.timers.set(Urgency::Awaited, at, Due::Retransmit(key)));
        let probing = connection.probing && connection.unacknowledged.is_empty();
        if opening {
            self.emit(key, Segment::Open, None);
        } else if probing {
            self.emit(key, Segment::Probe, None);
        } else {
            self.emit_again(key);
        }
    }

    /// The other end has lost the connection without a word, so that the next probe is worth playing.
    pub fn doubt(&mut self, key: Key) {
        let connection = self.tcp.connections.get(&key).filter(|connection| connection.end.is_none());
        if let Some(idle) = connection.and_then(|connection| connection.keep_alive) {
            self.timers.set(Urgency::Background, self.now + idle, Due::Probe(key));
        }
    }

    /// Asks the other end whether it still knows of a connection that has been idle.
    pub fn probe(&mut self, key: Key) {
        let Some(connection) = self.tcp.connections.get_mut(&key) else { return };
        // What has been sent and not acknowledged asks just as well.
        if connection.end.is_some() || connection.timer.is_some() {
            return;
        }
        connection.tries = 1;
        connection.probing = true;
        let at = self.now + ACKNOWLEDGEMENT_WAIT;
        connection.timer = Some(self.timers.set(Urgency::Awaited, at, Due::Retransmit(key)));
        self.emit(key, Segment::Probe, None);
    }

    fn probe_arrives(&mut self, key: Key) {
        let answer = match self.tcp.connections.get(&key) {
            Some(connection) => Segment::Acknowledge(connection.expected),
            None => Segment::Reset,
        };
        self.emit(key, answer, None);
    }

    /// The other end has acknowledged something, so it knows of the connection.
    fn still_known(&mut self, key: Key) {
        if let Some(connection) = self.tcp.connections.get_mut(&key)
            && std::mem::take(&mut connection.probing)
            && connection.unacknowledged.is_empty()
            && let Some(timer) = connection.timer.take()
        {
            self.timers.cancel(timer);
        }
    }
}
