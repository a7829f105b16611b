//! Random streams, one for each (seed, owner, purpose), and how often each was drawn from.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::rc::Rc;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, TryCryptoRng, TryRng};

use crate::crypto::random;

/// A host's random stream for one purpose.
///
/// It implements [`rand_core::Rng`] and [`rand_core::CryptoRng`]. All handles to the same purpose
/// share one stream, which goes on where it was, also after a crash. Every draw is counted into
/// [`crate::trace::Trace::random`].
#[derive(Clone)]
pub struct RandomStream(Rc<RefCell<Counted>>);

struct Counted {
    generator: ChaCha8Rng,
    draws: u64,
}

impl RandomStream {
    /// A whole number between `low` and `high`, both included, each as likely as the other to within
    /// one part in 2⁶⁴ of the range.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        if low >= high {
            return low;
        }
        let width = u128::from(high - low) + 1;
        low + ((u128::from(self.next_u64()) * width) >> 64) as u64
    }
}

impl TryRng for RandomStream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut counted = self.0.borrow_mut();
        counted.draws += 1;
        counted.generator.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut counted = self.0.borrow_mut();
        counted.draws += 1;
        counted.generator.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        let mut counted = self.0.borrow_mut();
        counted.draws += 1;
        counted.generator.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for RandomStream {}

/// All streams of a run, by `owner/purpose`.
pub(super) struct Streams {
    seed: u64,
    streams: RefCell<BTreeMap<String, RandomStream>>,
}

impl Streams {
    pub fn new(seed: u64) -> Self {
        Self { seed, streams: RefCell::default() }
    }

    pub fn stream(&self, owner: &str, purpose: &str) -> RandomStream {
        let name = format!("{owner}/{purpose}");
        let mut streams = self.streams.borrow_mut();
        let fresh = || Counted { generator: random::stream(self.seed, owner, purpose), draws: 0 };
        streams.entry(name).or_insert_with(|| RandomStream(Rc::new(RefCell::new(fresh())))).clone()
    }

    /// How often each stream was drawn from, without those that never were.
    pub fn draws(&self) -> BTreeMap<String, u64> {
        let streams = self.streams.borrow();
        let counts = streams.iter().map(|(name, stream)| (name.clone(), stream.0.borrow().draws));
        counts.filter(|(_, draws)| *draws > 0).collect()
    }
}
