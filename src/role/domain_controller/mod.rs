//! The domain controller's place, until its services move in: deployment already hands it what it
//! will need.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::stimulus;
use crate::directory::{DirectoryChange, Domain, GlobalCatalog};
use crate::rule::RuleId;
use crate::sim::{Host, Role};
use crate::trust::{DomainTrusts, TrustChange};

/// The name by which an administrator's acts find this role.
const ROLE: &str = "domain controller";

/// A domain controller.
pub struct DomainController {
    domain: RefCell<Domain>,
    trusts: RefCell<DomainTrusts>,
    /// What the global catalog of its forest tells.
    pub catalog: GlobalCatalog,
    /// The rules that this run does without.
    pub suspended: Rc<BTreeSet<RuleId>>,
}

impl DomainController {
    /// A domain controller of this domain.
    pub fn new(
        domain: Domain,
        catalog: GlobalCatalog,
        trusts: DomainTrusts,
        suspended: &Rc<BTreeSet<RuleId>>,
    ) -> Self {
        let suspended = suspended.clone();
        Self { domain: RefCell::new(domain), trusts: RefCell::new(trusts), catalog, suspended }
    }
}

/// A change of the directory, as a stimulus for the domain controller's host.
pub fn directory_stimulus(change: &DirectoryChange) -> Vec<u8> {
    stimulus::encode(ROLE, &(Some(change), None::<&TrustChange>))
}

/// A change of a trust, as a stimulus for the domain controller's host.
pub fn trust_stimulus(change: &TrustChange) -> Vec<u8> {
    stimulus::encode(ROLE, &(None::<&DirectoryChange>, Some(change)))
}

impl Role for DomainController {
    fn boot(self: Rc<Self>, _host: Host) {}

    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        type Changes = (Option<DirectoryChange>, Option<TrustChange>);
        let Some((directory, trust)) = stimulus::decode::<Changes>(ROLE, &stimulus) else { return };
        if let Some(change) = directory {
            let _ = change.apply(&mut self.domain.borrow_mut(), host.now());
        }
        if let Some(change) = trust {
            let _ = change.apply(&mut self.trusts.borrow_mut());
        }
    }
}
