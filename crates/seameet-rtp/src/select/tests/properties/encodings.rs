//! Three encodings of VP8, each with three temporal layers.

use std::collections::BTreeSet;

use super::super::publisher::{vp8, vp8_key};
use super::*;
use crate::munge::{Munger, SourceKey};

/// Temporal layer, bit Y, and how far back the frame is that it refers to.
const CYCLE: [(u8, bool, usize); 4] = [(0, false, 4), (2, true, 1), (1, true, 2), (2, false, 1)];
const PACKETS: usize = 3;

/// What happens while one picture is sent.
#[derive(Debug, Clone)]
struct Tick {
    /// Something else is wanted, before the packet of this number.
    wish: Option<(usize, Option<Target>, Meanwhile)>,
    /// Which encoding sends the next packet, again and again; those that have none left are passed over.
    turns: Vec<u8>,
}

fn any_tick() -> impl Strategy<Value = Tick> {
    let wish = option::weighted(0.2, (0..9_usize, any_target(), any_meanwhile()));
    (wish, vec(0_u8..3, 9)).prop_map(|(wish, turns)| Tick { wish, turns })
}

/// A frame of an encoding: its number there, and what it refers to.
#[derive(Debug, Clone)]
struct Frame {
    number: usize,
    reference: Option<usize>,
    packets: Vec<Sent>,
}

#[derive(Debug, Default)]
struct Encoding {
    /// Frames since the last keyframe, the newest of which is being sent.
    cache: Vec<Frame>,
    next_number: usize,
    position: usize,
    needs_keyframe: bool,
}

impl Encoding {
    fn next_frame(&mut self, id: EncodingId, timestamp: u32) {
        let number = self.next_number;
        self.next_number += 1;
        let frame = if std::mem::take(&mut self.needs_keyframe) || number == 0 {
            self.cache.clear();
            self.position = 0;
            Frame {
                number,
                reference: None,
                packets: packets(&vp8_key(id, timestamp)),
            }
        } else {
            self.position += 1;
            let (temporal_id, is_sync, back) = CYCLE[self.position % 4];
            let sent = vp8(id, timestamp, temporal_id, is_sync);
            Frame {
                number,
                reference: Some(number - back),
                packets: packets(&sent),
            }
        };
        self.cache.push(frame);
    }
}

/// A frame in three packets.
fn packets(sent: &Sent) -> Vec<Sent> {
    let [first, last] = sent.clone().halves();
    let middle = first.clone().last();
    vec![first, middle, last]
}

/// What a subscriber has got.
struct World {
    bench: Bench,
    encodings: [Encoding; 3],
    /// Frames of the current stretch, by number; all of one encoding.
    received: BTreeSet<usize>,
    current: Option<u8>,
    /// The frame that is being received, and how many of its packets have come.
    frame: (usize, usize),
    /// Numbers the packets that go out, without a gap, as nothing is lost.
    munger: Munger,
    next_sequence: u64,
}

impl World {
    fn new() -> Self {
        Self {
            bench: Bench::new(None),
            encodings: Default::default(),
            received: BTreeSet::new(),
            current: None,
            frame: (0, PACKETS),
            munger: Munger::new(0, 0),
            next_sequence: 0,
        }
    }

    fn tick(&mut self, tick: &Tick, timestamp: u32) -> Result<(), TestCaseError> {
        for (id, encoding) in (0..).zip(&mut self.encodings) {
            // Each has its own clock, and they go differently.
            encoding.next_frame(EncodingId(id), timestamp.wrapping_add(u32::from(id) << 30));
        }
        let mut sent = [0; 3];
        let everybody = (0..3).flat_map(|id| [id; PACKETS]);
        let mut count = 0;
        for id in tick.turns.iter().copied().chain(everybody) {
            let index = usize::from(id);
            if sent[index] == PACKETS {
                continue;
            }
            if let Some((at, target, meanwhile)) = tick.wish
                && at == count
            {
                self.bench.wish(target, meanwhile);
            }
            count += 1;
            let newest = self.encodings[index].cache.len() - 1;
            self.receive(id, newest, sent[index])?;
            sent[index] += 1;
            self.replay(&sent)?;
            if let Some(needed) = self.bench.selector.needs_keyframe() {
                let target = self.bench.selector.target().map(|target| target.encoding);
                prop_assert_eq!(Some(needed), target, "only of what is wanted");
                self.encodings[usize::from(needed.0)].needs_keyframe = true;
            }
        }
        Ok(())
    }

    /// Feeds an encoding's cache in again when it is asked for.
    fn replay(&mut self, sent: &[usize; 3]) -> Result<(), TestCaseError> {
        let Some(id) = self.bench.selector.take_replay() else {
            return Ok(());
        };
        let index = usize::from(id.0);
        let frames = self.encodings[index].cache.len();
        for frame in 0..frames {
            let packets = if frame + 1 == frames {
                sent[index]
            } else {
                PACKETS
            };
            for packet in 0..packets {
                self.receive(id.0, frame, packet)?;
            }
        }
        Ok(())
    }

