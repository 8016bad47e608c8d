//! WebP: chunks in a RIFF box, which says how long all of them are.

use super::scan::{Ask, Trouble, Walk, little};

const SHOWN: [&[u8]; 4] = [b"ANIM", b"ANMF", b"ALPH", b"ICCP"];
/// So many bytes of a chunk that has the size.
const EXTENDED: usize = 10;
const LOSSLESS: usize = 5;
const LOSSY: usize = 10;

/// Reads width and height from the head of a chunk.
type ReadSize = fn(&[u8]) -> (u32, u32);

#[derive(Default)]
enum Place {
    #[default]
    Start,
    Chunk,
    /// The head of a chunk with the size: how to read it, and how long the chunk is.
    Size(ReadSize, u64),
    Rest,
}

#[derive(Default)]
pub(super) struct Webp {
    place: Place,
    /// Bytes of the box that are still to come.
    left: u64,
    size: Option<(u32, u32)>,
}

impl Walk for Webp {
    fn next(&mut self, bytes: &[u8]) -> Result<Ask, Trouble> {
        let number = |from, to| little(bytes.get(from..to).unwrap_or_default());
        match self.place {
            Place::Start => {
                // The box counts from behind its own length.
                self.left = u64::from(number(4, 8)).checked_sub(4).ok_or(Trouble::Broken)?;
                Ok(self.chunk())
            }
            Place::Rest => Ok(self.chunk()),
            Place::Size(read, rest) => {
                // The first is that of the whole picture, later ones of its parts.
                self.size = self.size.or(Some(read(bytes)));
                self.place = Place::Rest;
                Ok(Ask::Skip(rest))
            }
            Place::Chunk => {
                let kind = bytes.get(..4).unwrap_or_default();
                let length = u64::from(number(4, 8));
                // Chunks begin at even places.
                let whole = length + length % 2;
                self.left = self.left.checked_sub(8 + whole).ok_or(Trouble::Broken)?;
                let (read, head): (ReadSize, usize) = match kind {
                    b"VP8X" => (extended, EXTENDED),
                    b"VP8L" => (lossless, LOSSLESS),
                    b"VP8 " => (lossy, LOSSY),
                    kind if SHOWN.contains(&kind) => {
                        self.place = Place::Rest;
                        return Ok(Ask::Skip(whole));
                    }
                    _ => return Err(Trouble::Metadata),
                };
                let rest = whole.checked_sub(head as u64).ok_or(Trouble::Broken)?;
                self.place = Place::Size(read, rest);
                Ok(Ask::Take(head))
            }
        }
    }

    fn size(&self) -> Option<(u32, u32)> {
        self.size
    }
}

impl Webp {
    fn chunk(&mut self) -> Ask {
        self.place = Place::Chunk;
        if self.left == 0 { Ask::End } else { Ask::Take(8) }
    }
}

fn extended(head: &[u8]) -> (u32, u32) {
    let side = |from, to| little(head.get(from..to).unwrap_or_default()) + 1;
    (side(4, 7), side(7, 10))
}

fn lossless(head: &[u8]) -> (u32, u32) {
    let bits = little(head.get(1..5).unwrap_or_default());
    ((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1)
}

fn lossy(head: &[u8]) -> (u32, u32) {
    let side = |from, to| little(head.get(from..to).unwrap_or_default()) & 0x3fff;
    (side(6, 8), side(8, 10))
}
