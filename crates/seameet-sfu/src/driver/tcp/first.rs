//! What a connection says first: who knows nothing of ICE says something else.

use seameet_pipeline::stun::BindingRequest;

use crate::driver::tcp::frame::{self, HEADER_BYTES, MIN_DATAGRAM};
use crate::shard::MAX_DATAGRAM;

/// Bytes of a STUN message without attributes (RFC 8489, section 5).
const STUN_HEADER_BYTES: usize = 20;
const BINDING_REQUEST: [u8; 2] = [0, 1];
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];

/// Whether a connection that begins with this byte may carry media. It is the larger half of the first frame's length.
/// No HTTP request begins so: methods are made of visible characters (RFC 9110, section 9.1), nor does TLS, whose first
/// byte is 22.
pub fn speaks_media(first: u8) -> bool {
    usize::from(first) <= MAX_DATAGRAM >> 8
}

/// What the first bytes of a connection are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum First<'a> {
    /// They may become a connectivity check, or media in front of one.
    Begun,
    /// They never will.
    Refused,
    /// So many bytes are media that nobody can tell whose it is: a client that comes back on a new connection may send
    /// some before its next check.
    Early(usize),
    /// A frame with a connectivity check that names one of ours.
    Check {
        frame: &'a [u8],
        request: BindingRequest<'a>,
        /// What came behind it.
        rest: &'a [u8],
    },
}

impl<'a> First<'a> {
    /// Reads what came so far. A wrong byte is refused when it comes; nobody waits for what cannot be right any more.
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let is_early = bytes.get(HEADER_BYTES).is_some_and(|kind| is_media(*kind));
        if !begins_well(bytes, is_early) {
            return Self::Refused;
        }
        let Ok(Some((frame, rest))) = frame::split(bytes) else {
            return Self::Begun;
        };
        if is_early {
            return Self::Early(HEADER_BYTES + frame.len());
        }
        match BindingRequest::read(frame) {
            Some(request) => Self::Check {
                frame,
                request,
                rest,
            },
            None => Self::Refused,
        }
    }
}

/// Whether a datagram that begins so is DTLS, RTP or RTCP (RFC 7983, section 7).
fn is_media(kind: u8) -> bool {
    matches!(kind, 20..=63 | 128..=191)
}

/// The length of a frame with a check decides the next bytes, so each byte of both headers is known before it comes.
fn begins_well(bytes: &[u8], is_early: bool) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        return bytes.first().is_none_or(|first| speaks_media(*first));
    };
    let length = usize::from(u16::from_be_bytes(*length));
    if !(MIN_DATAGRAM..=MAX_DATAGRAM).contains(&length) {
        return false;
    }
    if is_early || rest.is_empty() {
        return true;
    }
    let attributes = length.checked_sub(STUN_HEADER_BYTES);
    let Some(attributes) = attributes.and_then(|bytes| u16::try_from(bytes).ok()) else {
        return false;
    };
    let expected = [
        &BINDING_REQUEST[..],
        &attributes.to_be_bytes(),
        &MAGIC_COOKIE,
    ]
    .concat();
    rest.iter().zip(&expected).all(|(is, should)| is == should)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::driver::tcp::tests::{check, framed};

    const METHODS: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ];

    #[test]
    fn a_check_is_awaited_byte_by_byte_and_recognised_when_whole() {
        let bytes = framed(&check("server"));
        for length in 0..bytes.len() {
            assert_eq!(First::read(&bytes[..length]), First::Begun, "{length}");
        }
        let First::Check { request, rest, .. } = First::read(&bytes) else {
            panic!("a whole check");
        };
        assert_eq!((request.server_ufrag, rest), ("server", &[][..]));
        let more = [bytes.as_slice(), &[0, 9, 1]].concat();
        assert!(matches!(
            First::read(&more),
            First::Check {
                rest: [0, 9, 1],
                ..
            }
        ));
    }

    #[test]
    fn a_wrong_byte_of_the_headers_is_refused_at_once() {
        let bytes = framed(&check("server"));
        for position in 2..10 {
            let mut wrong = bytes.clone();
            wrong[position] ^= 0x40;
            assert_eq!(
                First::read(&wrong[..=position]),
                First::Refused,
                "{position}"
            );
        }
    }

    #[test]
    fn frames_that_no_check_fits_are_refused() {
        for length in [0, 1, 11, 1_501, 65_535] {
            let header = frame::header(length).unwrap();
            assert_eq!(First::read(&header), First::Refused, "{length}");
        }
    }

    #[test]
    fn media_in_front_of_the_first_check_is_passed_over_whole() {
        for kind in [20, 63, 128, 191] {
            let bytes = framed(&[kind; 30]);
            assert_eq!(First::read(&bytes[..31]), First::Begun, "{kind}");
            assert_eq!(First::read(&bytes), First::Early(32), "{kind}");
            let more = [bytes.as_slice(), b"anything"].concat();
            assert_eq!(First::read(&more), First::Early(32), "{kind}");
        }
        for kind in [4, 19, 64, 127, 192, 255] {
            assert_eq!(First::read(&[0, 30, kind]), First::Refused, "{kind}");
        }
        assert_eq!(First::read(&[0, 19, 0]), First::Refused);
    }

    #[test]
    fn methods_of_http_and_the_first_byte_of_tls_are_no_media() {
        let methods = METHODS.iter().map(|method| method.as_bytes()[0]);
        assert!(methods.chain([0x16]).all(|first| !speaks_media(first)));
        assert!(speaks_media(framed(&check("server"))[0]));
    }

    proptest! {
        #[test]
        fn anything_printable_is_left_to_http(first in 0x21_u8..0x7f) {
            prop_assert!(!speaks_media(first));
        }

        #[test]
        fn nothing_that_is_read_panics_and_what_is_refused_stays_so(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            honest in 0_usize..12,
        ) {
            // An honest beginning gets the garbage further in.
            let mut all = framed(&check("server"))[..honest].to_vec();
            all.extend(bytes);
            let mut refused = false;
            for length in 0..=all.len() {
                let is_refused = First::read(&all[..length]) == First::Refused;
                prop_assert!(is_refused || !refused, "at {}", length);
                refused = is_refused;
            }
        }

        #[test]
        fn a_check_with_any_name_is_read_wherever_it_is_cut(
            name in "[A-Za-z0-9+/]{1,60}",
            cut in 0_usize..60,
        ) {
            let bytes = framed(&check(&name));
            let cut = cut.min(bytes.len() - 1);
            prop_assert_eq!(First::read(&bytes[..cut]), First::Begun);
            let First::Check { request, .. } = First::read(&bytes) else {
                return Err(TestCaseError::fail("a whole check"));
            };
            prop_assert_eq!(request.server_ufrag, name);
        }
    }
}
