//! Names and SIDs that are translated by a controller of the domain (MS-LSAT): also those of accounts in
//! domains that the own one trusts.

use super::{DirectoryClient, DirectoryFailure, out_of_turn};
use crate::protocol::endpoint_mapper::{Map, Mapped};
use crate::protocol::ldap;
use crate::protocol::lsa::{AccountName, INTERFACE, LookUp, Translated, Wanted};
use crate::role::dial::Unreachable;

const ENDPOINT_MAPPER_PORT: u16 = 135;

impl DirectoryClient {
    /// The account with a name or a SID; none where nobody whom the controller can ask knows one.
    ///
    /// # Errors
    /// As [`DirectoryClient::connect`].
    pub async fn translate(&self, wanted: Wanted) -> Result<Option<AccountName>, DirectoryFailure> {
        let shown = Box::new(self.show().await?);
        let mapper =
            self.dialer.connect(&self.domain, ENDPOINT_MAPPER_PORT).await.map_err(Unreachable::from)?;
        let Mapped { port } = self.dialer.ask(mapper, &Map { interface: INTERFACE.to_owned() }).await?;
        let channel = self.dialer.connect(&self.domain, port.ok_or_else(out_of_turn)?).await;
        let channel = channel.map_err(Unreachable::from)?;
        match self.dialer.ask(channel, &LookUp { shown, wanted }).await? {
            Translated::Account(account) => Ok(account),
            Translated::Refused { why } => {
                Err(DirectoryFailure::Refused { code: ldap::INSUFFICIENT_ACCESS_RIGHTS, text: why })
            }
        }
    }
}
