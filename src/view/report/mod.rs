//! A run as one page for a browser: the story at the left with a sequence diagram beside it, the trust
//! graph, and at each event what the message held, what was decided and why, and what hosts keep.
//!
//! The page needs no network and no server. It is whole without scripts; these only step through it.
//!
//! - `chapter`, `repeat`: the events in rows and folds
//! - `columns`, `lane`: the sequence diagram
//! - `tell`: an event in words and in detail
//! - `state`: what hosts keep
//! - `uses`: which trusts are in use at an event
//! - `why`: the why-tree of a step
//! - `page`: the whole

mod chapter;
mod columns;
mod lane;
mod page;
mod repeat;
mod state;
mod tell;
mod uses;
mod why;

pub use page::render;

#[cfg(test)]
mod tests;
