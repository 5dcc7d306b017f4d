//! Sketches: what is remembered of a column too long to be remembered whole.
//!
//! Invariant: a sketch depends on the multiset of values alone. However the values are cut into shards, in whatever
//! order these are merged, the result is the same: counts to the last bit, moments but for the rounding of sums.

mod buckets;
mod count_sketch;
mod counted;
mod distinct;
mod moments;
mod numbers;
mod texts;
mod weighted;

pub use buckets::{BUCKET_ERROR, Buckets};
pub use count_sketch::CountSketch;
pub use counted::{Counted, Summary, Takes};
pub use distinct::{DistinctSample, Entry};
pub use moments::Moments;
pub use numbers::{Number, NumberSummary};
pub use texts::{InstantSummary, KeptText, TextSummary};
pub use weighted::{Weighted, quantile};

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"): a bijection
/// in which every bit of the input moves every bit of the output.
pub fn scatter(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
