//! Streams that look like media to a server and carry the time to who receives them.
//!
//! Pictures are VP8 or H.264 from outside. VP8 has a payload descriptor with a 15-bit picture id (RFC 7741, section 4.2),
//! and keyframes whose header tells the size (RFC 6386, section 9.1); of H.264 see `h264`. What follows is noise, but for
//! the last eight bytes: the nanoseconds since 1970 at which the packet was made.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use seameet_client::media::{AudioLevel, Codec, Format, OutgoingPacket, Packet, Payload, Rid};

use super::h264;

/// Bytes of a full packet of pictures, as browsers fill them.
const PICTURE_PACKET: usize = 1_100;
/// Bytes of a packet of sound, and how often one comes.
const SOUND_PACKET: usize = 100;
const SOUND_INTERVAL: Duration = Duration::from_millis(20);
/// A keyframe is so many times as large as another frame.
const KEYFRAME_FACTOR: u64 = 6;
const STAMP: usize = 8;
/// How loud somebody is who speaks, and a room in which nobody does, in dBov.
const LOUD: i8 = -30;
const QUIET: i8 = -80;

/// What a camera sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VideoShape {
    /// Bits per second of the largest encoding.
    pub(crate) bitrate: u64,
    /// Frames per second.
    pub(crate) fps: u32,
    /// Three encodings, of a quarter and a half of the height, instead of one.
    pub(crate) simulcast: bool,
    /// VP8 or H.264.
    pub(crate) codec: Codec,
}

/// Constrained baseline with units in several packets, as browsers send it.
const H264: Format = Format {
    codec: Codec::H264,
    profile: 0x42_e001,
};

/// A stream of packets.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) rid: Option<Rid>,
    format: Format,
    frame_bytes: u64,
    interval: Duration,
    ticks: u32,
    height: u16,
    sequence: u64,
    timestamp: u32,
    picture: u16,
    wants_keyframe: bool,
    speaks: bool,
    next_at: Instant,
}

impl Stream {
    /// The sound of somebody who speaks.
    pub(crate) fn sound(now: Instant) -> Self {
        Self {
            rid: None,
            format: Format::OPUS,
            frame_bytes: SOUND_PACKET as u64,
            interval: SOUND_INTERVAL,
            ticks: 960,
            height: 0,
            sequence: 1_000,
            timestamp: 0,
            picture: 0,
            wants_keyframe: false,
            speaks: true,
            next_at: now,
        }
    }

    /// The encodings of a camera, from the smallest.
    pub(crate) fn camera(shape: VideoShape, now: Instant) -> Vec<Self> {
        let one = |rid: Option<Rid>, height: u16, share: u64| Self {
            rid,
            format: if shape.codec == Codec::H264 {
                H264
            } else {
                Format {
                    codec: shape.codec,
                    profile: 0,
                }
            },
            frame_bytes: (shape.bitrate / share / 8 / u64::from(shape.fps.max(1))).max(64),
            interval: Duration::from_secs(1) / shape.fps.max(1),
            ticks: 90_000 / shape.fps.max(1),
            height,
            sequence: 1_000,
            timestamp: 0,
            picture: 0,
            wants_keyframe: true,
            speaks: false,
            next_at: now,
        };
        if !shape.simulcast {
            return vec![one(None, 720, 1)];
        }
        let named = [("q", 180, 11), ("h", 360, 3), ("f", 720, 1)];
        named
            .into_iter()
            .map(|(rid, height, share)| one(rid.parse().ok(), height, share))
            .collect()
    }

    /// Whether it is loud from now on.
    pub(crate) fn speak(&mut self, speaks: bool) {
        self.speaks = speaks;
    }

    pub(crate) fn request_keyframe(&mut self) {
        self.wants_keyframe = true;
    }

    /// When the next frame is due.
    pub(crate) fn next_at(&self) -> Instant {
        self.next_at
    }

    /// The packets of the next frame, if it is due. Frames that were missed are left out.
    pub(crate) fn poll(&mut self, now: Instant) -> Vec<Packet> {
        if now < self.next_at {
            return Vec::new();
        }
        while self.next_at <= now {
            self.next_at += self.interval;
            self.timestamp = self.timestamp.wrapping_add(self.ticks);
        }
        let is_keyframe = std::mem::take(&mut self.wants_keyframe);
        let factor = if is_keyframe { KEYFRAME_FACTOR } else { 1 };
        let bytes = usize::try_from(self.frame_bytes * factor).unwrap_or(PICTURE_PACKET);
        self.picture = self.picture.wrapping_add(1) & 0x7FFF;
        let count = bytes.div_ceil(PICTURE_PACKET).max(1);
        let size = bytes.div_ceil(count).max(32);
        let mut packets = Vec::with_capacity(count + 1);
        if is_keyframe && self.format == H264 {
            let parameters = h264::parameters(self.width(), self.height);
            packets.push(self.packet(parameters, false));
        }
        for index in 0..count {
            let payload = self.payload((index, count), size, is_keyframe);
            packets.push(self.packet(payload, index + 1 == count));
        }
        packets
    }

