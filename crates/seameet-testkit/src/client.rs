//! A scripted participant with a real WebRTC endpoint.

mod encode;
mod plan;
mod watch;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use seameet_core::media::{Explanation, SlotAssignment, TrackDeclaration, TrackSource};
use seameet_core::{MediaKind, Mid, ParticipantId, TrackId};
use seameet_pipeline::{
    CloseReason, LineDirection, MediaLine, OfferLine, OutgoingPacket, PeerConfig, PeerConnection,
    PeerEvent, Role, Transmit,
};

pub use plan::ClientPlan;

use seameet_rtp::red::RedStripper;

use crate::decoder::Decoder;
use crate::media::{Picture, Publisher};
use crate::video::{Encoder, VideoPlan};

/// A packet as a client received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// When.
    pub at: Instant,
    /// Sequence number, extended.
    pub sequence: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// The VP8 picture id; `None` for sound.
    pub picture_id: Option<u16>,
    /// What it says about itself.
    pub picture: Picture,
    /// The track that the line was said to carry when the packet left the server.
    pub announced: Option<TrackId>,
}

/// A scripted participant with a real WebRTC endpoint.
#[derive(Debug)]
pub struct Client {
    /// Its name on the server.
    pub participant: ParticipantId,
    /// Its own address.
    pub address: SocketAddr,
    /// The address that the server sees.
    pub mapped: SocketAddr,
    /// Its sources.
    pub publishers: Vec<Publisher>,
    /// Its modelled encoders.
    pub encoders: Vec<Encoder>,
    /// What shows its video lines.
    pub decoders: BTreeMap<Mid, Decoder>,
    /// Why it sees what it sees, as told last.
    pub explained: Option<Explanation>,
    /// What its own uplink is thought to take, in bits per second, if it estimates that.
    pub uplink_estimate: Option<u64>,
    /// ICE and DTLS are up.
    pub connected: bool,
    /// Why the connection ended, if it did.
    pub closed: Option<CloseReason>,
    /// Has the grant to receive others' tracks.
    pub may_subscribe: bool,
    /// The last assignment of each slot.
    pub slots: BTreeMap<Mid, SlotAssignment>,
    /// Every assignment that it was told, in order.
    pub told: Vec<SlotAssignment>,
    /// Everything received, by line, in order of arrival.
    pub received: BTreeMap<Mid, Vec<Seen>>,
    pub(crate) connection: PeerConnection,
    /// What its next offer declares.
    pub declarations: Vec<TrackDeclaration>,
    /// What it declared on its former connection.
    former: Vec<TrackDeclaration>,
    /// Answers that did not fit its offer.
    pub refused_answers: Vec<String>,
    /// Every track that it ever published.
    pub published: Vec<TrackId>,
    /// Packets with redundancy that arrived.
    pub redundant: usize,
    strippers: BTreeMap<Mid, RedStripper>,
    /// Bytes of payload that arrived, by tenths of seconds since the world began.
    arrived: BTreeMap<u64, u64>,
    number: u32,
    failed: bool,
    /// When the world began.
    epoch: Instant,
}

impl Client {
    pub(crate) fn new(number: u32, plan: &ClientPlan, epoch: Instant, now: Instant) -> Self {
        let [_, _, high, low] = number.to_be_bytes();
        let address = SocketAddr::from(([10, 0, high, low], 5_000));
        Self {
            participant: ParticipantId::from_random(u64::from(number)),
            address,
            mapped: SocketAddr::from(([198, 18, high, low], 6_000)),
            publishers: Vec::new(),
            encoders: Vec::new(),
            decoders: BTreeMap::new(),
            explained: None,
            uplink_estimate: None,
            epoch,
            connected: false,
            closed: None,
            may_subscribe: plan.may_subscribe,
            slots: BTreeMap::new(),
            told: Vec::new(),
            received: BTreeMap::new(),
            connection: endpoint(address, plan, now),
            declarations: Vec::new(),
            former: Vec::new(),
            refused_answers: Vec::new(),
            published: Vec::new(),
            redundant: 0,
            strippers: BTreeMap::new(),
            arrived: BTreeMap::new(),
            number,
            failed: false,
        }
    }

