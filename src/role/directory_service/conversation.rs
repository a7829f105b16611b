//! One connection to a directory: requests and answers in turn, until the client unbinds or watches.

use super::{Bound, Directory, Watch, read, write};
use crate::facts;
use crate::protocol::ldap::{self, LdapReply, LdapRequest, Search, SearchControl};
use crate::rule;
use crate::sim::Channel;

/// Answers the requests of one connection.
pub async fn converse<D: Directory>(directory: &D, mut channel: Channel) {
    let from = channel.peer().to_string();
    let mut bound: Option<Bound> = None;
    while let Ok(request) = channel.receive::<LdapRequest>().await {
        let reply = match request {
            LdapRequest::Unbind => return,
            LdapRequest::Bind { mechanism } => {
                let outcome = directory.bind(&from, &mechanism);
                bound = outcome.as_ref().ok().cloned();
                match outcome {
                    Ok(_) => LdapReply::Bind { code: ldap::SUCCESS, text: String::new() },
                    Err(text) => LdapReply::Bind { code: ldap::INVALID_CREDENTIALS, text },
                }
            }
            request if !may_ask(directory, &from, bound.as_ref(), &request) => out_of_turn(&request),
            request => {
                let anonymous;
                let who = match &bound {
                    Some(bound) => bound,
                    None => {
                        anonymous = Bound::anonymous(&from);
                        &anonymous
                    }
                };
                if let LdapRequest::Search(
                    search @ Search { control: Some(SearchControl::Notification), .. },
                ) = &request
                {
                    let (reply, watch) = read::open_watch(directory, search);
                    match (channel.send(&reply).await, watch) {
                        (Ok(()), Some(watch)) => return tell(directory, who, search, watch, channel).await,
                        (Ok(()), None) => continue,
                        (Err(_), _) => return,
                    }
                }
                answer(directory, who, request)
            }
        };
        if channel.send(&reply).await.is_err() {
            return;
        }
    }
}

fn answer<D: Directory>(directory: &D, who: &Bound, request: LdapRequest) -> LdapReply {
    match request {
        LdapRequest::Search(search) => read::search(directory, who, &search),
        LdapRequest::Add { dn, attributes } => write::add(directory, who, &dn, attributes),
        LdapRequest::Modify { dn, changes } => write::modify(directory, who, &dn, &changes),
        LdapRequest::Delete { dn, tree } => write::delete(directory, who, &dn, tree),
        LdapRequest::Bind { .. } | LdapRequest::Unbind => out_of_turn(&request),
    }
}

/// A directory answers only those who have bound.
fn may_ask<D: Directory>(directory: &D, from: &str, bound: Option<&Bound>, request: &LdapRequest) -> bool {
    if bound.is_some() {
        return true;
    }
    let what = if matches!(request, LdapRequest::Search(_)) { "a search" } else { "a change" };
    let facts = facts!["why" => format!("{what} came before a bind")];
    let who = format!("a client on {from}");
    directory.judge().require(&rule::LDAP_BIND, who, directory.name(), false, facts).is_ok()
}

fn out_of_turn(request: &LdapRequest) -> LdapReply {
    match request {
        LdapRequest::Search(_) => {
            LdapReply::Search { code: ldap::OPERATIONS_ERROR, entries: Vec::new(), cookie: None }
        }
        _ => LdapReply::Written { code: ldap::OPERATIONS_ERROR, text: "bind first".to_owned() },
    }
}

/// Gives each change to a client that watches, as far as it may be read.
async fn tell<D: Directory>(
    directory: &D,
    who: &Bound,
    search: &Search,
    mut watch: Watch,
    mut channel: Channel,
) {
    loop {
        let object = watch.next().await;
        let in_scope = search.scope.holds(&search.base, &object.dn);
        let matches = object.deleted || search.filter.matches(&object.attributes);
        if !in_scope || !matches {
            continue;
        }
        let entry = read::changed_entry(directory, who, search, &object);
        if let Some(entry) = entry
            && channel.send(&LdapReply::Changed(entry)).await.is_err()
        {
            return;
        }
    }
}
