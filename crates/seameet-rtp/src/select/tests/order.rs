//! Which encoding is the better one.

use crate::picture_size::PictureSize;

use super::*;

fn measure(encoding: EncodingId, height: Option<u32>, kilobits: u64) -> EncodingMeasure {
    EncodingMeasure {
        encoding,
        size: height.map(|height| PictureSize {
            width: height * 16 / 9,
            height,
        }),
        bitrate: kilobits * 1_000,
    }
}

fn order(measures: &[EncodingMeasure]) -> EncodingOrder {
    let mut order = EncodingOrder::new();
    order.update(measures);
    order
}

#[test]
fn larger_pictures_are_better_whatever_they_are_called_and_cost() {
    let order = order(&[
        measure(MID, Some(360), 2_000),
        measure(HIGH, Some(720), 1_500),
        measure(LOW, Some(180), 100),
    ]);
    assert_eq!(order.encodings(), [LOW, MID, HIGH]);
    assert_eq!(
        (order.rank(HIGH), order.rank(EncodingId(9))),
        (Some(2), None)
    );
}

#[test]
fn where_sizes_are_unknown_or_equal_the_bitrate_decides() {
    let unknown = [
        measure(HIGH, None, 1_500),
        measure(LOW, None, 100),
        measure(MID, None, 500),
    ];
    assert_eq!(order(&unknown).encodings(), [LOW, MID, HIGH]);
    let equal = unknown.map(|known| EncodingMeasure {
        size: Some(PictureSize {
            width: 1,
            height: 1,
        }),
        ..known
    });
    assert_eq!(order(&equal).encodings(), [LOW, MID, HIGH]);
}

#[test]
fn similar_bitrates_do_not_change_the_order() {
    let mut order = order(&[measure(LOW, None, 100), measure(MID, None, 500)]);
    order.update(&[measure(LOW, None, 600), measure(MID, None, 500)]);
    assert_eq!(order.encodings(), [LOW, MID]);
    order.update(&[measure(LOW, None, 700), measure(MID, None, 500)]);
    assert_eq!(order.encodings(), [MID, LOW]);
    order.update(&[measure(LOW, None, 500), measure(MID, None, 500)]);
    assert_eq!(order.encodings(), [MID, LOW]);
}

#[test]
fn encodings_come_and_go() {
    let mut order = order(&[
        measure(LOW, Some(180), 100),
        measure(HIGH, Some(720), 1_500),
    ]);
    order.update(&[
        measure(MID, Some(360), 500),
        measure(HIGH, Some(720), 1_500),
        measure(LOW, Some(180), 100),
    ]);
    assert_eq!(order.encodings(), [LOW, MID, HIGH]);
    order.update(&[measure(MID, Some(360), 500), measure(MID, Some(360), 500)]);
    assert_eq!(order.encodings(), [MID]);
}

#[test]
fn the_way_down_is_at_once_and_the_way_up_is_not() {
    let order = order(&[
        measure(LOW, Some(180), 100),
        measure(HIGH, Some(720), 1_500),
    ]);
    assert_eq!(order.meanwhile(LOW, HIGH, true), Meanwhile::Keep);
    assert_eq!(order.meanwhile(HIGH, LOW, false), Meanwhile::Reduce);
    assert_eq!(order.meanwhile(HIGH, LOW, true), Meanwhile::Stop);
    assert_eq!(order.meanwhile(LOW, LOW, true), Meanwhile::Keep);
}
