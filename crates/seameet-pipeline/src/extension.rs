//! The RTP header extensions that are negotiated.
//!
//! ```text
//!   audio level, orientation      of what is forwarded
//!   send time, transport number   for the estimation of bandwidth
//!   line (mid)                    of every stream
//!   encoding (rid), repaired rid  of simulcast streams that are received; what is sent is never simulcast
//!   dependency descriptor         of video that has layers, opaque to this crate
//! ```

use std::sync::Arc;

use seameet_rtp::dependency_descriptor::DEPENDENCY_DESCRIPTOR_URI;
use str0m::rtp::{Extension, ExtensionMap, ExtensionSerializer, ExtensionValues};

/// The longest value of an extension in the one-byte form of its header (RFC 8285, section 4.2).
const MAX_SHORT_VALUE: usize = 16;
/// The longest value of an extension at all (RFC 8285, section 4.3).
pub(crate) const MAX_VALUE: usize = 255;

/// The extensions as a client offers them; a server takes over the numbers of the offer. Numbers over fourteen would need
/// the longer form for every packet.
pub(crate) fn extensions() -> ExtensionMap {
    let mut extensions = ExtensionMap::empty();
    extensions.set(1, Extension::AudioLevel);
    extensions.set(2, Extension::AbsoluteSendTime);
    extensions.set(3, Extension::TransportSequenceNumber);
    extensions.set(4, Extension::RtpMid);
    extensions.set(10, Extension::RtpStreamId);
    extensions.set(11, Extension::RepairedRtpStreamId);
    extensions.set(12, descriptor());
    extensions.set(13, Extension::VideoOrientation);
    extensions
}

fn descriptor() -> Extension {
    Extension::with_serializer(DEPENDENCY_DESCRIPTOR_URI, DescriptorCarrier)
}

/// Whether a line negotiated the dependency descriptor.
pub(crate) fn has_descriptor(agreed: &ExtensionMap) -> bool {
    agreed
        .iter()
        .any(|(_, extension)| extension.as_uri() == DEPENDENCY_DESCRIPTOR_URI)
}

/// The bytes of a dependency descriptor in the engine's bag of extension values.
#[derive(Debug)]
struct DescriptorBytes(Arc<[u8]>);

/// The descriptor that a packet came with.
pub(crate) fn received_descriptor(values: &ExtensionValues) -> Option<Arc<[u8]>> {
    values
        .user_values
        .get::<DescriptorBytes>()
        .map(|descriptor| Arc::clone(&descriptor.0))
}

/// Lets a packet go out with a descriptor.
pub(crate) fn set_descriptor(values: &mut ExtensionValues, descriptor: &[u8]) {
    values.user_values.set(DescriptorBytes(descriptor.into()));
}

/// Carries descriptors in and out as they are.
#[derive(Debug)]
struct DescriptorCarrier;

impl ExtensionSerializer for DescriptorCarrier {
    fn write_to(&self, buffer: &mut [u8], values: &ExtensionValues) -> usize {
        let Some(DescriptorBytes(bytes)) = values.user_values.get() else {
            return 0;
        };
        match buffer.get_mut(..bytes.len()) {
            Some(place) if bytes.len() <= MAX_VALUE => {
                place.copy_from_slice(bytes);
                bytes.len()
            }
            _ => 0,
        }
    }

    fn parse_value(&self, bytes: &[u8], values: &mut ExtensionValues) -> bool {
        if !bytes.is_empty() {
            set_descriptor(values, bytes);
        }
        !bytes.is_empty()
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }

    fn requires_two_byte_form(&self, values: &ExtensionValues) -> bool {
        let bytes = values.user_values.get::<DescriptorBytes>();
        bytes.is_some_and(|descriptor| descriptor.0.len() > MAX_SHORT_VALUE)
    }
}
