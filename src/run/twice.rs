//! A run played twice, to see that it leaves the same both times.

use super::{Outcome, RunError, RunOptions, play};
use crate::scenario::Scenario;
use crate::trace::{Event, Trace};

/// Why a run that was played twice has no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TwiceError {
    /// One of the two runs has none.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The two runs left different traces.
    #[error("two runs with seed {seed} differ: {difference}")]
    Differs {
        /// The seed of both.
        seed: u64,
        /// The first difference, in words.
        difference: String,
    },
}

/// Plays a scenario twice with the same seed and compares the traces.
///
/// # Errors
/// Where a run cannot be played, and where the two differ.
pub fn play_twice(scenario: &Scenario, options: &RunOptions) -> Result<Outcome, TwiceError> {
    let first = play(scenario, options)?;
    let second = play(scenario, options)?;
    match difference(&first.trace, &second.trace) {
        None => Ok(first),
        Some(difference) => Err(TwiceError::Differs { seed: options.seed, difference }),
    }
}

/// The first difference between two traces, in words; none where they are the same.
pub fn difference(first: &Trace, second: &Trace) -> Option<String> {
    if first == second {
        return None;
    }
    let longest = first.events.len().max(second.events.len());
    let differing = (0..longest).find(|index| first.events.get(*index) != second.events.get(*index));
    Some(match differing {
        Some(index) => format!(
            "event {} is first {}, then {}",
            index + 1,
            in_words(first.events.get(index)),
            in_words(second.events.get(index))
        ),
        None if first.topology != second.topology => "what was deployed is not the same".to_owned(),
        None if first.random != second.random => {
            let (first, second) = (&first.random, &second.random);
            let streams = first.keys().chain(second.keys());
            let stream = streams.into_iter().find(|stream| first.get(*stream) != second.get(*stream));
            format!("the stream `{}` is not drawn from as often", stream.map_or("?", String::as_str))
        }
        None => "the traces begin otherwise".to_owned(),
    })
}

fn in_words(event: Option<&Event>) -> String {
    event.map_or("missing".to_owned(), |event| format!("{event:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Happening;
    use crate::view::sample;

    #[test]
    fn the_first_difference_between_two_traces_is_named() {
        let first = sample::trace();
        assert_eq!(difference(&first, &first.clone()), None);

        let mut other = first.clone();
        let Happening::Sent(sent) = &mut other.events[2].happening else { panic!("event 3 is a message") };
        sent.title = "where is another.example?".into();
        other.events.pop();
        let told = difference(&first, &other).unwrap();
        assert!(told.starts_with("event 3 is first") && told.contains("another.example"), "{told}");

        let mut shorter = first.clone();
        shorter.events.pop();
        let told = difference(&first, &shorter).unwrap();
        assert!(told.starts_with(&format!("event {}", first.events.len())) && told.ends_with("then missing"));

        let mut drawn = first.clone();
        drawn.random.insert("ws/tls".to_owned(), 4);
        assert!(difference(&first, &drawn).unwrap().contains("ws/tls"));
    }
}
