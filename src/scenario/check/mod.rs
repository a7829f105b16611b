//! Checks of what the shape of a file cannot tell: names that lead nowhere, numbers that make no
//! sense, steps that say nothing.
//!
//! A check refuses only what cannot be deployed or can have no effect. What can be built and will
//! then fail, such as a certificate with the wrong name, is a lesson, not a mistake.
//!
//! - [`known`]: what a topology holds, arranged for looking up
//! - [`names`]: checks of single names, and what is said when one is unknown
//! - [`network`], [`directory`], [`exchange`], [`host`], [`federation`], [`edge_sync`], [`impersonation`]: the
//!   sections of a topology
//! - [`step`], [`action`], [`fault`], [`change`], [`expect`]: the steps of a scenario

mod action;
mod availability;
mod change;
mod directory;
mod edge_sync;
mod exchange;
mod expect;
mod fault;
mod federation;
mod host;
mod impersonation;
mod known;
mod names;
mod network;
mod step;

pub(super) use step::steps;

use std::rc::Rc;

use known::Known;

use super::at::{FileId, Spot};
use super::error::Findings;
use super::topology::Topology;

/// Checks a topology.
pub(super) fn topology(topology: &Topology, findings: &mut Findings) {
    let known = Rc::new(Known::of(topology));
    let mut checker = Checker { topology, known, findings, file: FileId(0) };
    checker.network();
    checker.certificates();
    checker.domains();
    checker.trusts();
    checker.exchange();
    checker.mailboxes();
    checker.hosts();
}

/// What a check looks at and where it notes what it finds.
struct Checker<'a> {
    topology: &'a Topology,
    known: Rc<Known>,
    findings: &'a mut Findings,
    /// The file of the entry at hand.
    file: FileId,
}

impl Checker<'_> {
    fn note(&mut self, spot: Spot, message: impl Into<String>, cure: impl Into<String>) {
        self.findings.note(self.file, spot, message, cure);
    }

    /// Notes what can be built, and will not fail, and should not be.
    fn warn(&mut self, spot: Spot, message: impl Into<String>, cure: impl Into<String>) {
        self.findings.warn(self.file, spot, message, cure);
    }
}
