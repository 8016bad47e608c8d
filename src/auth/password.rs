//! Passwords: argon2id with the parameters of OWASP (19 MiB, 2 passes, 1 lane), kept as PHC text.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// A hash of no password: checking against it takes as long as against a real one, so that the
/// time of an answer does not tell which e-mails exist.
pub const NOBODY: &str = concat!(
    "$argon2id$v=19$m=19456,t=2,p=1$ZWRnZXdpc2Ugbm9ib2R5$",
    "BcXWrAmKLvShyNbzVnWjGDKYEHu7LwPbEXMWNNAZv4g"
);

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// The PHC text to store. `None` when hashing failed (out of memory).
pub fn hash(password: &str, salt: [u8; 16]) -> Option<String> {
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt).ok()?;
    Some(hash.to_string())
}

/// Whether the password belongs to the stored text.
pub fn verify(password: &str, stored: &str) -> bool {
    PasswordVerifier::<str>::verify_password(&argon2(), password.as_bytes(), stored).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_fits_and_the_cost_is_as_promised() {
        let stored = hash("correct horse", [3; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify("correct horse", &stored));
        assert!(!verify("correct horsf", &stored));
        assert!(!verify("", &stored));
        assert!(!verify("x", "not a hash"));
    }

    #[test]
    fn the_hash_of_nobody_costs_the_same_and_fits_nothing() {
        assert!(argon2::password_hash::phc::PasswordHash::new(NOBODY).is_ok());
        assert!(NOBODY.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!verify("", NOBODY));
    }
}
