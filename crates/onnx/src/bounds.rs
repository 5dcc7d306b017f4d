//! What a file would take of memory once it is read, found without reading it: a few bytes of a hostile one can
//! announce millions of nodes.

use crate::error::Error;

/// Roughly what one message takes when it is read, with what surrounds it.
const MESSAGE_BYTES: u64 = 512;
/// The same for a text of a list.
const TEXT_BYTES: u64 = 56;
/// A number that takes one byte in the file takes this many in memory.
const NUMBER_BYTES: u64 = 8;
/// Bytes that a file of any size may take, besides a multiple of its own size.
const FREE_BYTES: u64 = 1 << 30;
const TIMES_ITS_SIZE: u64 = 3;
/// The same depth at which the reader itself gives up.
const MAX_DEPTH: u32 = 100;

/// # Errors
/// [`Error::NotOnnx`] for what is no sequence of fields, [`Error::TooLarge`] for what would take too much memory.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Error> {
    let allowed = FREE_BYTES + TIMES_ITS_SIZE * bytes.len() as u64;
    let mut left = allowed;
    walk(Message::Model, bytes, 0, &mut left).map_err(|found| match found {
        Found::Damage => Error::NotOnnx,
        Found::TooMuch => Error::TooLarge { allowed },
    })
}

enum Found {
    Damage,
    TooMuch,
}

/// The messages of the format that hold lists.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Training,
    Function,
    Graph,
    Node,
    Attribute,
    Tensor,
    Sparse,
    Value,
    Type,
    TypeOfTensor,
    TypeAround,
    TypeOfMap,
    Shape,
    /// Texts and numbers alone.
    Flat,
    /// Something whose parts are not looked at: counted as if it were made of the smallest ones.
    Closed,
}

enum Field {
    Message(Message),
    Text,
    Numbers,
    Plain,
}

fn field(of: Message, number: u64) -> Field {
    use Field::{Numbers, Plain, Text};
    use Message::{
        Attribute, Closed, Flat, Function, Graph, Model, Node, Shape, Sparse, Tensor, Training,
        Type, TypeAround, TypeOfMap, TypeOfTensor, Value,
    };
    let inner = match (of, number) {
        (Model, 7) | (Training, 1 | 2) | (Attribute, 6 | 11) => Graph,
        (Model, 20) => Training,
        (Model, 25) => Function,
        (Graph, 1) | (Function, 7) => Node,
        (Graph, 5) | (Attribute, 5 | 10) | (Sparse, 1 | 2) => Tensor,
        (Graph, 15) | (Attribute, 22 | 23) => Sparse,
        (Graph, 11..=13) | (Function, 12) => Value,
        (Node, 5) | (Function, 11) => Attribute,
        (Value, 2) | (Attribute, 14 | 15) | (TypeAround, 1) | (TypeOfMap, 2) => Type,
        (Type, 1 | 8) => TypeOfTensor,
        (Type, 4 | 9) => TypeAround,
        (Type, 5) => TypeOfMap,
        (TypeOfTensor, 2) => Shape,
        (Model, 8 | 14)
        | (Training, 3 | 4)
        | (Function, 9 | 14)
        | (Graph, 16)
        | (Node, 9)
        | (Tensor, 3 | 13 | 16)
        | (Value, 4)
        | (Shape, 1)
        | (Type, 7) => Flat,
        (Model, 26) | (Graph, 14) | (Node, 10) => Closed,
        (Node, 1 | 2) | (Function, 4..=6) | (Attribute, 9) | (Tensor, 6) => return Text,
        (Attribute, 7 | 8) | (Tensor, 1 | 4 | 5 | 7 | 10 | 11) | (Sparse, 3) => return Numbers,
        _ => return Plain,
    };
    Field::Message(inner)
}

fn walk(message: Message, bytes: &[u8], depth: u32, left: &mut u64) -> Result<(), Found> {
    if depth > MAX_DEPTH {
        return Err(Found::Damage);
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        let key = varint(&mut rest)?;
        let found = field(message, key >> 3);
        match key & 7 {
            0 => {
                varint(&mut rest)?;
                if matches!(found, Field::Numbers) {
                    spend(left, NUMBER_BYTES)?;
                }
            }
            1 => drop(taken(&mut rest, 8)?),
            5 => drop(taken(&mut rest, 4)?),
            2 => {
                let length = varint(&mut rest)?;
                let inner = taken(&mut rest, length)?;
                match found {
                    Field::Message(Message::Closed) => {
                        spend(left, length.saturating_add(1).saturating_mul(MESSAGE_BYTES))?;
                    }
                    Field::Message(inner_message) => {
                        spend(left, MESSAGE_BYTES)?;
                        walk(inner_message, inner, depth + 1, left)?;
                    }
                    Field::Text => spend(left, TEXT_BYTES + length)?,
                    Field::Numbers => spend(left, length.saturating_mul(NUMBER_BYTES))?,
                    Field::Plain => spend(left, length)?,
                }
            }
            _ => return Err(Found::Damage),
        }
    }
    Ok(())
}

fn spend(left: &mut u64, bytes: u64) -> Result<(), Found> {
    *left = left.checked_sub(bytes).ok_or(Found::TooMuch)?;
    Ok(())
}

fn taken<'a>(rest: &mut &'a [u8], length: u64) -> Result<&'a [u8], Found> {
    let length = usize::try_from(length).map_err(|_| Found::Damage)?;
    let (head, tail) = rest.split_at_checked(length).ok_or(Found::Damage)?;
    *rest = tail;
    Ok(head)
}

fn varint(rest: &mut &[u8]) -> Result<u64, Found> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = rest.split_first().ok_or(Found::Damage)?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Found::Damage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(field: u8, inner: &[u8]) -> Vec<u8> {
        let mut bytes = vec![field << 3 | 2];
        let mut length = inner.len();
        while length >= 0x80 {
            bytes.push(length as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend(inner);
        bytes
    }

    #[test]
    fn a_file_of_empty_nodes_is_refused_before_it_is_read() {
        let nodes = [1 << 3 | 2, 0].repeat(3_000_000);
        assert!(matches!(
            check(&wrapped(7, &nodes)),
            Err(Error::TooLarge { .. })
        ));
        assert!(check(&wrapped(7, &nodes[..200_000])).is_ok());
    }

    #[test]
    fn lengths_beyond_the_file_and_depths_beyond_reason_are_damage() {
        let mut nested = Vec::new();
        for _ in 0..200 {
            nested = wrapped(1, &wrapped(5, &wrapped(6, &nested)));
        }
        for bytes in [
            vec![7 << 3 | 2, 0xff, 0xff, 0xff, 0xff, 0x0f],
            vec![0xff; 11],
            vec![7 << 3 | 3],
            vec![7 << 3 | 1, 0, 0],
            wrapped(7, &nested),
        ] {
            assert!(matches!(check(&bytes), Err(Error::NotOnnx)), "{bytes:?}");
        }
        assert!(check(&[]).is_ok());
    }
}
