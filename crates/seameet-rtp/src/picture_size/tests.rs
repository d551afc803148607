//! Keyframes written by hand from the formats.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::dependency_descriptor::tests::fixtures::bits;

fn sizes(codec: Codec, bytes: &[u8]) -> Vec<(u32, u32)> {
    let sizes = picture_sizes(codec, &Payload::from_arc(Arc::from(bytes)));
    sizes.iter().map(|size| (size.width, size.height)).collect()
}

#[test]
fn vp8_keyframes_tell_it() {
    // S=1; tag with P=0; start code; 640 with scaling bits, 360.
    let frame = [0x50, 0x42, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x42, 0x68, 0x01];
    let minimal = [&[0x10], &frame[..]].concat();
    assert_eq!(sizes(Codec::Vp8, &minimal), [(640, 360)]);
    // X=1; I L T K; a picture id of two bytes; TL0PICIDX; TID and KEYIDX.
    let extended = [&[0x90, 0xF0, 0x92, 0x34, 0xAB, 0xB5], &frame[..]].concat();
    assert_eq!(sizes(Codec::Vp8, &extended), [(640, 360)]);
    // X=1; I and K; a picture id of one byte.
    let short = [&[0x90, 0x90, 0x12, 0xB5], &frame[..]].concat();
    assert_eq!(sizes(Codec::Vp8, &short), [(640, 360)]);
    for end in 0..extended.len() {
        assert_eq!(sizes(Codec::Vp8, &extended[..end]), []);
    }
    let inter_frame = [&[0x10, 0x51], &frame[1..]].concat();
    assert_eq!(sizes(Codec::Vp8, &inter_frame), []);
}

#[test]
fn vp9_scalability_structures_tell_it_for_each_layer() {
    // I=1 P=0 L=1 F=0 B=1 E=0 V=1 Z=0; a picture id of two bytes; layer indices; TL0PICIDX.
    let head = [0xAA, 0x81, 0x02, 0x00, 0x09];
    // N_S=1 Y=1 G=0.
    let structure = [0x30, 0x01, 0x40, 0x00, 0xB4, 0x02, 0x80, 0x01, 0x68];
    let whole = [&head[..], &structure].concat();
    assert_eq!(sizes(Codec::Vp9, &whole), [(320, 180), (640, 360)]);
    for end in 0..whole.len() {
        assert_eq!(sizes(Codec::Vp9, &whole[..end]), []);
    }
    // I=1 P=1 L=1 F=1 B=1 E=0 V=1; a picture id of one byte; layer indices; two references.
    let flexible = [&[0xFA, 0x05, 0x00, 0x03, 0x04], &structure[..]].concat();
    assert_eq!(sizes(Codec::Vp9, &flexible), [(320, 180), (640, 360)]);
    // Y=0.
    assert_eq!(sizes(Codec::Vp9, &[0x0A, 0x20]), []);
    assert_eq!(sizes(Codec::Vp9, &[0x88, 0x05, 0x20]), [], "V=0");
}

/// A baseline sequence parameter set of 40 by 23 macroblocks, the last of which is cut by eight lines.
const SPS_640_360: &str = "01000010 11000000 00011110 1 1 011 010 0 \
    00000101000 000010111 1 1 1 1 1 1 00101 0 1";

fn sps(text: &str) -> Vec<u8> {
    [vec![0x67], bits(text)].concat()
}

#[test]
fn h264_parameter_sets_tell_it() {
    let unit = sps(SPS_640_360);
    assert_eq!(sizes(Codec::H264, &unit), [(640, 360)]);
    // Behind a delimiter in an aggregate.
    let size = u8::try_from(unit.len()).expect("small");
    let aggregate = [&[0x78, 0, 2, 0x09, 0x10, 0, size], &unit[..]].concat();
    assert_eq!(sizes(Codec::H264, &aggregate), [(640, 360)]);
    assert_eq!(sizes(Codec::H264, &aggregate[..aggregate.len() - 1]), []);
    assert_eq!(sizes(Codec::H264, &[0x65, 0x88, 0x84]), []);
    assert_eq!(sizes(Codec::H264, &[0x67]), []);
}

