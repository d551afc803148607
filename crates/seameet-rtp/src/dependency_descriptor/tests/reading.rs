//! Descriptors written bit by bit, and what is remembered from one to the next.

use super::fixtures::{bits, indications, l1t3, l2t1_key};
use super::*;

/// The structure of appendix A.6.1, without resolutions.
const L1T3: &str = "000000 00010 \
    00 01 01 00 11 \
    101010 101010 100100 010000 010000 \
    0 100110 100010 100000 100000 \
    01 \
    0000 0100 0010 0001 0011 ";
const SIZE_640_360: &str = "1 0000001001111111 0000000101100111";

/// A context that has read a keyframe with number 10.
fn context() -> DescriptorContext {
    let mut context = DescriptorContext::new();
    let keyframe = bits(&format!(
        "11 000000 0000000000001010 10000 {L1T3} {SIZE_640_360}"
    ));
    context.read(&keyframe).expect("valid");
    context
}

fn read(context: &mut DescriptorContext, text: &str) -> DependencyDescriptor {
    context.read(&bits(text)).expect("valid")
}

#[test]
fn a_keyframe_carries_the_structure() {
    let bytes = bits(&format!(
        "10 000000 0000000000001010 10000 {L1T3} {SIZE_640_360}"
    ));
    let descriptor = DescriptorContext::new().read(&bytes).expect("valid");
    assert_eq!(**descriptor.structure(), l1t3(0));
    assert!(descriptor.starts_frame && !descriptor.ends_frame);
    assert!(descriptor.is_keyframe_start());
    assert_eq!(descriptor.frame & 0xFFFF, 10);
    assert_eq!(
        descriptor.resolution(),
        Some(PictureSize {
            width: 640,
            height: 360
        })
    );
    assert_eq!(descriptor.active_decode_targets(), 0b111);
    assert_eq!(descriptor.to_bytes(&descriptor.as_received()), bytes);
    assert!(descriptor.requires_two_byte_form(&descriptor.as_received()));
}

#[test]
fn decode_targets_reach_as_high_as_the_templates_in_them() {
    let targets = |structure: &Structure| -> Vec<(u8, u8, Option<u8>)> {
        let targets = structure.decode_targets().iter();
        targets
            .map(|target| (target.spatial_id, target.temporal_id, target.chain))
            .collect()
    };
    assert_eq!(
        targets(&l1t3(0)),
        [(0, 2, Some(0)), (0, 1, Some(0)), (0, 0, Some(0))]
    );
    assert_eq!(targets(&l2t1_key()), [(1, 0, Some(1)), (0, 0, Some(0))]);
}

#[test]
fn three_bytes_name_a_template() {
    let mut context = context();
    let descriptor = read(&mut context, "01 000011 0000000000001011");
    assert!(!descriptor.starts_frame && descriptor.ends_frame);
    assert_eq!((descriptor.spatial_id(), descriptor.temporal_id()), (0, 2));
    assert_eq!(descriptor.frame_diffs(), [1]);
    assert_eq!(
        (descriptor.chain_diff(0), descriptor.chain_diff(1)),
        (Some(1), None)
    );
    assert_eq!(descriptor.indications(), indications("D--"));
    assert_eq!(descriptor.indication(31), Indication::NotPresent);
    assert!(!descriptor.is_keyframe_start());
    let rewrite = descriptor.as_received();
    assert_eq!(descriptor.to_bytes(&rewrite), [0x43, 0, 11]);
    assert!(!descriptor.requires_two_byte_form(&rewrite));
}

#[test]
fn a_frame_may_differ_from_its_template() {
    let mut context = context();
    // Indications R - S; differences 1, 17 and 4096 in 4, 8 and 12 bits; 200 frames since the chain's last.
    let text = "11 000001 0000000000001011 00111 11 00 10 \
        01 0000 10 00010000 11 111111111111 00 11001000";
    let descriptor = read(&mut context, text);
    assert_eq!(descriptor.indications(), indications("R-S"));
    assert_eq!(descriptor.frame_diffs(), [1, 17, 4096]);
    assert_eq!(descriptor.chain_diff(0), Some(200));
    assert_eq!(descriptor.to_bytes(&descriptor.as_received()), bits(text));
}

#[test]
fn no_frame_to_refer_to_is_a_difference_too() {
    let mut context = context();
    let descriptor = read(&mut context, "11 000001 0000000000001011 00010 00");
    assert_eq!(descriptor.frame_diffs(), [0_u16; 0]);
    // The frame could be decoded alone, but what follows may need a structure that nobody has seen.
    assert!(!descriptor.is_keyframe_start());
}

#[test]
fn active_decode_targets_hold_until_they_change() {
    let mut context = context();
    let narrowed = read(&mut context, "11 000001 0000000000001011 01000 110");
    assert_eq!(narrowed.active_decode_targets(), 0b110);
    assert!(!narrowed.is_active(0) && narrowed.is_active(1) && narrowed.is_active(2));
    let next = read(&mut context, "11 000001 0000000000001100");
    assert_eq!(next.active_decode_targets(), 0b110);
    assert_eq!(next.as_received().active_decode_targets, None);
    // An overtaken change changes nothing that came after it.
    let late = read(&mut context, "11 000001 0000000000001010 01000 100");
    assert_eq!(late.active_decode_targets(), 0b100);
    let next = read(&mut context, "11 000001 0000000000001101");
    assert_eq!(next.active_decode_targets(), 0b110);
    let keyframe = read(
        &mut context,
        &format!("11 000000 0000000000001110 10000 {L1T3} 0"),
    );
    assert_eq!(keyframe.active_decode_targets(), 0b111);
}

