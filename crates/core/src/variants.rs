//! Smaller models: variants of a version, each beside the original.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ids::{ObjectHash, VersionKey};
use crate::parity::Differences;
use crate::reference::Reference;

pub const VARIANT_SCHEMA: u32 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VariantKind {
    /// Weights of linear layers and tables in 16 bits.
    Float16,
    /// Weights of linear layers in 8 bits, their inputs quantised as they come.
    Int8,
    /// Trees cut back by least loss.
    Pruned,
}

impl VariantKind {
    pub const ALL: [Self; 3] = [Self::Float16, Self::Int8, Self::Pruned];

    pub fn name(self) -> &'static str {
        match self {
            Self::Float16 => "float16",
            Self::Int8 => "int8",
            Self::Pruned => "pruned",
        }
    }

    /// Its file in the registry folder: `model.int8.onnx`.
    pub fn file(self) -> String {
        format!("model.{}.onnx", self.name())
    }
}

impl std::str::FromStr for VariantKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| format!("`{text}` is no variant; choose float16, int8 or pruned"))
    }
}

/// What a variant is to be made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ShrinkSpec {
    pub model: Reference,
    pub to: VariantKind,
    /// Of pruned trees: the share of the nodes that stays, over 0 and under 1; `None`: half.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub size: Option<f64>,
}

/// A smaller graph of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelVariant {
    pub schema: u32,
    pub version: VersionKey,
    pub kind: VariantKind,
    /// In the registry folder.
    pub file: String,
    /// blake3 of the file.
    pub onnx: ObjectHash,
    pub measured: VariantMeasure,
    /// Of the version itself, measured beside it.
    pub original: VariantMeasure,
    /// Between the answers of the two on the test rows; `passed` means within the tolerance of parity.
    pub differences: Differences,
    /// `3 of 5 matrices are in 16 bits`.
    pub note: String,
    pub created_ms: TimestampMs,
}

/// Size, speed and accuracy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct VariantMeasure {
    pub size_bytes: u64,
    /// Median over single rows, in process, one thread.
    pub row_latency_micros: f64,
    pub batch_rows: u64,
    /// Median over batches.
    pub batch_latency_millis: f64,
    /// Main metrics on the test rows; empty without a known answer.
    pub metrics: BTreeMap<String, f64>,
}
