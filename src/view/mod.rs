//! Renderings of a trace and of a topology.
//!
//! A view reads what a run left and nothing else; it decides nothing and knows no role.
//!
//! - [`page`]: rows of text, wrapped and coloured
//! - [`story`]: a run, told message by message
//! - [`json`]: a run's outcome for programs
//! - [`sequence`]: a run as a sequence diagram
//! - [`report`]: a run as one page for a browser
//! - [`suite`]: many runs at once: what failed, and a summary
//! - [`difference`]: two runs side by side, for a reviewer
//! - [`phrase`]: one event in one phrase
//! - [`why`]: why a step was answered as it was
//! - [`graph`]: who trusts whom, in words and as drawings
//! - [`trace_lines`]: a whole trace as JSON lines, written and read back

pub mod difference;
pub mod graph;
pub mod json;
pub mod page;
pub mod phrase;
mod place;
pub mod report;
pub mod sequence;
pub mod story;
pub mod suite;
mod text;
pub mod trace_lines;
pub mod why;

#[cfg(test)]
pub(crate) mod sample;