#[test]
fn h264_fields_colour_formats_and_orders_are_understood() {
    // High profile; 4:2:2; flat scaling lists but one, which ends at once; order type 1 with one offset; fields; one column
    // and one line of units cut.
    let high = "01100100 00000000 00101000 1 \
        011 1 1 0 1 1 000010001 0000000 \
        1 010 1 1 1 010 1 \
        010 0 00000101000 000010001 0 0 1 1 1 010 1 010 1";
    assert_eq!(sizes(Codec::H264, &sps(high)), [(638, 542)]);
    // Order type 2 has nothing to it.
    let third = "01000010 11000000 00011110 1 1 011 010 0 000010100 000010011 1 1 0 1";
    assert_eq!(sizes(Codec::H264, &sps(third)), [(320, 304)]);
}

#[test]
fn h264_escapes_are_removed() {
    // No constraints, level 0 and a long id: two zeros and a one, which would look like a start code.
    let text = "01000010 00000000 00000000 00000001 0000000 1 011 010 0 \
        00000101000 000010111 1 1 0 1";
    let mut unit = sps(text);
    assert_eq!(unit[1..5], [0x42, 0, 0, 1]);
    unit.insert(4, 3);
    assert_eq!(sizes(Codec::H264, &unit), [(640, 368)]);
}

/// A sequence header of 1280 by 720.
const SEQUENCE_HEADER: &str =
    "000 0 0 0 0 00000 000000000000 00101 1010 1001 10011111111 1011001111";

#[test]
fn av1_sequence_headers_tell_it() {
    let body = bits(SEQUENCE_HEADER);
    // W=1 N=1; a sequence header without a size field.
    let alone = [&[0x18, 0x08], &body[..]].concat();
    assert_eq!(sizes(Codec::Av1, &alone), [(1280, 720)]);
    // W=2 N=1; a temporal delimiter; a sequence header with extension and size.
    let size = u8::try_from(body.len()).expect("small");
    let second = [&[0x28, 0x02, 0x12, 0x00, 0x0E, 0x00, size], &body[..]].concat();
    assert_eq!(sizes(Codec::Av1, &second), [(1280, 720)]);
    // W=0: all elements have lengths.
    let length = size + 1;
    let counted = [&[0x08, length, 0x08], &body[..], &[0x01, 0x30]].concat();
    assert_eq!(sizes(Codec::Av1, &counted), [(1280, 720)]);
    assert_eq!(sizes(Codec::Av1, &alone[..alone.len() - 2]), []);
    assert_eq!(
        sizes(Codec::Av1, &[0x98, 0x08, 0x00]),
        [],
        "continues another packet's"
    );
    assert_eq!(sizes(Codec::Av1, &[0x10, 0x30, 0x00]), [], "a frame");
}

#[test]
fn av1_headers_with_everything_are_understood() {
    // Timing with regular pictures (a code of three bits), a decoder model with delays of six bits, display
    // delays; two operating points, the first with a tier and both delays.
    let text = "001 0 0 \
        1 00000000000000000000000000000001 00000000000000000000000000011110 1 010 \
        1 00101 00000000000000000000000000000001 0101001010 \
        1 00001 \
        000000000001 01000 1 1 000001 000010 1 1 0011 \
        000000000010 00001 0 0 \
        1010 1001 10011111111 1011001111";
    let packet = [vec![0x18, 0x08], bits(text)].concat();
    assert_eq!(sizes(Codec::Av1, &packet), [(1280, 720)]);
    // A reduced header, as still pictures have it.
    let reduced = "000 1 1 00000 0111 0111 11111111 11111111";
    let packet = [vec![0x18, 0x08], bits(reduced)].concat();
    assert_eq!(sizes(Codec::Av1, &packet), [(256, 256)]);
}

#[test]
fn sizes_that_nothing_has_are_not_believed() {
    let frame = [
        0x10, 0x50, 0x42, 0x00, 0x9D, 0x01, 0x2A, 0x02, 0x00, 0x68, 0x01,
    ];
    assert_eq!(sizes(Codec::Vp8, &frame), []);
    assert_eq!(sizes(Codec::Opus, &frame), []);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let heads = [
            (Codec::Vp8, 0x10), (Codec::Vp9, 0xAA), (Codec::Vp9, 0xFA), (Codec::H264, 0x67),
            (Codec::H264, 0x78), (Codec::Av1, 0x18), (Codec::Av1, 0x28), (Codec::Opus, 0),
        ];
        for (codec, head) in heads {
            if let Some(first) = bytes.first_mut() {
                *first = head;
            }
            for (width, height) in sizes(codec, &bytes) {
                prop_assert!((16..=16_384).contains(&width) && (16..=16_384).contains(&height));
            }
        }
    }
}
