//! One encoding with layers, told by the dependency descriptor or by VP9.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::publisher::{described, vp9};
use super::*;
use crate::dependency_descriptor::tests::fixtures::{descriptor, l1t3, l2t1, l2t1_key};
use crate::dependency_descriptor::{Indication, Structure};
use crate::inspect::Vp9Layer;

/// What happened to a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Lost,
    Dropped,
    Forwarded,
}

/// A picture is due.
#[derive(Debug, Clone)]
struct Tick {
    limit: Option<(Layer, Meanwhile)>,
    is_keyframe: bool,
    is_lost: bool,
}

fn any_tick() -> impl Strategy<Value = Tick> {
    let layer = (0_u8..3, 0_u8..3).prop_map(|(spatial, temporal)| Layer { spatial, temporal });
    let limit = option::weighted(0.2, (layer, any_meanwhile()));
    (limit, prop::bool::weighted(0.05), prop::bool::weighted(0.1)).prop_map(
        |(limit, is_keyframe, is_lost)| Tick {
            limit,
            is_keyframe,
            is_lost,
        },
    )
}

/// A stream with a structure, and for each picture of a cycle the templates of its frames.
#[derive(Debug, Clone)]
struct Shape {
    structure: Arc<Structure>,
    keyframe: &'static [u8],
    cycle: &'static [&'static [u8]],
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let shape = |structure, keyframe, cycle| Shape {
        structure: Arc::new(structure),
        keyframe,
        cycle,
    };
    prop_oneof![
        Just(shape(l1t3(7), &[0], &[&[3], &[2], &[4], &[1]])),
        Just(shape(l2t1(), &[0, 2], &[&[1, 3]])),
        Just(shape(l2t1_key(), &[0, 2], &[&[1, 3]])),
    ]
}

struct World {
    bench: Bench,
    shape: Shape,
    fates: BTreeMap<u64, Fate>,
    frame: u64,
    position: usize,
    is_keyframe_asked: bool,
}

impl World {
    fn new(shape: Shape) -> Self {
        Self {
            bench: Bench::new(whole(LOW)),
            shape,
            fates: BTreeMap::new(),
            frame: 70_000,
            position: 0,
            is_keyframe_asked: true,
        }
    }

    /// Sends a picture, and returns its frames with what happened to them.
    fn tick(&mut self, tick: &Tick, timestamp: u32) -> Result<Vec<(Sent, Fate)>, TestCaseError> {
        if let Some((layer, meanwhile)) = tick.limit {
            let target = Some(Target {
                encoding: LOW,
                layer,
            });
            self.bench.wish(target, meanwhile);
        }
        let templates = self.next_templates(tick.is_keyframe);
        let mut outcome = Vec::new();
        let mut markers = Vec::new();
        for (index, template) in templates.iter().enumerate() {
            self.frame += 1;
            let descriptor = descriptor(&self.shape.structure, *template, self.frame);
            let sent = described(timestamp, descriptor, index + 1 == templates.len());
            let fate = if tick.is_lost {
                Fate::Lost
            } else {
                match self.bench.send(&sent) {
                    Decision::Forward { marker, .. } => {
                        markers.push(marker);
                        Fate::Forwarded
                    }
                    _ => Fate::Dropped,
                }
            };
            self.fates.insert(self.frame, fate);
            outcome.push((sent, fate));
        }
        self.is_keyframe_asked |= self.bench.selector.needs_keyframe().is_some();
        if let Some((last, before)) = markers.split_last() {
            prop_assert!(
                *last && !before.contains(&true),
                "one marker, at the end: {:?}",
                markers
            );
        }
        for (sent, fate) in &outcome {
            if *fate == Fate::Forwarded {
                self.check_references(sent)?;
            }
        }
        Ok(outcome)
    }

    fn next_templates(&mut self, is_keyframe: bool) -> &'static [u8] {
        if is_keyframe || std::mem::take(&mut self.is_keyframe_asked) {
            self.position = 0;
            return self.shape.keyframe;
        }
        let templates = self.shape.cycle[self.position % self.shape.cycle.len()];
        self.position += 1;
        templates
    }

    fn check_references(&self, sent: &Sent) -> Result<(), TestCaseError> {
        let descriptor = sent.descriptor.as_ref().expect("all have one");
        for diff in descriptor.frame_diffs() {
            let reference = descriptor.frame - u64::from(*diff);
            let fate = self.fates.get(&reference).copied();
            prop_assert!(
                matches!(fate, Some(Fate::Forwarded | Fate::Lost)),
                "{} refers to {reference}, which was {fate:?}",
                descriptor.frame,
            );
        }
        Ok(())
    }
}

