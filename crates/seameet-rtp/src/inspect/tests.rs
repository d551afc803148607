//! Tests of payload inspection, with packets written by hand from the payload formats.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;

fn look(codec: Codec, bytes: &[u8]) -> PacketInfo {
    inspect(codec, &Payload::from_arc(Arc::from(bytes)))
}

fn is_keyframe_start(codec: Codec, bytes: &[u8]) -> bool {
    look(codec, bytes).keyframe_start
}

fn vp8(bytes: &[u8]) -> Vp8Info {
    look(Codec::Vp8, bytes).vp8.expect("a complete descriptor")
}

fn vp9(bytes: &[u8]) -> Vp9Info {
    look(Codec::Vp9, bytes).vp9.expect("a complete descriptor")
}

mod opus {
    use super::*;

    #[test]
    fn every_packet_is_a_random_access_point_but_padding_is_none() {
        assert!(is_keyframe_start(Codec::Opus, &[0x78, 0x01]));
        assert!(!is_keyframe_start(Codec::Opus, &[]));
    }
}

mod vp8_descriptor {
    use super::*;

    #[test]
    fn a_minimal_keyframe() {
        // S=1, PID=0; frame tag with P=0, then the start code.
        let info = look(Codec::Vp8, &[0x10, 0x50, 0x9d, 0x01, 0x2a]);
        assert!(info.keyframe_start);
        assert_eq!(info.frame_start, Some(true));
        assert_eq!(info.vp8, Some(Vp8Info::default()));
    }

    #[test]
    fn a_minimal_delta_frame() {
        let info = look(Codec::Vp8, &[0x10, 0x51, 0x00]);
        assert!(!info.keyframe_start);
        assert_eq!(info.frame_start, Some(true));
    }

    #[test]
    fn a_later_packet_of_a_keyframe_does_not_start_it() {
        // S=0: the next byte is in the middle of the data and its P bit means nothing.
        let info = look(Codec::Vp8, &[0x00, 0x50]);
        assert!(!info.keyframe_start);
        assert_eq!(info.frame_start, Some(false));
    }

    #[test]
    fn the_start_of_a_later_partition_does_not_start_a_frame() {
        let info = look(Codec::Vp8, &[0x11, 0x50]);
        assert!(!info.keyframe_start);
        assert_eq!(info.frame_start, Some(false));
    }

    #[test]
    fn all_extensions_with_a_long_picture_id() {
        // X=1 N=1 S=1; I L T K; M=1 with picture id 0x1234; TL0PICIDX 0xAB; TID=2 Y=1 KEYIDX=0x15.
        let bytes = [0xB0, 0xF0, 0x92, 0x34, 0xAB, 0xB5, 0x00];
        let info = vp8(&bytes);
        let expected = Vp8Info {
            picture_id: Some(0x1234),
            has_long_picture_id: true,
            tl0_pic_idx: Some(0xAB),
            temporal_id: Some(2),
            is_layer_sync: true,
            key_idx: Some(0x15),
            is_discardable: true,
        };
        assert_eq!(info, expected);
        assert!(is_keyframe_start(Codec::Vp8, &bytes));
    }

    #[test]
    fn a_short_picture_id() {
        // X=1 S=1; I; M=0 with picture id 0x7F.
        let info = vp8(&[0x90, 0x80, 0x7F, 0x01]);
        assert_eq!(info.picture_id, Some(0x7F));
        assert!(!info.has_long_picture_id);
        assert_eq!(info.tl0_pic_idx, None);
    }

    #[test]
    fn the_shared_byte_is_read_for_those_fields_only_that_are_present() {
        // T alone: TID=1 Y=0, the KEYIDX bits mean nothing.
        let info = vp8(&[0x90, 0x20, 0x5F, 0x01]);
        assert_eq!((info.temporal_id, info.key_idx), (Some(1), None));
        // K alone: TID and Y mean nothing.
        let info = vp8(&[0x90, 0x10, 0xE3, 0x01]);
        assert_eq!((info.temporal_id, info.key_idx), (None, Some(3)));
        assert!(!info.is_layer_sync);
    }

    #[test]
    fn whatever_ends_early_claims_nothing() {
        let whole = [0xB0, 0xF0, 0x92, 0x34, 0xAB, 0xB5];
        for end in 0..=whole.len() {
            assert_eq!(
                look(Codec::Vp8, &whole[..end]),
                PacketInfo::default(),
                "{end} bytes"
            );
        }
    }
}

mod vp9_descriptor {
    use super::*;

