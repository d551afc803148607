//! Tests of which receiver can take what.

use super::*;

fn h264(profile: u32, mode: u32) -> Format {
    Format {
        codec: Codec::H264,
        profile: profile | mode,
    }
}

fn plain(codec: Codec, profile: u32) -> Format {
    Format { codec, profile }
}

#[test]
fn a_receiver_takes_what_is_a_part_of_its_own_format() {
    let [constrained, baseline] = [Format::CONSTRAINED_BASELINE, Format::BASELINE];
    assert!(h264(baseline, 1).takes(h264(constrained, 1)));
    assert!(h264(constrained, 1).takes(h264(constrained, 0)));
    assert!(h264(baseline, 1).takes(h264(constrained, 0)));
}

#[test]
fn a_receiver_does_not_take_what_is_more_than_its_own_format() {
    let [constrained, baseline, high] = [Format::CONSTRAINED_BASELINE, Format::BASELINE, 0x64_0000];
    assert!(!h264(constrained, 1).takes(h264(baseline, 1)));
    assert!(!h264(constrained, 0).takes(h264(constrained, 1)));
    assert!(!h264(baseline, 0).takes(h264(constrained, 1)));
    assert!(!h264(baseline, 1).takes(h264(high, 1)));
    assert!(!h264(high, 1).takes(h264(baseline, 1)));
}

#[test]
fn other_codecs_are_taken_as_they_are_only() {
    assert!(plain(Codec::Vp9, 2).takes(plain(Codec::Vp9, 2)));
    assert!(!plain(Codec::Vp9, 1).takes(plain(Codec::Vp9, 0)));
    assert!(!plain(Codec::Vp8, 0).takes(plain(Codec::Av1, 0)));
    assert!(
        !plain(Codec::Vp9, Format::BASELINE).takes(plain(Codec::Vp9, Format::CONSTRAINED_BASELINE))
    );
}
