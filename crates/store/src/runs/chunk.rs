//! How a chunk of metric points is written: steps and times as differences, values byte-plane by byte-plane, all of
//! it compressed; beside it, uncompressed, what a chart needs of every group of points.

use assay_core::curves::{GROUP, MetricBucket};
use assay_core::tracking::MetricSample as Sample;

use super::metrics::MetricPoint;
use crate::error::{Error, Result};

/// Points of a full chunk.
pub(super) const CHUNK: usize = 1_024;
const ZSTD_LEVEL: i32 = 3;
/// Of one number in a varint.
const MAX_VARINT: usize = 10;

/// Of a point in the tail: value, step, time.
const PORTION_BYTES: usize = 3 * 8;

pub(super) fn sample(point: &MetricPoint) -> Sample {
    Sample {
        value: point.value,
        step: point.step,
        at_ms: point.at_ms,
    }
}

/// Points that are too few for a chunk, as they stand in the tail.
pub(super) fn write_portion(samples: &[Sample]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(samples.len() * PORTION_BYTES);
    for sample in samples {
        bytes.extend(sample.value.to_bits().to_be_bytes());
        bytes.extend(sample.step.to_be_bytes());
        bytes.extend(sample.at_ms.to_be_bytes());
    }
    bytes
}

pub(super) fn n_in_portion(bytes: &[u8]) -> usize {
    bytes.len() / PORTION_BYTES
}

pub(super) fn read_portion(bytes: &[u8], samples: &mut Vec<Sample>) -> Result<()> {
    let (points, rest) = bytes.as_chunks::<PORTION_BYTES>();
    if !rest.is_empty() {
        return Err(unreadable());
    }
    samples.extend(points.iter().map(|point| {
        let [value, step, at_ms] = [0, 8, 16].map(|at| {
            let mut number = [0; 8];
            number.copy_from_slice(&point[at..at + 8]);
            number
        });
        Sample {
            value: f64::from_bits(u64::from_be_bytes(value)),
            step: i64::from_be_bytes(step),
            at_ms: i64::from_be_bytes(at_ms),
        }
    }));
    Ok(())
}

pub(super) fn compress(samples: &[Sample]) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(samples.len() * 12);
    write_varint(&mut bytes, samples.len() as u64);
    write_differences(&mut bytes, samples.iter().map(|sample| sample.step));
    write_differences(&mut bytes, samples.iter().map(|sample| sample.at_ms));
    // Bytes of equal weight side by side: exponents repeat, mantissas do not.
    for plane in 0..8 {
        bytes.extend(
            samples
                .iter()
                .map(|sample| sample.value.to_bits().to_le_bytes()[plane]),
        );
    }
    zstd::bulk::compress(&bytes, ZSTD_LEVEL)
        .map_err(|error| Error::damaged(format!("metric points cannot be compressed ({error})")))
}

pub(super) fn decompress(chunk: &[u8]) -> Result<Vec<Sample>> {
    let capacity = CHUNK * (2 * MAX_VARINT + 8) + MAX_VARINT;
    let bytes = zstd::bulk::decompress(chunk, capacity).map_err(|_| unreadable())?;
    let mut rest = bytes.as_slice();
    let n = read_varint(&mut rest)? as usize;
    if n > CHUNK {
        return Err(unreadable());
    }
    let steps = read_differences(&mut rest, n)?;
    let times = read_differences(&mut rest, n)?;
    if rest.len() != n * 8 {
        return Err(unreadable());
    }
    Ok((0..n)
        .map(|index| {
            let mut value = [0; 8];
            for (plane, byte) in value.iter_mut().enumerate() {
                *byte = rest[plane * n + index];
            }
            Sample {
                value: f64::from_bits(u64::from_le_bytes(value)),
                step: steps[index],
                at_ms: times[index],
            }
        })
        .collect())
}

/// One bucket per [`GROUP`] points.
pub(super) fn groups(samples: &[Sample]) -> Vec<MetricBucket> {
    samples.chunks(GROUP).map(MetricBucket::of).collect()
}

pub(super) fn write_groups(groups: &[MetricBucket]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(groups.len() * 48);
    let (mut step, mut ms) = (0, 0);
    for group in groups {
        write_varint(&mut bytes, group.n);
        write_varint(&mut bytes, group.n - group.n_finite);
        write_difference(&mut bytes, &mut step, group.first_step);
        write_difference(&mut bytes, &mut step, group.last_step);
        write_difference(&mut bytes, &mut ms, group.first_ms);
        write_difference(&mut bytes, &mut ms, group.last_ms);
        for value in [group.min, group.max, group.mean, group.last] {
            bytes.extend(value.to_bits().to_le_bytes());
        }
    }
    bytes
}

