//! Synthetic sound and pictures that tell who sent them, which frame they are and whether all of it came.
//!
//! Video packets look like VP8 from outside: a payload descriptor with a 15-bit picture id and `TL0PICIDX` (RFC
//! 7741, section 4.2) and the first byte of the payload header. Behind it stands what the receiver checks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use seameet_core::{Codec, MediaKind, Mid};
use seameet_pipeline::Format;
use seameet_rtp::red::RedPacker;
use seameet_rtp::{AudioLevel, Packet, Payload};

const VIDEO_INTERVAL: Duration = Duration::from_millis(33);
const AUDIO_INTERVAL: Duration = Duration::from_millis(20);
const VIDEO_PACKET_BYTES: usize = 1_000;
const AUDIO_PACKET_BYTES: usize = 100;
/// Descriptor: flags, extension flags, two bytes of picture id, `TL0PICIDX`, `TID`, then the payload header's byte.
const VP8_PREFIX_BYTES: usize = 7;
/// The payload type within redundant packets, which endpoints replace, and the most that these may hold.
const OPUS: u8 = 111;
const REDUNDANT_BYTES: usize = 1_200;
const MARK: &[u8; 4] = b"SEAM";
/// A packet every 400 milliseconds in silence, in ticks of 48 kHz.
const DTX_TICKS: u32 = 19_200;

/// What a packet of synthetic media says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Picture {
    /// Who made it.
    pub sender: u32,
    /// Which frame of the sender's, from 0.
    pub frame: u32,
    /// Which packet of the frame, from 0.
    pub index: u16,
    /// How many packets the frame has.
    pub count: u16,
    /// The frame is a keyframe.
    pub keyframe: bool,
}

impl Picture {
    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&self.sender.to_be_bytes());
        bytes.extend_from_slice(&self.frame.to_be_bytes());
        bytes.extend_from_slice(&self.index.to_be_bytes());
        bytes.extend_from_slice(&self.count.to_be_bytes());
        bytes.push(u8::from(self.keyframe));
    }

    /// Reads what a received payload says; `None` if it is not ours.
    pub fn read(kind: MediaKind, payload: &[u8]) -> Option<Self> {
        let rest = match kind {
            MediaKind::Audio => payload,
            MediaKind::Video => payload.get(VP8_PREFIX_BYTES..)?,
        };
        let rest = rest.strip_prefix(MARK)?;
        let (sender, rest) = rest.split_first_chunk::<4>()?;
        let (frame, rest) = rest.split_first_chunk::<4>()?;
        let (index, rest) = rest.split_first_chunk::<2>()?;
        let (count, rest) = rest.split_first_chunk::<2>()?;
        Some(Self {
            sender: u32::from_be_bytes(*sender),
            frame: u32::from_be_bytes(*frame),
            index: u16::from_be_bytes(*index),
            count: u16::from_be_bytes(*count),
            keyframe: *rest.first()? == 1,
        })
    }
}

/// The picture id in a received video payload.
pub fn picture_id(payload: &[u8]) -> Option<u16> {
    let high = payload.get(2)?;
    let low = payload.get(3)?;
    Some(u16::from_be_bytes([high & 0x7F, *low]))
}

/// What a microphone picks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Somebody speaks all the time.
    Steady,
    /// Somebody speaks once, and is silent before and after.
    Turn {
        /// When, counted from the beginning.
        from: Duration,
        /// For how long.
        length: Duration,
    },
    /// Nobody speaks, and the encoder sends next to nothing (discontinuous transmission): a small packet now and then.
    Silence,
}

impl Voice {
    /// How loud it is.
    fn level(self, elapsed: Duration) -> AudioLevel {
        let speaks = match self {
            Self::Steady => true,
            Self::Turn { from, length } => (from..from + length).contains(&elapsed),
            Self::Silence => false,
        };
        AudioLevel {
            level_dbov: if speaks { -30 } else { -90 },
            voice: speaks,
        }
    }
}

/// A source of synthetic media on one line.
#[derive(Debug)]
pub struct Publisher {
    /// The line.
    pub mid: Mid,
    /// Sound or picture.
    pub kind: MediaKind,
    /// Packets per frame; 1 for sound.
    pub packets_per_frame: u16,
    /// Produces nothing while true, as a camera that is off.
    pub paused: bool,
    /// Bytes of a packet's payload.
    pub packet_bytes: usize,
    /// When receivers asked for a keyframe.
    pub keyframe_requests: Vec<Instant>,
    sender: u32,
    frame: u32,
    sequence: u64,
    timestamp: u32,
    next_at: Instant,
    keyframe_wanted: bool,
    voice: Voice,
    voice_since: Instant,
    packer: Option<RedPacker>,
}

