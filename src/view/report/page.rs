//! The whole page, from its head to the scripts.

use std::collections::{BTreeMap, BTreeSet};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chapter::{self, Chapter, Entry};
use super::columns::Columns;
use super::state::{Kept, Shelf};
use super::uses::Uses;
use super::{lane, tell};
use crate::name::HostName;
use crate::rule::{self, Rule};
use crate::trace::outcome::{Outcome, StepOutcome};
use crate::trace::{Event, Happening};
use crate::trust::TrustGraph;
use crate::view::graph;
use crate::view::place::Places;
use crate::view::story::{reproduce, since_start};
use crate::view::text::legible;
use crate::view::why;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page of a run, in the topology with these trusts.
pub fn render(outcome: &Outcome, trusts: &TrustGraph) -> String {
    let places = Places::of(&outcome.trace.topology);
    let trace = &outcome.trace;
    let report = Report {
        outcome,
        trusts,
        columns: Columns::of(&trace.events, &places, |event| !chapter::is_quiet(event)),
        uses: Uses::of(trace, trusts, &places),
        lost: chapter::lost(trace),
        places,
    };
    legible(&report.page().into_string())
}

/// How the details of an event stand in the page: as they are, or packed until a script shows them.
#[derive(Clone, Copy)]
enum Details {
    Plain,
    Packed,
}

struct Report<'t> {
    outcome: &'t Outcome,
    trusts: &'t TrustGraph,
    places: Places<'t>,
    columns: Columns,
    uses: Uses,
    /// The messages that are lost, with why.
    lost: BTreeMap<u64, &'t str>,
}

