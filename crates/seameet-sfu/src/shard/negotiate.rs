//! Offers: new endpoints, new lines, restarts.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use seameet_core::media::{
    Answer, AnsweredTrack, MediaEvent, Offer, SlotsNeeded, TrackDeclaration, View,
};
use seameet_core::{ErrorCode, MediaKind, ParticipantId, RequestError};
use seameet_pipeline::{
    AcceptedOffer, IceCredentials, MediaLine, OfferError, ParsedOffer, PeerConnection,
};

use crate::config::{MAX_MEDIA_LINES, ShardConfig};
use crate::shard::allocate::Share;
use crate::shard::guard::{self, Guarded};
use crate::shard::outlet::Outlet;
use crate::shard::peer::{Life, Peer, PeerKey, UpLine};
use crate::shard::quality::Quality;
use crate::shard::slot::Slot;
use crate::shard::sound::redundancy::Redundancy;
use crate::shard::track::{Declared, Subscriber, TrackKey, UpTrack};
use crate::shard::{Endpoint, Negotiation, RoomKey, Shard};

/// How long a client may take from its offer to the end of the DTLS handshake. Browsers give up after about sixteen
/// seconds without an answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Video tracks that a subscriber is given before it says what it wants to see.
const DEFAULT_MAX_VIDEO: usize = 24;

/// An endpoint that has answered its first offer and waits for a shard.
#[derive(Debug)]
pub struct PreparedPeer {
    connection: PeerConnection,
    accepted: AcceptedOffer,
    fingerprint: Option<String>,
}

impl PreparedPeer {
    /// Makes an endpoint and answers the offer. Costs about a millisecond, mostly for parsing, so it belongs on a
    /// thread that carries no media.
    ///
    /// # Errors
    ///
    /// When the offer cannot be answered.
    pub fn new(
        config: &ShardConfig,
        credentials: IceCredentials,
        now: Instant,
        offer: ParsedOffer,
    ) -> Result<Self, OfferError> {
        let fingerprint = offer.fingerprint().map(str::to_owned);
        let mut connection = PeerConnection::new(&config.peer(credentials), now)?;
        let accepted = connection.answer(now, offer)?;
        Ok(Self {
            connection,
            accepted,
            fingerprint,
        })
    }
}

impl Shard {
    pub(super) fn negotiate(&mut self, negotiation: Negotiation) {
        let Negotiation {
            room,
            participant,
            request,
            offer,
            subscribe,
            endpoint,
        } = negotiation;
        if !self.rooms.contains_key(&room) {
            return; // The room closed while the offer was under way.
        }
        let result =
            self.endpoint(room, participant, &offer.sdp, endpoint)
                .map(|(key, accepted, fresh)| {
                    let sdp = accepted.sdp;
                    let tracks = self.install(key, &offer, subscribe, &accepted.lines);
                    Answer { sdp, tracks, fresh }
                });
        // The answer goes first: slots and tracks refer to lines that it introduces.
        self.events.push_back((
            room,
            MediaEvent::Negotiated {
                participant,
                request,
                result,
            },
        ));
        self.assign_room(room);
        if let Some(key) = self.peer_of(room, participant) {
            self.feed_peer(key);
            self.mark_dirty(key);
        }
    }

    /// Finds or makes the participant's endpoint and lets it answer. The flag tells that it is a new one.
    fn endpoint(
        &mut self,
        room: RoomKey,
        participant: ParticipantId,
        sdp: &str,
        endpoint: Endpoint,
    ) -> Result<(PeerKey, AcceptedOffer, bool), RequestError> {
        let former = self.peer_of(room, participant);
        let prepared = match endpoint {
            Endpoint::Prepared(prepared) => *prepared,
            Endpoint::Parsed(offer, credentials) => {
                match self.same_endpoint(former, offer.fingerprint()) {
                    Some(key) => return Ok((key, self.renegotiate(key, *offer)?, false)),
                    None => self.prepare(credentials, *offer)?,
                }
            }
            Endpoint::Credentials(credentials) => {
                let offer = parse_offer(sdp)?;
                let endpoint = Endpoint::Parsed(Box::new(offer), credentials);
                return self.endpoint(room, participant, sdp, endpoint);
            }
        };
        if let Some(key) = former {
            self.remove_peer(key);
        }
        let PreparedPeer {
            connection,
            accepted,
            fingerprint,
        } = prepared;
        Ok((
            self.adopt(room, participant, fingerprint, connection),
            accepted,
            true,
        ))
    }

