//! Who may do what: secrets and their hashes, signed tokens (ours and those of sites), passwords,
//! and the table of rights.

pub mod authorize;
pub mod identity;
pub mod password;
pub mod secret;
pub mod token;
