//! What a file is by its bytes, however they are cut into pieces, and which pictures are refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use edgewise::files::{Facts, Scanner, Trouble};
use edgewise::limits;
use edgewise::protocol::file::{FileKind, FileRules};

fn scan(pieces: &[&[u8]]) -> Result<Facts, Trouble> {
    let mut scanner = Scanner::default();
    for piece in pieces {
        scanner.feed(piece)?;
    }
    scanner.finish()
}

/// The same answer whole, byte by byte, and cut at any one place.
fn check(file: &[u8], wanted: Result<Facts, Trouble>) {
    assert_eq!(scan(&[file]), wanted, "whole: {:?}", file.get(..24));
    let bytes: Vec<&[u8]> = file.chunks(1).collect();
    assert_eq!(scan(&bytes), wanted, "byte by byte");
    for at in 0..file.len() {
        let (one, two) = file.split_at(at);
        assert_eq!(scan(&[one, two]), wanted, "cut at {at}");
    }
}

fn image(width: u32, height: u32) -> Result<Facts, Trouble> {
    Ok(Facts { kind: FileKind::Image, size: Some((width, height)) })
}

fn segment(kind: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, kind][..], &length, data].concat()
}

/// A picture of 640 by 480 with these segments in front of its frame.
fn jpeg(more: &[u8]) -> Vec<u8> {
    let frame = [8, 480_u16.to_be_bytes()[0], 480_u16.to_be_bytes()[1], 2, 128, 1, 1, 17, 0];
    [
        &b"\xff\xd8"[..],
        &segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        more,
        &segment(0xdb, &[7; 65]),
        &segment(0xc0, &frame),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        // Its bits: a stuffed 0xff, a restart, and more markers than one.
        b"bits\xff\x00more\xff\xd0bits\xff\xff\xd9",
    ]
    .concat()
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], kind, data, b"sums"].concat()
}

fn png(width: u32, height: u32, more: &[u8]) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &head),
        &chunk(b"IDAT", b"bits"),
        more,
        &chunk(b"IEND", b""),
    ]
    .concat()
}

fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend_from_slice(*kind);
        body.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        body.extend_from_slice(data);
        body.extend(vec![0; data.len() % 2]);
    }
    [&b"RIFF"[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
}

const VP8: &[u8] = b"\x10\x02\0\x9d\x01\x2a\x40\x01\xf0\x00bits.";
const VP8X: &[u8] = &[0, 0, 0, 0, 63, 1, 0, 239, 0, 0];

#[test]
fn pictures_tell_their_size() {
    check(&jpeg(b""), image(640, 480));
    check(&jpeg(&segment(0xe2, b"ICC_PROFILE\0\x01\x01colours")), image(640, 480));
    check(&jpeg(&segment(0xee, b"Adobe\0d\0\0\0\0\x01")), image(640, 480));
    check(&png(300, 200, &chunk(b"IDAT", b"more")), image(300, 200));
    check(&riff(&[(b"VP8 ", VP8)]), image(320, 240));
    check(&riff(&[(b"VP8X", VP8X), (b"ALPH", b"odd"), (b"VP8 ", VP8)]), image(320, 240));
    let lossless = [0x2f, 0x3f, 0xc1, 0x3b, 0, 1, 2];
    check(&riff(&[(b"VP8L", &lossless)]), image(320, 240));
    check(b"GIF89a\x40\x01\xf0\x00 and what comes after it, bits and all", image(320, 240));
}

#[test]
fn s7_pictures_that_say_more_than_they_show_are_refused() {
    let refused = |file: Vec<u8>| check(&file, Err(Trouble::Metadata));
    refused(jpeg(&segment(0xe1, b"Exif\0\0MM\0*place")));
    refused(jpeg(&segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0xmp")));
    refused(jpeg(&segment(0xed, b"Photoshop 3.0\0iptc")));
    refused(jpeg(&segment(0xe2, b"MPF\0another picture")));
    refused(jpeg(&segment(0xfe, b"by me")));
    refused([jpeg(b""), b"a film".to_vec()].concat());
    refused(png(3, 2, &chunk(b"eXIf", b"MM\0*place")));
    refused(png(3, 2, &chunk(b"tEXt", b"Author\0me")));
    refused(png(3, 2, &chunk(b"iTXt", b"XML:com.adobe.xmp\0")));
    refused(png(3, 2, &chunk(b"tIME", b"1234567")));
    refused([png(3, 2, b""), b"more".to_vec()].concat());
    refused(riff(&[(b"VP8X", VP8X), (b"VP8 ", VP8), (b"EXIF", b"place")]));
    refused(riff(&[(b"VP8 ", VP8), (b"XMP ", b"<x:xmpmeta>")]));
    refused([riff(&[(b"VP8 ", VP8)]), b"more".to_vec()].concat());
}

#[test]
fn pictures_that_end_early_or_are_too_large_are_refused() {
    for file in [jpeg(b""), png(300, 200, b""), riff(&[(b"VP8 ", VP8)])] {
        for length in 12..file.len() {
            assert_eq!(scan(&[&file[..length]]), Err(Trouble::Broken), "{length} bytes");
        }
    }
    assert_eq!(scan(&[&png(0, 200, b"")]), Err(Trouble::Broken));
    let side = 8_000;
    assert_eq!(u64::from(side) * u64::from(side), limits::IMAGE_PIXELS);
    assert_eq!(scan(&[&png(side, side, b"")]), image(side, side));
    assert_eq!(scan(&[&png(side, side + 1, b"")]), Err(Trouble::TooManyPixels));
    assert_eq!(scan(&[&png(u32::MAX, u32::MAX, b"")]), Err(Trouble::TooManyPixels));
    assert_eq!(scan(&[]), Err(Trouble::Broken), "nothing at all");
}

#[test]
fn s7_what_a_file_is_its_bytes_say() {
    let is = |file: &[u8], kind| check(file, Ok(Facts { kind, size: None }));
    is(b"%PDF-1.7 and so on", FileKind::Pdf);
    is(b"PK\x03\x04 a document", FileKind::Document);
    is(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an older one", FileKind::Document);
    is(b"\0\0\0\x18ftypmp42\0\0\0\0", FileKind::Media);
    is(b"\0\0\0\x18ftypheic\0\0\0\0", FileKind::Other);
    is(b"RIFF\x24\0\0\0WAVEfmt ", FileKind::Media);
    is(b"name;price\r\nlamp;20\r\n", FileKind::Text);
    is("Größe, in UTF-8 – und länger als der Kopf".as_bytes(), FileKind::Text);
    is(b"Gr\xf6\xdfe, in an older alphabet, and some more of it", FileKind::Text);
    is(b"a text of more than the bytes that are looked at first \0", FileKind::Other);
    is(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", FileKind::Other);
    is(b"\xef\xbb\xbf \r\n\t<!doctype html><script>", FileKind::Other);
    is(b"<?xml version='1.0'?>", FileKind::Other);
    is(b"MZ\x90\0\x03\0 a program", FileKind::Other);
    is(b"\x7fELF", FileKind::Other);
}

#[test]
fn a_site_takes_what_its_rules_say() {
    let rules = FileRules::default();
    assert!(rules.fits() && !rules.kinds.contains(&FileKind::Other));
    assert_eq!(rules.max_bytes(), 10 * 1024 * 1024);
    let with = |max_mib| FileRules { max_mib, ..rules.clone() }.fits();
    assert!(with(1) && with(limits::FILE_MIB_MAX));
    assert!(!with(0) && !with(limits::FILE_MIB_MAX + 1));
    let kinds = |kinds: &[FileKind]| FileRules { kinds: kinds.to_vec(), ..rules.clone() }.fits();
    assert!(kinds(&[FileKind::Other]));
    assert!(!kinds(&[]) && !kinds(&[FileKind::Pdf, FileKind::Pdf]));
}
