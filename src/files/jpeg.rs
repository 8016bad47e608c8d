//! JPEG: segments, and between them the picture's bits up to the next marker.

use super::scan::{Ask, Trouble, Walk, big};

/// What comes next.
#[derive(Default)]
enum Place {
    #[default]
    Start,
    /// A marker: 0xff and its kind.
    Marker,
    /// The kind of a marker whose 0xff is gone by; `true` within the picture's bits.
    Kind(bool),
    /// The length of a segment of this kind.
    Length(u8),
    /// The first bytes of a colour profile, of so many.
    Profile(u64),
    /// The head of a frame: its precision, height and width, of so many bytes.
    Frame(u64),
    /// The rest of a segment; then the picture's bits when it is `true`.
    Rest(bool),
}

#[derive(Default)]
pub(super) struct Jpeg {
    place: Place,
    size: Option<(u32, u32)>,
}

const PROFILE: &[u8] = b"ICC_PROFILE\0";
const FRAME: usize = 5;

impl Walk for Jpeg {
    fn next(&mut self, bytes: &[u8]) -> Result<Ask, Trouble> {
        let first = bytes.first().copied().unwrap_or_default();
        match self.place {
            Place::Start => Ok(self.go(Place::Marker, Ask::Take(1))),
            Place::Marker if first == 0xff => Ok(self.go(Place::Kind(false), Ask::Take(1))),
            Place::Marker => Err(Trouble::Broken),
            // Within the bits only the gap to the marker has gone by.
            Place::Kind(true) if bytes.is_empty() => Ok(Ask::Take(1)),
            Place::Kind(bits) => Ok(self.kind(first, bits)),
            Place::Length(kind) => {
                let rest = u64::from(big(bytes)).checked_sub(2).ok_or(Trouble::Broken)?;
                self.segment(kind, rest)
            }
            Place::Profile(_) if bytes != PROFILE => Err(Trouble::Metadata),
            Place::Profile(length) => Ok(self.rest(length - PROFILE.len() as u64, false)),
            Place::Frame(length) => {
                let number = |from, to| big(bytes.get(from..to).unwrap_or_default());
                self.size = Some((number(3, 5), number(1, 3)));
                Ok(self.rest(length - FRAME as u64, false))
            }
            Place::Rest(false) => Ok(self.go(Place::Marker, Ask::Take(1))),
            Place::Rest(true) => Ok(self.go(Place::Kind(true), Ask::Marker)),
        }
    }

    fn size(&self) -> Option<(u32, u32)> {
        self.size
    }
}

impl Jpeg {
    fn go(&mut self, place: Place, ask: Ask) -> Ask {
        self.place = place;
        ask
    }

    fn rest(&mut self, length: u64, bits: bool) -> Ask {
        self.go(Place::Rest(bits), Ask::Skip(length))
    }

    fn kind(&mut self, kind: u8, bits: bool) -> Ask {
        match kind {
            // Markers may be led by any number of 0xff.
            0xff => Ask::Take(1),
            0 | 0xd0..=0xd7 if bits => Ask::Marker,
            0xd9 => Ask::End,
            _ => self.go(Place::Length(kind), Ask::Take(2)),
        }
    }

    fn segment(&mut self, kind: u8, length: u64) -> Result<Ask, Trouble> {
        match kind {
            // A colour profile; others use the same kind for a second picture.
            0xe2 if length >= PROFILE.len() as u64 => {
                Ok(self.go(Place::Profile(length), Ask::Take(PROFILE.len())))
            }
            // JFIF, and how Adobe turns colours. All other segments of applications, and comments,
            // tell of the camera, the place, or the hand.
            0xe0 | 0xee => Ok(self.rest(length, false)),
            0xe1..=0xef | 0xfe => Err(Trouble::Metadata),
            0xc4 | 0xc8 | 0xcc => Ok(self.rest(length, false)),
            0xc0..=0xcf if length >= FRAME as u64 => {
                Ok(self.go(Place::Frame(length), Ask::Take(FRAME)))
            }
            0xda => Ok(self.rest(length, true)),
            0xdb..=0xdf => Ok(self.rest(length, false)),
            _ => Err(Trouble::Broken),
        }
    }
}
