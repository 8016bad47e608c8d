//! The way through a file, piece by piece. A picture's format asks for a few bytes at a time and
//! skips the rest, so that a piece may end anywhere.

use super::jpeg::Jpeg;
use super::png::Png;
use super::sniff::{Format, HEAD, format_of, is_of_text};
use super::webp::Webp;
use crate::limits;
use crate::protocol::file::FileKind;

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is not what its first bytes say, or ends too early.
    Broken,
    /// A picture that says more than it shows: EXIF, XMP, comments, something behind its end.
    Metadata,
    /// A picture of more than `limits::IMAGE_PIXELS`.
    TooManyPixels,
}

/// What was found out about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub kind: FileKind,
    /// Width and height of a picture, in pixels.
    pub size: Option<(u32, u32)>,
}

impl Facts {
    /// The longer side of a picture, in pixels; 0 of anything else.
    pub fn longer(&self) -> u32 {
        self.size.map_or(0, |(width, height)| width.max(height))
    }
}

/// What a format wants next.
pub(super) enum Ask {
    /// So many bytes, at once.
    Take(usize),
    /// So many bytes go by.
    Skip(u64),
    /// All bytes go by until a 0xff, that one, too.
    Marker,
    /// Nothing may follow.
    End,
}

/// A picture's format. Each answer says what it wants next.
pub(super) trait Walk {
    /// It has got the bytes it took, or those it skipped have gone by: then there are none.
    fn next(&mut self, bytes: &[u8]) -> Result<Ask, Trouble>;
    /// Width and height, once they were met.
    fn size(&self) -> Option<(u32, u32)>;
}

struct Picture {
    walk: Box<dyn Walk>,
    ask: Ask,
    taken: Vec<u8>,
}

enum Way {
    Picture(Picture),
    Gif,
    Text,
    Plain(FileKind),
}

/// Looks through one file.
#[derive(Default)]
pub struct Scanner {
    head: Vec<u8>,
    way: Option<Way>,
}

impl Scanner {
    /// Looks at the next piece.
    ///
    /// # Errors
    /// As soon as it is clear that the file cannot be taken.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), Trouble> {
        let mut rest = piece;
        if self.head.len() < HEAD {
            let (first, others) = rest.split_at(rest.len().min(HEAD - self.head.len()));
            self.head.extend_from_slice(first);
            rest = others;
            if self.head.len() < HEAD {
                return Ok(());
            }
            self.begin()?;
        }
        self.walk(rest)
    }

    /// What it is, as far as the bytes until now tell; none before the first few.
    pub fn kind(&self) -> Option<FileKind> {
        Some(match self.way.as_ref()? {
            Way::Picture(_) | Way::Gif => FileKind::Image,
            Way::Text => FileKind::Text,
            Way::Plain(kind) => *kind,
        })
    }

    /// The file has ended.
    ///
    /// # Errors
    /// When it ends too early, or is a picture too large.
    pub fn finish(mut self) -> Result<Facts, Trouble> {
        if self.head.is_empty() {
            return Err(Trouble::Broken);
        }
        if self.way.is_none() {
            self.begin()?;
        }
        let kind = self.kind().ok_or(Trouble::Broken)?;
        let size = match &self.way {
            Some(Way::Picture(Picture { walk, ask: Ask::End, .. })) => Some(walk.size()),
            Some(Way::Picture(_)) => return Err(Trouble::Broken),
            Some(Way::Gif) => Some(size_of_gif(&self.head)),
            _ => None,
        };
        match size {
            None => Ok(Facts { kind, size: None }),
            Some(None) => Err(Trouble::Broken),
            Some(Some((width, height))) => {
                let pixels = u64::from(width) * u64::from(height);
                match pixels {
                    0 => Err(Trouble::Broken),
                    1..=limits::IMAGE_PIXELS => Ok(Facts { kind, size: Some((width, height)) }),
                    _ => Err(Trouble::TooManyPixels),
                }
            }
        }
    }

    fn begin(&mut self) -> Result<(), Trouble> {
        let picture = |walk: Box<dyn Walk>, first| {
            Way::Picture(Picture { walk, ask: Ask::Take(first), taken: Vec::new() })
        };
        self.way = Some(match format_of(&self.head) {
            Format::Jpeg => picture(Box::<Jpeg>::default(), 2),
            Format::Png => picture(Box::<Png>::default(), 8),
            Format::Webp => picture(Box::<Webp>::default(), 12),
            Format::Gif => Way::Gif,
            Format::Text => Way::Text,
            Format::Plain(kind) => Way::Plain(kind),
        });
        let head = std::mem::take(&mut self.head);
        let walked = self.walk(&head);
        self.head = head;
        walked
    }

    fn walk(&mut self, piece: &[u8]) -> Result<(), Trouble> {
        match &mut self.way {
            Some(Way::Picture(picture)) => picture.walk(piece),
            Some(Way::Text) if !piece.iter().all(|byte| is_of_text(*byte)) => {
                self.way = Some(Way::Plain(FileKind::Other));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Picture {
    fn walk(&mut self, mut piece: &[u8]) -> Result<(), Trouble> {
        loop {
            let (gone, ready) = match self.ask {
                Ask::Take(count) => {
                    let (now, _) = piece.split_at(piece.len().min(count - self.taken.len()));
                    self.taken.extend_from_slice(now);
                    (now.len(), self.taken.len() == count)
                }
                Ask::Skip(count) => {
                    let now = piece.len().min(usize::try_from(count).unwrap_or(usize::MAX));
                    let left = count - now as u64;
                    self.ask = Ask::Skip(left);
                    (now, left == 0)
                }
                Ask::Marker => match piece.iter().position(|byte| *byte == 0xff) {
                    Some(at) => (at + 1, true),
                    None => (piece.len(), false),
                },
                Ask::End if piece.is_empty() => return Ok(()),
                Ask::End => return Err(Trouble::Metadata),
            };
            piece = piece.get(gone..).unwrap_or_default();
            if !ready {
                return Ok(());
            }
            let taken = std::mem::take(&mut self.taken);
            self.ask = self.walk.next(&taken)?;
        }
    }
}

/// The numbers of a big-endian picture format.
pub(super) fn big(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

/// The numbers of a little-endian one.
pub(super) fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

fn size_of_gif(head: &[u8]) -> Option<(u32, u32)> {
    Some((little(head.get(6..8)?), little(head.get(8..10)?)))
}
