//! Connectivity checks, read without trust.
//!
//! Strangers' datagrams come here first, so the few fields that matter are read by hand, with no allocation and no
//! way to fail but `None`. Nothing is authenticated here; the engine does that.

/// A client's connectivity check: a STUN binding request (RFC 8445, section 7.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BindingRequest<'a> {
    /// Tells requests apart; 96 random bits (RFC 8489, section 5).
    pub transaction: [u8; 12],
    /// The server's ICE name: the part of `USERNAME` before the colon.
    pub server_ufrag: &'a str,
    /// The client wants to use the path of this request (`USE-CANDIDATE`, RFC 8445 section 7.1.2).
    pub nominates: bool,
}

const BINDING_REQUEST: [u8; 2] = [0, 1];
const BINDING_SUCCESS: [u8; 2] = [1, 1];
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const USERNAME: [u8; 2] = [0x00, 0x06];
const USE_CANDIDATE: [u8; 2] = [0x00, 0x25];
/// What stands behind it is not covered by the integrity check (RFC 8489, section 14.5).
const MESSAGE_INTEGRITY: [u8; 2] = [0x00, 0x08];

/// Whether a datagram's first byte makes it STUN (RFC 7983).
pub fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|byte| *byte <= 3)
}

impl<'a> BindingRequest<'a> {
    /// Reads a datagram; `None` if it is anything else than a well-formed request with a name.
    pub fn read(datagram: &'a [u8]) -> Option<Self> {
        let (transaction, mut rest) = message(datagram, BINDING_REQUEST)?;
        let mut server_ufrag = None;
        let mut nominates = false;
        while let Some((kind, value, behind)) = attribute(rest) {
            match kind {
                USERNAME => server_ufrag = Some(server_name(value)?),
                USE_CANDIDATE => nominates = true,
                MESSAGE_INTEGRITY => break,
                _ => {}
            }
            rest = behind;
        }
        Some(Self {
            transaction,
            server_ufrag: server_ufrag?,
            nominates,
        })
    }

    /// Whether a datagram is the success response to this request.
    pub(crate) fn is_answered_by(&self, datagram: &[u8]) -> bool {
        message(datagram, BINDING_SUCCESS).is_some_and(|(answered, _)| answered == self.transaction)
    }
}

/// The transaction and the attributes of a message of this type.
fn message(datagram: &[u8], kind: [u8; 2]) -> Option<([u8; 12], &[u8])> {
    let rest = datagram.strip_prefix(&kind)?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let rest = rest.strip_prefix(&MAGIC_COOKIE)?;
    let (transaction, attributes) = rest.split_first_chunk::<12>()?;
    (usize::from(u16::from_be_bytes(*length)) == attributes.len())
        .then_some((*transaction, attributes))
}

/// The first attribute's type and value, and what stands behind its padding.
fn attribute(bytes: &[u8]) -> Option<([u8; 2], &[u8], &[u8])> {
    let (kind, rest) = bytes.split_first_chunk::<2>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let value = rest.get(..length)?;
    Some((*kind, value, rest.get(length.next_multiple_of(4)..)?))
}

fn server_name(username: &[u8]) -> Option<&str> {
    let (server, _client) = std::str::from_utf8(username).ok()?.split_once(':')?;
    Some(server)
}

#[cfg(test)]
mod tests;
