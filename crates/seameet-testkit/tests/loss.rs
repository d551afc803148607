//! What loss, reordering and duplication on either side do to a call, and what the server makes of them.
#![expect(clippy::expect_used, reason = "a failed expectation is the report")]

use std::time::Duration;

use seameet_core::media::TrackSource::{self, Camera, Microphone};
use seameet_testkit::{
    BurstLoss, ClientId, ClientPlan, LinkConfig, Loss, Reorder, Seen, World, oracle,
};

const DELAY: Duration = Duration::from_millis(20);

struct Call {
    world: World,
    publisher: ClientId,
    viewer: ClientId,
}

impl Call {
    /// A publisher and a viewer, both connected, on lines with delay only.
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let room = world.open_room(1);
        let publisher = world.join(room, &ClientPlan::new(&[Microphone, Camera], 0));
        let viewer = world.join(room, &ClientPlan::viewer());
        world.set_links(publisher, clean(), clean());
        world.set_links(viewer, clean(), clean());
        world.connect();
        let mut call = Self {
            world,
            publisher,
            viewer,
        };
        call.run(1);
        call
    }

    fn run(&mut self, seconds: u64) {
        self.world.run_for(Duration::from_secs(seconds));
    }

    /// The publisher's way to the server behaves like this for a while, then it is clean again.
    fn trouble_uplink(&mut self, trouble: LinkConfig) {
        self.world.set_links(self.publisher, trouble, clean());
        self.run(20);
        self.world.set_links(self.publisher, clean(), clean());
        self.run(2);
    }

    /// The viewer's way from the server behaves like this for a while, then it is clean again.
    fn trouble_downlink(&mut self, trouble: LinkConfig) {
        self.world.set_links(self.viewer, clean(), trouble);
        self.run(20);
        self.world.set_links(self.viewer, clean(), clean());
        self.run(2);
    }

    fn line(&self, source: TrackSource) -> Vec<Seen> {
        let track = self.world.track(self.publisher, source);
        self.world.client(self.viewer).seen(track).to_vec()
    }

    fn frames_made(&mut self, source: TrackSource) -> u32 {
        let publisher = self.world.client_mut(self.publisher);
        publisher.publisher(source).frames()
    }

    /// Every frame since the first one that came, but the last two that are still on their way.
    fn assert_every_picture_is_whole(&mut self) {
        let made = self.frames_made(Camera);
        let line = self.line(Camera);
        let sender = self.world.client(self.publisher).number();
        let whole = oracle::whole_frames(&line, sender);
        let first = whole.first().copied().expect("a frame came");
        let missing: Vec<_> = (first..made - 2)
            .filter(|frame| !whole.contains(frame))
            .collect();
        assert!(made > 600, "only {made} frames were made");
        assert!(
            missing.is_empty(),
            "frames {missing:?} of {made} are not whole"
        );
    }

    fn assert_each_packet_came_once_and_in_its_place(&self, source: TrackSource) {
        let line = self.line(source);
        assert_eq!(oracle::gaps(&line), []);
        assert_eq!(oracle::repeats(&line), []);
        assert_eq!(oracle::source_order(&line), Ok(()));
    }
}

fn clean() -> LinkConfig {
    LinkConfig {
        delay: DELAY,
        ..LinkConfig::default()
    }
}

fn lossy(share: f64) -> LinkConfig {
    LinkConfig {
        loss: Loss::Random(share),
        ..clean()
    }
}

fn reordering() -> LinkConfig {
    LinkConfig {
        reorder: Some(Reorder {
            probability: 0.1,
            extra_delay: Duration::from_millis(25),
        }),
        ..clean()
    }
}

fn duplicating() -> LinkConfig {
    LinkConfig {
        duplicate: 0.2,
        ..clean()
    }
}

