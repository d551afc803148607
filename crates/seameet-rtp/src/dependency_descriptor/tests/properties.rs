//! What holds for any structure, any frame and any bytes.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::munge::SegmentId;

fn any_indications(count: u8) -> impl Strategy<Value = Indications> {
    let symbols = prop_oneof![
        Just(Indication::NotPresent),
        Just(Indication::Discardable),
        Just(Indication::Switch),
        Just(Indication::Required),
    ];
    vec(symbols, usize::from(count)).prop_map(|symbols| {
        let with = |all: Indications, (target, indication)| all.with(target, indication);
        (0..).zip(symbols).fold(Indications::new(), with)
    })
}

fn any_template(targets: u8, chains: u8) -> impl Strategy<Value = Template> {
    let parts = (
        any_indications(targets),
        vec(1_u16..=16, 0..4),
        vec(0_u8..16, usize::from(chains)),
    );
    parts.prop_map(|(indications, frame_diffs, chain_diffs)| Template {
        indications,
        frame_diffs,
        chain_diffs,
        ..Template::default()
    })
}

/// Any structure that the wire format can express.
fn any_structure() -> impl Strategy<Value = Structure> {
    let counts = (1_u8..=32).prop_flat_map(|targets| (Just(targets), 0..=targets));
    let parts = counts.prop_flat_map(|(targets, chains)| {
        let templates = vec((any_template(targets, chains), 0_u8..3), 1..12);
        // The highest chain is in use, or the number of chains could not be told from what they protect.
        let chain = 0..chains.max(1);
        let protected_by =
            vec(chain, usize::from(targets)).prop_map(move |mut chains_of_targets| {
                if chains == 0 {
                    chains_of_targets.clear();
                } else if let Some(first) = chains_of_targets.first_mut() {
                    *first = chains - 1;
                }
                chains_of_targets
            });
        let sizes = option::of(vec((1_u32..=1 << 16, 1_u32..=1 << 16), 4));
        (0_u8..64, Just(targets), templates, protected_by, sizes)
    });
    parts.prop_map(|(offset, targets, templates, protected_by, sizes)| {
        let templates = walk(templates);
        let spatial_layers = templates.last().map_or(0, |last| last.spatial_id) + 1;
        let sizes = sizes
            .into_iter()
            .flatten()
            .take(usize::from(spatial_layers));
        let sizes = sizes
            .map(|(width, height)| PictureSize { width, height })
            .collect();
        Structure::new(offset, targets, templates, &protected_by, sizes).expect("valid")
    })
}

/// Gives templates their layers: each the same, the next temporal, or the next spatial one as its number says.
fn walk(templates: Vec<(Template, u8)>) -> Vec<Template> {
    let mut layer = (0, 0);
    let step = |(index, (mut template, step)): (usize, (Template, u8))| {
        match step {
            1 if index > 0 && layer.1 < 7 => layer.1 += 1,
            2 if index > 0 && layer.0 < 3 => layer = (layer.0 + 1, 0),
            _ => {}
        }
        (template.spatial_id, template.temporal_id) = layer;
        template
    };
    templates.into_iter().enumerate().map(step).collect()
}

fn any_descriptor(structure: Arc<Structure>) -> impl Strategy<Value = DependencyDescriptor> {
    let targets = structure.decode_target_count();
    let all = structure.all_decode_targets();
    let templates = u8::try_from(structure.templates().len()).expect("few");
    let custom = (
        option::of(any_indications(targets)),
        option::of(vec(1_u16..=4_096, 0..6)),
        option::of(vec(any::<u8>(), usize::from(structure.chain_count()))),
    );
    let head = (
        any::<bool>(),
        any::<bool>(),
        any::<u16>(),
        0..templates,
        option::of(any::<u32>()),
    );
    (head, custom).prop_map(move |(head, (indications, frame_diffs, chain_diffs))| {
        let (starts_frame, ends_frame, number, template_index, active) = head;
        DependencyDescriptor {
            starts_frame,
            ends_frame,
            frame: 65_536 + u64::from(number),
            structure: Arc::clone(&structure),
            template_index,
            attaches_structure: true,
            carries_active: active.is_some(),
            active: active.map_or(all, |active| active & all),
            custom: Custom {
                indications,
                frame_diffs,
                chain_diffs,
            },
        }
    })
}