#[test]
fn late_packets_are_read_with_the_structure_they_belong_to() {
    let mut context = DescriptorContext::new();
    read(
        &mut context,
        &format!("11 000000 0000000000001010 10000 {L1T3} 0"),
    );
    // Another structure with one template of id 7, at frame 20.
    let second = "11 000111 0000000000010100 10000 000111 00000 11 10 0 00 0";
    let keyframe = read(&mut context, second);
    assert_eq!(keyframe.structure().template_id_offset(), 7);
    let late = read(&mut context, "11 000011 0000000000010011");
    assert_eq!(
        (late.structure().template_id_offset(), late.temporal_id()),
        (0, 2)
    );
    let unknown = context.read(&bits("11 000011 0000000000010101"));
    assert_eq!(
        unknown,
        Err(DescriptorError::UnknownTemplate { template_id: 3 })
    );
    let next = read(&mut context, "11 000111 0000000000010101");
    assert_eq!(next.structure().templates().len(), 1);
}

#[test]
fn an_overtaken_keyframe_does_not_replace_a_newer_structure() {
    let mut context = DescriptorContext::new();
    read(
        &mut context,
        "11 000111 0000000000010100 10000 000111 00000 11 10 0 00 0",
    );
    read(
        &mut context,
        &format!("11 000000 0000000000001010 10000 {L1T3} 0"),
    );
    assert_eq!(
        context
            .structure()
            .map(|structure| structure.template_id_offset()),
        Some(7)
    );
    let late = read(&mut context, "11 000011 0000000000010011");
    assert_eq!(late.temporal_id(), 2);
    let next = read(&mut context, "11 000111 0000000000010101");
    assert_eq!(next.structure().template_id_offset(), 7);
}

#[test]
fn a_stream_that_starts_anew_replaces_the_structure() {
    let mut context = DescriptorContext::new();
    read(
        &mut context,
        "11 000111 0111000000000000 10000 000111 00000 11 10 0 00 0",
    );
    read(
        &mut context,
        &format!("11 000000 0000000000001010 10000 {L1T3} 0"),
    );
    assert_eq!(
        context
            .structure()
            .map(|structure| structure.template_id_offset()),
        Some(0)
    );
    assert_eq!(
        read(&mut context, "11 000011 0000000000001011").temporal_id(),
        2
    );
}

#[test]
fn a_structure_outlives_the_wrap_of_frame_numbers() {
    let mut context = context();
    let mut last = 10;
    for number in (10..200_000_u32).step_by(10_000) {
        let bytes = [0xC1, number.to_be_bytes()[2], number.to_be_bytes()[3]];
        let descriptor = context.read(&bytes).expect("the structure holds");
        assert!(number == 10 || descriptor.frame == last + 10_000);
        last = descriptor.frame;
    }
}

#[test]
fn equal_structures_share_their_memory() {
    let mut context = DescriptorContext::new();
    let first = read(
        &mut context,
        &format!("11 000000 0000000000001010 10000 {L1T3} 0"),
    );
    let second = read(
        &mut context,
        &format!("11 000000 0000000000001110 10000 {L1T3} 0"),
    );
    assert!(Arc::ptr_eq(first.structure(), second.structure()));
}

#[test]
fn nothing_can_be_read_before_a_structure() {
    let read = DescriptorContext::new().read(&[0xC0, 0, 1]);
    assert_eq!(read, Err(DescriptorError::UnknownStructure));
}

#[test]
fn whatever_ends_early_is_refused_and_forgotten() {
    let whole = bits(&format!(
        "11 000000 0000000000001010 10000 {L1T3} {SIZE_640_360}"
    ));
    for end in 0..whole.len() {
        let mut context = DescriptorContext::new();
        assert!(context.read(&whole[..end]).is_err(), "{end} bytes");
        assert!(context.structure().is_none());
    }
}

#[test]
fn layers_and_templates_are_bounded() {
    let head = "11 000000 0000000000001010 10000 000000 00000";
    for (name, step, count) in [
        ("spatial", "10", 4),
        ("temporal", "01", 8),
        ("templates", "00", 64),
    ] {
        let text = format!("{head} {} 11 {}", step.repeat(count), "0".repeat(2_000));
        let read = DescriptorContext::new().read(&bits(&text));
        let expected = DescriptorError::InvalidStructure { what: "layers" };
        assert_eq!(read, Err(expected), "too many {name}");
        let text = format!("{head} {} 11 {}", step.repeat(count - 1), "0".repeat(2_000));
        assert!(
            DescriptorContext::new().read(&bits(&text)).is_ok(),
            "as many {name} as may be"
        );
    }
}
