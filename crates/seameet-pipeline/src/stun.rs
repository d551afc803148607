//! Whom a datagram from an unknown address names.

use str0m::ice::StunMessage;

/// Whether a datagram's first byte makes it STUN (RFC 7983).
pub fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|byte| *byte <= 3)
}

/// The server's ICE name in a binding request: the part of `USERNAME` before the colon (RFC 8445, section 7.2.2).
///
/// Nothing is authenticated by this. The named peer must accept the datagram before its address is learned.
pub fn server_ufrag(datagram: &[u8]) -> Option<String> {
    let message = StunMessage::parse(datagram).ok()?;
    if !message.is_binding_request() {
        return None;
    }
    message
        .split_username()
        .map(|(server, _client)| server.to_owned())
}
