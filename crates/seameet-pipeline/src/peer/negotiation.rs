//! Offers and answers.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use seameet_core::Mid;

use crate::convert;
use crate::error::{AnswerError, OfferError};
use crate::negotiate::{self, AcceptedOffer, MediaLine, OfferLine, ParsedOffer};
use crate::peer::PeerConnection;

impl PeerConnection {
    /// Answers an offer. Works for the first and for every later one; a later one may restart ICE.
    ///
    /// Every line of the answer is a stream (msid, RFC 8830) of its own, although browsers synchronise only lines of one
    /// stream: what a slot shows changes, and a picture must not wait for somebody else's sound.
    ///
    /// # Errors
    ///
    /// [`OfferError::Parse`], [`OfferError::TooLong`] and [`OfferError::TooManyLines`] leave the connection as it was; after
    /// [`OfferError::Apply`] it must be dropped.
    pub fn accept_offer(&mut self, now: Instant, sdp: &str) -> Result<AcceptedOffer, OfferError> {
        let offer = ParsedOffer::parse(sdp, self.max_media_lines)?;
        self.answer(now, offer)
    }

    /// Answers an offer that was read elsewhere.
    ///
    /// # Errors
    ///
    /// [`OfferError::Apply`]; the connection must be dropped then.
    pub fn answer(
        &mut self,
        now: Instant,
        offer: ParsedOffer,
    ) -> Result<AcceptedOffer, OfferError> {
        let (offer, finished) = offer.into_parts();
        let apply = |error: &dyn fmt::Display| OfferError::Apply {
            reason: error.to_string(),
        };
        // The engine panics at some contradictory descriptions, for example one that gives two payload types the same
        // meaning. After that, as after any error here, nobody looks into the connection again.
        let accepted = catch_unwind(AssertUnwindSafe(|| self.rtc.sdp_api().accept_offer(offer)));
        let answer = accepted
            .map_err(|_| apply(&"the engine cannot process it"))?
            .map_err(|error| apply(&error))?;
        self.step(now).map_err(|error| apply(&error))?;
        let sdp = finished(&answer.to_sdp_string());
        // The engine announces new lines as events only once it is connected; its own answer names them now.
        for mid in sdp.lines().filter_map(|line| line.strip_prefix("a=mid:")) {
            if let Ok(mid) = mid.parse() {
                self.lines.add(mid);
            }
        }
        self.lines.refresh(&mut self.rtc);
        Ok(AcceptedOffer {
            sdp,
            lines: self.lines.agreed(&self.rtc),
        })
    }

    /// Makes an offer with further lines; the earlier ones stay. Returns the description and the new lines' names.
    ///
    /// # Errors
    ///
    /// When there is nothing to offer.
    pub fn create_offer(&mut self, lines: &[OfferLine]) -> Result<(String, Vec<Mid>), OfferError> {
        let mut changes = self.rtc.sdp_api();
        let mids: Vec<_> = lines
            .iter()
            .map(|line| {
                let direction = negotiate::engine_direction(line.direction);
                let simulcast = negotiate::engine_simulcast(&line.encodings);
                changes.add_media(
                    convert::engine_kind(line.kind),
                    direction,
                    None,
                    None,
                    simulcast,
                )
            })
            .collect();
        let (offer, pending) = changes.apply().ok_or_else(|| OfferError::Apply {
            reason: "nothing changed".to_owned(),
        })?;
        self.pending_offer = Some(pending);
        let mids: Vec<_> = mids.into_iter().filter_map(convert::mid).collect();
        // The engine announces only lines that the other side added.
        for mid in &mids {
            self.lines.add(*mid);
        }
        Ok((offer.to_sdp_string(), mids))
    }

    /// Makes an offer that restarts ICE.
    ///
    /// # Errors
    ///
    /// When there is nothing to offer.
    pub fn create_ice_restart(&mut self) -> Result<String, OfferError> {
        let mut changes = self.rtc.sdp_api();
        changes.ice_restart(true);
        let (offer, pending) = changes.apply().ok_or_else(|| OfferError::Apply {
            reason: "nothing changed".to_owned(),
        })?;
        self.pending_offer = Some(pending);
        Ok(offer.to_sdp_string())
    }

    /// Takes the answer to the last offer.
    ///
    /// # Errors
    ///
    /// When no offer is pending or the answer does not fit it.
    pub fn accept_answer(
        &mut self,
        now: Instant,
        sdp: &str,
    ) -> Result<Vec<MediaLine>, AnswerError> {
        let answer = negotiate::parse_answer(sdp)?;
        let refuse = |error: &dyn fmt::Display| AnswerError {
            reason: error.to_string(),
        };
        let pending = self
            .pending_offer
            .take()
            .ok_or_else(|| refuse(&"no offer is pending"))?;
        self.rtc
            .sdp_api()
            .accept_answer(pending, answer)
            .map_err(|error| refuse(&error))?;
        self.step(now).map_err(|error| refuse(&error))?;
        self.lines.refresh(&mut self.rtc);
        Ok(self.lines.agreed(&self.rtc))
    }
}
