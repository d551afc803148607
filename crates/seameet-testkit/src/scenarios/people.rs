//! Many at once, and what they do to each other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use seameet_core::media::TrackSource;

use crate::client::ClientPlan;
use crate::link::{LinkConfig, Loss};
use crate::media::Voice;
use crate::scenarios::Row;
use crate::scenarios::lines::rate;
use crate::stage::{Stage, line, wide};
use crate::timeline::Shown;
use crate::video::VideoPlan;
use crate::world::ClientId;

/// Twenty viewers of one camera, each on a line of its own: what each saw, and how wide its line was.
pub fn crowd() -> Vec<(u64, Row)> {
    let mut stage = Stage::new(51);
    let publisher = stage.publisher(VideoPlan::simulcast());
    let lines: Vec<u64> = (0..20).map(|place| CROWD_LINES[place % 5]).collect();
    let viewers: Vec<_> = lines.iter().map(|_| stage.viewer(1)).collect();
    for (viewer, width) in viewers.iter().zip(&lines) {
        stage.world.set_downlink(*viewer, line(*width));
    }
    // The first seconds belong to the estimates.
    stage.run_seconds(10);
    stage.forget();
    let from = stage.world.now();
    stage.run_seconds(10);
    stage.assert_no_faults();
    let row = |(viewer, width): (&ClientId, &u64)| {
        let phase = format!("{} of 20", rate(*width));
        let sight = stage.sight(*viewer, publisher, from);
        (*width, Row { phase, sight })
    };
    viewers.iter().zip(&lines).map(row).collect()
}

/// A camera and three viewers on wide lines who all come at the same time: what each saw in the first five seconds.
pub fn together() -> Vec<Row> {
    let mut stage = Stage::new(50);
    let publisher = stage.publisher(VideoPlan::simulcast());
    let viewers = [(); 3].map(|()| stage.viewer(1));
    let from = stage.world.now();
    stage.run_seconds(5);
    stage.assert_no_faults();
    let row = |viewer| Row {
        phase: "all at once".to_owned(),
        sight: stage.sight(viewer, publisher, from),
    };
    viewers.map(row).to_vec()
}

/// Three cameras, and a viewer on a line that takes one of their smallest pictures and half of another one: what it saw of
/// each after ten seconds, for half a minute.
pub fn grid() -> Vec<Row> {
    let mut stage = Stage::new(56);
    let publishers = [(); 3].map(|()| stage.publisher(VideoPlan::simulcast()));
    let viewer = stage.viewer(3);
    stage.world.set_downlink(viewer, line(300_000));
    stage.run_seconds(10);
    stage.forget();
    let from = stage.world.now();
    stage.run_seconds(30);
    stage.assert_no_faults();
    let row = |publisher| Row {
        phase: "300 kbit/s for three".to_owned(),
        sight: stage.sight(viewer, publisher, from),
    };
    publishers.map(row).to_vec()
}

const CROWD_LINES: [u64; 5] = [300_000, 800_000, 1_500_000, 3_000_000, 5_000_000];

/// What a slow viewer does to others.
#[derive(Debug)]
pub struct Neighbours {
    /// What each of the others saw beside a viewer on a slow line, in figures.
    pub beside_slow: Vec<Row>,
    /// What each of the others saw beside a viewer on a wide line, in figures.
    pub beside_fast: Vec<Row>,
    /// When each of the others saw which picture, beside the slow one and beside the fast one.
    pub pictures: [Vec<Vec<(Duration, u16)>>; 2],
}

/// Three viewers on wide lines, once beside somebody whose line takes 100 kbit/s and loses a tenth, and once beside
/// somebody on a wide line.
pub fn neighbours() -> Neighbours {
    let slow = LinkConfig {
        loss: Loss::Random(0.1),
        ..line(100_000)
    };
    let (beside_slow, slow_pictures) = beside(slow);
    let (beside_fast, fast_pictures) = beside(wide());
    Neighbours {
        beside_slow,
        beside_fast,
        pictures: [slow_pictures, fast_pictures],
    }
}