    /// The participant's endpoint, if it still lives and the offer comes from the same peer connection.
    fn same_endpoint(&self, former: Option<PeerKey>, fingerprint: Option<&str>) -> Option<PeerKey> {
        let peer = self.peers.get(former?)?;
        (peer.fingerprint.as_deref() == fingerprint && !peer.is_failed()).then_some(former?)
    }

    fn prepare(
        &self,
        credentials: IceCredentials,
        offer: ParsedOffer,
    ) -> Result<PreparedPeer, RequestError> {
        guard::attempt(|| PreparedPeer::new(&self.config, credentials, self.now, offer))
            .ok_or_else(endpoint_failed)?
            .map_err(|error| refusal(&error))
    }

    /// Lets the participant's endpoint answer a further offer. One that cannot be applied ends it.
    fn renegotiate(
        &mut self,
        key: PeerKey,
        offer: ParsedOffer,
    ) -> Result<AcceptedOffer, RequestError> {
        let now = self.now;
        let peer = self.peers.get_mut(key).ok_or_else(endpoint_failed)?;
        match guard::attempt(|| peer.connection.answer(now, offer)) {
            Some(Ok(accepted)) => Ok(accepted),
            Some(Err(error)) => {
                self.fail(key, Guarded::Failed);
                Err(refusal(&error))
            }
            None => {
                self.fail(key, Guarded::Panicked);
                Err(endpoint_failed())
            }
        }
    }

    fn adopt(
        &mut self,
        room: RoomKey,
        participant: ParticipantId,
        fingerprint: Option<String>,
        connection: PeerConnection,
    ) -> PeerKey {
        let key = self.peers.insert(Peer {
            room,
            participant,
            connection,
            fingerprint,
            life: Life::Connecting {
                until: self.now + CONNECT_TIMEOUT,
            },
            subscribe: false,
            view: View::Auto {
                max_video: DEFAULT_MAX_VIDEO,
            },
            up: Vec::new(),
            slots: Vec::new(),
            needed: SlotsNeeded { audio: 0, video: 0 },
            addresses: VecDeque::new(),
            shown_addresses: 0,
            names: VecDeque::new(),
            share: Share::default(),
            quality: Quality::default(),
            redundancy: Redundancy::default(),
            dirty: false,
            estimate: None,
        });
        if let Some(room) = self.rooms.get_mut(&room) {
            room.peers.insert(participant, key);
        }
        key
    }

    /// Makes the shard's tables agree with the answer. Returns the tracks that can be received.
    fn install(
        &mut self,
        key: PeerKey,
        offer: &Offer,
        subscribe: bool,
        lines: &[MediaLine],
    ) -> Vec<AnsweredTrack> {
        let Some(peer) = self.peers.get_mut(key) else {
            return Vec::new();
        };
        peer.subscribe = subscribe;
        self.register_name(key);
        self.install_slots(key, lines);
        self.install_tracks(key, offer, lines)
    }