impl<'t> Report<'t> {
    fn page(&self) -> Markup {
        let title = &self.outcome.scenario;
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    // The page asks nobody for anything, and says so to the browser.
                    meta http-equiv="Content-Security-Policy"
                        content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
                    title { (title) " · forestsim" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a class="skip" href="#run" { "To the run" }
                    (self.header())
                    div class="desk" {
                        main id="run" tabindex="0" data-last=(self.outcome.trace.events.len()) aria-label="The run, event by event" { (self.run()) }
                        aside id="panel" aria-label="The current event, and who trusts whom" { (self.panel()) }
                    }
                    p id="announcer" class="unseen" role="status" aria-live="polite" {}
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    }

    fn header(&self) -> Markup {
        let outcome = self.outcome;
        let (class, word) = if outcome.passed() {
            ("granted", "✓ as expected")
        } else {
            ("refused", "✗ not as expected")
        };
        html! {
            header {
                div class="title" {
                    h1 { (outcome.scenario) }
                    p class="dim" {
                        @if let Some(document) = &outcome.document { "after “" (document) "” · " }
                        "seed " (outcome.seed) " · starts " (outcome.trace.start) " · "
                        (outcome.trace.events.len()) " events · "
                        span class={ "verdict-word " (class) } { (word) }
                        @if !outcome.without.is_empty() {
                            " · without " @for rule in &outcome.without { code { (rule) } " " }
                        }
                    }
                    (self.failures())
                }
                nav class="tools" aria-label="Stepping" hidden {
                    button type="button" id="back" title="arrow up, or arrow left" { "◀ back" }
                    span id="place" { "–" }
                    button type="button" id="on" title="arrow down, or arrow right" { "on ▶" }
                    button type="button" id="theme" aria-pressed="false" { "dark" }
                }
                (self.legend())
            }
        }
    }

    fn failures(&self) -> Markup {
        html! {
            @for (step, failure) in self.outcome.all_failures() {
                p class="bar refused" {
                    "✗ " @if let Some(step) = step { "step " (step.index + 1) ", " (step.name) ": " }
                    (failure.message)
                    @if let Some(place) = &failure.place { " (" (place) ")" }
                }
            }
        }
    }

    fn legend(&self) -> Markup {
        let protocols: BTreeSet<&str> = self
            .outcome
            .trace
            .events
            .iter()
            .filter_map(|event| match &event.happening {
                Happening::Sent(sent) => Some(&*sent.protocol),
                _ => None,
            })
            .collect();
        html! {
            details class="legend" {
                summary { "How to read this page" }
                p {
                    "Each row is an event: at the left in words, at the right in the sequence diagram, where every "
                    "host has a column. Click a row, or step with the arrow keys, and the panel shows what the message "
                    "held, what was decided and why, what hosts now keep, and which trusts were in use. Every number is "
                    "a link to its event. Lines with a triangle fold what only carries other messages, or repeats."
                }
                ul class="signs" {
                    @for protocol in protocols {
                        li {
                            svg width="44" height="12" class={ "mark " (lane::stroke(protocol)) } aria-hidden="true" {
                                path class="way" d="M1 6H34" {} path class="tip" d="M43 6l-9 -5v10z" {}
                            }
                            " " (protocol)
                        }
                    }
                    @for (sign, meaning) in [
                        ("✓", "a rule is met"), ("~", "not met, and the request goes on"), ("✗", "refused"),
                        ("!", "not met, but suspended"), ("§", "a line of the document"), ("+ −", "a host keeps, or no longer keeps"),
                        ("#", "a server's own log"), ("=", "what really happened"), ("×", "lost, or not connected"), ("*", "a fault"),
                    ] { li { b { (sign) } " " (meaning) } }
                }
                p class="dim" { "Again: " code { (reproduce(self.outcome)) } }
            }
        }
    }

    fn run(&self) -> Markup {
        let mut kept = Kept::default();
        let outcome = self.outcome;
        html! {
            div class="sheet" {
                (lane::lines(&self.columns))
                div class="top" { div class="tell" { "The story" } (lane::head(&self.columns)) }
                @for chapter in chapter::chapters(outcome) {
                    (self.chapter(&chapter, &mut kept))
                }
            }
        }
    }

    fn chapter(&self, chapter: &Chapter<'t>, kept: &mut Kept<'t>) -> Markup {
        let after = kept.after(events(&chapter.entries));
        let rows = html! { ol class="rows" { @for entry in &chapter.entries { (self.entry(entry)) } } };
        let Some(began) = chapter.began else {
            return html! {
                section class="chapter" { details class="fold start" {
                    summary { div class="tell" { h2 { "The hosts start" } } }
                    (rows)
                    (keeps(&after))
                } }
            };
        };
        let Happening::StepBegan { name, action } = &began.happening else { return html! {} };
        html! {
            section class="chapter" aria-labelledby={ "e" (began.number) "-name" } {
                div class="row step" id={ "e" (began.number) } {
                    div class="tell" {
                        h2 id={ "e" (began.number) "-name" } {
                            a class="number" href={ "#e" (began.number) } { "step " (began.step.unwrap_or_default() + 1) }
                            " " span class="said" { (name) }
                        }
                        p { (action) }
                    }
                }
                (rows)
                @if let Some(outcome) = chapter.outcome {
                    (self.end(outcome))
                    @if let Some(why) = why::why(&self.outcome.trace, outcome.index) { (super::why::tree(&why)) }
                }
                (keeps(&after))
            }
        }
    }

    /// What came of a step, in a bar.
    fn end(&self, outcome: &StepOutcome) -> Markup {
        let Some(asked) = &outcome.asked else { return html! {} };
        let visits: Vec<&str> = asked.visits.iter().map(|host| host.as_str()).collect();
        let title = asked.rule.as_ref().and_then(|rule| rule::find(rule.as_str())).map(|rule| rule.title);
        html! {
            div class={ "end " (if asked.granted { "granted" } else { "refused" }) } {
                p class="tell" {
                    @if asked.granted {
                        "✓ granted" @if let Some(who) = &asked.identity { ", as " b { (who) } }
                    } @else {
                        "✗ refused"
                        @if let Some(rule) = &asked.rule { " by " a href={ "#rule-" (rule) } { (rule) } }
                        @if let Some(at) = &asked.at { " at " b { (at) } }
                        @if let Some(title) = title { ": " (title) }
                    }
                    @if !visits.is_empty() { span class="dim" { " · visited " (visits.join(", ")) } }
                }
            }
        }
    }

    fn entry(&self, entry: &Entry<'t>) -> Markup {
        match entry {
            Entry::Row(event) => self.row(event, Details::Packed),
            Entry::Fold { summary, host, entries } => self.fold(summary, *host, entries),
        }
    }

    /// A fold. What only carries other messages is packed, so that a long run opens quickly: a browser
    /// that runs scripts reads it as one text, and the script unpacks it when it is opened.
    fn fold(&self, summary: &str, host: Option<&HostName>, entries: &[Entry<'t>]) -> Markup {
        let quiet: Option<Vec<&'t Event>> = entries
            .iter()
            .map(|entry| match entry {
                Entry::Row(event) if chapter::is_quiet(event) => Some(*event),
                _ => None,
            })
            .collect();
        html! {
            li { details class=(if quiet.is_some() { "fold carriage" } else { "fold" }) {
                summary { div class="tell" { @if let Some(host) = host { b { (host) } " " } (summary) } }
                @match quiet {
                    Some(events) => {
                        noscript { ol class="rows" { @for event in events { (self.row(event, Details::Plain)) } } }
                    }
                    None => { ol class="rows" { @for entry in entries { (self.entry(entry)) } } }
                }
            } }
        }
    }

    fn row(&self, event: &'t Event, packing: Details) -> Markup {
        let uses: Vec<String> = self.uses.at(event).map(|index| index.to_string()).collect();
        let lost = self.lost.contains_key(&event.number);
        let uses = (!uses.is_empty()).then(|| uses.join(" "));
        let host = event.host.as_ref().map(HostName::as_str);
        let more =
            tell::details(event).map(|more| html! { details class="more" { summary { "more" } (more) } });
        html! {
            li class={ "row " (tell::class(event)) } id={ "e" (event.number) }
                data-uses=[uses.as_ref()] data-cause=[event.cause] data-host=[host] {
                div class="tell" {
                    a class="number" href={ "#e" (event.number) } { (event.number) }
                    time { (since_start(event.at - self.outcome.trace.start)) }
                    p class="said" { (tell::sentence(event)) @if lost { b { " (lost)" } } }
                    @match (more, packing) {
                        (Some(more), Details::Packed) => { noscript { (more) } }
                        (Some(more), Details::Plain) => { (more) }
                        (None, _) => {}
                    }
                }
                (lane::row(&self.columns, event, lost))
            }
        }
    }

    fn panel(&self) -> Markup {
        html! {
            section id="now" tabindex="0" aria-label="The current event" hidden {
                h2 id="now-title" {}
                div id="now-body" {}
            }
            section id="trusts" tabindex="0" aria-label="Who trusts whom" {
                h2 { "Who trusts whom" }
                p id="in-use" class="dim" tabindex="0" hidden {}
                div class="drawing" { (graph::svg::inline(self.trusts, &self.places)) }
                ol class="readings" {
                    @for arrow in self.trusts.arrows() {
                        li {
                            span class="said" { (arrow.trusts()) } br;
                            span { (arrow.lets_in()) } " "
                            small { (arrow.trust.kind.name()) @for note in &arrow.trust.notes { ", " (note) } }
                            @if let Some(why) = &arrow.trust.broken { br; span class="refused" { "✗ when the run begins, nothing goes this way: " (why) } }
                        }
                    }
                }
                @if self.trusts.arrows().is_empty() { p { "Nobody trusts anybody outside." } }
            }
            (self.rules())
        }
    }

    /// Every rule that decided in this run, once.
    fn rules(&self) -> Markup {
        let ids: BTreeSet<&str> =
            self.outcome.trace.verdicts().map(|(_, verdict)| verdict.rule.as_str()).collect();
        let known: Vec<&Rule> = ids.into_iter().filter_map(rule::find).collect();
        html! {
            details class="rules" {
                summary { "The rules of this run (" (known.len()) ")" }
                dl {
                    @for rule in known {
                        dt id={ "rule-" (rule.id) } { (rule.id) }
                        dd { (rule.title) " " span class="dim" { "Source: " (rule.source) ". Remedy: " (rule.remedy) } }
                    }
                }
            }
        }
    }
}

/// All events of some entries, in their order.
fn events<'t>(entries: &[Entry<'t>]) -> Vec<&'t Event> {
    entries
        .iter()
        .flat_map(|entry| match entry {
            Entry::Row(event) => vec![*event],
            Entry::Fold { entries, .. } => events(entries),
        })
        .collect()
}

/// What the hosts that changed during a chapter keep after it.
fn keeps(shelves: &[(&HostName, Shelf<'_>)]) -> Markup {
    let hosts: Vec<&str> = shelves.iter().map(|(host, _)| host.as_str()).collect();
    html! {
        @if !shelves.is_empty() {
            details class="fold kept" {
                summary { div class="tell" { "What is kept now at " (hosts.join(", ")) } }
                div class="tell wide" {
                    @for (host, shelf) in shelves {
                        h3 { (host) }
                        dl class="fields" {
                            @for ((store, item), value) in shelf { dt { (store) ": " (item) } dd { (value) } }
                            @if shelf.is_empty() { dt { "nothing" } }
                        }
                    }
                }
            }
        }
    }
}
