//! PNG: chunks. Only those that change what is seen may be there.

use super::scan::{Ask, Trouble, Walk, big};

const SHOWN: [&[u8]; 22] = [
    b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI",
    b"bKGD", b"pHYs", b"sBIT", b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"iDOT", b"gIFg",
    b"oFFs", b"sTER",
];
/// Behind the data of each chunk.
const CHECKSUM: u64 = 4;
const SIZE: usize = 8;

#[derive(Default)]
enum Place {
    #[default]
    Start,
    Chunk,
    /// Width and height, in a chunk of so many bytes.
    Size(u64),
    /// The rest of a chunk; the last one when it is `true`.
    Rest(bool),
}

#[derive(Default)]
pub(super) struct Png {
    place: Place,
    size: Option<(u32, u32)>,
}

impl Walk for Png {
    fn next(&mut self, bytes: &[u8]) -> Result<Ask, Trouble> {
        let (length, kind) = bytes.split_at(bytes.len().min(4));
        let (place, ask) = match self.place {
            Place::Start | Place::Rest(false) => (Place::Chunk, Ask::Take(8)),
            Place::Rest(true) => (Place::Rest(true), Ask::End),
            Place::Size(rest) => {
                self.size = Some((big(length), big(kind)));
                (Place::Rest(false), Ask::Skip(rest))
            }
            Place::Chunk => {
                let length = u64::from(big(length));
                match kind {
                    b"IHDR" => {
                        let rest = (length + CHECKSUM).checked_sub(SIZE as u64);
                        (Place::Size(rest.ok_or(Trouble::Broken)?), Ask::Take(SIZE))
                    }
                    b"IEND" => (Place::Rest(true), Ask::Skip(length + CHECKSUM)),
                    kind if SHOWN.contains(&kind) => {
                        (Place::Rest(false), Ask::Skip(length + CHECKSUM))
                    }
                    kind if kind.iter().all(u8::is_ascii_alphabetic) => {
                        return Err(Trouble::Metadata);
                    }
                    _ => return Err(Trouble::Broken),
                }
            }
        };
        self.place = place;
        Ok(ask)
    }

    fn size(&self) -> Option<(u32, u32)> {
        self.size
    }
}
