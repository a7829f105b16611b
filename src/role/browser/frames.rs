//! Pages with frames, and the end of a browser session.

use std::collections::VecDeque;

use super::{Conclusion, Detail, Visit};
use crate::protocol::http::{Body, Page, Url};
use crate::trace::{Happening, StateChange};

/// Frames that a browser loads for one page, those within frames included, before it gives up.
const FRAME_LIMIT: usize = 100;

impl Visit<'_> {
    /// The page that signs out everywhere: every frame is loaded, and the frames within frames. One
    /// that cannot be had is left out, and the person sees no more than that the page has come.
    pub(super) async fn load_frames(&self, asked: String, clean_up: Vec<Url>) -> Conclusion {
        let mut waiting = VecDeque::from(clean_up);
        let mut details = Vec::new();
        while let Some(url) = waiting.pop_front().filter(|_| details.len() < FRAME_LIMIT) {
            let request = self.get(url.clone());
            let what = match self.dialer.exchange(&request, None).await {
                Ok(response) => {
                    self.keep_cookies(&url, &response);
                    match response.body {
                        Body::Page(Page::SignOut { clean_up }) => {
                            waiting.extend(clean_up);
                            "cleaned up".to_owned()
                        }
                        Body::Text(text) => text,
                        _ => format!("answers {}", response.status),
                    }
                }
                Err(error) => format!("cannot be reached: {error}"),
            };
            details.push(Detail::new("frame", format!("{}: {what}", url.host())));
        }
        Conclusion { granted: true, identity: None, asked, shown: "signed out".to_owned(), details }
    }

    /// Every window is closed: the cookies of the session are gone, those with an expiry stay.
    pub(super) fn close(&self) {
        let mut jar = self.browser.jar.borrow_mut();
        let session = jar.list().filter(|(_, cookie)| cookie.expires.is_none());
        let gone: Vec<String> =
            session.map(|(host, cookie)| format!("{} for {host}{}", cookie.name, cookie.path)).collect();
        jar.end_session();
        for item in gone {
            let change = StateChange { store: "cookie jar".into(), item, value: None };
            self.host.record(Happening::State(change));
        }
    }
}
