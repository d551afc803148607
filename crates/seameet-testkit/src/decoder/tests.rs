//! Decoders fed by encoders, with nothing between them but what a test takes away.

use seameet_core::Codec;
use seameet_rtp::Packet;

use super::*;
use crate::video::{EncodedPacket, Encoder, VideoPlan};

/// An encoder and a decoder with nothing between them but what a test takes away.
struct Wires {
    encoder: Encoder,
    decoder: Decoder,
    start: Instant,
    now: Instant,
}

impl Wires {
    fn new(plan: VideoPlan) -> Self {
        let start = Instant::now();
        Self {
            encoder: Encoder::new(plan, 7, "0".parse().unwrap(), 1, start),
            decoder: Decoder::default(),
            start,
            now: start,
        }
    }

    /// The packets of the next picture.
    fn picture(&mut self) -> Vec<Packet> {
        self.now = self.encoder.deadline();
        let packets = self.encoder.poll(self.now);
        packets
            .into_iter()
            .map(|EncodedPacket { packet, .. }| packet)
            .collect()
    }

    fn deliver(&mut self, packet: &Packet) {
        let codec = self.encoder.plan().codec;
        let payload = packet.payload.shared();
        self.decoder.receive(&Arrival {
            at: self.now,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            marker: packet.marker,
            codec,
            payload: &payload,
            descriptor: packet.descriptor.as_deref(),
        });
    }

    /// Sends so many pictures but those that `lose` names.
    fn run(&mut self, pictures: usize, mut lose: impl FnMut(usize, &Stamp) -> bool) {
        for number in 0..pictures {
            for packet in self.picture() {
                let stamp = Stamp::find(&packet.payload.shared()).unwrap();
                if !lose(number, &stamp) {
                    self.deliver(&packet);
                }
            }
        }
    }

    fn shown(&self) -> usize {
        self.decoder.timeline.pictures().len()
    }
}

fn plans() -> [VideoPlan; 4] {
    let single = VideoPlan::single(640, 360, 500_000);
    [
        VideoPlan {
            codec: Codec::H264,
            temporal_layers: 1,
            ..single.clone()
        },
        single,
        VideoPlan::layered(Codec::Vp9),
        VideoPlan::layered(Codec::Av1),
    ]
}

#[test]
fn everything_is_shown_when_everything_comes() {
    for plan in plans() {
        let height = plan.encodings.last().unwrap().height;
        let mut wires = Wires::new(plan);
        wires.run(60, |_, _| false);
        assert_eq!(wires.shown(), 60);
        assert!(
            wires.decoder.faults.is_empty(),
            "{:?}",
            wires.decoder.faults
        );
        let span = wires.decoder.timeline.between(wires.start, wires.now);
        assert_eq!(span.usual_height(), height);
        assert!(!wires.decoder.wants_keyframe(wires.now));
    }
}

#[test]
fn a_lost_reference_stops_the_picture_until_a_keyframe_comes() {
    for plan in plans() {
        let mut wires = Wires::new(plan);
        // The picture 20 is the first of a group.
        wires.run(60, |number, stamp| number == 20 && stamp.index == 0);
        assert_eq!(wires.shown(), 20, "{:?}", wires.encoder.plan().codec);
        assert!(
            wires.decoder.faults.is_empty(),
            "{:?}",
            wires.decoder.faults
        );
        assert!(wires.decoder.wants_keyframe(wires.now));
        assert!(
            !wires.decoder.wants_keyframe(wires.now),
            "not again at once"
        );
        wires.encoder.request_keyframe(wires.now, None);
        wires.run(10, |_, _| false);
        assert_eq!(wires.shown(), 30);
    }
}

#[test]
fn what_nothing_refers_to_may_be_lost() {
    let mut wires = Wires::new(VideoPlan::single(640, 360, 500_000));
    wires.run(60, |_, stamp| stamp.temporal == 2);
    assert_eq!(wires.shown(), 30);
    assert!(
        !wires
            .decoder
            .wants_keyframe(wires.now + Duration::from_secs(1))
    );
}

#[test]
fn a_repaired_packet_lets_the_picture_go_on_in_order() {
    for plan in plans() {
        let mut wires = Wires::new(plan);
        wires.run(8, |_, _| false);
        let late = wires.picture();
        wires.run(3, |_, _| false);
        assert_eq!(wires.shown(), 8);
        for packet in &late {
            wires.deliver(packet);
        }
        assert_eq!(wires.shown(), 12);
        let captured = wires
            .decoder
            .timeline
            .pictures()
            .iter()
            .map(|shown| shown.captured);
        assert!(captured.is_sorted());
    }
}

#[test]
fn upper_layers_of_a_described_stream_need_the_lower_ones_at_keyframes_only() {
    let mut wires = Wires::new(VideoPlan::layered(Codec::Av1));
    wires.run(40, |number, stamp| number > 0 && stamp.spatial < 2);
    assert_eq!(wires.shown(), 40);
    assert_eq!(wires.decoder.timeline.pictures()[39].height, 720);
}

#[test]
fn a_wire_that_hides_a_loss_is_a_fault() {
    let mut wires = Wires::new(VideoPlan::single(640, 360, 500_000));
    for number in 0..12_u64 {
        for mut packet in wires.picture() {
            if number == 4 {
                continue;
            }
            if number > 4 {
                // As a server would that takes the lost frame for one that it left out.
                let mut payload = packet.payload.shared().to_vec();
                payload[4] = payload[4].wrapping_sub(1);
                packet.payload = std::sync::Arc::<[u8]>::from(payload).into();
            }
            wires.deliver(&packet);
        }
    }
    assert!(!wires.decoder.faults.is_empty());
}

#[test]
fn a_span_tells_gaps_sizes_and_rest() {
    let start = Instant::now();
    let at = |millis| start + Duration::from_millis(millis);
    let mut timeline = Timeline::default();
    for (millis, height) in [(100, 180), (200, 360), (300, 180), (700, 360), (800, 360)] {
        timeline.push(Shown {
            at: at(millis),
            captured: Duration::from_millis(millis - 50),
            sender: 1,
            encoding: u8::from(height == 360),
            spatial: 0,
            temporal: 0,
            width: 0,
            height,
        });
    }
    let span = timeline.between(start, at(1_000));
    assert_eq!(span.longest_gap(), Duration::from_millis(400));
    assert_eq!(span.time_to_settle(), Some(Duration::from_millis(700)));
    assert_eq!(span.time_to_first(), Some(Duration::from_millis(100)));
    assert_eq!(span.longest_delay(start), Duration::from_millis(50));
    assert_eq!(span.switches(), 3);
    assert!((span.share_of(180) - 0.5).abs() < 1e-9);
    assert_eq!(span.usual_height(), 180);
    assert!((span.fps() - 5.0).abs() < 1e-9);
    assert_eq!(timeline.between(at(150), at(250)).pictures.len(), 1);
}