    /// A packet goes through the selector, and what comes out is checked.
    fn receive(&mut self, id: u8, frame: usize, packet: usize) -> Result<(), TestCaseError> {
        let frame = self.encodings[usize::from(id)].cache[frame].clone();
        let decision = self.bench.send(&frame.packets[packet]);
        self.number(
            id,
            frame.number * PACKETS + packet,
            &frame.packets[packet],
            decision,
        )?;
        let Decision::Forward { begins, marker } = decision else {
            return Ok(());
        };
        if begins {
            prop_assert_eq!(frame.reference, None, "begins with a keyframe");
            prop_assert_eq!(packet, 0, "and with its first packet");
            prop_assert_eq!(self.frame.1, PACKETS, "after the end of the frame before");
            self.received.clear();
            self.current = Some(id);
        }
        prop_assert_eq!(self.current, Some(id), "never two encodings at once");
        if packet == 0 {
            prop_assert_eq!(self.frame.1, PACKETS, "the frame before is whole");
            self.frame = (frame.number, 0);
        }
        prop_assert_eq!(self.frame, (frame.number, packet), "packets in order");
        self.frame.1 += 1;
        prop_assert_eq!(marker, packet + 1 == PACKETS);
        if let Some(reference) = frame.reference {
            prop_assert!(self.received.contains(&reference), "{reference} is missing");
        }
        self.received.insert(frame.number);
        Ok(())
    }
}

impl World {
    /// Does with a packet's number what the decision says.
    fn number(
        &mut self,
        id: u8,
        index: usize,
        sent: &Sent,
        decision: Decision,
    ) -> Result<(), TestCaseError> {
        let source = SourceKey(u64::from(id));
        let sequence = 70_000 + u64::try_from(index).expect("small");
        match decision {
            Decision::Forward { begins, .. } => {
                if begins {
                    self.munger.pause();
                }
                let now = self.bench.now;
                let output = self
                    .munger
                    .rewrite(now, source, 90_000, sequence, sent.timestamp);
                prop_assert_eq!(
                    output.map(|output| output.sequence),
                    Some(self.next_sequence)
                );
                self.next_sequence += 1;
            }
            Decision::Drop => drop(self.munger.skip(source, sequence)),
            Decision::Wait => {
                let late = self.munger.late(source, sequence, sent.timestamp);
                prop_assert_eq!(late, None, "nothing was left out that has a place");
            }
        }
        Ok(())
    }
}

fn timestamp(tick: usize) -> u32 {
    u32::try_from(tick).expect("small").wrapping_mul(3_000)
}

proptest! {
    #[test]
    fn only_whole_and_decodable_frames_go_out(ticks in vec(any_tick(), 1..80)) {
        let mut world = World::new();
        for (index, tick) in ticks.iter().enumerate() {
            world.tick(tick, timestamp(index))?;
        }
    }

    #[test]
    fn what_is_wanted_for_long_enough_comes(
        ticks in vec(any_tick(), 1..40),
        target in (0_u8..3, 0_u8..4),
        meanwhile in any_meanwhile(),
    ) {
        let mut world = World::new();
        for (index, tick) in ticks.iter().enumerate() {
            world.tick(tick, timestamp(index))?;
        }
        let (encoding, temporal) = target;
        let layer = Layer { spatial: 0, temporal };
        let target = Some(Target { encoding: EncodingId(encoding), layer });
        world.bench.wish(target, meanwhile);
        // A keyframe on demand and two cycles of temporal layers.
        let quiet = Tick { wish: None, turns: Vec::new() };
        for index in 0..10 {
            world.tick(&quiet, timestamp(ticks.len() + index))?;
        }
        prop_assert_eq!(world.current, Some(encoding));
        prop_assert_eq!(world.bench.selector.needs_keyframe(), None);
        let mut wanted = Vec::new();
        for index in 10..14 {
            world.tick(&quiet, timestamp(ticks.len() + index))?;
            let encoding = &world.encodings[usize::from(encoding)];
            let is_wanted = CYCLE[encoding.position % 4].0 <= temporal;
            wanted.push((encoding.next_number - 1, is_wanted));
        }
        for (number, is_wanted) in wanted {
            prop_assert_eq!(world.received.contains(&number), is_wanted, "frame {}", number);
        }
    }

    #[test]
    fn nothing_goes_out_behind_the_end_of_the_frame_when_the_line_is_full(
        ticks in vec(any_tick(), 1..40),
    ) {
        let mut world = World::new();
        for (index, tick) in ticks.iter().enumerate() {
            world.tick(tick, timestamp(index))?;
        }
        world.bench.wish(None, Meanwhile::Stop);
        prop_assert_eq!(world.bench.selector.current(), None, "every tick ends with whole frames");
        let before = world.received.len();
        let quiet = Tick { wish: None, turns: Vec::new() };
        world.tick(&quiet, timestamp(ticks.len()))?;
        prop_assert_eq!(world.received.len(), before);
    }

    #[test]
    fn no_packets_make_it_panic(
        packets in vec((0_u8..3, any::<u32>(), any::<[bool; 4]>(), any::<u8>()), 0..300),
        wishes in vec((any_target(), any_meanwhile()), 300),
    ) {
        let mut bench = Bench::new(None);
        for ((id, timestamp, flags, byte), (target, meanwhile)) in packets.into_iter().zip(wishes) {
            let [marker, is_keyframe, is_sync, is_changed] = flags;
            let mut sent = vp8(EncodingId(id), timestamp, byte, is_sync);
            sent.marker = marker;
            sent.info.keyframe_start = is_keyframe;
            if is_changed {
                bench.wish(target, meanwhile);
            }
            bench.wait(u64::from(byte));
            let decision = bench.send(&sent);
            if matches!(decision, Decision::Forward { .. }) {
                prop_assert_eq!(bench.selector.current().or(Some(EncodingId(id))), Some(EncodingId(id)));
            }
            let _ = bench.selector.take_replay();
        }
    }
}
