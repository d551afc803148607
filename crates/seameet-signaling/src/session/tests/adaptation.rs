//! What members say and are told of quality, and what it is limited by.

use std::sync::Arc;
use std::time::Duration;

use seameet_core::TrackId;
use seameet_core::media::{
    ConnectionQuality, EncodingDemand, LineQuality, QualityCause, SlotAssignment, SlotCause,
    SlotLayer, SpeakerLevel,
};
use seameet_core::room::Notice;

use super::play::{Play, participant};

#[test]
fn wishes_that_contradict_themselves_are_refused() {
    let mut play = Play::joined();
    for limits in [
        r#""max_height":180,"min_height":181"#,
        r#""max_height":180,"max_fps":0"#,
    ] {
        play.say(&format!(
            r#"{{"type":"view","slots":[{{"mid":"4","max_height":90}},{{"mid":"5",{limits}}}]}}"#
        ));
        play.expect_error(None, "bad_message");
    }
}

#[test]
fn a_paused_slot_may_keep_its_least_height() {
    let mut play = Play::joined();
    play.say(r#"{"type":"view","slots":[{"mid":"5","max_height":0,"min_height":90}]}"#);
    play.expect(&[
        "- SetView(Slots([SlotWish { mid: Mid(5), track: None, max_height: 0, \
         max_fps: None, min_height: Some(90), priority: 0, pinned: false }]))",
    ]);
}

#[test]
fn slots_are_told_with_layer_and_cause() {
    let mut play = Play::joined();
    play.notice(Notice::Slots(vec![SlotAssignment {
        mid: "5".parse().unwrap(),
        track: Some(TrackId::new(3)),
        participant: Some(participant()),
        layer: Some(SlotLayer {
            encoding: 1,
            spatial: 0,
            temporal: 2,
            size: Some((640, 360)),
        }),
        cause: SlotCause::HigherPriority {
            track: TrackId::new(8),
        },
    }]));
    play.expect(&[concat!(
        r#"send {"type":"slots","assignments":[{"mid":"5","track":"t_3","#,
        r#""participant":"p_0000000000000001","layer":{"encoding":1,"spatial":0,"#,
        r#""temporal":2,"width":640,"height":360},"cause":"higher_priority","#,
        r#""cause_track":"t_8"}]}"#
    )]);
}

#[test]
fn speakers_are_told() {
    let mut play = Play::joined();
    play.notice(Notice::Speakers(Arc::new([SpeakerLevel {
        participant: participant(),
        level_dbov: -30,
    }])));
    play.expect(&[concat!(
        r#"send {"type":"active_speakers","speakers":["#,
        r#"{"participant":"p_0000000000000001","level":-30}]}"#
    )]);
}

#[test]
fn only_the_own_quality_has_figures() {
    let quality = Arc::new(ConnectionQuality {
        score: 2,
        causes: vec![QualityCause::NoMedia, QualityCause::DownlinkLoss],
        uplink: LineQuality::default(),
        downlink: LineQuality {
            loss_permille: Some(25),
            rtt: Some(Duration::from_micros(38_500)),
            bitrate: 1_000,
            available: Some(2_000),
        },
    });
    let shown = concat!(
        r#"send {"type":"quality","participant":"p_0000000000000001","score":2,"#,
        r#""causes":["no_media","downlink_loss"]"#
    );
    let figures = concat!(
        r#","self":{"uplink":{"bitrate":0.0},"#,
        r#""downlink":{"loss":0.025,"rtt_ms":38.5,"bitrate":1000.0,"available":2000.0}}"#
    );
    let mut play = Play::joined();
    for (is_own, figures) in [(false, ""), (true, figures)] {
        play.notice(Notice::Quality {
            participant: participant(),
            quality: Arc::clone(&quality),
            is_own,
        });
        play.expect(&[&format!("{shown}{figures}}}")]);
    }
}

#[test]
fn demand_is_told() {
    let mut play = Play::joined();
    play.notice(Notice::Demand {
        track: TrackId::new(3),
        encodings: vec![
            EncodingDemand {
                rid: Some("q".parse().unwrap()),
                wanted: true,
            },
            EncodingDemand {
                rid: None,
                wanted: false,
            },
        ],
        max_height: None,
    });
    play.expect(&[concat!(
        r#"send {"type":"publisher_demand","track":"t_3","#,
        r#""encodings":[{"rid":"q","wanted":true},{"wanted":false}]}"#
    )]);
}
