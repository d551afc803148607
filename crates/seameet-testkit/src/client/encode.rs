//! What a client does with its modelled encoders.

use std::time::Instant;

use seameet_core::media::{EncodingDemand, TrackSource};
use seameet_core::{Mid, Rid, TrackId};
use seameet_pipeline::OutgoingPacket;

use crate::client::Client;
use crate::video::{Encoder, VideoPlan};

impl Client {
    /// The modelled encoder of a source.
    pub fn encoder(&mut self, source: TrackSource) -> &mut Encoder {
        let mut declared = self.declarations.iter();
        let declared = declared.find(|declared| declared.source == source);
        let mid = declared.expect("the client publishes this source").mid;
        let found = self.encoders.iter_mut().find(|encoder| encoder.mid == mid);
        found.expect("the source has a modelled encoder")
    }

    pub(super) fn add_encoder(&mut self, mid: Mid, plan: &VideoPlan, seed: u16, now: Instant) {
        let seed = u64::from(seed) << 32 | u64::from(self.number());
        let mut encoder = Encoder::new(plan.clone(), self.number(), mid, seed, self.epoch);
        encoder.start(now);
        self.encoders.push(encoder);
    }

    /// ICE and DTLS are up: cameras begin.
    pub(super) fn begin(&mut self, now: Instant) {
        self.connected = true;
        for encoder in &mut self.encoders {
            encoder.start(now);
        }
    }

    pub(super) fn send_video(&mut self, now: Instant) {
        for encoder in &mut self.encoders {
            let format = encoder.format();
            for encoded in encoder.poll(now) {
                let packet = &encoded.packet;
                let outgoing = OutgoingPacket {
                    packet,
                    format,
                    sequence: packet.sequence,
                    timestamp: packet.timestamp,
                    wallclock: now,
                    marker: packet.marker,
                    vp8: None,
                    descriptor: packet.descriptor.as_deref(),
                    rid: encoded.rid,
                };
                assert!(
                    self.connection.write(encoder.mid, &outgoing),
                    "a negotiated line takes packets"
                );
            }
        }
    }

    /// Takes what the server says is wanted of a track.
    pub(crate) fn set_demand(
        &mut self,
        now: Instant,
        track: TrackId,
        encodings: &[EncodingDemand],
    ) {
        let mut declared = self.declarations.iter();
        let Some(declared) = declared.find(|declared| declared.track == track) else {
            return;
        };
        let mid = declared.mid;
        for encoder in self.encoders.iter_mut().filter(|it| it.mid == mid) {
            encoder.set_demand(now, encodings);
        }
    }

    /// Somebody needs a keyframe.
    pub(super) fn asked(&mut self, now: Instant, mid: Mid, rid: Option<Rid>) {
        for publisher in self.publishers.iter_mut().filter(|it| it.mid == mid) {
            publisher.request_keyframe(now);
        }
        for encoder in self.encoders.iter_mut().filter(|it| it.mid == mid) {
            encoder.request_keyframe(now, rid);
        }
    }

    /// The uplink takes so much: encodings that do not fit are dropped from the top.
    pub(super) fn adapt(&mut self, estimate: u64) {
        self.uplink_estimate = Some(estimate);
        let mut desired = 0;
        for encoder in &mut self.encoders {
            encoder.set_available(estimate);
            desired += encoder.desired();
        }
        self.connection.set_bitrates(0, desired);
    }
}