    #[test]
    fn the_first_packet_of_a_keyframe() {
        // I=1 P=0 L=1 F=0 B=1 E=0 V=1 Z=0; picture id 0x0102; TID=0 U=0 SID=0 D=0; TL0PICIDX 9; then the
        // scalability structure.
        let bytes = [0xAA, 0x81, 0x02, 0x00, 0x09, 0x18, 0x01];
        let info = look(Codec::Vp9, &bytes);
        assert!(info.keyframe_start);
        assert_eq!(info.frame_start, Some(true));
        let info = vp9(&bytes);
        assert_eq!(info.picture_id, Some(0x0102));
        assert_eq!(info.layer, Some(Vp9Layer::default()));
        assert_eq!(info.tl0_pic_idx, Some(9));
    }

    #[test]
    fn a_keyframes_upper_spatial_layer_does_not_start_it() {
        // TID=0 U=0 SID=1 D=1.
        let bytes = [0xA8, 0x05, 0x03, 0x09];
        let info = look(Codec::Vp9, &bytes);
        assert!(!info.keyframe_start);
        assert_eq!(info.frame_start, Some(true));
        let layer = vp9(&bytes).layer.expect("L is set");
        assert_eq!((layer.spatial_id, layer.is_inter_layer), (1, true));
    }

    #[test]
    fn a_delta_frame_and_a_later_packet_start_no_keyframe() {
        assert!(!is_keyframe_start(Codec::Vp9, &[0xE8, 0x05, 0x00, 0x09]));
        let later = look(Codec::Vp9, &[0xA0, 0x05, 0x00, 0x09]);
        assert!(!later.keyframe_start);
        assert_eq!(later.frame_start, Some(false));
    }

    #[test]
    fn flexible_mode_has_no_tl0_pic_idx() {
        // I=1 P=1 L=1 F=1 B=1 E=1 V=0 Z=1; picture id 5; TID=3 U=1 SID=2 D=0; P_DIFF=1.
        let info = vp9(&[0xFD, 0x05, 0x74, 0x02]);
        assert_eq!(info.tl0_pic_idx, None);
        assert!(info.is_inter_picture && info.ends_layer_frame && info.is_unused_by_higher_layers);
        let layer = info.layer.expect("L is set");
        assert_eq!((layer.temporal_id, layer.spatial_id), (3, 2));
        assert!(layer.is_switching_up_point && !layer.is_inter_layer);
    }

    #[test]
    fn a_stream_without_layers_starts_at_its_first_packet() {
        assert!(is_keyframe_start(Codec::Vp9, &[0x88, 0x05]));
        assert!(is_keyframe_start(Codec::Vp9, &[0x08]));
    }

    #[test]
    fn whatever_ends_early_claims_nothing() {
        let whole = [0xAA, 0x81, 0x02, 0x00];
        for end in 0..=whole.len() {
            assert_eq!(
                look(Codec::Vp9, &whole[..end]),
                PacketInfo::default(),
                "{end} bytes"
            );
        }
    }
}

mod h264_units {
    use super::*;

    #[test]
    fn single_units() {
        // NRI=3 with types 5 (IDR slice), 7 (SPS), 8 (PPS), 1 (other slice), 6 (SEI).
        assert!(is_keyframe_start(Codec::H264, &[0x65, 0x88]));
        assert!(is_keyframe_start(Codec::H264, &[0x67, 0x42]));
        assert!(!is_keyframe_start(Codec::H264, &[0x68, 0xCE]));
        assert!(!is_keyframe_start(Codec::H264, &[0x61, 0x9A]));
        assert!(!is_keyframe_start(Codec::H264, &[0x06, 0x05]));
        assert_eq!(look(Codec::H264, &[0x61, 0x9A]).frame_start, None);
    }

    #[test]
    fn an_aggregate_with_parameter_sets() {
        // STAP-A: SPS of 4 bytes, PPS of 2 bytes.
        let bytes = [0x78, 0, 4, 0x67, 0x42, 0xC0, 0x1F, 0, 2, 0x68, 0xCE];
        assert!(is_keyframe_start(Codec::H264, &bytes));
    }

    #[test]
    fn an_aggregate_whose_last_unit_is_the_picture() {
        // STAP-A: delimiter, SEI of 2 bytes, IDR slice.
        let bytes = [0x78, 0, 1, 0x09, 0, 2, 0x06, 0x05, 0, 2, 0x65, 0x88];
        assert!(is_keyframe_start(Codec::H264, &bytes));
    }

