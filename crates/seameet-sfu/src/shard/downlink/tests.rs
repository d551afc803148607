//! Tests of what is known of the way to a subscriber.

use seameet_core::TrackId;
use seameet_rtp::{EncodingId, Layer, Target};

use super::*;
use crate::allocator::{Allocator, Class, LayerChoice, Line, Queue, Wish};

/// A camera's three encodings and what they take.
const CAMERA: [(u32, u64); 3] = [(180, 150_000), (360, 500_000), (720, 1_700_000)];

/// A camera that is to be seen at least so tall.
fn camera(number: u32, min_height: Option<u32>) -> SlotDemand {
    let choice = |(encoding, (height, bitrate)): (u8, (u32, u64))| LayerChoice {
        target: Target {
            encoding: EncodingId(encoding),
            layer: Layer::TOP,
        },
        height: Some(height),
        fps: Some(30),
        bitrate,
        is_live: true,
    };
    SlotDemand {
        mid: number.to_string().parse().unwrap(),
        track: TrackId::new(number),
        class: Class::Other,
        wish: Wish {
            max_height: 720,
            max_fps: None,
            min_height,
            priority: 0,
            pinned: false,
        },
        choices: (0..).zip(CAMERA).map(choice).collect(),
        flowing: None,
        withheld: None,
        queue: Queue::Short,
    }
}

/// What so many bits per second are given to.
fn given(estimate: u64, slots: &[SlotDemand]) -> Allocation {
    let line = Line {
        estimate: Some(estimate),
        ..Line::default()
    };
    Allocator::new().allocate(Instant::now(), &line, slots)
}

#[test]
fn who_wants_no_small_picture_lacks_what_the_smallest_wanted_one_takes() {
    for (min_height, needed) in [(None, 225_000), (Some(360), 750_000)] {
        let given = given(60_000, &[camera(1, min_height)]);
        assert_eq!(
            lack(0, Condition::Faulty, &given),
            Lack::All(needed),
            "{min_height:?}"
        );
    }
    let given = given(60_000, &[camera(1, Some(1_080))]);
    assert_eq!(
        lack(0, Condition::Faulty, &given),
        Lack::All(2_550_000),
        "a tile is not refused what fills it"
    );
}

#[test]
fn on_a_line_without_fault_everybody_is_to_be_seen() {
    let two = [camera(1, None), camera(2, Some(360))];
    let none = given(60_000, &two);
    assert_eq!(lack(0, Condition::Faulty, &none), Lack::All(225_000));
    assert_eq!(lack(50_000, Condition::Clear, &none), Lack::All(1_050_000));
    let one = given(300_000, &two);
    assert_eq!(lack(0, Condition::Clear, &one), Lack::Some(975_000));
    assert_eq!(lack(0, Condition::Faulty, &one), Lack::Quality);
    let all = given(10_000_000, &two);
    assert_eq!(lack(0, Condition::Clear, &all), Lack::Nothing);
}

fn figures(rtt: u64) -> PeerStatistics {
    PeerStatistics {
        rtt: Some(Duration::from_millis(rtt)),
        is_transport_rtt: true,
        sent_loss_permille: Some(0),
        ..PeerStatistics::default()
    }
}

#[test]
fn nothing_beyond_the_estimate_is_probed_for_while_the_way_is_strained() {
    let now = Instant::now();
    let mut downlink = Downlink::default();
    let mut desired = |step: u32, rtt| {
        let at = now + Duration::from_millis(250) * step;
        downlink.brake.note_statistics(at, 500_000, &figures(rtt));
        downlink.desired(at, Some(500_000), 2_000_000)
    };
    assert_eq!(desired(0, 50), 2_000_000);
    assert_eq!(desired(1, 149), 2_000_000);
    assert_eq!(desired(2, 150), 500_000);
    assert_eq!(desired(3, 60), 2_000_000);
}

#[test]
fn nothing_is_probed_for_on_a_full_way() {
    let now = Instant::now();
    let mut downlink = Downlink::default();
    downlink.brake.note_statistics(now, 500_000, &figures(50));
    let unheard = PeerStatistics {
        sent_loss_permille: None,
        ..figures(1_050)
    };
    downlink.brake.note_statistics(now, 500_000, &unheard);
    assert_eq!(downlink.desired(now, Some(500_000), 2_000_000), 0);
    let drained = now + Duration::from_secs(1);
    assert_eq!(downlink.desired(drained, Some(500_000), 2_000_000), 500_000);
}

#[test]
fn less_than_the_estimate_is_probed_for_after_a_leap() {
    let now = Instant::now();
    let mut downlink = Downlink {
        calm: Some((now + CALM, 300_000)),
        ..Downlink::default()
    };
    downlink.brake.note_statistics(now, 500_000, &figures(50));
    assert_eq!(downlink.desired(now, Some(500_000), 2_000_000), 300_000);
    let later = now + CALM;
    assert_eq!(downlink.desired(later, Some(500_000), 2_000_000), 2_000_000);
}