pub(super) fn read_groups(bytes: &[u8]) -> Result<Vec<MetricBucket>> {
    let mut rest = bytes;
    let (mut step, mut ms) = (0, 0);
    let mut groups = Vec::with_capacity(CHUNK / GROUP);
    while !rest.is_empty() {
        let n = read_varint(&mut rest)?;
        let n_not_finite = read_varint(&mut rest)?;
        if n > GROUP as u64 || n_not_finite > n {
            return Err(unreadable());
        }
        groups.push(MetricBucket {
            n,
            n_finite: n - n_not_finite,
            first_step: read_difference(&mut rest, &mut step)?,
            last_step: read_difference(&mut rest, &mut step)?,
            first_ms: read_difference(&mut rest, &mut ms)?,
            last_ms: read_difference(&mut rest, &mut ms)?,
            min: read_value(&mut rest)?,
            max: read_value(&mut rest)?,
            mean: read_value(&mut rest)?,
            last: read_value(&mut rest)?,
        });
    }
    Ok(groups)
}

fn write_differences(bytes: &mut Vec<u8>, numbers: impl Iterator<Item = i64>) {
    let mut previous = 0;
    for number in numbers {
        write_difference(bytes, &mut previous, number);
    }
}

fn read_differences(rest: &mut &[u8], n: usize) -> Result<Vec<i64>> {
    let mut previous = 0;
    (0..n)
        .map(|_| read_difference(rest, &mut previous))
        .collect()
}

fn write_difference(bytes: &mut Vec<u8>, previous: &mut i64, number: i64) {
    // Wrapping, so that the ends of the range are as good as any number; zigzag, so that −1 is short.
    let difference = number.wrapping_sub(*previous);
    write_varint(bytes, ((difference << 1) ^ (difference >> 63)) as u64);
    *previous = number;
}

fn read_difference(rest: &mut &[u8], previous: &mut i64) -> Result<i64> {
    let zigzag = read_varint(rest)?;
    let difference = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
    *previous = previous.wrapping_add(difference);
    Ok(*previous)
}

fn read_value(rest: &mut &[u8]) -> Result<f64> {
    let (bits, tail) = rest.split_first_chunk().ok_or_else(unreadable)?;
    *rest = tail;
    Ok(f64::from_bits(u64::from_le_bytes(*bits)))
}

fn write_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_varint(rest: &mut &[u8]) -> Result<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = rest.split_first().ok_or_else(unreadable)?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(unreadable())
}

fn unreadable() -> Error {
    Error::damaged("stored metric points cannot be read")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn chunks_read_back_to_the_bit(
            points in prop::collection::vec((any::<u64>(), any::<i64>(), any::<i64>()), 0..=CHUNK)
        ) {
            let samples: Vec<Sample> = points
                .iter()
                .map(|&(bits, step, at_ms)| Sample { value: f64::from_bits(bits), step, at_ms })
                .collect();
            let back = decompress(&compress(&samples)?)?;
            let bits = |samples: &[Sample]| -> Vec<(u64, i64, i64)> {
                samples.iter().map(|s| (s.value.to_bits(), s.step, s.at_ms)).collect()
            };
            prop_assert_eq!(&bits(&back), &points);
            let mut portion = Vec::new();
            read_portion(&write_portion(&samples), &mut portion)?;
            prop_assert_eq!(bits(&portion), bits(&samples));
            let groups = groups(&samples);
            prop_assert_eq!(groups.iter().map(|group| group.n).sum::<u64>(), samples.len() as u64);
            let stored = write_groups(&groups);
            prop_assert_eq!(write_groups(&read_groups(&stored)?), stored);
        }
    }

    #[test]
    fn damaged_chunks_are_errors() -> Result<()> {
        let samples = [Sample {
            value: 1.5,
            step: 3,
            at_ms: 4,
        }; 40];
        let chunk = compress(&samples)?;
        assert!(decompress(&chunk[..chunk.len() - 3]).is_err());
        assert!(decompress(b"").is_err());
        let short = zstd::bulk::compress(&[200, 1, 2], 3).unwrap();
        assert!(decompress(&short).is_err());
        assert!(read_groups(&[32; 39]).is_err());
        assert!(read_groups(&[33, 0]).is_err());
        assert!(read_portion(&[0; 25], &mut Vec::new()).is_err());
        Ok(())
    }
}