    /// Pictures are wide.
    fn width(&self) -> u16 {
        self.height / 9 * 16
    }

    fn payload(&self, (index, count): (usize, usize), size: usize, is_keyframe: bool) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(size);
        match self.format.codec {
            Codec::H264 => bytes.extend(h264::fragment((index, count), is_keyframe)),
            Codec::Vp8 => self.describe(&mut bytes, index == 0, is_keyframe),
            _ => {}
        }
        bytes.resize(size.saturating_sub(STAMP).max(bytes.len()), 0xA5);
        bytes.extend_from_slice(&nanos_now().to_be_bytes());
        bytes
    }

    fn packet(&mut self, payload: Vec<u8>, is_last: bool) -> Packet {
        let is_sound = self.format == Format::OPUS;
        self.sequence += 1;
        let level = AudioLevel {
            level_dbov: if self.speaks { LOUD } else { QUIET },
            voice: self.speaks,
        };
        Packet {
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker: !is_sound && is_last,
            payload: Payload::from_arc(Arc::from(payload)),
            audio_level: is_sound.then_some(level),
            orientation: None,
            descriptor: None,
        }
    }

    fn describe(&self, bytes: &mut Vec<u8>, is_first: bool, is_keyframe: bool) {
        let [high, low] = self.picture.to_be_bytes();
        // X, and S on the frame's first packet; I; a picture id of 15 bits.
        bytes.extend_from_slice(&[
            0x80 | if is_first { 0x10 } else { 0 },
            0x80,
            0x80 | high,
            low,
        ]);
        if !is_first {
            return;
        }
        // The lowest bit is set on frames that need others.
        bytes.extend_from_slice(&[0x10 | u8::from(!is_keyframe), 0, 0]);
        if is_keyframe {
            let width = self.width();
            bytes.extend_from_slice(&[0x9D, 0x01, 0x2A]);
            bytes.extend_from_slice(&width.to_le_bytes());
            bytes.extend_from_slice(&self.height.to_le_bytes());
        }
    }

    /// A packet of the stream as it is to go out.
    pub(crate) fn outgoing<'a>(&self, packet: &'a Packet, now: Instant) -> OutgoingPacket<'a> {
        OutgoingPacket {
            rid: self.rid,
            packet,
            format: self.format,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            wallclock: now,
            marker: packet.marker,
            vp8: None,
            descriptor: None,
        }
    }
}

/// The time that packets carry, as it is now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(u64);

impl Clock {
    pub(crate) fn now() -> Self {
        Self(nanos_now())
    }

    /// How long a packet with this payload was on its way; `None` if it carries no time or one that has not come yet.
    pub(crate) fn latency(self, payload: &[u8]) -> Option<Duration> {
        let stamp = payload.last_chunk::<STAMP>()?;
        let passed = self.0.checked_sub(u64::from_be_bytes(*stamp))?;
        Some(Duration::from_nanos(passed)).filter(|passed| *passed < Duration::from_secs(60))
    }
}

fn nanos_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    //! Tests of the streams.

    use super::*;

    const SHAPE: VideoShape = VideoShape {
        bitrate: 1_500_000,
        fps: 30,
        simulcast: false,
        codec: Codec::Vp8,
    };

    #[test]
    fn a_second_takes_its_bitrate_and_begins_with_a_keyframe() {
        let start = Instant::now();
        let mut camera = Stream::camera(SHAPE, start).remove(0);
        let first = camera.poll(start);
        let bytes = first[0].payload.shared();
        assert_eq!(&bytes[7..10], [0x9D, 0x01, 0x2A]);
        assert_eq!(&bytes[12..14], 720_u16.to_le_bytes());
        let rest =
            (1..=30).flat_map(|frame| camera.poll(start + Duration::from_millis(34 * frame)));
        let bytes: usize = rest.map(|packet| packet.payload.len()).sum();
        assert!((180_000..195_000).contains(&bytes), "{bytes}");
    }

    #[test]
    fn packets_tell_how_long_they_took() {
        let now = Instant::now();
        let packet = Stream::sound(now).poll(now).remove(0);
        let clock = Clock::now();
        let latency = clock.latency(&packet.payload.shared());
        assert!(latency.expect("it carries the time") < Duration::from_secs(10));
        assert_eq!(clock.latency(&[0xFF; 8]), None);
        assert_eq!(clock.latency(&[1, 2]), None);
    }

    #[test]
    fn simulcast_has_three_encodings_of_growing_size() {
        let shape = VideoShape {
            simulcast: true,
            ..SHAPE
        };
        let now = Instant::now();
        let sizes = Stream::camera(shape, now)
            .iter_mut()
            .map(|stream| stream.poll(now).iter().map(|it| it.payload.len()).sum())
            .collect::<Vec<usize>>();
        assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]), "{sizes:?}");
    }
}
