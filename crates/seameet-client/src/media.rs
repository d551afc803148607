//! The words of media: what packets, formats and tracks are called.

pub use seameet_core::media::TrackSource;
pub use seameet_core::{Codec, MediaKind, Mid, Rid};
pub use seameet_pipeline::{Arrival, Format, Opened, OutgoingPacket, ReceivedPacket};
pub use seameet_rtp::{AudioLevel, Packet, Payload};
pub use seameet_signaling::wire::{
    AutoView, EncodingDemand, PublisherDemand, SlotAssignment, SlotWish, TrackInfo, View,
};
