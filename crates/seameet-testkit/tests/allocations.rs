//! What the server allocates for a forwarded packet.
//!
//! The WebRTC engine allocates each datagram that it makes, and whatever it reads from reports. Rooms, routes, selection and
//! numbers add nothing to that for a packet: they work in place once a call has warmed up.
#![expect(clippy::cast_precision_loss, reason = "quotients of counts")]

use std::cell::Cell;
use std::time::Duration;

use seameet_core::media::TrackSource;
use seameet_testkit::client::ClientPlan;
use seameet_testkit::video::VideoPlan;
use seameet_testkit::world::World;

/// So many that what a packet costs when it comes is little beside what it costs when it leaves.
const VIEWERS: usize = 40;

thread_local! {
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
}

fn count(work: &mut dyn FnMut()) {
    let counted = allocation_counter::measure(work);
    ALLOCATED.set(ALLOCATED.get() + counted.count_total);
}

/// Allocations of the server in three seconds of a camera with its viewers, and the packets that it sent meanwhile.
fn allocations(bitrate: u64) -> (u64, u64) {
    let mut world = World::adaptive(1);
    world.set_grain(Duration::from_millis(1));
    let room = world.open_room(1);
    let camera = VideoPlan::single(1_280, 720, bitrate);
    world.join(
        room,
        &ClientPlan::new(&[], 0).with_video(TrackSource::Camera, camera),
    );
    for _ in 0..VIEWERS {
        world.join(room, &ClientPlan::new(&[], 1));
    }
    world.connect();
    world.run_for(Duration::from_secs(6));
    let before = world.media_sent;
    ALLOCATED.set(0);
    world.set_around(Some(count));
    world.run_for(Duration::from_secs(3));
    world.set_around(None);
    (ALLOCATED.get(), world.media_sent - before)
}

#[test]
fn a_further_packet_is_allocated_once_as_it_is_encrypted() {
    // Frames, reports and timers are the same; only packets are more.
    let (few, many) = (allocations(600_000), allocations(3_000_000));
    let packets = many.1 - few.1;
    assert!(packets > 10_000, "{packets}");
    let each = (many.0 - few.0) as f64 / packets as f64;
    println!("{each:.2} allocations for each further packet; {few:?} {many:?}");
    // The engine reads reports on more packets into lists that grow by doubling: a third of an allocation for each.
    assert!(each < 1.5, "{each}");
}
