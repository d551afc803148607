//! Which stream, payload type and format belong to which media line.
//!
//! The engine answers these questions by walking its tables; the hot path asks them for each packet, so the
//! answers are kept here and forgotten when a negotiation changes anything.
//!
//! # Encodings
//!
//! A line's simulcast encodings have names (rids), which packets carry at first and then no more. Here each gets a
//! number: its place among the names in the order in which offers brought them. A number means the same name for the
//! life of the line. Packets may claim any name, and the engine makes a stream of each on a line without simulcast, even
//! before it authenticates the packet; so a stream whose name was not agreed on is taken from it at once.

mod sending;
mod waiting;

use std::time::{Duration, Instant};

use seameet_core::{Mid, Rid};
use str0m::Rtc;
use str0m::media::{Mid as EngineMid, Pt, Rid as EngineRid};
use str0m::rtp::Ssrc;

use crate::convert;
use crate::negotiate::{self, MediaLine};
use crate::packet::Format;
pub(super) use crate::peer::lines::sending::SendingLine;
use crate::peer::lines::sending::bound_retransmission;
pub(super) use crate::peer::lines::waiting::Waiting;

/// Most different streams of a connection between two negotiations; packets of further ones are dropped.
const MAX_ROUTES: usize = 64;
/// A sender that changed its stream and shows the former one again means it after this silence of the newer; before,
/// it is a straggler.
const STRAGGLERS: Duration = Duration::from_millis(500);
/// Most simulcast encodings of one line in all its offers; further ones are dropped.
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
            .flat_map(convert::formats)
            .collect();
        for mid in self.mids.clone() {
            self.number_encodings(rtc, mid);
        }
        let mut former = std::mem::take(&mut self.sending);
        self.sending = self
            .mids
            .iter()
            .filter_map(|mid| SendingLine::read(rtc, *mid))
            .collect();
        for line in &mut self.sending {
            for ssrc in line.take_over(&mut former) {
                bound_retransmission(rtc, line.kind, ssrc);
            }
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
            for ssrc in line.streams() {
                bound_retransmission(rtc, line.kind, ssrc);
            }
        }
    }

    /// The lines on which this endpoint sends.
    pub(super) fn sending_mids(&self) -> impl Iterator<Item = Mid> {
        self.sending.iter().map(|line| line.mid)
    }

    pub(super) fn sending(&self, mid: Mid) -> Option<&SendingLine> {
        self.sending.iter().find(|line| line.mid == mid)
    }

    pub(super) fn sending_mut(&mut self, mid: Mid) -> Option<&mut SendingLine> {
        self.sending.iter_mut().find(|line| line.mid == mid)
    }

    /// What waits in front of the engine, by stream.
    pub(super) fn waiting_mut(&mut self) -> impl Iterator<Item = (Ssrc, &mut Waiting)> {
        let streams = self.sending.iter_mut().flat_map(SendingLine::waiting_mut);
        streams.filter(|(_, waiting)| !waiting.is_empty())
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

    /// Whether the stream is known to be one of a line.
    pub(super) fn knows(&self, ssrc: Ssrc) -> bool {
        self.routes.iter().any(|route| route.ssrc == ssrc)
    }

    /// Takes a stream from the engine whose encoding was not agreed on.
    pub(super) fn refuse_if_not_agreed(&mut self, rtc: &mut Rtc, ssrc: Ssrc) {
        let mut api = rtc.direct_api();
        let Some(stream) = api.stream_rx(&ssrc) else {
            return;
        };
        let mid = convert::mid(stream.mid());
        let is_agreed = |rid: EngineRid| {
            let encoding = mid.zip(convert::rid(rid));
            encoding.is_some_and(|(mid, rid)| self.number(mid, Some(rid)).is_some())
        };
        if !stream.rid().is_none_or(is_agreed) {
            api.remove_stream_rx(ssrc);
        }
    }

    /// Whose report of a sender it is; `None` for streams that an encoding has no more, or not yet.
    pub(super) fn reporting(
        &self,
        mid: EngineMid,
        rid: Option<EngineRid>,
        ssrc: Ssrc,
    ) -> Option<Origin> {
        let mid = convert::mid(mid)?;
        let encoding = self.number(mid, rid.and_then(convert::rid))?;
        let is_this = |source: &&Source| {
            source.mid == mid && source.encoding == encoding && source.ssrc == ssrc
        };
        let source = self.sources.iter().find(is_this)?;
        Some(Origin {
            mid,
            encoding,
            epoch: source.epoch,
        })
    }

    /// The name of an encoding.
    pub(super) fn encoding_name(&self, mid: Mid, encoding: u8) -> Option<Rid> {
        let (_, rids) = self.encodings.iter().find(|(known, _)| *known == mid)?;
        rids.get(usize::from(encoding)).copied().flatten()
    }

    /// The number of an arriving stream's encoding; `None` for names that were not agreed on.
    fn encoding(&mut self, mid: Mid, rid: Option<EngineRid>) -> Option<u8> {
        match rid {
            Some(rid) => self.number(mid, Some(convert::rid(rid)?)),
            None => self.number(mid, None).or_else(|| self.assign(mid, None)),
        }
    }

    fn number(&self, mid: Mid, rid: Option<Rid>) -> Option<u8> {
        let (_, rids) = self.encodings.iter().find(|(known, _)| *known == mid)?;
        let position = rids.iter().position(|known| *known == rid)?;
        u8::try_from(position).ok()
    }

    /// Gives numbers to the encodings that the last negotiation brought to a line.
    fn number_encodings(&mut self, rtc: &Rtc, mid: Mid) {
        let media = rtc.media(convert::engine_mid(mid));
        for rid in media.map(negotiate::received_encodings).unwrap_or_default() {
            if self.number(mid, Some(rid)).is_none() {
                self.assign(mid, Some(rid));
            }
        }
    }

    /// Gives the next number to an encoding; `None` when the line has had too many.
    fn assign(&mut self, mid: Mid, rid: Option<Rid>) -> Option<u8> {
        let index = self
            .encodings
            .iter()
            .position(|(known, _)| *known == mid)
            .unwrap_or_else(|| {
                self.encodings.push((mid, Vec::new()));
                self.encodings.len() - 1
            });
        let (_, rids) = self.encodings.get_mut(index)?;
        if rids.len() >= MAX_ENCODINGS {
            return None;
        }
        rids.push(rid);
        u8::try_from(rids.len() - 1).ok()
    }
}

#[cfg(test)]
mod tests;
