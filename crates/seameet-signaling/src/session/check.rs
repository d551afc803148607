//! Whether the parts of a message are within the limits.

use std::collections::BTreeMap;

use seameet_core::{ErrorCode, RequestError, ResumeToken};

use super::{JoinFacts, SessionLimits};
use crate::wire::{
    ClientBody, ClientInfo, Join, Offer, PROTOCOL_VERSION, Resume, SendData, SlotWish, View,
};

/// Longest name and version of a client in characters.
const CLIENT_INFO_CHARS: usize = 64;
/// Fewest words of a candidate: foundation, component, transport, priority, address, port, `typ` and the type
/// (RFC 8839, section 5.1).
const CANDIDATE_WORDS: usize = 8;

impl SessionLimits {
    /// Checks what a message carries, room and rights aside.
    pub(super) fn check(&self, body: &ClientBody) -> Result<(), RequestError> {
        match body {
            ClientBody::Offer(offer) => self.check_offer(offer),
            ClientBody::IceCandidate(message) => self.check_candidate(&message.candidate),
            ClientBody::View(view) => self.check_view(view),
            ClientBody::ChatMessage(message) => chars("text", &message.text, self.chat_chars),
            ClientBody::Data(message) => self.check_data(message),
            ClientBody::Reaction(message) => {
                chars("reaction", &message.reaction, self.reaction_chars)
            }
            _ => Ok(()),
        }
    }

    /// Checks a join and takes out what it says.
    pub(super) fn check_join(&self, join: Join) -> Result<JoinFacts, RequestError> {
        if join.protocol != PROTOCOL_VERSION {
            return Err(RequestError::new(
                ErrorCode::UnsupportedProtocol,
                format!(
                    "protocol {} is not spoken here, only {PROTOCOL_VERSION}",
                    join.protocol
                ),
            ));
        }
        let attributes = join.attributes.unwrap_or_default();
        self.check_attributes(&attributes)?;
        join.client.as_ref().map_or(Ok(()), check_client)?;
        let bad = |code| {
            move |error: seameet_core::id::ParseIdError| RequestError::new(code, error.to_string())
        };
        Ok(JoinFacts {
            room: join.room_id.parse().map_err(bad(ErrorCode::BadRoomId))?,
            display_name: join
                .display_name
                .map(|name| name.parse())
                .transpose()
                .map_err(bad(ErrorCode::BadDisplayName))?,
            attributes,
            token: join.token,
            resume: join.resume.as_ref().map(parse_resume).transpose()?,
            client: join.client,
        })
    }

    fn check_attributes(&self, attributes: &BTreeMap<String, String>) -> Result<(), RequestError> {
        at_most("attributes", attributes.len(), self.attributes)?;
        for (name, value) in attributes {
            chars("an attribute's name", name, self.attribute_name_chars)?;
            let length = value.chars().count();
            at_most("an attribute's value", length, self.attribute_value_chars)?;
        }
        let sizes = attributes
            .iter()
            .map(|(name, value)| name.len() + value.len());
        at_most("attributes, bytes", sizes.sum(), self.attribute_bytes)
    }

    fn check_offer(&self, offer: &Offer) -> Result<(), RequestError> {
        at_most("sdp bytes", offer.sdp.len(), self.sdp_bytes)?;
        at_most("sdp lines", offer.sdp.lines().count(), self.sdp_lines)?;
        at_most("tracks", offer.tracks.len(), self.tracks)
    }

    fn check_candidate(&self, candidate: &str) -> Result<(), RequestError> {
        at_most("candidate bytes", candidate.len(), self.candidate_bytes)?;
        let attribute = candidate.strip_prefix("a=").unwrap_or(candidate);
        let whole = attribute.starts_with("candidate:")
            && attribute.split_ascii_whitespace().count() >= CANDIDATE_WORDS;
        if candidate.is_empty() || whole {
            return Ok(());
        }
        let message = "not a candidate attribute (RFC 8839, section 5.1)";
        Err(RequestError::new(ErrorCode::BadCandidate, message))
    }

    fn check_view(&self, view: &View) -> Result<(), RequestError> {
        let slots = view.slots.as_ref().map_or(0, Vec::len);
        at_most("slots", slots, self.slots)?;
        view.slots.iter().flatten().try_for_each(check_wish)
    }

    fn check_data(&self, message: &SendData) -> Result<(), RequestError> {
        chars("topic", &message.topic, self.topic_chars)?;
        at_most("body bytes", message.body.len(), self.data_bytes)
    }
}

/// A wish that contradicts itself would only show as a slot that stays dark, so it is refused where it is made.
fn check_wish(wish: &SlotWish) -> Result<(), RequestError> {
    let refuse = |message: String| Err(RequestError::new(ErrorCode::BadMessage, message));
    let SlotWish {
        mid, max_height, ..
    } = wish;
    // A slot of height 0 is paused, whatever its least height.
    let most = if *max_height == 0 {
        u32::MAX
    } else {
        *max_height
    };
    if let Some(min) = wish.min_height.filter(|min| *min > most) {
        return refuse(format!(
            "view: slot {mid}: min_height {min} is more than max_height {max_height}"
        ));
    }
    if wish.max_fps == Some(0) {
        return refuse(format!(
            "view: slot {mid}: max_fps is 0; max_height 0 pauses a slot"
        ));
    }
    Ok(())
}

fn check_client(client: &ClientInfo) -> Result<(), RequestError> {
    chars("client.name", &client.name, CLIENT_INFO_CHARS)?;
    chars("client.version", &client.version, CLIENT_INFO_CHARS)
}

fn parse_resume(resume: &Resume) -> Result<(ResumeToken, u32), RequestError> {
    let token = resume.token.reveal().parse().map_err(|_| {
        RequestError::new(
            ErrorCode::ResumeRejected,
            "the resume token is malformed; join anew, without resume",
        )
    })?;
    Ok((token, resume.seq))
}

/// A text must say something, and not too much.
fn chars(what: &str, text: &str, limit: usize) -> Result<(), RequestError> {
    if text.is_empty() {
        let message = format!("{what} is empty");
        return Err(RequestError::new(ErrorCode::BadMessage, message));
    }
    at_most(&format!("{what}, characters"), text.chars().count(), limit)
}

fn at_most(what: &str, count: usize, limit: usize) -> Result<(), RequestError> {
    if count <= limit {
        return Ok(());
    }
    let message = format!("{what}: {count}, at most {limit} are allowed");
    Err(RequestError::new(ErrorCode::TooLarge, message))
}
