//! Which format a file has, by its first bytes. What its name or its sender says counts for
//! nothing.

use crate::protocol::file::FileKind;

/// A format; pictures are looked through, all others are only told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Webp,
    Gif,
    /// Text as long as no byte of it says otherwise.
    Text,
    Plain(FileKind),
}

/// So many bytes tell them all apart.
pub(super) const HEAD: usize = 32;

pub(super) fn format_of(head: &[u8]) -> Format {
    let at =
        |from: usize, wanted: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(wanted));
    let riff = |kind: &[u8]| at(0, b"RIFF") && at(8, kind);
    let document = [&b"PK\x03\x04"[..], b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"{\\rtf"];
    let media = [&b"\x1a\x45\xdf\xa3"[..], b"OggS", b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf1"];
    match () {
        () if at(0, b"\xff\xd8\xff") => Format::Jpeg,
        () if at(0, b"\x89PNG\r\n\x1a\n") => Format::Png,
        () if riff(b"WEBP") => Format::Webp,
        () if at(0, b"GIF87a") || at(0, b"GIF89a") => Format::Gif,
        () if at(0, b"%PDF-") => Format::Plain(FileKind::Pdf),
        () if document.iter().any(|sign| at(0, sign)) => Format::Plain(FileKind::Document),
        () if riff(b"WAVE") || media.iter().any(|sign| at(0, sign)) || is_film(head) => {
            Format::Plain(FileKind::Media)
        }
        () if is_markup(head) => Format::Plain(FileKind::Other),
        () => Format::Text,
    }
}

/// The media type of a picture that is looked through; none for any other file.
pub fn media_type(head: &[u8]) -> Option<&'static str> {
    match format_of(head) {
        Format::Jpeg => Some("image/jpeg"),
        Format::Png => Some("image/png"),
        Format::Webp => Some("image/webp"),
        Format::Gif | Format::Text | Format::Plain(_) => None,
    }
}

/// MP4 and its kin; pictures in the same box (HEIC, AVIF) carry what nobody here takes out.
fn is_film(head: &[u8]) -> bool {
    let brands = [&b"isom"[..], b"iso2", b"mp41", b"mp42", b"avc1", b"M4A ", b"M4V ", b"qt  "];
    let brand = head.get(8..12).unwrap_or_default();
    head.get(4..8) == Some(b"ftyp") && brands.contains(&brand)
}

/// HTML, SVG or XML: what a browser would run if it were let.
fn is_markup(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    text.trim_ascii_start().first() == Some(&b'<')
}

/// Whether a text may have this byte, in UTF-8 or any of the older alphabets.
pub(super) fn is_of_text(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)
}