fn beside(neighbour: LinkConfig) -> (Vec<Row>, Vec<Vec<(Duration, u16)>>) {
    let mut stage = Stage::new(52);
    let publisher = stage.publisher(VideoPlan::simulcast());
    let others = [(); 3].map(|()| stage.viewer(1));
    let neighbour_id = stage.viewer(1);
    stage.run_seconds(10);
    stage.world.set_downlink(neighbour_id, neighbour);
    stage.forget();
    let from = stage.world.now();
    stage.run_seconds(20);
    stage.assert_no_faults();
    let rows = others.map(|viewer| Row {
        phase: "neighbour".to_owned(),
        sight: stage.sight(viewer, publisher, from),
    });
    let pictures = others.map(|viewer| {
        let timeline = stage.timeline(viewer, publisher);
        let shown = timeline.map(|it| it.between(from, stage.world.now()).pictures);
        let since = |shown: &Shown| (shown.captured, shown.height);
        shown.unwrap_or_default().iter().map(since).collect()
    });
    (rows.to_vec(), pictures.to_vec())
}

/// What one sender's loss does to the estimates of viewers.
#[derive(Debug)]
pub struct SenderLoss {
    /// The estimates for each viewer's line in bits per second, with loss on the sender's way and without.
    pub estimates: [Vec<u64>; 2],
    /// What a viewer saw of the other camera, with loss on the sender's way.
    pub row: Row,
}

/// Two cameras, one of which loses a tenth of its packets on the way to the server, and two viewers.
pub fn sender_loss() -> SenderLoss {
    let lossy = LinkConfig {
        loss: Loss::Random(0.1),
        ..wide()
    };
    let (estimates, row) = with_sender(lossy);
    let (undisturbed, _) = with_sender(wide());
    SenderLoss {
        estimates: [estimates, undisturbed],
        row,
    }
}

fn with_sender(uplink: LinkConfig) -> (Vec<u64>, Row) {
    let mut stage = Stage::new(53);
    let sender = stage.publisher(VideoPlan::simulcast());
    let other = stage.publisher(VideoPlan::simulcast());
    let viewers = [(); 2].map(|()| stage.viewer(2));
    for viewer in viewers {
        stage.world.set_downlink(viewer, line(5_000_000));
    }
    stage.run_seconds(10);
    stage.world.set_uplink(sender, uplink);
    stage.forget();
    let from = stage.world.now();
    stage.run_seconds(20);
    stage.assert_no_faults();
    let estimate = |viewer| stage.world.explain(viewer).and_then(|it| it.estimate);
    let estimates = viewers.map(estimate).into_iter().flatten().collect();
    let sight = stage.sight(viewers[0], other, from);
    let phase = "the other camera".to_owned();
    (estimates, Row { phase, sight })
}

/// Who was heard among many.
#[derive(Debug)]
pub struct Talkers {
    /// The share of the time in which a listener heard whoever spoke.
    pub heard: f64,
    /// How often a packet of somebody silent arrived, of all packets.
    pub silent: f64,
    /// The longest time from somebody's first word to the listener's ear.
    pub longest_onset: Duration,
    /// The listener heard itself.
    pub heard_itself: bool,
}

/// Fifty microphones, one after another speaking for three seconds, and a listener with three slots for sound who
/// speaks as well.
pub fn talkers() -> Talkers {
    let mut stage = Stage::new(54);
    let mute = ClientPlan::new(&[TrackSource::Microphone], 0);
    let listening = ClientPlan {
        audio_slots: 3,
        ..mute.clone()
    };
    let plans = std::iter::once(&listening).chain(std::iter::repeat_n(&mute, TALKERS - 1));
    let everybody: Vec<_> = plans
        .map(|plan| stage.world.join(stage.room, plan))
        .collect();
    stage.world.connect();
    let start = stage.world.now();
    for (turn, id) in (0..).zip(&everybody) {
        let voice = Voice::Turn {
            from: TURN * turn,
            length: TURN,
        };
        stage
            .world
            .client_mut(*id)
            .publisher(TrackSource::Microphone)
            .speak(voice, start);
    }
    let listener = everybody[0];
    // The listener's own turn is the first; then others are heard.
    stage.run(TURN * (TURNS + 1));
    measure(&stage, listener, &everybody, start)
}

