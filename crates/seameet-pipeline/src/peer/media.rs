//! Packets: from the engine's words to ours and back.

use std::sync::Arc;

use seameet_core::{MediaKind, Mid};
use seameet_rtp::Vp8Rewrite;
use seameet_rtp::red::RedPacket;
use str0m::media::KeyframeRequestKind;
use str0m::rtp::{RtpPacket, RtpWrite, Vp8Descriptor, Vp8Patch};

use crate::packet::{Format, OutgoingPacket, ReceivedPacket};
use crate::peer::lines::{Origin, SendingLine};
use crate::peer::{PeerConnection, PeerEvent};
use crate::{convert, extension};

/// The engine's send buffers hold 2,000 bytes with header and extensions, and it panics beyond. No configuration
/// gets past this. A dependency descriptor counts as payload here.
pub(super) const ENGINE_MAX_RTP_PAYLOAD: usize = 1_900;

impl PeerConnection {
    /// Queues a packet on a sending line. It leaves with the next [`handle_timeout`](Self::handle_timeout), or when the
    /// pacer lets it.
    ///
    /// Returns false when the line does not send the encoding, its receiver negotiated no matching format, the packet
    /// is too large, too many wait, or its number was [cut](Self::cut_backlog).
    pub fn write(&mut self, mid: Mid, outgoing: &OutgoingPacket<'_>) -> bool {
        let packet = outgoing.packet;
        let Some(line) = self.lines.sending_mut(mid) else {
            return false;
        };
        let Some((payload_type, ssrc)) = line
            .payload_type(outgoing.format)
            .zip(line.stream(outgoing.rid))
        else {
            return false;
        };
        let descriptor = outgoing.descriptor.filter(|_| line.has_descriptor);
        let described = descriptor.map_or(0, <[u8]>::len);
        if packet.payload.len() > self.max_rtp_payload
            || described > extension::MAX_VALUE
            || packet.payload.len() + described > ENGINE_MAX_RTP_PAYLOAD
        {
            self.oversize_dropped += 1;
            return false;
        }
        let Some(sequence) = line.number(ssrc, outgoing.sequence) else {
            return false;
        };
        let mut rtp = RtpWrite::new(
            payload_type,
            sequence.into(),
            outgoing.timestamp,
            outgoing.wallclock,
            payload_for(line, outgoing),
        )
        .marker(outgoing.marker)
        .nackable(line.kind == MediaKind::Video)
        .ext_vals(convert::forwarded_extensions(packet, descriptor));
        if let Some(patch) = outgoing
            .vp8
            .and_then(|vp8| vp8_patch(&packet.payload.shared(), vp8))
        {
            rtp = rtp.vp8_patch(patch);
        }
        if self.bandwidth.is_estimated && line.kind == MediaKind::Video {
            let bytes = packet.payload.len();
            let waiting = line.waiting(ssrc);
            return waiting.is_some_and(|waiting| waiting.push(outgoing.sequence, bytes, rtp));
        }
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx(&ssrc) else {
            return false;
        };
        stream.write_rtp(rtp);
        true
    }

    /// Whether a receiver of this sending line can take the format.
    pub fn can_send(&self, mid: Mid, format: Format) -> bool {
        self.lines
            .sending(mid)
            .is_some_and(|line| line.payload_type(format).is_some())
    }

    /// Asks the sender of a receiving line for a keyframe (PLI, RFC 4585 section 6.3.1). It leaves with the next
    /// [`handle_timeout`](Self::handle_timeout). Unthrottled: the caller merges requests.
    ///
    /// Returns false when nobody can be asked, as no packet has shown yet which stream it is.
    pub fn request_keyframe(&mut self, mid: Mid, encoding: u8) -> bool {
        let Some(ssrc) = self.lines.source(mid, encoding) else {
            return false;
        };
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_rx(&ssrc) else {
            return false;
        };
        stream.request_keyframe(KeyframeRequestKind::Pli);
        true
    }

    pub(super) fn take_rtp(&mut self, packet: RtpPacket) {
        let (arrival, ssrc) = (packet.timestamp, packet.header.ssrc);
        let is_oversize = packet.payload.len() > self.max_rtp_payload;
        self.oversize_dropped += u64::from(is_oversize);
        let Some(origin) = self.lines.receiving(&mut self.rtc, arrival, ssrc) else {
            return;
        };
        let Origin {
            mid,
            encoding,
            epoch,
        } = origin;
        // Padding that a sender uses to probe has nothing to forward, but it has a number.
        if packet.payload.is_empty() || is_oversize {
            self.events.push_back(PeerEvent::Skipped {
                mid,
                encoding,
                epoch,
                sequence: *packet.seq_no,
            });
            return;
        }
        let Some(format) = self.lines.format(packet.header.payload_type) else {
            return;
        };
        let packet = convert::packet(packet);
        let received = ReceivedPacket {
            mid,
            encoding,
            epoch,
            format,
            arrival,
            packet,
        };
        self.events.push_back(PeerEvent::Rtp(received));
    }
}

/// Redundant sound names in itself what its frames are, by the payload type of its receiver (RFC 2198, section 3). What
/// cannot be read, as when it is encrypted, goes out as it came.
fn payload_for(line: &SendingLine, outgoing: &OutgoingPacket<'_>) -> Arc<[u8]> {
    let payload = &outgoing.packet.payload;
    if outgoing.format != Format::OPUS_RED {
        return payload.shared();
    }
    let plain = line.payload_type(Format::OPUS);
    match (RedPacket::parse(payload), plain) {
        (Ok(red), Some(plain)) => red.with_payload_type(payload, *plain).shared(),
        _ => payload.shared(),
    }
}

/// `None` when the descriptor lacks a field that was to be replaced; the packet then goes out as it came.
fn vp8_patch(payload: &[u8], rewrite: Vp8Rewrite) -> Option<Vp8Patch> {
    let mut patch = Vp8Descriptor::parse(payload).ok()?.patch();
    if let Some(picture_id) = rewrite.picture_id {
        patch = patch.picture_id(picture_id);
    }
    if let Some(index) = rewrite.tl0_pic_idx {
        patch = patch.tl0_pic_idx(index);
    }
    if let Some(index) = rewrite.key_idx {
        patch = patch.key_idx(index);
    }
    patch.build().ok()
}
