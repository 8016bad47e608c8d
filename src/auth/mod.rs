//! Who may do what: secrets and their hashes, signed tokens, passwords, and the table of rights.

pub mod authorize;
pub mod password;
pub mod secret;
pub mod token;