    fn install_slots(&mut self, key: PeerKey, lines: &[MediaLine]) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let now = self.now;
        let mut ended = Vec::new();
        for (index, slot) in peer.slots.iter_mut().enumerate() {
            slot.active = lines
                .iter()
                .any(|line| line.mid == slot.mid && line.direction.sends());
            if !slot.active {
                ended.push((index, slot.track));
                slot.switch(now, None);
            }
        }
        for (slot, track) in ended {
            self.unsubscribe_slot(track, Subscriber { peer: key, slot });
        }
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        for line in lines.iter().filter(|line| line.direction.sends()) {
            if peer.slot_by_mid(line.mid).is_none() {
                // Below 32,768, so that early loss cannot be mistaken for a wrapped counter (RFC 3711 3.3.1).
                let (sequence, timestamp) = (self.random.u16(..1 << 15), self.random.u32(..));
                let slot = Slot::new(line.mid, line.kind, Outlet::new(sequence, timestamp), now);
                // A line that was recycled under another name leaves its place to the next.
                match peer.slots.iter_mut().find(|former| former.is_void(lines)) {
                    Some(former) => *former = slot,
                    None => peer.slots.push(slot),
                }
            }
        }
    }

    /// Tracks that the offer no longer carries end; new ones begin; those that stay keep their subscribers.
    fn install_tracks(
        &mut self,
        key: PeerKey,
        offer: &Offer,
        lines: &[MediaLine],
    ) -> Vec<AnsweredTrack> {
        let Some(former) = self.peers.get(key).map(|peer| peer.up.clone()) else {
            return Vec::new();
        };
        let mut up = Vec::new();
        let mut answered = Vec::new();
        for declared in &offer.tracks {
            let twice =
                |known: &AnsweredTrack| known.mid == declared.mid || known.track == declared.track;
            if answered.iter().any(twice) {
                continue; // A line carries one track, and a track has one line.
            }
            let Some(line) = lines.iter().find(|line| carries(line, declared)) else {
                continue;
            };
            let Some(codec) = line.first_codec() else {
                continue;
            };
            let kept = former.iter().map(|line| line.track).find(|track| {
                self.tracks
                    .get(*track)
                    .is_some_and(|known| known.id == declared.track && known.mid == declared.mid)
            });
            let track = kept.unwrap_or_else(|| self.insert_track(key, declared));
            up.push(UpLine {
                mid: declared.mid,
                track,
            });
            answered.push(AnsweredTrack {
                track: declared.track,
                mid: declared.mid,
                codec,
            });
        }
        for line in former {
            if !up.iter().any(|kept| kept.track == line.track) {
                self.remove_track(line.track);
            }
        }
        if let Some(peer) = self.peers.get_mut(key) {
            peer.up = up;
        }
        answered
    }

    fn insert_track(&mut self, key: PeerKey, declared: &TrackDeclaration) -> TrackKey {
        let (room, participant) = self
            .peers
            .get(key)
            .map_or((RoomKey(0), ParticipantId::from_random(0)), |peer| {
                (peer.room, peer.participant)
            });
        let track = self.tracks.insert(UpTrack::new(Declared {
            id: declared.track,
            room,
            peer: key,
            participant,
            mid: declared.mid,
            source: declared.source,
            muted: declared.muted,
        }));
        if let Some(room) = self.rooms.get_mut(&room) {
            room.tracks.insert(declared.track, track);
        }
        self.want_demand(track);
        track
    }
}

fn endpoint_failed() -> RequestError {
    RequestError::new(ErrorCode::Internal, "the offer could not be processed")
}

fn carries(line: &MediaLine, declared: &TrackDeclaration) -> bool {
    let kind: MediaKind = declared.source.kind();
    line.mid == declared.mid && line.kind == kind && line.direction.receives()
}

/// Reads a client's offer within the limits of a shard.
///
/// # Errors
///
/// The refusal for the client.
pub(crate) fn parse_offer(sdp: &str) -> Result<ParsedOffer, RequestError> {
    ParsedOffer::parse(sdp, MAX_MEDIA_LINES).map_err(|error| refusal(&error))
}

/// The refusal that a client gets. The engine's own words stay in the log: they may name what is none of the
/// client's business, such as addresses in memory.
pub(crate) fn refusal(error: &OfferError) -> RequestError {
    tracing::debug!(%error, "offer refused");
    let (code, message) = match error {
        OfferError::Candidate { .. } => (
            ErrorCode::Internal,
            "the server has no usable address".into(),
        ),
        OfferError::TooManyLines { .. } | OfferError::TooLong { .. } => {
            (ErrorCode::TooLarge, error.to_string())
        }
        OfferError::Parse { .. } => (ErrorCode::BadSdp, "not a valid session description".into()),
        _ => (
            ErrorCode::BadSdp,
            "the session description cannot be applied".into(),
        ),
    };
    RequestError::new(code, message)
}