fn timestamp(tick: usize) -> u32 {
    u32::try_from(tick)
        .expect("small")
        .wrapping_mul(3_000)
        .wrapping_add(u32::MAX - 60_000)
}

const QUIET: Tick = Tick {
    limit: None,
    is_keyframe: false,
    is_lost: false,
};

proptest! {
    #[test]
    fn frames_go_out_with_all_that_they_refer_to(
        shape in any_shape(),
        ticks in vec(any_tick(), 1..120),
    ) {
        let mut world = World::new(shape);
        for (index, tick) in ticks.iter().enumerate() {
            world.tick(tick, timestamp(index))?;
        }
    }

    #[test]
    fn the_best_decode_target_within_the_limit_is_reached(
        shape in any_shape(),
        ticks in vec(any_tick(), 1..60),
        limit in (0_u8..3, 0_u8..3),
        meanwhile in any_meanwhile(),
    ) {
        let mut world = World::new(shape);
        for (index, tick) in ticks.iter().enumerate() {
            world.tick(tick, timestamp(index))?;
        }
        let limit = Layer { spatial: limit.0, temporal: limit.1 };
        let wish = Tick { limit: Some((limit, meanwhile)), ..QUIET };
        world.tick(&wish, timestamp(ticks.len()))?;
        for index in 1..10 {
            world.tick(&QUIET, timestamp(ticks.len() + index))?;
        }
        prop_assert_eq!(world.bench.selector.needs_keyframe(), None);
        let targets = world.shape.structure.decode_targets().iter().enumerate();
        let fits = |layer: Layer| layer.is_within(limit);
        let best = targets
            .map(|(index, target)| (Layer { spatial: target.spatial_id, temporal: target.temporal_id }, index))
            .filter(|(layer, _)| fits(*layer))
            .max()
            .map(|(_, index)| u8::try_from(index).expect("small"))
            .expect("the base layer always fits");
        for index in 10..20 {
            for (sent, fate) in world.tick(&QUIET, timestamp(ticks.len() + index))? {
                let descriptor = sent.descriptor.expect("all have one");
                let is_part = descriptor.indication(best) != Indication::NotPresent;
                prop_assert_eq!(fate == Fate::Forwarded, is_part);
            }
        }
    }

    #[test]
    fn vp9_pictures_go_out_with_all_that_they_refer_to(
        ticks in vec(any_tick(), 1..120),
    ) {
        let mut bench = Bench::new(whole(LOW));
        // What went out of the last picture of each temporal layer.
        let mut spatial_of = [0_usize; 3];
        let mut needs_keyframe = true;
        let mut position = 0;
        for (index, tick) in ticks.iter().enumerate() {
            if let Some((layer, meanwhile)) = tick.limit {
                bench.wish(Some(Target { encoding: LOW, layer }), meanwhile);
            }
            let is_key = tick.is_keyframe || std::mem::take(&mut needs_keyframe);
            position = if is_key { 0 } else { position + 1 };
            // 0 2 1 2; the last one refers to the one of layer 1, the others to the one of layer 0.
            let temporal_id = [0_u8, 2, 1, 2][position % 4];
            let reference = usize::from(position % 4 == 3);
            let layer = |spatial_id| Vp9Layer {
                temporal_id,
                spatial_id,
                is_switching_up_point: position % 4 != 3,
                is_inter_layer: spatial_id > 0,
            };
            let picture: Vec<Sent> =
                (0..3).map(|spatial| vp9(timestamp(index), layer(spatial), is_key, 3)).collect();
            let decisions: Vec<Decision> = picture.iter().map(|sent| bench.send(sent)).collect();
            let forwarded = decisions.iter().take_while(|decision| {
                matches!(decision, Decision::Forward { .. })
            });
            let count = forwarded.count();
            let markers = decisions.iter().filter(|decision| {
                matches!(decision, Decision::Forward { marker: true, .. })
            });
            prop_assert_eq!(markers.count(), count.min(1));
            let rest = decisions.iter().skip(count);
            let is_forwarded = |decision: &Decision| matches!(decision, Decision::Forward { .. });
            prop_assert_eq!(rest.filter(|decision| is_forwarded(decision)).count(), 0);
            prop_assert!(is_key || count <= spatial_of[reference], "a reference is missing");
            if is_key {
                spatial_of = [count; 3];
            } else {
                spatial_of[usize::from(temporal_id)] = count;
            }
            if temporal_id == 0 {
                // What refers to layer 1 refers to a picture of this cycle.
                spatial_of[1] = 0;
            }
            needs_keyframe = bench.selector.needs_keyframe().is_some();
        }
    }
}
