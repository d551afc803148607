//! Plays a call for a profiler that counts instructions: what a server does for a forwarded packet, whatever the machine
//! is busy with.
//!
//! ```text
//! valgrind --tool=callgrind --collect-atstart=no --toggle-collect='*servers_work*' hot_path fan-out 20
//! ```
//!
//! Prints how many packets the server received and sent meanwhile, as JSON. `cargo xtask bench --instructions` runs it
//! and holds the quotient against the committed one.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "tells its figures, and ends when it is called wrongly"
)]

use std::time::Duration;

use seameet_core::media::TrackSource;
use seameet_testkit::client::ClientPlan;
use seameet_testkit::video::VideoPlan;
use seameet_testkit::world::World;

/// How long estimates settle before anything counts.
const WARM_UP: Duration = Duration::from_secs(6);
const MEASURED: Duration = Duration::from_secs(3);
/// Timers of a server's runtime have this grain.
const GRAIN: Duration = Duration::from_millis(1);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let case = arguments.next().expect("which call");
    let count = arguments.next().and_then(|count| count.parse().ok());
    let count: usize = count.expect("how many people");
    let mut world = World::adaptive(1);
    world.set_grain(GRAIN);
    seat(&mut world, &case, count);
    world.connect();
    world.run_for(WARM_UP);
    let before = (world.counters().packets_in, world.media_sent);
    world.set_around(Some(servers_work));
    world.run_for(MEASURED);
    world.set_around(None);
    let after = (world.counters().packets_in, world.media_sent);
    println!(
        "{{\"case\":\"{case}\",\"people\":{count},\"packets_in\":{},\"media_out\":{}}}",
        after.0 - before.0,
        after.1 - before.1,
    );
}

/// What callgrind counts in.
#[inline(never)]
fn servers_work(work: &mut dyn FnMut()) {
    work();
    // Without something after it the call is a jump, which is not seen to return.
    std::hint::black_box(());
}

/// Lets everybody join one room.
fn seat(world: &mut World, case: &str, count: usize) {
    let room = world.open_room(1);
    let (microphone, camera) = (TrackSource::Microphone, TrackSource::Camera);
    match case {
        "fan-out" => {
            let publisher = ClientPlan::new(&[microphone], 0)
                .with_video(camera, VideoPlan::single(1_280, 720, 1_500_000));
            world.join(room, &publisher);
            for _ in 0..count {
                world.join(room, &ClientPlan::new(&[], 1));
            }
        }
        "meeting" => {
            let slots = count.saturating_sub(1).min(9);
            let member = ClientPlan::new(&[microphone], slots);
            let member = member.with_video(camera, VideoPlan::simulcast());
            for _ in 0..count {
                world.join(room, &member);
            }
        }
        "audio" => {
            world.join(room, &ClientPlan::new(&[microphone], 0));
            let mut listener = ClientPlan::new(&[], 1);
            listener.video_slots = 0;
            for _ in 0..count {
                world.join(room, &listener);
            }
        }
        other => panic!("there is no call \"{other}\": fan-out, meeting, audio"),
    }
}
