//! Offers, answers and media lines.

mod reduce;
mod sound;

use seameet_core::{Codec, MediaKind, Mid, Rid};
use str0m::Rtc;
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::media::{Direction, Media, Rids, Simulcast, SimulcastLayer};

use crate::convert;
use crate::error::{AnswerError, OfferError};
use crate::negotiate::sound::SoundWishes;
use crate::packet::Format;

/// Most lines of text in a session description: 64 media lines with every codec that a browser knows have about six
/// thousand.
const MAX_DESCRIPTION_LINES: usize = 8_000;

/// What a media line does, seen from this endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineDirection {
    /// This endpoint sends: a slot.
    Send,
    /// This endpoint receives: a publication.
    Receive,
    /// Both ways.
    Both,
    /// Neither.
    Inactive,
}

impl LineDirection {
    /// This endpoint may send on the line.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Send | Self::Both)
    }

    /// This endpoint may receive on the line.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Receive | Self::Both)
    }
}

/// A media line as agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaLine {
    /// Its name.
    pub mid: Mid,
    /// Sound or picture.
    pub kind: MediaKind,
    /// What it does, seen from this endpoint.
    pub direction: LineDirection,
    /// The formats of the line in the order of preference. Redundant audio stands behind the plain form, though it is
    /// preferred where both sides can.
    pub formats: Vec<Format>,
    /// The simulcast encodings of who sends, in the order of the offer; none without simulcast.
    pub encodings: Vec<Rid>,
}

impl MediaLine {
    /// The codec that the sender of this line is expected to use.
    pub fn first_codec(&self) -> Option<Codec> {
        self.formats.first().map(|format| format.codec)
    }
}

/// The answer to an offer.
#[derive(Debug, Clone)]
pub struct AcceptedOffer {
    /// The session description to send back.
    pub sdp: String,
    /// Every media line after the exchange, in order.
    pub lines: Vec<MediaLine>,
}

/// A media line that a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferLine {
    /// Sound or picture.
    pub kind: MediaKind,
    /// What it does, seen from this endpoint.
    pub direction: LineDirection,
    /// The simulcast encodings to send (RFC 8853); none sends one stream without a name. A line that also receives is
    /// answered without simulcast.
    pub encodings: Vec<Rid>,
}

impl OfferLine {
    /// A line without simulcast.
    pub const fn new(kind: MediaKind, direction: LineDirection) -> Self {
        Self {
            kind,
            direction,
            encodings: Vec::new(),
        }
    }
}

/// The certificate fingerprint in a session description. Another one than before means another endpoint: the
/// client began a new peer connection (RFC 8122, section 5).
fn remote_fingerprint(sdp: &str) -> Option<&str> {
    sdp.lines()
        .find_map(|line| line.strip_prefix("a=fingerprint:"))
        .map(str::trim)
}

/// An offer that was read but not yet answered. Reading is the slow half, and needs no endpoint.
#[derive(Debug)]
pub struct ParsedOffer {
    offer: SdpOffer,
    fingerprint: Option<String>,
    wishes: SoundWishes,
    video_codecs: Vec<Codec>,
}

impl ParsedOffer {
    /// Reads a session description.
    ///
    /// A client's own candidates and its names of streams are left out, and so are simulcast encodings beyond four of a
    /// line and those of lines that do not only send video.
    ///
    /// # Errors
    ///
    /// When the text is no description, or larger than `max_lines` media lines.
    pub fn parse(sdp: &str, max_lines: usize) -> Result<Self, OfferError> {
        // Counted before parsing, so that a description of ten thousand lines costs nothing.
        let (lines, limit) = (sdp.lines().count(), MAX_DESCRIPTION_LINES);
        if lines > limit {
            return Err(OfferError::TooLong { lines, limit });
        }
        let lines = sdp.lines().filter(|line| line.starts_with("m=")).count();
        if lines > max_lines {
            return Err(OfferError::TooManyLines {
                lines,
                limit: max_lines,
            });
        }
        let offer = SdpOffer::from_sdp_string(&reduce::reduced(sdp)).map_err(|error| {
            OfferError::Parse {
                reason: error.to_string(),
            }
        })?;
        let fingerprint = remote_fingerprint(sdp).map(str::to_owned);
        Ok(Self {
            offer,
            fingerprint,
            wishes: SoundWishes::read(sdp),
            video_codecs: video_codecs(sdp),
        })
    }