impl Publisher {
    /// A source that starts at `now` with a keyframe.
    pub fn new(sender: u32, mid: Mid, kind: MediaKind, first_sequence: u16, now: Instant) -> Self {
        Self {
            mid,
            kind,
            packets_per_frame: if kind == MediaKind::Video { 4 } else { 1 },
            paused: false,
            packet_bytes: if kind == MediaKind::Video {
                VIDEO_PACKET_BYTES
            } else {
                AUDIO_PACKET_BYTES
            },
            keyframe_requests: Vec::new(),
            sender,
            frame: 0,
            sequence: u64::from(first_sequence),
            timestamp: sender.wrapping_mul(77_777),
            next_at: now,
            keyframe_wanted: false,
            voice: Voice::Steady,
            voice_since: now,
            packer: None,
        }
    }

    /// Repeats each packet of sound in the next one (RFC 2198).
    #[must_use]
    pub fn with_redundancy(mut self) -> Self {
        self.packer = Some(RedPacker::new(1));
        self
    }

    /// A receiver asked for a keyframe.
    pub fn request_keyframe(&mut self, now: Instant) {
        self.keyframe_requests.push(now);
        self.keyframe_wanted = true;
    }

    /// What the microphone picks up from now on.
    pub fn speak(&mut self, voice: Voice, now: Instant) {
        self.voice = voice;
        self.voice_since = now;
    }

    /// The next frame shall be a keyframe, as an encoder decides now and then by itself.
    pub fn request_keyframe_quietly(&mut self) {
        self.keyframe_wanted = true;
    }

    /// Loses this many packets before anything else can see them: their sequence numbers are never used.
    pub fn skip_numbers(&mut self, count: u64) {
        self.sequence += count;
    }

    /// The sequence number of the next packet.
    pub fn next_sequence(&self) -> u64 {
        self.sequence
    }

    /// When the next frame is due.
    pub fn deadline(&self) -> Instant {
        self.next_at
    }

    /// How many frames were made.
    pub fn frames(&self) -> u32 {
        self.frame
    }

    /// What the packets' payload is.
    pub fn format(&self) -> Format {
        match self.kind {
            MediaKind::Audio if self.packer.is_some() => Format::OPUS_RED,
            MediaKind::Audio => Format::OPUS,
            MediaKind::Video => Format {
                codec: Codec::Vp8,
                profile: 0,
            },
        }
    }

    /// The packets of the next frame, if it is due.
    pub fn poll(&mut self, now: Instant) -> Vec<Packet> {
        if now < self.next_at {
            return Vec::new();
        }
        let interval = match self.kind {
            MediaKind::Audio => AUDIO_INTERVAL,
            MediaKind::Video => VIDEO_INTERVAL,
        };
        self.next_at += interval;
        let ticks = interval.as_millis() * u128::from(self.format().codec.clock_rate()) / 1_000;
        let ticks = u32::try_from(ticks).unwrap_or_default();
        self.timestamp = self.timestamp.wrapping_add(ticks);
        // The timestamps count on through the silence.
        let is_pause = self.voice == Voice::Silence && self.timestamp % DTX_TICKS >= ticks;
        if self.paused || is_pause {
            return Vec::new();
        }
        let keyframe = self.frame == 0 || std::mem::take(&mut self.keyframe_wanted);
        let packets = (0..self.packets_per_frame)
            .map(|index| self.packet(index, keyframe))
            .collect();
        self.frame += 1;
        packets
    }

    fn packet(&mut self, index: u16, keyframe: bool) -> Packet {
        let picture = Picture {
            sender: self.sender,
            frame: self.frame,
            index,
            count: self.packets_per_frame,
            keyframe,
        };
        let mut bytes = Vec::with_capacity(VIDEO_PACKET_BYTES);
        if self.kind == MediaKind::Video {
            bytes.extend_from_slice(&self.vp8_prefix(index, keyframe));
        }
        picture.write(&mut bytes);
        bytes.resize(self.packet_bytes.max(bytes.len()), 0xA5);
        let sequence = self.sequence;
        self.sequence += 1;
        let mut payload = Payload::from_arc(Arc::from(bytes));
        if let Some(packer) = &mut self.packer {
            payload = packer.pack(sequence, self.timestamp, &payload, OPUS, REDUNDANT_BYTES);
        }
        let loud = self
            .voice
            .level(self.next_at.saturating_duration_since(self.voice_since));
        Packet {
            sequence,
            timestamp: self.timestamp,
            marker: index + 1 == self.packets_per_frame,
            payload,
            audio_level: (self.kind == MediaKind::Audio).then_some(loud),
            orientation: None,
            descriptor: None,
        }
    }

    fn vp8_prefix(&self, index: u16, keyframe: bool) -> [u8; VP8_PREFIX_BYTES] {
        // X, and S with partition 0 on the frame's first packet.
        let flags = 0x80 | if index == 0 { 0x10 } else { 0 };
        // Every sender counts from somewhere else, so that unpatched numbers are told from continuous ones.
        let picture = self.frame.wrapping_add(self.sender.wrapping_mul(1_237));
        let [high, low] = u16::try_from(picture % 0x8000)
            .unwrap_or_default()
            .to_be_bytes();
        let tl0 = u8::try_from(picture % 256).unwrap_or_default();
        // Extension I, L and T; the payload header's lowest bit is set on inter frames.
        [flags, 0xE0, 0x80 | high, low, tl0, 0, u8::from(!keyframe)]
    }
}
