//! Lines on which this endpoint sends.

use std::time::Duration;

use seameet_core::{MediaKind, Mid, Rid};
use str0m::Rtc;
use str0m::media::Pt;
use str0m::rtp::Ssrc;

use crate::packet::Format;
use crate::peer::lines::Waiting;
use crate::{convert, extension, negotiate};

/// Packets kept for retransmission per video line: one second of 2.5 Mbit/s.
const RTX_CACHE_VIDEO_PACKETS: usize = 300;
/// Audio is not retransmitted: a repaired packet would come too late to be heard.
const RTX_CACHE_AUDIO_PACKETS: usize = 1;
/// Older packets would come too late to be shown.
const RTX_CACHE_AGE: Duration = Duration::from_secs(2);
/// Repairs may take up to this share of what a line sends.
const RTX_SHARE: f32 = 0.4;

/// A line on which this endpoint sends.
#[derive(Debug)]
pub(in crate::peer) struct SendingLine {
    pub(in crate::peer) mid: Mid,
    pub(in crate::peer) kind: MediaKind,
    /// One without a name, or one for each simulcast encoding.
    streams: Vec<Stream>,
    payload_types: Vec<(Format, Pt)>,
    /// The receiver understands dependency descriptors.
    pub(in crate::peer) has_descriptor: bool,
}

#[derive(Debug)]
struct Stream {
    name: Option<Rid>,
    ssrc: Ssrc,
    waiting: Waiting,
}

impl SendingLine {
    /// The line as the engine has it; `None` when it does not send.
    pub(super) fn read(rtc: &mut Rtc, mid: Mid) -> Option<Self> {
        let engine_mid = convert::engine_mid(mid);
        let line = rtc.media(engine_mid)?;
        if !line.direction().is_sending() || line.disabled() {
            return None;
        }
        let kind = convert::kind(line.kind());
        let remote = line.remote_pts().to_vec();
        let has_descriptor = extension::has_descriptor(line.remote_extmap());
        let encodings = negotiate::sent_encodings(line);
        let payload_types = rtc
            .codec_config()
            .params()
            .iter()
            .filter(|params| remote.contains(&params.pt()))
            .flat_map(convert::formats)
            .map(|(payload_type, format)| (format, payload_type))
            .collect();
        let mut api = rtc.direct_api();
        let streams: Vec<_> = encodings
            .into_iter()
            .filter_map(|name| {
                let stream = api.stream_tx_by_mid(engine_mid, name.map(convert::engine_rid))?;
                Some(Stream {
                    name,
                    ssrc: stream.ssrc(),
                    waiting: Waiting::default(),
                })
            })
            .collect();
        (!streams.is_empty()).then_some(Self {
            mid,
            kind,
            streams,
            payload_types,
            has_descriptor,
        })
    }

    pub(in crate::peer) fn payload_type(&self, format: Format) -> Option<Pt> {
        let types = || self.payload_types.iter();
        types()
            .find(|(known, _)| *known == format)
            .or_else(|| types().find(|(known, _)| known.takes(format)))
            .map(|(_, pt)| *pt)
    }

    /// The stream of an encoding.
    pub(in crate::peer) fn stream(&self, rid: Option<Rid>) -> Option<Ssrc> {
        self.streams
            .iter()
            .find(|stream| stream.name == rid)
            .map(|stream| stream.ssrc)
    }

    /// All its streams.
    pub(in crate::peer) fn streams(&self) -> impl Iterator<Item = Ssrc> {
        self.streams.iter().map(|stream| stream.ssrc)
    }

    /// What waits on one of its streams.
    pub(in crate::peer) fn waiting(&mut self, ssrc: Ssrc) -> Option<&mut Waiting> {
        let stream = self.streams.iter_mut().find(|stream| stream.ssrc == ssrc);
        stream.map(|stream| &mut stream.waiting)
    }

    /// The number under which a packet of one of its streams leaves; `None` if it must not.
    pub(in crate::peer) fn number(&self, ssrc: Ssrc, sequence: u64) -> Option<u64> {
        let stream = self.streams.iter().find(|stream| stream.ssrc == ssrc)?;
        stream.waiting.number(sequence)
    }

    /// What waits on each of its streams.
    pub(in crate::peer) fn waiting_mut(&mut self) -> impl Iterator<Item = (Ssrc, &mut Waiting)> {
        let streams = self.streams.iter_mut();
        streams.map(|stream| (stream.ssrc, &mut stream.waiting))
    }

    /// Takes what waits over from what was known before. Returns the streams that are new.
    pub(super) fn take_over(&mut self, former: &mut [Self]) -> Vec<Ssrc> {
        let mut new = Vec::new();
        for (ssrc, waiting) in self.waiting_mut() {
            let mut known = former.iter_mut().flat_map(Self::waiting_mut);
            match known.find(|(known, _)| *known == ssrc) {
                Some((_, kept)) => *waiting = std::mem::take(kept),
                None => new.push(ssrc),
            }
        }
        new
    }
}

/// The engine's own limit of 15 % drops all pending repairs of a receiver that loses a little more than that, which
/// is when it needs them.
pub(super) fn bound_retransmission(rtc: &mut Rtc, kind: MediaKind, ssrc: Ssrc) {
    let packets = match kind {
        MediaKind::Audio => RTX_CACHE_AUDIO_PACKETS,
        MediaKind::Video => RTX_CACHE_VIDEO_PACKETS,
    };
    // Setting it anew empties it.
    if let Some(stream) = rtc.direct_api().stream_tx(&ssrc) {
        stream.set_rtx_cache(packets, RTX_CACHE_AGE, Some(RTX_SHARE));
    }
}
