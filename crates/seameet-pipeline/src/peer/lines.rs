//! Which stream, payload type and format belong to which media line.
//!
//! The engine answers these questions by walking its tables; the hot path asks them for each packet, so the
//! answers are kept here and forgotten when a negotiation changes anything.

use std::time::Duration;

use seameet_core::{MediaKind, Mid};
use str0m::Rtc;
use str0m::media::{Pt, Rid};
use str0m::rtp::Ssrc;

use crate::convert;
use crate::negotiate::{self, MediaLine};
use crate::packet::Format;

/// Packets kept for retransmission per video line: one second of 2.5 Mbit/s.
const RTX_CACHE_VIDEO_PACKETS: usize = 300;
/// Audio is not retransmitted: a repaired packet would come too late to be heard.
const RTX_CACHE_AUDIO_PACKETS: usize = 1;
/// Older packets would come too late to be shown.
const RTX_CACHE_AGE: Duration = Duration::from_secs(2);
/// Repairs may take up to this share of what a line sends.
const RTX_SHARE: f32 = 0.4;
/// Most different streams remembered per connection; a peer that invents more pays with slow look-ups.
const MAX_ROUTES: usize = 64;
/// Most simulcast encodings of one line.
const MAX_ENCODINGS: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Lines {
    mids: Vec<Mid>,
    sending: Vec<SendingLine>,
    routes: Vec<Route>,
    encodings: Vec<(Mid, Vec<Option<Rid>>)>,
    formats: Vec<(Pt, Format)>,
}

/// A line on which this endpoint sends.
#[derive(Debug)]
pub(super) struct SendingLine {
    mid: Mid,
    pub(super) ssrc: Ssrc,
    pub(super) kind: MediaKind,
    payload_types: Vec<(Format, Pt)>,
}

impl SendingLine {
    pub(super) fn payload_type(&self, format: Format) -> Option<Pt> {
        let types = || self.payload_types.iter();
        types()
            .find(|(known, _)| *known == format)
            .or_else(|| types().find(|(known, _)| known.takes(format)))
            .map(|(_, pt)| *pt)
    }
}

#[derive(Debug, Clone, Copy)]
struct Route {
    ssrc: Ssrc,
    mid: Mid,
    encoding: u8,
}

impl Lines {
    /// Reads the engine's tables anew after a negotiation.
    pub(super) fn refresh(&mut self, rtc: &mut Rtc) {
        self.routes.clear();
        self.formats = rtc
            .codec_config()
            .params()
            .iter()
            .filter_map(|params| Some((params.pt(), convert::format(&params.spec())?)))
            .collect();
        let known: Vec<_> = self.sending.iter().map(|line| line.ssrc).collect();
        self.sending = self
            .mids
            .iter()
            .filter_map(|mid| sending_line(rtc, *mid))
            .collect();
        for line in self
            .sending
            .iter()
            .filter(|line| !known.contains(&line.ssrc))
        {
            bound_retransmission(rtc, line);
        }
    }

    pub(super) fn add(&mut self, mid: Mid) {
        if !self.mids.contains(&mid) {
            self.mids.push(mid);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.mids.len()
    }

    pub(super) fn agreed(&self, rtc: &Rtc) -> Vec<MediaLine> {
        self.mids
            .iter()
            .filter_map(|mid| negotiate::line(rtc, *mid))
            .collect()
    }

    pub(super) fn sending(&self, mid: Mid) -> Option<&SendingLine> {
        self.sending.iter().find(|line| line.mid == mid)
    }

    pub(super) fn format(&self, pt: Pt) -> Option<Format> {
        self.formats
            .iter()
            .find(|(known, _)| *known == pt)
            .map(|(_, format)| *format)
    }

    /// The line and encoding of an arriving stream.
    pub(super) fn receiving(&mut self, rtc: &mut Rtc, ssrc: Ssrc) -> Option<(Mid, u8)> {
        if let Some(route) = self.routes.iter().find(|route| route.ssrc == ssrc) {
            return Some((route.mid, route.encoding));
        }
        let mut api = rtc.direct_api();
        let stream = api.stream_rx(&ssrc)?;
        let (mid, rid) = (convert::mid(stream.mid())?, stream.rid());
        let encoding = self.encoding(mid, rid)?;
        if self.routes.len() < MAX_ROUTES {
            self.routes.push(Route {
                ssrc,
                mid,
                encoding,
            });
        }
        Some((mid, encoding))
    }

    /// The engine's name of an encoding that was seen; a line without simulcast has one encoding without a name.
    #[expect(
        clippy::option_option,
        reason = "unknown encoding and nameless encoding are two things"
    )]
    pub(super) fn rid(&self, mid: Mid, encoding: u8) -> Option<Option<Rid>> {
        let (_, rids) = self.encodings.iter().find(|(known, _)| *known == mid)?;
        rids.get(usize::from(encoding)).copied()
    }

    fn encoding(&mut self, mid: Mid, rid: Option<Rid>) -> Option<u8> {
        let index = self
            .encodings
            .iter()
            .position(|(known, _)| *known == mid)
            .unwrap_or_else(|| {
                self.encodings.push((mid, Vec::new()));
                self.encodings.len() - 1
            });
        let (_, rids) = self.encodings.get_mut(index)?;
        let position = rids
            .iter()
            .position(|known| *known == rid)
            .unwrap_or_else(|| {
                rids.push(rid);
                rids.len() - 1
            });
        u8::try_from(position)
            .ok()
            .filter(|_| position < MAX_ENCODINGS)
    }
}

/// The engine's own limit of 15 % drops all pending repairs of a receiver that loses a little more than that, which
/// is when it needs them.
fn bound_retransmission(rtc: &mut Rtc, line: &SendingLine) {
    let packets = match line.kind {
        MediaKind::Audio => RTX_CACHE_AUDIO_PACKETS,
        MediaKind::Video => RTX_CACHE_VIDEO_PACKETS,
    };
    if let Some(stream) = rtc.direct_api().stream_tx(&line.ssrc) {
        stream.set_rtx_cache(packets, RTX_CACHE_AGE, Some(RTX_SHARE));
    }
}

fn sending_line(rtc: &mut Rtc, mid: Mid) -> Option<SendingLine> {
    let engine_mid = convert::engine_mid(mid);
    let media = rtc.media(engine_mid)?;
    if !media.direction().is_sending() || media.disabled() {
        return None;
    }
    let kind = convert::kind(media.kind());
    let remote = media.remote_pts().to_vec();
    let payload_types = rtc
        .codec_config()
        .params()
        .iter()
        .filter(|params| remote.contains(&params.pt()))
        .filter_map(|params| Some((convert::format(&params.spec())?, params.pt())))
        .collect();
    let ssrc = rtc.direct_api().stream_tx_by_mid(engine_mid, None)?.ssrc();
    Some(SendingLine {
        mid,
        ssrc,
        kind,
        payload_types,
    })
}
