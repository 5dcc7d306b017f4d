//! A hash over everything that a source says of a run: equal only when nothing changed.

use assay_core::imports::ImportedRun;
use assay_imports::Point;

use crate::error::Cause;

pub(super) struct Fingerprint(blake3::Hasher);

impl Fingerprint {
    pub fn of(run: &ImportedRun) -> Result<Self, Cause> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&serde_json::to_vec(run)?);
        Ok(Self(hasher))
    }

    /// In the order of the source, before the points.
    pub fn file(&mut self, path: &str, hash: &str) {
        self.text(path);
        self.text(hash);
    }

    /// In the order of the source.
    pub fn point(&mut self, key: &str, point: Point) {
        self.text(key);
        let mut bytes = [0; 24];
        let numbers = [
            point.value.to_bits().to_le_bytes(),
            point.step.to_le_bytes(),
            point.at_ms.to_le_bytes(),
        ];
        for (place, byte) in bytes.iter_mut().zip(numbers.iter().flatten()) {
            *place = *byte;
        }
        self.0.update(&bytes);
    }

    pub fn finish(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }

    fn text(&mut self, text: &str) {
        self.0.update(&(text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
    }
}
