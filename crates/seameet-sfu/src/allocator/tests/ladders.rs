//! Which choices make sense for a slot.

use super::causes::temporal;
use super::*;

/// Spatial layers of one stream, each with these frame rates: (height, fps, bitrate).
fn layered(offered: &[(u8, u8, u32, u32, u64)]) -> Vec<LayerChoice> {
    let choice =
        |(spatial, temporal, height, fps, bitrate): &(u8, u8, u32, u32, u64)| LayerChoice {
            target: Target {
                encoding: EncodingId(0),
                layer: Layer {
                    spatial: *spatial,
                    temporal: *temporal,
                },
            },
            height: Some(*height),
            fps: Some(*fps),
            bitrate: *bitrate,
            is_live: true,
        };
    offered.iter().map(choice).collect()
}

const L2T2: [(u8, u8, u32, u32, u64); 4] = [
    (0, 0, 540, 8, 200_000),
    (0, 1, 540, 15, 300_000),
    (1, 0, 1080, 8, 700_000),
    (1, 1, 1080, 15, 1_000_000),
];

#[track_caller]
fn check_layer(slot: SlotDemand, video: u64, expected: (u8, u8)) {
    let allocation = Subscriber::new(vec![slot]).settle(line(video));
    let layer = allocation.slots[0].target.unwrap().layer;
    assert_eq!((layer.spatial, layer.temporal), expected);
}

#[test]
fn a_screen_gives_up_frames_before_size() {
    let mut screen = camera(1);
    screen.wish.max_height = 1080;
    screen.choices = layered(&L2T2);
    screen.class = Class::Screen;
    check_layer(screen.clone(), 800_000, (1, 0));
    check_layer(screen, 400_000, (0, 1));
}

#[test]
fn a_camera_keeps_moving() {
    let mut slot = camera(1);
    slot.wish.max_height = 1080;
    slot.choices = layered(&L2T2);
    check_layer(slot.clone(), 800_000, (0, 1));
    check_layer(slot.clone(), 230_000, (0, 0));
    check_layer(slot, 1_200_000, (1, 1));
}

#[test]
fn the_smallest_picture_that_fills_the_tile_is_enough() {
    for (tile, expected) in [(90, 0), (180, 0), (181, 1), (360, 1), (361, 2), (2_000, 2)] {
        let mut slot = camera(1);
        slot.wish.max_height = tile;
        let allocation = Subscriber::new(vec![slot]).settle(line(9_000_000));
        assert_eq!(encodings(&allocation), [Some(expected)], "tile of {tile}");
    }
}

#[test]
fn a_resize_around_a_boundary_changes_nothing() {
    let mut slot = camera(1);
    slot.wish.max_height = 355;
    let mut subscriber = Subscriber::new(vec![slot]);
    let mut seen = Vec::new();
    for tile in [355, 365, 358, 377, 360, 379, 370, 361, 360] {
        subscriber.slots[0].wish.max_height = tile;
        seen.extend(encodings(
            &subscriber.step(line(9_000_000), Duration::from_secs(1)),
        ));
    }
    let seen: Vec<_> = seen.into_iter().flatten().collect();
    assert_eq!(seen, [1, 1, 1, 1, 1, 2, 2, 2, 1]);
}

#[test]
fn enough_frames_are_enough() {
    let mut slot = camera(1);
    slot.choices = temporal(&[(7, 200_000), (14, 300_000), (29, 500_000)]);
    for (fps, expected) in [(5, 0), (15, 1), (20, 2), (60, 2)] {
        slot.wish.max_fps = Some(fps);
        check_layer(slot.clone(), 5_000_000, (0, expected));
    }
}

#[test]
fn what_costs_more_than_something_better_is_left_out() {
    let mut slot = camera(1);
    slot.choices = choices(&[(180, 400_000), (360, 300_000), (720, 1_700_000)]);
    let allocation = Subscriber::new(vec![slot]).settle(line(350_000));
    assert_eq!(encodings(&allocation), [Some(1)]);
}

#[test]
fn a_choice_of_unknown_cost_is_not_free() {
    let mut slot = camera(1);
    slot.choices[2].bitrate = 0;
    let mut subscriber = Subscriber::new(vec![slot]);
    assert_eq!(encodings(&subscriber.settle(line(1_000_000))), [Some(1)]);
    assert_eq!(
        encodings(&subscriber.seconds(9, line(2_000_000))),
        [Some(2)]
    );
}