    /// The engine's half, and what becomes of the answer to it.
    pub(crate) fn into_parts(self) -> (SdpOffer, impl FnOnce(&str) -> String) {
        let wishes = self.wishes;
        (self.offer, move |answer: &str| wishes.granted(answer))
    }

    /// The video codecs that the client can take part with.
    pub fn video_codecs(&self) -> &[Codec] {
        &self.video_codecs
    }

    /// The certificate fingerprint of the client. Another one than before means another endpoint: the client began
    /// a new peer connection (RFC 8122, section 5).
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }
}

/// The video codecs that a description names (RFC 8866, section 6.6).
fn video_codecs(sdp: &str) -> Vec<Codec> {
    let names: Vec<_> = sdp
        .lines()
        .filter_map(|line| line.strip_prefix("a=rtpmap:")?.split(' ').nth(1))
        .filter_map(|encoding| encoding.split('/').next())
        .map(str::to_ascii_lowercase)
        .collect();
    [Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1]
        .into_iter()
        .filter(|codec| names.iter().any(|name| name == codec.name()))
        .collect()
}

pub(crate) fn parse_answer(sdp: &str) -> Result<SdpAnswer, AnswerError> {
    SdpAnswer::from_sdp_string(sdp).map_err(|error| AnswerError {
        reason: error.to_string(),
    })
}

pub(crate) fn engine_direction(direction: LineDirection) -> Direction {
    match direction {
        LineDirection::Send => Direction::SendOnly,
        LineDirection::Receive => Direction::RecvOnly,
        LineDirection::Both => Direction::SendRecv,
        LineDirection::Inactive => Direction::Inactive,
    }
}

/// Simulcast as this endpoint offers it; `None` for a line with one stream.
pub(crate) fn engine_simulcast(encodings: &[Rid]) -> Option<Simulcast> {
    let send: Vec<_> = encodings
        .iter()
        .map(|rid| SimulcastLayer::new(rid.as_str()))
        .collect();
    (!send.is_empty()).then(|| Simulcast {
        send,
        recv: Vec::new(),
    })
}

/// The line as the engine has it now.
pub(crate) fn line(rtc: &Rtc, mid: Mid) -> Option<MediaLine> {
    let media = rtc.media(convert::engine_mid(mid))?;
    let formats = rtc
        .codec_config()
        .params()
        .iter()
        .filter(|params| media.remote_pts().contains(&params.pt()))
        .flat_map(convert::formats)
        .map(|(_, format)| format)
        .collect();
    let direction = if media.disabled() {
        LineDirection::Inactive
    } else {
        convert::direction(media.direction())
    };
    Some(MediaLine {
        mid,
        kind: convert::kind(media.kind()),
        direction,
        formats,
        encodings: if direction.receives() {
            received_encodings(media)
        } else {
            sent_encodings(media).into_iter().flatten().collect()
        },
    })
}

/// The simulcast encodings that the engine expects to arrive on a line.
pub(crate) fn received_encodings(media: &Media) -> Vec<Rid> {
    match media.rids_rx() {
        Rids::Specific(rids) => rids.iter().copied().filter_map(convert::rid).collect(),
        Rids::Any | Rids::None => Vec::new(),
    }
}

/// What this endpoint may send on a line: simulcast encodings, or one stream without a name.
pub(crate) fn sent_encodings(media: &Media) -> Vec<Option<Rid>> {
    match media.rids_tx() {
        Rids::Specific(rids) => rids.iter().map(|rid| convert::rid(*rid)).collect(),
        Rids::Any | Rids::None => vec![None],
    }
}

#[cfg(test)]
mod tests;