    /// Begins a new peer connection. What was received stays on record. The room knows the tracks of before by their
    /// lines, so they keep their ids.
    pub(crate) fn restart(&mut self, plan: &ClientPlan, now: Instant) {
        self.connection = endpoint(self.address, plan, now);
        self.publishers.clear();
        self.encoders.clear();
        self.former = std::mem::take(&mut self.declarations);
        self.slots.clear();
        self.connected = false;
        self.closed = None;
        self.failed = false;
    }

    /// Its number in the world, which its media carries.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Its endpoint failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Stops sending from a source for good and declares it no longer.
    pub fn withdraw(&mut self, source: TrackSource) {
        let mid = self.publisher(source).mid;
        self.publishers.retain(|publisher| publisher.mid != mid);
        self.declarations.retain(|declared| declared.mid != mid);
    }

    /// Takes what the server said about slots.
    pub(crate) fn assign(&mut self, assignments: &[SlotAssignment]) {
        self.told.extend_from_slice(assignments);
        self.slots
            .extend(assignments.iter().map(|slot| (slot.mid, *slot)));
    }

    /// Offers further lines. Declares the tracks with ids drawn from `next_track`.
    pub(crate) fn offer(
        &mut self,
        plan: &ClientPlan,
        next_track: &mut u32,
        first_sequence: u16,
        now: Instant,
    ) -> String {
        let slot = |kind| OfferLine::new(kind, LineDirection::Receive);
        let mut lines: Vec<_> = plan
            .sources
            .iter()
            .map(|source| OfferLine {
                encodings: plan.video(*source).map(VideoPlan::rids).unwrap_or_default(),
                ..OfferLine::new(source.kind(), LineDirection::Send)
            })
            .collect();
        lines.extend(std::iter::repeat_n(
            slot(MediaKind::Audio),
            plan.audio_slots,
        ));
        lines.extend(std::iter::repeat_n(
            slot(MediaKind::Video),
            plan.video_slots,
        ));
        let (sdp, mids) = self
            .connection
            .create_offer(&lines)
            .expect("the plan has lines");
        for (source, mid) in plan.sources.iter().zip(mids) {
            let former = self.former.iter().find(|former| former.source == *source);
            let track = former.map_or_else(
                || {
                    *next_track += 1;
                    TrackId::new(*next_track)
                },
                |former| former.track,
            );
            self.published.push(track);
            self.declarations.push(TrackDeclaration {
                track,
                mid,
                source: *source,
                muted: false,
            });
            if let Some(video) = plan.video(*source) {
                self.add_encoder(mid, video, first_sequence, now);
            } else {
                let kind = source.kind();
                let publisher = Publisher::new(self.number, mid, kind, first_sequence, now);
                self.publishers.push(match kind {
                    MediaKind::Audio if plan.redundant_audio => publisher.with_redundancy(),
                    _ => publisher,
                });
            }
        }
        sdp
    }

    /// The track that the client publishes from a source.
    pub fn track(&self, source: TrackSource) -> TrackId {
        let found = self
            .declarations
            .iter()
            .find(|declared| declared.source == source);
        found.expect("the client publishes this source").track
    }

    /// The source of this kind.
    pub fn publisher(&mut self, source: TrackSource) -> &mut Publisher {
        let declared = self
            .declarations
            .iter()
            .find(|declared| declared.source == source);
        let mid = declared.expect("the client publishes this source").mid;
        let found = self
            .publishers
            .iter_mut()
            .find(|publisher| publisher.mid == mid);
        found.expect("each declared track has a publisher")
    }

    /// Its ICE name.
    pub fn ufrag(&mut self) -> String {
        self.connection.local_ufrag()
    }

    /// Every media line as agreed, in order.
    pub fn lines(&self) -> Vec<MediaLine> {
        self.connection.lines()
    }

    /// The line on which a track arrives.
    pub fn slot_of(&self, track: TrackId) -> Option<Mid> {
        self.slots
            .values()
            .find(|slot| slot.track == Some(track))
            .map(|slot| slot.mid)
    }

    /// What arrived on the line that carries the track now.
    pub fn seen(&self, track: TrackId) -> &[Seen] {
        let mid = self.slot_of(track);
        mid.and_then(|mid| self.received.get(&mid))
            .map_or(&[], Vec::as_slice)
    }

