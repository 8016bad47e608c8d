//! What a file is, by its bytes: its kind, the size of a picture, and whether a picture still says
//! where and by whom it was taken. Pure, and a file passes through in pieces: nothing of it is kept
//! but the few bytes that decide.

mod jpeg;
mod png;
mod scan;
mod sniff;
mod webp;

pub use scan::{Facts, Scanner, Trouble};
pub use sniff::media_type;