    #[test]
    fn an_aggregate_of_other_slices() {
        assert!(!is_keyframe_start(
            Codec::H264,
            &[0x78, 0, 2, 0x61, 0x9A, 0, 1, 0x61]
        ));
    }

    #[test]
    fn an_aggregate_with_lying_sizes() {
        assert!(!is_keyframe_start(Codec::H264, &[0x78, 0xFF, 0xFF, 0x67]));
        assert!(!is_keyframe_start(Codec::H264, &[0x78, 0, 0, 0, 0]));
        assert!(!is_keyframe_start(Codec::H264, &[0x78, 0]));
    }

    #[test]
    fn only_the_first_fragment_starts_a_picture() {
        // FU-A: start, middle and end of an IDR slice; start of another slice.
        assert!(is_keyframe_start(Codec::H264, &[0x7C, 0x85, 0x88]));
        let middle = look(Codec::H264, &[0x7C, 0x05, 0x88]);
        assert!(!middle.keyframe_start);
        assert_eq!(middle.frame_start, Some(false));
        assert!(!is_keyframe_start(Codec::H264, &[0x7C, 0x45, 0x88]));
        assert!(!is_keyframe_start(Codec::H264, &[0x7C, 0x81, 0x9A]));
    }

    #[test]
    fn what_is_empty_or_never_negotiated_claims_nothing() {
        // Empty, FU-A without its header, STAP-B, MTAP16, FU-B, reserved types.
        for bytes in [
            &[][..],
            &[0x7C],
            &[0x79, 0, 0, 0, 1, 0x67],
            &[0x7A],
            &[0x7D, 0x85],
            &[0x60],
        ] {
            assert_eq!(look(Codec::H264, bytes), PacketInfo::default(), "{bytes:?}");
        }
    }
}

mod av1_units {
    use super::*;

    /// OBU headers without size field: type << 3.
    const SEQUENCE: u8 = 1 << 3;
    const DELIMITER: u8 = 2 << 3;
    const FRAME: u8 = 6 << 3;

    #[test]
    fn bit_n_starts_a_coded_video_sequence() {
        // Z=0 Y=0 W=1 N=1, then a frame that fills the packet.
        let info = look(Codec::Av1, &[0x18, FRAME, 0x00]);
        assert!(info.keyframe_start);
        assert_eq!(info.frame_start, Some(true));
    }

    #[test]
    fn a_sequence_header_in_front_starts_one_too() {
        // W=2: sequence header of 2 bytes, then a frame without length.
        assert!(is_keyframe_start(
            Codec::Av1,
            &[0x20, 2, SEQUENCE, 0x00, FRAME]
        ));
        // W=0: every element has its length.
        assert!(is_keyframe_start(
            Codec::Av1,
            &[0x00, 2, SEQUENCE, 0x00, 1, FRAME]
        ));
        // W=1: the only element has none.
        assert!(is_keyframe_start(Codec::Av1, &[0x10, SEQUENCE, 0x00]));
        // W=2 with a temporal delimiter in front.
        assert!(is_keyframe_start(
            Codec::Av1,
            &[0x20, 1, DELIMITER, SEQUENCE]
        ));
    }

    #[test]
    fn other_packets_start_none() {
        let delta = look(Codec::Av1, &[0x10, FRAME, 0x00]);
        assert!(!delta.keyframe_start);
        assert_eq!(delta.frame_start, None);
        // Z=1: goes on with an OBU of the packet before, whatever its first byte looks like.
        let continued = look(Codec::Av1, &[0x98, SEQUENCE, 0x00]);
        assert!(!continued.keyframe_start);
        assert_eq!(continued.frame_start, Some(false));
    }

    #[test]
    fn lying_lengths_claim_nothing() {
        assert!(!is_keyframe_start(Codec::Av1, &[0x00, 9, SEQUENCE]));
        assert!(!is_keyframe_start(
            Codec::Av1,
            &[0x00, 0xFF, 0xFF, 0xFF, 0xFF, SEQUENCE]
        ));
        assert!(!is_keyframe_start(Codec::Av1, &[0x00, 0, SEQUENCE]));
        assert!(!is_keyframe_start(Codec::Av1, &[0x10]));
        assert_eq!(look(Codec::Av1, &[]), PacketInfo::default());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        for codec in [Codec::Opus, Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1] {
            let info = look(codec, &bytes);
            prop_assert!(!info.keyframe_start || info.frame_start != Some(false));
            prop_assert!(info.vp8.is_none() || codec == Codec::Vp8);
            prop_assert!(info.vp9.is_none() || codec == Codec::Vp9);
        }
    }
}
