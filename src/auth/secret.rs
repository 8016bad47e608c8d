//! Random secrets. They are shown once to their holder; only hashes are stored.

use crate::id::{AgentId, ClientId, ConversationId, Epoch, FileId, PictureId, SiteId};
use crate::protocol::event::Author;
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

/// Bytes of a secret: 256 bits.
pub const SECRET_BYTES: usize = 32;

/// A secret as text: 43 characters of base64url.
pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes behind [`encode`], when the text is such.
pub fn decode_bytes(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// The bytes of a secret, when the text is one.
pub fn decode(text: &str) -> Option<[u8; SECRET_BYTES]> {
    decode_bytes(text)?.try_into().ok()
}

/// What is stored of a secret. The secret has 256 random bits, so a plain hash is enough.
pub fn hash(secret: &str) -> String {
    encode(&Sha256::digest(secret.as_bytes()))
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn same(one: &str, two: &str) -> bool {
    // Comparing hashes: what the time of this tells is about the hash, which helps nobody.
    Sha256::digest(one.as_bytes()) == Sha256::digest(two.as_bytes())
}

/// The conversation of the visitor who holds `secret` at `site`: 128 bits of a hash, so that it
/// can be shown to agents and gives nothing away. `None` when the text is not a secret.
pub fn conversation_of(site: &SiteId, secret: &str) -> Option<ConversationId> {
    let bytes = decode(secret)?;
    let mut hasher = Sha256::new();
    hasher.update(b"edgewise conversation\0");
    hasher.update(site.as_str().as_bytes());
    hasher.update(b"\0");
    hasher.update(bytes);
    let digest = hasher.finalize();
    ConversationId::parse(&encode(digest.get(..16)?))
}

/// The conversation of the same browser after `count` of its conversations have become those of
/// persons; it is the same one for 0.
pub fn conversation_after(first: &ConversationId, count: u32) -> Option<ConversationId> {
    if count == 0 {
        return Some(first.clone());
    }
    let mut hasher = Sha256::new();
    hasher.update(b"edgewise conversation after\0");
    hasher.update(first.as_str().as_bytes());
    hasher.update(count.to_be_bytes());
    ConversationId::parse(&encode(hasher.finalize().get(..16)?))
}

/// The file that this author sends under this id: the same at each retry, another for anybody else.
pub fn file_of(author: &Author, id: &ClientId) -> Option<FileId> {
    let who = match author {
        Author::Visitor => "",
        Author::Agent(agent) => agent.id.as_str(),
        Author::System => return None,
    };
    let digest = Sha256::digest(format!("edgewise file\0{who}\0{id}").as_bytes());
    FileId::parse(&encode(digest.get(..16)?))
}

/// The name of a picture whose bytes are written so: the same for the same picture.
pub fn picture_of(body: &str) -> Option<PictureId> {
    PictureId::parse(&encode(Sha256::digest(body.as_bytes()).get(..16)?))
}

/// A new agent's id from fresh random bytes.
pub fn agent_id(random: [u8; 16]) -> Option<AgentId> {
    AgentId::parse(&encode(&random))
}

/// A new history's epoch from fresh random bytes.
pub fn epoch(random: [u8; 16]) -> Option<Epoch> {
    Epoch::parse(&encode(&random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t1_a_secret_names_one_conversation_per_site() {
        let site = |id| SiteId::parse(id).unwrap();
        let secret = encode(&[7; 32]);
        let here = conversation_of(&site("a"), &secret).unwrap();
        assert_eq!(Some(&here), conversation_of(&site("a"), &secret).as_ref());
        assert_ne!(Some(&here), conversation_of(&site("b"), &secret).as_ref());
        assert_ne!(Some(&here), conversation_of(&site("a"), &encode(&[8; 32])).as_ref());
        for bad in ["", "abc", &encode(&[7; 31]), &encode(&[7; 33]), "!".repeat(43).as_str()] {
            assert_eq!(conversation_of(&site("a"), bad), None, "{bad}");
        }
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd"));
        assert!(!same("abc", "ab"));
    }
}
