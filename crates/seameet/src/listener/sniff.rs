//! Which language a connection speaks.

use std::io;
use std::time::Duration;

use seameet_sfu::speaks_media;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Which language a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// Requests, and what they are upgraded to. Whatever is no media is left to the HTTP library to refuse.
    Http,
    /// Datagrams in frames.
    Media,
}

impl Language {
    /// One byte tells them apart, so nothing is read twice and nothing waits for more than the client would send anyway.
    pub(super) fn of(first: u8) -> Self {
        if speaks_media(first) {
            Self::Media
        } else {
            Self::Http
        }
    }
}

/// Awaits the first byte and leaves it where it is.
///
/// # Errors
///
/// When the client says nothing within the limit, or leaves.
pub(super) async fn sniff(stream: &TcpStream, limit: Duration) -> io::Result<Language> {
    let mut first = [0];
    match timeout(limit, stream.peek(&mut first)).await? {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(_) => Ok(Language::of(first[0])),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_that_may_begin_a_request_is_http() {
        // Methods are tokens (RFC 9110, section 9.1); clients may begin with an empty line (RFC 9112, section 2.2).
        let token =
            |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~\r\n".contains(byte);
        assert!(
            (0..=255)
                .filter(token)
                .all(|first| Language::of(first) == Language::Http)
        );
    }

    #[test]
    fn only_lengths_that_a_datagram_may_have_are_media() {
        let media: Vec<u8> = (0..=255)
            .filter(|first| Language::of(*first) == Language::Media)
            .collect();
        assert_eq!(media, [0, 1, 2, 3, 4, 5]);
    }
}