    /// Every sender of whom anything arrived.
    pub fn senders(&self) -> Vec<u32> {
        let seen = self.received.values().flatten();
        let mut senders: Vec<_> = seen.map(|seen| seen.picture.sender).collect();
        senders.sort_unstable();
        senders.dedup();
        senders
    }

    /// Asks for a keyframe of a track as a decoder would.
    pub fn request_keyframe(&mut self, track: TrackId) {
        if let Some(mid) = self.slot_of(track) {
            self.connection.request_keyframe(mid, 0);
        }
    }

    /// Sends frames that are due and serves timers.
    pub(crate) fn step(&mut self, now: Instant) -> Vec<Transmit> {
        if self.connected {
            self.send_video(now);
            for publisher in &mut self.publishers {
                let format = publisher.format();
                for packet in publisher.poll(now) {
                    let outgoing = OutgoingPacket {
                        rid: None,
                        packet: &packet,
                        format,
                        sequence: packet.sequence,
                        timestamp: packet.timestamp,
                        wallclock: now,
                        marker: packet.marker,
                        vp8: None,
                        descriptor: packet.descriptor.as_deref(),
                    };
                    assert!(
                        self.connection.write(publisher.mid, &outgoing),
                        "a negotiated line takes packets"
                    );
                }
            }
        }
        if self.connection.handle_timeout(now).is_err() {
            self.give_up();
        }
        self.collect(now, self.told.len())
    }

    /// Takes a datagram. `told` is how many assignments had been told when it was sent.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        transmit: &Transmit,
        told: usize,
    ) -> Vec<Transmit> {
        let received = self.connection.handle_datagram(
            now,
            transmit.protocol,
            transmit.source,
            self.address,
            &transmit.contents,
        );
        if received.is_err() {
            self.give_up();
        }
        self.collect(now, told)
    }

    /// Ends the connection. Returns the goodbye.
    pub(crate) fn hang_up(&mut self, now: Instant) -> Vec<Transmit> {
        self.connected = false;
        self.connection.close(now);
        self.collect(now, self.told.len())
    }

    /// The endpoint failed, as when nobody answers its handshake. It does nothing more until a new one begins.
    fn give_up(&mut self) {
        self.connected = false;
        self.closed = Some(CloseReason::Closed);
        self.failed = true;
    }

    /// When it has something to do; `None` after its endpoint failed.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        if self.failed {
            return None;
        }
        let sound = self.publishers.iter().map(Publisher::deadline);
        let video = self.encoders.iter().map(Encoder::deadline);
        let frames = sound.chain(video).filter(|_| self.connected);
        frames.chain([self.connection.deadline()]).min()
    }

    fn collect(&mut self, now: Instant, told: usize) -> Vec<Transmit> {
        while let Some(event) = self.connection.poll_event() {
            match event {
                PeerEvent::Connected => self.begin(now),
                PeerEvent::Closed(reason) => {
                    self.connected = false;
                    self.closed = Some(reason);
                }
                PeerEvent::Rtp(received) => self.note(&received, told),
                PeerEvent::Bandwidth { estimate } => self.adapt(estimate),
                PeerEvent::Skipped { mid, sequence, .. } => {
                    self.decoders.entry(mid).or_default().skip(sequence);
                }
                PeerEvent::SenderReport { .. } | PeerEvent::Statistics(_) => {}
                PeerEvent::KeyframeRequested { mid, rid } => self.asked(now, mid, rid),
            }
        }
        self.ask_for_keyframes(now);
        std::iter::from_fn(|| self.connection.poll_transmit()).collect()
    }
}

fn endpoint(address: SocketAddr, plan: &ClientPlan, now: Instant) -> PeerConnection {
    let mut config = PeerConfig::new(Role::Client);
    config.local_addresses = vec![address];
    config.video_codecs.clone_from(&plan.video_codecs);
    config.bandwidth = plan.uplink;
    config.redundant_audio = plan.redundant_audio;
    // A client may be hostile: its endpoint sends what the server must refuse.
    config.max_rtp_payload = usize::MAX;
    PeerConnection::new(&config, now).expect("a test address is a candidate")
}
