//! A packet as it travels from a publisher to its subscribers.

use std::fmt;
use std::sync::Arc;

/// The media bytes of a packet, shared by every subscriber and never copied.
///
/// The bytes are opaque: they may be end-to-end encrypted, and they never show up in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload(Arc<[u8]>);

impl Payload {
    /// Wraps bytes that are already shared.
    pub fn from_arc(bytes: Arc<[u8]>) -> Self {
        Self(bytes)
    }

    /// Another handle to the same bytes, for the engine that serialises them.
    pub fn shared(&self) -> Arc<[u8]> {
        Arc::clone(&self.0)
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no media in it, as in padding packets.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes, for those who read documented prefixes: [`inspect`](mod@crate::inspect),
    /// [`picture_size`](crate::picture_size) and [`red`](crate::red).
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Arc<[u8]>> for Payload {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::from_arc(bytes)
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.len())
    }
}

/// How loud a packet is, as its sender measured it (RFC 6464).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioLevel {
    /// Level in dBov: 0 is the loudest, -127 is silence.
    pub level_dbov: i8,
    /// The sender believes that this is speech.
    pub voice: bool,
}

/// How a picture must be turned for display: the byte of the coordination of video orientation extension
/// (3GPP TS 26.114, section 7.4.5), bits `C F R1 R0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(pub u8);

/// One media packet of one source stream, in arrival order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Sequence number, extended beyond 16 bits, of the main stream; a repaired packet has its original one.
    pub sequence: u64,
    /// RTP timestamp in units of the codec's clock rate.
    pub timestamp: u32,
    /// RTP marker bit: the last packet of a frame, or the first of a talk spurt.
    pub marker: bool,
    /// The media bytes.
    pub payload: Payload,
    /// How loud it is, if the sender told.
    pub audio_level: Option<AudioLevel>,
    /// How to turn the picture, if the sender told.
    pub orientation: Option<Orientation>,
    /// The dependency descriptor extension as it came, for a
    /// [`DescriptorContext`](crate::DescriptorContext) to read.
    pub descriptor: Option<Arc<[u8]>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_prints_its_length_and_nothing_else() {
        let payload = Payload::from_arc(Arc::from(&b"secret"[..]));
        assert_eq!(format!("{payload:?}"), "Payload(6 bytes)");
    }

    #[test]
    fn sharing_a_payload_copies_nothing() {
        let bytes: Arc<[u8]> = Arc::from(&[1_u8, 2, 3][..]);
        let payload = Payload::from(Arc::clone(&bytes));
        assert!(Arc::ptr_eq(&payload.clone().shared(), &bytes));
        assert_eq!(payload.len(), 3);
        assert!(!payload.is_empty());
    }
}
