//! Numbers drawn from a generator.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::RngCore;

/// 0 to 1, without 1.
pub fn share(random: &mut Xoshiro256PlusPlus) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Normal, of mean 0 and variance 1 (Box and Muller 1958).
pub fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    let length = (-2.0 * (1.0 - share(random)).ln()).sqrt();
    length * (std::f64::consts::TAU * share(random)).cos()
}
