//! Digests, and their usual written form.

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The SHA-256 of these bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The SHA-1 of these bytes: good for names only, such as a certificate's thumbprint.
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

/// Bytes in lower-case hexadecimal.
///
/// ```
/// assert_eq!(forestsim::crypto::digest::hex(&[0x0a, 0xff]), "0aff");
/// ```
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// The SHA-256 of a list of byte strings for one use: two lists that differ, if only in where one
/// part ends and the next begins, differ in their digest.
pub(crate) fn of_parts<'a>(usage: &str, number: u64, parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut sum = Sha256::new();
    let mut part = |bytes: &[u8]| {
        sum.update((bytes.len() as u64).to_be_bytes());
        sum.update(bytes);
    };
    part(usage.as_bytes());
    part(&number.to_be_bytes());
    parts.into_iter().for_each(part);
    sum.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standard() {
        // FIPS 180-4, the one-block example "abc".
        let sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&sha256(b"abc")), sha256_of_abc);
        assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn a_byte_cannot_move_from_one_part_to_the_next() {
        let sum = |parts: &[&[u8]]| of_parts("test", 0, parts.iter().copied());
        assert_ne!(sum(&[b"ab", b"c"]), sum(&[b"a", b"bc"]));
        assert_ne!(sum(&[b"abc"]), sum(&[b"abc", b""]));
        assert_ne!(of_parts("test", 0, []), of_parts("test", 1, []));
    }
}
