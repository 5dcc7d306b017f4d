//! Samples of several shapes, number for number those of golden/drift_samples.py.

use assay_core::matrix::RawValues;
use serde::Deserialize;

/// splitmix64
pub struct Stream(u64);

/// A column by its shape; without one it is categorical.
#[derive(Deserialize, Clone)]
pub struct Sample {
    shape: Option<String>,
    seed: u64,
    n: usize,
    #[serde(default)]
    shift: f64,
    #[serde(default = "one")]
    scale: f64,
    #[serde(default)]
    missing: f64,
    #[serde(default = "six")]
    n_categories: u32,
    #[serde(default = "two")]
    power: u32,
}

fn one() -> f64 {
    1.0
}

fn two() -> u32 {
    2
}

fn six() -> u32 {
    6
}

impl Stream {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A multiple of 2^-32 from 0 to 1.
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 32) as f64 / 4_294_967_296.0
    }

    pub fn normal(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..12 {
            sum += self.uniform();
        }
        sum - 6.0
    }

    fn number(&mut self, shape: &str) -> f64 {
        match shape {
            "normal" => self.normal(),
            "heavy" => {
                let z = self.normal();
                z / (self.uniform() + 0.05)
            }
            "lognormal" => {
                let mut x = 1.0 + self.normal() / 16.0;
                for _ in 0..4 {
                    x *= x;
                }
                x
            }
            "whole" => (10.0 + 3.0 * self.normal()).floor(),
            "zeros" => {
                let z = self.normal();
                if self.uniform() < 0.6 { 0.0 } else { z.abs() }
            }
            "constant" => 0.003467,
            "few" => (self.uniform() * 4.0).floor(),
            "binary" => f64::from(u8::from(self.uniform() < 0.3)),
            other => panic!("no shape {other}"),
        }
    }
}

impl Sample {
    pub fn values(&self) -> RawValues {
        let mut stream = Stream::new(self.seed);
        match &self.shape {
            Some(shape) => RawValues::Numbers(
                (0..self.n)
                    .map(|_| {
                        let value = self.shift + self.scale * stream.number(shape);
                        if stream.uniform() < self.missing {
                            f64::NAN
                        } else {
                            value
                        }
                    })
                    .collect(),
            ),
            None => RawValues::Texts((0..self.n).map(|_| self.category(&mut stream)).collect()),
        }
    }

    fn category(&self, stream: &mut Stream) -> Option<String> {
        let u = stream.uniform();
        let mut x = 1.0;
        for _ in 0..self.power {
            x *= u;
        }
        let letter = b'a' + (x * f64::from(self.n_categories)).floor() as u8;
        (stream.uniform() >= self.missing).then(|| char::from(letter).to_string())
    }
}