fn any_stream() -> impl Strategy<Value = (DependencyDescriptor, Vec<DependencyDescriptor>)> {
    any_structure()
        .prop_map(Arc::new)
        .prop_flat_map(|structure| {
            (
                any_descriptor(Arc::clone(&structure)),
                vec(any_descriptor(structure), 0..8),
            )
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again((first, others) in any_stream()) {
        let bytes = first.to_bytes(&first.as_received());
        let mut context = DescriptorContext::new();
        let read = context.read(&bytes);
        prop_assert_eq!(read.as_ref(), Ok(&first));
        for mut other in others {
            // Whatever follows refers to the structure of the first.
            other.frame = first.frame + 1 + (other.frame & 0xFFF);
            other.attaches_structure = false;
            if !other.carries_active {
                other.active = context.read(&bytes_at(&first, other.frame)).expect("valid").active;
            }
            let read = context.read(&other.to_bytes(&other.as_received()));
            prop_assert_eq!(read.as_ref(), Ok(&other));
        }
    }

    #[test]
    fn a_rewritten_descriptor_differs_in_nothing_but_what_was_rewritten(
        (first, others) in any_stream(),
        segments in vec(any::<bool>(), 8),
        wanted in any::<u32>(),
    ) {
        let mut munger = DescriptorMunger::new();
        let mut segment = 0;
        let mut receiver = DescriptorContext::new();
        for (descriptor, is_next) in std::iter::once(&first).chain(&others).zip(segments) {
            segment += u64::from(is_next);
            let rewrite = munger.rewrite(SegmentId(segment), descriptor, wanted).expect("newest");
            let bytes = descriptor.to_bytes(&rewrite);
            prop_assert_eq!(bytes.len(), descriptor.encoded_len(&rewrite));
            prop_assert_eq!(descriptor.requires_two_byte_form(&rewrite), bytes.len() > 16);
            let read = receiver.read(&bytes).expect("valid");
            prop_assert_eq!(read.indications(), descriptor.indications());
            prop_assert_eq!(read.frame_diffs(), descriptor.frame_diffs());
            prop_assert_eq!(read.structure().templates(), descriptor.structure().templates());
            prop_assert_eq!(read.active & !descriptor.active, 0);
            prop_assert!(read.active == descriptor.active || read.active & !wanted == 0);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(packets in vec(vec(any::<u8>(), 0..80), 0..20)) {
        let mut context = DescriptorContext::new();
        for packet in &packets {
            if let Ok(descriptor) = context.read(packet) {
                let _ = descriptor.to_bytes(&descriptor.as_received());
            }
        }
    }

    #[test]
    fn no_changed_bit_makes_it_panic(
        (first, others) in any_stream(),
        changes in vec((any::<prop::sample::Index>(), 0_u32..8), 1..8),
    ) {
        let mut context = DescriptorContext::new();
        for descriptor in std::iter::once(&first).chain(&others) {
            let mut bytes = descriptor.to_bytes(&descriptor.as_received());
            for (index, bit) in &changes {
                let index = index.index(bytes.len());
                bytes[index] ^= 1 << bit;
            }
            if let Ok(read) = context.read(&bytes) {
                let written = read.to_bytes(&read.as_received());
                prop_assert!(written.len() <= bytes.len(), "nothing is made up");
            }
        }
    }
}

/// A descriptor of the same stream that says nothing but its frame.
fn bytes_at(first: &DependencyDescriptor, frame: u64) -> Vec<u8> {
    let mut plain = first.clone();
    plain.attaches_structure = false;
    plain.carries_active = false;
    plain.custom = Custom::default();
    plain.frame = frame;
    plain.to_bytes(&plain.as_received())
}
