//! Which stream, payload type and format belong to which media line.
//!
//! The engine answers these questions by walking its tables; the hot path asks them for each packet, so the
//! answers are kept here and forgotten when a negotiation changes anything.

use std::time::{Duration, Instant};

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
/// Most different streams of a connection between two negotiations; packets of further ones are dropped.
const MAX_ROUTES: usize = 64;
/// A sender that changed its stream and shows the former one again means it after this silence of the newer; before,
/// it is a straggler.
const STRAGGLERS: Duration = Duration::from_millis(500);
/// Most simulcast encodings of one line.
const MAX_ENCODINGS: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Lines {
    mids: Vec<Mid>,
    sending: Vec<SendingLine>,
    routes: Vec<Route>,
    encodings: Vec<(Mid, Vec<Option<Rid>>)>,
    sources: Vec<Source>,
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
    /// The sender has changed to another stream since.
    is_former: bool,
}

/// The stream that an encoding of a line has now.
#[derive(Debug, Clone, Copy)]
struct Source {
    mid: Mid,
    encoding: u8,
    ssrc: Ssrc,
    epoch: u32,
    last: Instant,
}

/// Whose packet it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) mid: Mid,
    pub(super) encoding: u8,
    /// Counts the streams that the encoding had before.
    pub(super) epoch: u32,
}

impl Lines {
    /// Reads the engine's tables anew after a negotiation.
    pub(super) fn refresh(&mut self, rtc: &mut Rtc) {
        self.routes.clear();
        self.forget_recycled(rtc);
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

    /// Drops all repairs that are asked for, with what is kept for more.
    pub(super) fn drop_repairs(&self, rtc: &mut Rtc) {
        for line in &self.sending {
            bound_retransmission(rtc, line);
        }
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

    /// A line that was stopped gives its place to another one with another name.
    fn forget_recycled(&mut self, rtc: &Rtc) {
        self.mids
            .retain(|mid| rtc.media(convert::engine_mid(*mid)).is_some());
        self.encodings.retain(|(mid, _)| self.mids.contains(mid));
        self.sources
            .retain(|source| self.mids.contains(&source.mid));
    }

    /// Whose packet of an arriving stream it is; `None` for unknown streams and stragglers of a former one.
    pub(super) fn receiving(&mut self, rtc: &mut Rtc, now: Instant, ssrc: Ssrc) -> Option<Origin> {
        let route = self.route(rtc, ssrc)?;
        let (mid, encoding) = (route.mid, route.encoding);
        let is_this = |source: &&mut Source| source.mid == mid && source.encoding == encoding;
        let Some(source) = self.sources.iter_mut().find(is_this) else {
            self.sources.push(Source {
                mid,
                encoding,
                ssrc,
                epoch: 0,
                last: now,
            });
            return Some(Origin {
                mid,
                encoding,
                epoch: 0,
            });
        };
        if source.ssrc != ssrc {
            let is_former = route.is_former;
            if is_former && now.saturating_duration_since(source.last) < STRAGGLERS {
                return None;
            }
            let former = std::mem::replace(&mut source.ssrc, ssrc);
            source.epoch = source.epoch.wrapping_add(1);
            for route in &mut self.routes {
                route.is_former |= route.ssrc == former;
            }
            // The engine would keep asking for its missing packets.
            rtc.direct_api().remove_stream_rx(former);
        }
        source.last = now;
        Some(Origin {
            mid,
            encoding,
            epoch: source.epoch,
        })
    }

    fn route(&mut self, rtc: &mut Rtc, ssrc: Ssrc) -> Option<Route> {
        if let Some(route) = self.routes.iter().find(|route| route.ssrc == ssrc) {
            return Some(*route);
        }
        if self.routes.len() >= MAX_ROUTES {
            return None;
        }
        let mut api = rtc.direct_api();
        let stream = api.stream_rx(&ssrc)?;
        let (mid, rid) = (convert::mid(stream.mid())?, stream.rid());
        let route = Route {
            ssrc,
            mid,
            encoding: self.encoding(mid, rid)?,
            is_former: false,
        };
        self.routes.push(route);
        Some(route)
    }

    /// The stream that an encoding of a line has now; `None` before its first packet.
    pub(super) fn source(&self, mid: Mid, encoding: u8) -> Option<Ssrc> {
        let is_this = |source: &&Source| source.mid == mid && source.encoding == encoding;
        self.sources.iter().find(is_this).map(|source| source.ssrc)
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
    // Setting it anew empties it.
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

#[cfg(test)]
mod tests;
