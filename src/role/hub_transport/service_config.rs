//! The service configuration object of EdgeSync in a site: New-EdgeSyncServiceConfig makes it, and without
//! it the service does nothing (domain page B5 and B10).

use super::log;
use super::service::EdgeSync;
use super::session::Failure;
use crate::directory::{Attributes, DistinguishedName};
use crate::role::judge::Refused;
use crate::{facts, rule};

impl EdgeSync {
    /// Whether the service is configured for the hub's site; where not, the log says so once.
    pub(super) fn is_configured(&self) -> bool {
        let there = self.has_service_config();
        if self.configured.replace(there) && !there {
            let who = self.config().fqdn.to_string();
            self.judge().curtail(
                &rule::SERVICE_CONFIG,
                who,
                "EdgeSync",
                false,
                facts!["site" => self.site()],
            );
            log(self.host(), Some(1045), || {
                "initialization failed: the service configuration object is missing".to_owned()
            });
        }
        there
    }

    /// Without its service configuration the EdgeSync service of a site does nothing.
    pub(super) fn require_service_config(&self) -> Result<(), Refused> {
        let (there, facts) = (self.has_service_config(), facts!["site" => self.site()]);
        let who = self.config().fqdn.to_string();
        self.judge().require(&rule::SERVICE_CONFIG, who, "EdgeSync", there, facts)
    }

    pub(super) fn has_service_config(&self) -> bool {
        self.view().entry(&self.service_config()).is_some()
    }

    fn service_config(&self) -> DistinguishedName {
        let site = self.site();
        self.config().organization.edge_sync_service(site.name().unwrap_or_default())
    }

    /// New-EdgeSyncServiceConfig, or its opposite by hand.
    pub(super) async fn set_service_config(&self, exists: bool) {
        let dn = self.service_config();
        let done = async {
            let mut session = self.directory().connect().await?;
            match exists {
                true => {
                    let class = Attributes::new([("objectClass", "msExchEdgeSyncServiceConfig")]);
                    session.add(&dn, class).await?;
                }
                false => session.delete(&dn, false).await?,
            }
            session.close().await;
            Ok::<(), Failure>(())
        };
        if let Err(why) = done.await {
            log(self.host(), None, || format!("the service configuration is as it was: {why}"));
        }
    }
}
