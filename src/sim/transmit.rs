//! What becomes of a frame between its departure and its arrival.

use super::befall::Fate;
use super::frame::{Body, Description, Frame, HostId, Notice, Receipt, Record, Segment};
use super::machine::Order;
use super::network::Exchange;
use super::world::World;
use crate::name::HostName;
use crate::time::Span;
use crate::trace::{Happening, Loss, Sent};

/// Where the network stops a frame, and why.
struct Stopped {
    at: HostName,
    why: String,
    no_route: bool,
}

impl World {
    /// Sends a frame on its way.
    pub fn transmit(&mut self, mut frame: Box<Frame>) {
        self.record_departure(&mut frame);
        match self.way(&frame) {
            Err(stopped) => {
                self.record_loss(&frame, &stopped.at, &stopped.why);
                self.notify(&frame, &stopped);
            }
            Ok(latency) if self.faults.any_on_wire() => self.send_among_faults(frame, latency),
            Ok(latency) => {
                self.record_latency(&frame, latency);
                self.agenda.add_frame(self.now + latency, frame);
            }
        }
    }

    /// Sends a frame on its way among faults.
    fn send_among_faults(&mut self, mut frame: Box<Frame>, latency: Span) {
        match self.afflict(&mut frame, latency) {
            Fate::Lost(fault) => {
                let at = self.hosts[frame.to.index()].name.clone();
                self.lose(&frame, at, format!("lost by the fault `{fault}`"));
            }
            Fate::Arrives { late, doubles } => {
                let arrives = self.now + latency + late;
                self.record_latency(&frame, latency + late);
                for lag in doubles {
                    self.agenda.add_frame(arrives + lag, frame.clone());
                }
                self.agenda.add_frame(arrives, frame);
            }
        }
    }

    /// A frame ends here.
    pub fn lose(&mut self, frame: &Frame, at: HostName, why: String) {
        self.record_loss(frame, &at, &why);
        self.notify(frame, &Stopped { at, why, no_route: false });
    }

    /// A frame arrives at a host that is down.
    pub fn arrive_at_down_host(&mut self, frame: &Frame) {
        self.crash_was_noticed(frame.to);
        let at = self.hosts[frame.to.index()].name.clone();
        let why = format!("{at} is down");
        self.lose(frame, at, why);
    }

    /// How long the frame is under way, or where it is stopped.
    fn way(&mut self, frame: &Frame) -> Result<Span, Stopped> {
        const LOOPBACK: Span = Span::micros(1);
        if frame.from == frame.to {
            return Ok(LOOPBACK);
        }
        let (from_zone, to_zone) = (self.zone_of(frame.from), self.zone_of(frame.to));
        let Some(route) = self.routes.route(&self.network, from_zone, to_zone) else {
            return Err(self.no_route(frame));
        };
        if !route.firewalls.is_empty() {
            self.pass_firewalls(frame, &route.firewalls)?;
        }
        let mut total = 0;
        for latency in &route.latencies {
            total += self.draw(frame.from, latency.min, latency.max);
        }
        Ok(Span::micros(total.max(1)))
    }

    fn zone_of(&self, host: HostId) -> super::route::ZoneId {
        self.hosts[host.index()].zone
    }

    /// A latency in microseconds, from the sending host's own stream.
    fn draw(&mut self, host: HostId, min: Span, max: Span) -> i64 {
        let (min, max) = (min.as_micros().max(0), max.as_micros().max(0));
        if min >= max {
            return min;
        }
        let inhabitant = &mut self.hosts[host.index()];
        let streams = &self.surroundings.streams;
        let stream =
            inhabitant.latency.get_or_insert_with(|| streams.stream(inhabitant.name.as_str(), "latency"));
        min + stream.between(0, min.abs_diff(max)) as i64
    }

    fn no_route(&self, frame: &Frame) -> Stopped {
        let (from, to) = (&self.hosts[frame.from.index()], &self.hosts[frame.to.index()]);
        let (from_zone, to_zone) = (self.routes.zone(from.zone), self.routes.zone(to.zone));
        let why = format!("no links lead from {} ({from_zone}) to {} ({to_zone})", from.name, to.name);
        Stopped { at: from.name.clone(), why, no_route: true }
    }

