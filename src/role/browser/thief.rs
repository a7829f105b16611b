//! What an attacker does with a browser: edits what it posts, keeps copies of cookies, writes tokens with
//! a stolen key, and speaks as a proxy.

use std::rc::Rc;

use super::errand::{Alteration, Handover};
use super::{ALTERED_NOTHING, Visit, refused, unreachable};
use crate::crypto::certificate::Identity;
use crate::name::{DnsName, HostName};
use crate::protocol::http::{Page, SetCookie, Url};
use crate::protocol::saml::UniqueId;
use crate::protocol::soap::{Call, Reply};
use crate::protocol::wsfed::SignInResponse;
use crate::role::forgery::Forgery;
use crate::role::wrapping::wrap;
use crate::trace::{Conclusion, Happening, Truth};

impl Visit<'_> {
    /// The form as the person has edited it.
    pub(super) fn altered(
        &self,
        action: &Url,
        mut fields: Vec<(String, String)>,
        alterations: &[Alteration],
    ) -> Vec<(String, String)> {
        let address = action.to_string();
        for alteration in alterations.iter().filter(|alteration| address.starts_with(&alteration.posting_to))
        {
            let before = fields.clone();
            let alter = |text: &str| text.replace(&alteration.replace, &alteration.with);
            for (_, value) in fields.iter_mut().filter(|(name, _)| *name == alteration.field) {
                *value = match alteration.wrapping {
                    None => alter(value),
                    Some(wrapping) => {
                        let id = UniqueId::random(&mut self.host.random("altered assertion ids"));
                        wrap(value, wrapping, &id, alter)
                    }
                };
            }
            let what = if fields == before {
                ALTERED_NOTHING.to_owned()
            } else {
                format!("`{}` became `{}`", alteration.replace, alteration.with)
            };
            self.host.record(Happening::Fault { name: format!("{} for {action}", alteration.field), what });
        }
        fields
    }

    pub(super) fn keep_copies(&self, of: &HostName, cookies: Vec<(DnsName, SetCookie)>) {
        let text = format!("{} has copies of the {} cookies of {of}", self.host.name(), cookies.len());
        self.host.record(Happening::Truth(Truth { text }));
        for (server, cookie) in cookies {
            self.browser.jar.borrow_mut().store(&server, cookie, self.host.now());
        }
    }

    pub(super) async fn forge(&self, key: &str, forgery: &Forgery, to: Handover) -> Conclusion {
        let asked = format!("{}, with a token of their own making", to.url);
        let written = self.stolen(key).map(|thief| forgery.write(self.host, thief));
        match written {
            Some(Ok(result)) => self.hand_over(asked, result, to).await,
            Some(Err(why)) => refused(asked, why.to_string()),
            None => refused(asked, "the key is not on this machine".to_owned()),
        }
    }

    pub(super) async fn ask_as_proxy(
        &self,
        key: &str,
        address: &Url,
        call: Call,
        to: Handover,
    ) -> Conclusion {
        let asked = format!("{address}, in the proxy's name");
        match self.dialer.call(address, call, self.stolen(key)).await {
            Ok(Reply::RstrResult(result)) if result.security_token.is_some() => {
                self.hand_over(asked, result.security_token.unwrap_or_default(), to).await
            }
            Ok(reply) => refused(asked, reply.title().into_owned()),
            Err(error) => unreachable(asked, address, &error),
        }
    }

    async fn hand_over(&self, asked: String, result: String, to: Handover) -> Conclusion {
        let posted = SignInResponse { result, context: Some(to.context) };
        let Page::AutoPost { action, fields } = posted.to_page(to.url) else {
            return refused(asked, "there is nothing to post".to_owned());
        };
        let first = self.post(action, fields);
        self.follow(asked, first, &self.browser.config.answers, &[]).await
    }

    fn stolen(&self, key: &str) -> Option<&Identity> {
        let stolen = self.browser.config.stolen.iter().map(Rc::as_ref);
        stolen.into_iter().find(|identity| identity.chain[0].thumbprint() == key)
    }
}
