//! ICE names and secrets.
//!
//! A name tells which worker its peer lives on: a TCP connection arrives at a listener that all workers share, and nothing
//! but the name in its first check says whose it is.

use seameet_core::{ErrorCode, RequestError};
use seameet_pipeline::IceCredentials;

/// Characters of ICE names and secrets (RFC 8445, section 5.3 and RFC 8839, section 5.4).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// The worker's number, most significant first: more workers than there are UDP ports.
const WORKER_CHARS: usize = 3;
/// 96 bits: unique for sure, and unguessable beside.
const UFRAG_CHARS: usize = 16;
/// 144 bits, above the 128 that RFC 8445 section 5.3 asks for.
const PASSWORD_CHARS: usize = 24;

/// A fresh name on this worker and its secret.
pub(super) fn mint(worker: usize) -> Result<IceCredentials, RequestError> {
    let mut random = [0; UFRAG_CHARS + PASSWORD_CHARS];
    getrandom::fill(&mut random)
        .map_err(|_| RequestError::new(ErrorCode::Internal, "the system gives no randomness"))?;
    let (name, secret) = random.split_at(UFRAG_CHARS);
    let place = (0..WORKER_CHARS).rev().map(|digit| worker >> (6 * digit));
    let name = name.iter().map(|byte| usize::from(*byte));
    Ok(IceCredentials {
        ufrag: place.chain(name).filter_map(character).collect(),
        password: secret
            .iter()
            .filter_map(|byte| character(usize::from(*byte)))
            .collect(),
    })
}

/// The character for the lowest six bits.
fn character(bits: usize) -> Option<char> {
    ALPHABET.get(bits & 63).copied().map(char::from)
}

/// The number of the worker in a name; `None` when it is none of ours.
pub(super) fn worker(ufrag: &str) -> Option<usize> {
    if ufrag.len() != WORKER_CHARS + UFRAG_CHARS {
        return None;
    }
    let digits = ufrag.bytes().take(WORKER_CHARS);
    digits.into_iter().try_fold(0, |number, digit| {
        let value = ALPHABET.iter().position(|character| *character == digit)?;
        Some(number << 6 | value)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_name_tells_its_worker(number in 0_usize..1 << 18) {
            let minted = mint(number).unwrap();
            prop_assert_eq!(worker(&minted.ufrag), Some(number));
        }

        #[test]
        fn strangers_names_are_read_without_panic(name in "\\PC{0,30}") {
            let read = worker(&name);
            prop_assert!(read.is_none_or(|number| number < 1 << 18));
        }
    }

    #[test]
    fn names_and_secrets_differ_and_are_long_enough() {
        let minted: Vec<_> = (0..100).map(|_| mint(1).unwrap()).collect();
        let names: HashSet<_> = minted.iter().map(|one| one.ufrag.clone()).collect();
        let secrets: HashSet<_> = minted.iter().map(|one| one.password.clone()).collect();
        assert_eq!((names.len(), secrets.len()), (100, 100));
        assert!(
            names
                .iter()
                .all(|name| name.starts_with("AAB") && name.len() == 19)
        );
        assert!(secrets.iter().all(|secret| secret.len() == PASSWORD_CHARS));
    }

    #[test]
    fn names_that_are_not_ours_have_no_worker() {
        for name in ["", "abcd", "AAAAAAAAAAAAAAAAAA", "?AAAAAAAAAAAAAAAAAA"] {
            assert_eq!(worker(name), None, "{name}");
        }
    }
}