const TALKERS: usize = 50;
const TURN: Duration = Duration::from_secs(3);
/// How many others speak, one after another.
const TURNS: u32 = 6;
/// Packets of all turns, at fifty a second.
const EXPECTED: usize = 6 * 150;

fn measure(stage: &Stage, listener: ClientId, everybody: &[ClientId], start: Instant) -> Talkers {
    let client = stage.world.client(listener);
    let own = client.number();
    let mut heard: BTreeMap<u32, Vec<Duration>> = BTreeMap::new();
    for seen in client.received.values().flatten() {
        if let Some(at) = seen.at.checked_duration_since(start) {
            heard.entry(seen.picture.sender).or_default().push(at);
        }
    }
    let (mut packets, mut wanted, mut onset) = (0_usize, 0_usize, Duration::ZERO);
    for (turn, id) in (1..=TURNS).zip(everybody.iter().skip(1)) {
        let from = TURN * turn;
        let times = heard.get(&stage.world.client(*id).number());
        let within = |at: &&Duration| (from..from + TURN).contains(*at);
        let times: Vec<_> = times.into_iter().flatten().filter(within).collect();
        wanted += times.len();
        onset = onset.max(
            times
                .first()
                .map_or(TURN, |first| first.saturating_sub(from)),
        );
    }
    packets += heard.values().map(Vec::len).sum::<usize>();
    let share = |part: usize, whole: usize| {
        let (part, whole) = (u32::try_from(part), u32::try_from(whole));
        f64::from(part.unwrap_or_default()) / f64::from(whole.unwrap_or_default().max(1))
    };
    Talkers {
        heard: share(wanted, EXPECTED),
        silent: share(packets - wanted, packets),
        longest_onset: onset,
        heard_itself: heard.contains_key(&own),
    }
}

/// What a listener got of one talker whose sound is redundant.
#[derive(Debug)]
pub struct Listening {
    /// Share of the sound that was heard.
    pub heard: f64,
    /// Packets with redundancy that came.
    pub redundant: usize,
    /// Payload that came, in bits per second.
    pub bitrate: u64,
}

/// Somebody talks with redundancy, for a minute. Heard by one who loses nothing, one who loses a tenth of the packets,
/// and one who loses as much and did not negotiate redundancy.
pub fn redundant_talk() -> [Listening; 3] {
    let mut stage = Stage::new(55);
    let with = |redundant_audio, sources: &[TrackSource], audio_slots| ClientPlan {
        audio_slots,
        redundant_audio,
        ..ClientPlan::new(sources, 0)
    };
    let microphone = [TrackSource::Microphone];
    let talker = stage.join(&with(true, &microphone, 0));
    let listeners = [true, true, false].map(|accepts| stage.join(&with(accepts, &[], 1)));
    for listener in &listeners[1..] {
        let lossy = LinkConfig {
            loss: Loss::Random(0.1),
            ..wide()
        };
        stage.world.set_downlink(*listener, lossy);
    }
    // The loss has to be noticed first.
    stage.run_seconds(5);
    let from = stage.world.now();
    stage.run_seconds(TALK.into());
    let to = stage.world.now();
    // What is repeated of the last packets comes later.
    stage.run_seconds(1);
    let sender = stage.world.client(talker).number();
    listeners.map(|listener| {
        let client = stage.world.client(listener);
        let frames = client
            .received
            .values()
            .flatten()
            .filter(|seen| seen.picture.sender == sender && (from..to).contains(&seen.at));
        let frames: BTreeSet<_> = frames.map(|seen| seen.picture.frame).collect();
        let count = u32::try_from(frames.len()).unwrap_or(u32::MAX);
        Listening {
            heard: f64::from(count) / f64::from(TALK * PACKETS_PER_SECOND),
            redundant: client.redundant,
            bitrate: client.arrived_since(from, to),
        }
    })
}

const TALK: u32 = 60;
const PACKETS_PER_SECOND: u32 = 50;