#[test]
fn ten_percent_loss_towards_a_viewer_is_repaired() {
    let mut call = Call::new(11);
    call.trouble_downlink(lossy(0.1));
    let (_, down) = call.world.link_stats(call.viewer);
    assert!(down.lost > 250, "only {} packets were lost", down.lost);
    call.assert_every_picture_is_whole();
    assert_eq!(oracle::gaps(&call.line(Camera)), []);
}

#[test]
fn lost_sound_is_not_repaired() {
    let mut call = Call::new(12);
    call.trouble_downlink(lossy(0.1));
    let missing = oracle::gaps(&call.line(Microphone)).len();
    assert!((60..140).contains(&missing), "{missing} of 1000 missing");
}

#[test]
fn ten_percent_loss_from_a_publisher_is_repaired() {
    let mut call = Call::new(13);
    call.trouble_uplink(lossy(0.1));
    let (up, _) = call.world.link_stats(call.publisher);
    assert!(up.lost > 250, "only {} packets were lost", up.lost);
    call.assert_every_picture_is_whole();
    call.assert_each_packet_came_once_and_in_its_place(Camera);
}

#[test]
fn loss_on_both_sides_is_repaired() {
    let mut call = Call::new(14);
    call.world.set_links(call.viewer, lossy(0.05), lossy(0.1));
    call.trouble_uplink(lossy(0.1));
    call.world.set_links(call.viewer, clean(), clean());
    call.run(2);
    call.assert_every_picture_is_whole();
    assert_eq!(oracle::source_order(&call.line(Camera)), Ok(()));
}

#[test]
fn what_was_lost_before_the_server_is_missing_behind_it() {
    for source in [Camera, Microphone] {
        let mut call = Call::new(15);
        let publisher = call.world.client_mut(call.publisher);
        publisher.publisher(source).skip_numbers(3);
        call.run(3);
        let line = call.line(source);
        let missing = oracle::gaps(&line);
        assert_eq!(missing.len(), 3, "gap of {source:?}: {missing:?}");
        assert!(missing.windows(2).all(|pair| pair[0] + 1 == pair[1]));
        assert_eq!(oracle::source_order(&line), Ok(()));
    }
}

#[test]
fn reordering_from_a_publisher_keeps_each_packet_in_its_place() {
    let mut call = Call::new(16);
    call.trouble_uplink(reordering());
    let (up, _) = call.world.link_stats(call.publisher);
    assert!(up.reordered > 250, "only {} reordered", up.reordered);
    for source in [Camera, Microphone] {
        call.assert_each_packet_came_once_and_in_its_place(source);
    }
    call.assert_every_picture_is_whole();
}

#[test]
fn reordering_towards_a_viewer_keeps_each_packet_in_its_place() {
    let mut call = Call::new(17);
    call.trouble_downlink(reordering());
    for source in [Camera, Microphone] {
        call.assert_each_packet_came_once_and_in_its_place(source);
    }
}

#[test]
fn duplicates_are_not_forwarded_twice() {
    let mut call = Call::new(18);
    call.trouble_uplink(duplicating());
    let (up, _) = call.world.link_stats(call.publisher);
    assert!(up.duplicated > 500, "only {} duplicated", up.duplicated);
    let received = call.line(Camera).len() + call.line(Microphone).len();
    let forwarded = call.world.counters().packets_forwarded;
    assert!(
        forwarded.abs_diff(received as u64) < 20,
        "{forwarded} forwarded, {received} received"
    );
    for source in [Camera, Microphone] {
        call.assert_each_packet_came_once_and_in_its_place(source);
    }
}

#[test]
fn bursts_of_loss_and_jitter_are_repaired() {
    let mut call = Call::new(19);
    let burst = BurstLoss {
        enter: 0.02,
        leave: 0.3,
        good: 0.0,
        bad: 0.8,
    };
    call.trouble_downlink(LinkConfig {
        loss: Loss::Burst(burst),
        jitter: Duration::from_millis(15),
        ..clean()
    });
    call.assert_every_picture_is_whole();
}