    /// Firewalls look at the first packet of an exchange; what belongs to one that they let through
    /// passes.
    fn pass_firewalls(&mut self, frame: &Frame, firewalls: &[HostName]) -> Result<(), Stopped> {
        match frame.body {
            Body::Tcp(Segment::Open) => {}
            Body::Tcp(_) => return Ok(()),
            Body::Udp(_) if self.flows.is_answer(frame, self.now) => return Ok(()),
            Body::Udp(_) => {}
        }
        let (from, to) = (&self.hosts[frame.from.index()], &self.hosts[frame.to.index()]);
        let exchange = Exchange {
            from: (&from.name, self.routes.zone(from.zone)),
            to: (&to.name, self.routes.zone(to.zone)),
            transport: frame.transport(),
            port: frame.to_port,
        };
        for firewall in firewalls.iter().filter_map(|name| self.network.firewall(name)) {
            if !firewall.allows(&exchange) {
                let Exchange { from, to, transport, port } = exchange;
                let why = format!(
                    "{} lets nothing through from {} ({}) to {} ({}) on {transport} {port}",
                    firewall.name, from.0, from.1, to.0, to.1
                );
                return Err(Stopped { at: firewall.name.clone(), why, no_route: false });
            }
        }
        if matches!(frame.body, Body::Udp(_)) {
            self.flows.passed(frame, self.now);
        }
        Ok(())
    }

    fn record_departure(&mut self, frame: &mut Frame) {
        let (sent, receipt) = match std::mem::replace(&mut frame.record, Record::Nothing) {
            Record::Nothing => return,
            Record::Sent(description, receipt) => (self.departure(frame, *description), receipt),
            Record::SentAgain(receipt) => match self.departure_again(&receipt) {
                Some(sent) => (sent, None),
                None => return,
            },
        };
        let host = self.hosts[frame.from.index()].name.clone();
        let number = self.recorder.record(self.now, Some(host), frame.cause, Happening::Sent(sent));
        frame.sent = Some(number);
        if let Some(receipt) = receipt {
            receipt.write(number);
        }
    }

    fn departure(&self, frame: &Frame, description: Description) -> Sent {
        Sent {
            to: self.hosts[frame.to.index()].name.clone(),
            transport: frame.transport(),
            port: description.port,
            protocol: description.protocol,
            secured: description.secured,
            title: description.title,
            details: description.details,
            latency: None,
            size: frame.payload().map_or(0, |payload| u32::try_from(payload.len()).unwrap_or(u32::MAX)),
            digest: description.digest,
        }
    }

    fn departure_again(&self, receipt: &Receipt) -> Option<Sent> {
        let first = self.recorder.events.get((receipt.read() as usize).checked_sub(1)?)?;
        let Happening::Sent(sent) = &first.happening else { return None };
        let title = format!("{} (sent again)", sent.title).into();
        Some(Sent { title, latency: None, ..sent.clone() })
    }

    fn record_latency(&mut self, frame: &Frame, under_way: Span) {
        if let Some(number) = frame.sent
            && let Some(event) = self.recorder.events.get_mut(number as usize - 1)
            && let Happening::Sent(sent) = &mut event.happening
        {
            sent.latency = Some(under_way);
        }
    }

    fn record_loss(&mut self, frame: &Frame, at: &HostName, why: &str) {
        if let Some(message) = frame.sent {
            let loss = Loss { message, why: why.to_owned() };
            self.recorder.record(self.now, Some(at.clone()), frame.cause, Happening::Lost(loss));
        }
    }

    /// Tells those who wait for the frame, or for an answer to it, what became of it.
    fn notify(&mut self, frame: &Frame, stopped: &Stopped) {
        let mut tell = |host: HostId, local_port: u16, peer: HostId, peer_port: u16| {
            let notice = Notice {
                transport: frame.transport(),
                local_port,
                peer,
                peer_port,
                no_route: stopped.no_route,
                at: stopped.at.clone(),
                why: stopped.why.clone(),
            };
            self.urgent.push_back((host, Order::Note(Box::new(notice))));
        };
        let (from, to) = (frame.from, frame.to);
        let sender_waits = matches!(frame.body, Body::Tcp(Segment::Open) | Body::Udp(_));
        let receiver_waits = matches!(frame.body, Body::Tcp(Segment::Opened | Segment::Reset) | Body::Udp(_));
        if sender_waits {
            tell(from, frame.from_port, to, frame.to_port);
        }
        if receiver_waits {
            tell(to, frame.to_port, from, frame.from_port);
        }
    }
}
