//! What attackers do in a step, as errands for their browsers. What they carry from one machine to
//! another, a cookie or a stolen key, they carry outside the simulated network.

use super::deploy::{DeployError, Deployed};
use crate::name::DnsName;
use crate::protocol::url::Url;
use crate::protocol::wsfed::Context;
use crate::role::browser::{Errand, Handover};
use crate::role::cookie_edit::{CookieEdit, What};
use crate::role::forgery::Forgery;
use crate::role::wrapping::Wrapping;
use crate::scenario::attack::{AskAsProxy, Forge, ForgedWindows, Steal};
use crate::scenario::browser::{self, Browse};
use crate::scenario::{At, WebAddress};
use crate::time::Span;

/// How long a forged token is good where the forger does not say.
const LIFETIME: Span = Span::minutes(60);

/// Copies of the cookies that another browser has now.
pub fn steal(world: &Deployed, steal: &Steal) -> Errand {
    let victim = world.browsers.get(&steal.cookies_of.value);
    let cookies = victim.map(|browser| browser.cookies()).unwrap_or_default();
    Errand::Keep { of: steal.cookies_of.value.clone(), cookies }
}

/// A token written and signed with a stolen key.
pub fn forge(world: &Deployed, forge: &Forge) -> Result<Errand, String> {
    let id = forge.id.as_ref().map(|id| id.parse()).transpose();
    let shown = forge.shows.as_ref().map(|name| world.keys.certificate(name)).transpose();
    let windows = forge.windows.as_ref().map(|windows| sids(world, windows)).transpose();
    let why = |error: DeployError| error.to_string();
    Ok(Errand::Forge {
        key: world.keys.thumbprint(&forge.key),
        forgery: Forgery {
            id: id.map_err(|error: crate::protocol::saml::unique_id::BadId| error.to_string())?,
            issuer: forge.issuer.clone(),
            audience: forge.audience.clone(),
            subject: forge.subject.clone(),
            groups: forge.groups.clone(),
            windows: windows.map_err(why)?,
            lifetime: forge.lifetime.as_ref().map_or(LIFETIME, |lifetime| lifetime.value.0),
            shows: shown.map_err(why)?,
        },
        to: handover(&forge.posts_to, forge.application.as_ref(), &forge.page),
    })
}

fn sids(
    world: &Deployed,
    windows: &ForgedWindows,
) -> Result<(crate::directory::Sid, String, Vec<crate::directory::Sid>), DeployError> {
    let nowhere = DnsName::new("");
    let user = world.directories.sid(&nowhere, &windows.user)?;
    let mut sids = vec![user];
    for group in &windows.groups {
        sids.push(world.directories.sid(&nowhere, group)?);
    }
    Ok((user, windows.user.to_string(), sids))
}

/// A token asked for with a stolen key of a proxy.
pub fn ask_as_proxy(world: &Deployed, ask: &AskAsProxy) -> Result<Errand, String> {
    Ok(Errand::AskAsProxy {
        key: world.keys.thumbprint(&ask.key),
        federation_service: url(&ask.federation_service),
        person: world.keys.certificate(&ask.holder_of).map_err(|why| why.to_string())?,
        realm: ask.realm.clone(),
        to: handover(&ask.posts_to, Some(&ask.application), &ask.page),
    })
}

/// A federation server wants to know the application and the page, a Web server the page alone.
fn handover(to: &At<WebAddress>, application: Option<&At<WebAddress>>, page: &At<WebAddress>) -> Handover {
    let page = url(page).to_string();
    let context = match application {
        Some(application) => Context { application: url(application), inner: page }.to_string(),
        None => page,
    };
    Handover { url: url(to), context }
}

/// What is done to a browser's cookies before it opens a page.
pub fn cookie_edits(world: &Deployed, browse: &Browse) -> Vec<CookieEdit> {
    let planted = browse.plant_cookies.iter().map(|written| CookieEdit {
        sent_to: url(&written.sent_to),
        what: What::Planted { name: written.name.clone(), value: written.value.value.clone() },
    });
    let swapped = browse.swap_cookies.iter().map(|written| {
        let (of, sent_to) = (&written.unsigned_part_of.value, url(&written.sent_to));
        let other = world.browsers.get(of);
        let now = world.simulation.now();
        let cookies = other.map(|browser| browser.sends(&sent_to, now)).unwrap_or_default();
        CookieEdit { sent_to, what: What::Grafted { of: of.clone(), cookies } }
    });
    let altered = browse.alter_cookies.iter().map(|written| CookieEdit {
        sent_to: url(&written.sent_to),
        what: What::Replaced { replace: written.replace.clone(), with: written.with.clone() },
    });
    planted.chain(swapped).chain(altered).collect()
}

/// The shape of a wrapped signature.
pub fn wrapping(written: browser::Wrapping) -> Wrapping {
    match written {
        browser::Wrapping::InAdvice => Wrapping::InAdvice,
        browser::Wrapping::Behind => Wrapping::Behind,
        browser::Wrapping::Before => Wrapping::Before,
        browser::Wrapping::BehindWithSameId => Wrapping::BehindWithSameId,
    }
}

fn url(address: &At<WebAddress>) -> Url {
    address.as_str().parse().expect("the file's check has read the address")
}
