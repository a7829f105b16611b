//! The why-tree of a step in the page: who asked whom, and what each decided, each with its event.

use maud::{Markup, html};

use super::tell::{link, sentence};
use crate::view::page::counted;
use crate::view::why::{Decision, Exchange, Reason, Why};

/// The whole tree, behind the line that opens it.
pub fn tree(why: &Why<'_>) -> Markup {
    html! {
        details class="fold why" {
            summary { div class="tell" { "Why: the chain of trust from " b { (why.asker) } " to the resource" } }
            div class="tell wide" {
                @if let Some(decision) = why.decisive() {
                    p class="refused" { "The decisive rule, at " (link(decision.event.number)) ": " (sentence(decision.event)) }
                    @if let Some(rule) = decision.rule { p { "Source: " (rule.source) ". Remedy: " (rule.remedy) } }
                }
                ul class="tree" { (reasons(&why.reasons)) }
            }
        }
    }
}

fn reasons(reasons: &[Reason<'_>]) -> Markup {
    html! {
        @for reason in reasons {
            @match reason {
                Reason::Decision(decision) => { (decided(decision)) }
                Reason::Line(line) => {
                    li data-event=(line.event.number) {
                        span class="leaf" { (number(line.event.number)) " " (sentence(line.event)) }
                    }
                }
                Reason::Exchange(exchange) => { (asked(exchange)) }
            }
        }
    }
}

fn decided(decision: &Decision<'_>) -> Markup {
    let class = super::tell::class(decision.event);
    html! {
        li data-event=(decision.event.number) {
            span class={ "leaf " (class) } {
                (number(decision.event.number)) " " (sentence(decision.event))
                @if let Some(since) = decision.since { ", relying on " (link(since.number)) }
            }
        }
    }
}

fn asked(exchange: &Exchange<'_>) -> Markup {
    html! {
        li data-event=(exchange.event.number) {
            span class="leaf" {
                (number(exchange.event.number)) " " (sentence(exchange.event))
                @match exchange.answer {
                    Some(answer) => { "; answered at " (link(answer.number)) }
                    None => { "; nothing came back" }
                }
                @if !exchange.reached.is_empty() {
                    span class="dim" { " (reached: " (counted(exchange.reached.len(), "check")) " passed)" }
                }
            }
            ul { (reasons(&exchange.reasons)) }
        }
    }
}

fn number(number: u64) -> Markup {
    html! { a href={ "#e" (number) } { (number) } }
}
