//! `docs/admin-api.md` shows what the code writes.

use std::sync::Arc;
use std::time::Duration;

use seameet_core::media::{
    Codec, LayerReport, LineQuality, MediaKind, SlotLayer, SlotReport, TrackSource,
};
use seameet_core::room::{ConnectionState, ParticipantInfo, TrackInfo};
use seameet_core::{TrackId, media};
use serde_json::Value;

use super::*;

const DOCUMENT: &str = include_str!("../../../../../../docs/admin-api.md");

/// The example of the document with this marker.
fn example(marker: &str) -> Value {
    let start = format!("```json {marker}\n");
    let rest = DOCUMENT.split(&start).nth(1).unwrap();
    serde_json::from_str(rest.split("```").next().unwrap()).unwrap()
}

/// JSON has one kind of number, serde has three.
fn with_floats(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Array(items) => items.into_iter().map(with_floats).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, with_floats(value)))
            .collect(),
        other => other,
    }
}

#[track_caller]
fn assert_documented(marker: &str, report: &impl Serialize) {
    let written = serde_json::to_value(report).unwrap();
    assert_eq!(with_floats(written), with_floats(example(marker)));
}

fn room() -> RoomId {
    "standup".parse().unwrap()
}

fn ada() -> ParticipantId {
    "p_9b1c4d7e20a3f586".parse().unwrap()
}

fn grace() -> ParticipantId {
    "p_5f3a9c01d2e4b678".parse().unwrap()
}

fn quality() -> ConnectionQuality {
    let line = |loss, bitrate, available| LineQuality {
        loss_permille: Some(loss),
        rtt: Some(Duration::from_micros(38_500)),
        bitrate,
        available,
    };
    ConnectionQuality {
        score: 4,
        causes: vec![media::QualityCause::DownlinkBandwidth],
        uplink: line(2, 2_480_000, None),
        downlink: line(0, 1_310_000, Some(1_450_000)),
    }
}

fn layer(encoding: u8, temporal: u8, size: (u32, u32)) -> SlotLayer {
    SlotLayer {
        encoding,
        spatial: 0,
        temporal,
        size: Some(size),
    }
}

fn camera() -> SlotReport {
    let choice = |encoding, size, fps, bitrate| LayerReport {
        layer: layer(encoding, 0, size),
        fps,
        bitrate,
    };
    SlotReport {
        mid: "5".parse().unwrap(),
        track: Some(TrackId::new(2)),
        participant: Some(grace()),
        cause: media::SlotCause::HigherPriority {
            track: TrackId::new(9),
        },
        current: Some(layer(0, 0, (320, 180))),
        target: Some(layer(1, 0, (640, 360))),
        max_height: 720,
        priority: 10,
        pinned: false,
        layers: vec![
            choice(0, (320, 180), 15, 110_000),
            choice(1, (640, 360), 30, 480_000),
            choice(2, (1280, 720), 30, 1_700_000),
        ],
    }
}

#[test]
fn an_explanation_is_documented() {
    let explanation = Explanation {
        estimate: Some(1_450_000),
        audio: 64_000,
        allocated: 1_310_000,
        desired: 3_200_000,
        queued: Duration::from_micros(12_500),
        quality: quality(),
        slots: vec![camera()],
    };
    let report = WhyReport::new(&room(), ada(), Some(&explanation));
    assert_documented("why", &report);
}

#[test]
fn a_participant_without_media_is_documented() {
    assert_documented("why-without-media", &WhyReport::new(&room(), ada(), None));
}

#[test]
fn a_room_is_documented() {
    let member = |id, name: Option<&str>, tracks, quality| MemberOverview {
        info: ParticipantInfo {
            id,
            display_name: name.map(|name| name.parse().unwrap()),
            attributes: std::collections::BTreeMap::new(),
            state: ConnectionState::Connected,
            hand_raised: false,
        },
        tracks,
        quality,
    };
    let microphone = TrackInfo {
        id: TrackId::new(2),
        participant: grace(),
        source: TrackSource::Microphone,
        kind: MediaKind::Audio,
        codec: Codec::Opus,
        muted: true,
        encrypted: false,
        size: None,
        fps: None,
    };
    let overview = RoomOverview {
        started_at_ms: 1_767_225_600_000.0,
        members: vec![
            member(
                grace(),
                Some("Grace"),
                vec![microphone],
                Some(Arc::new(quality())),
            ),
            member(ada(), None, Vec::new(), None),
        ],
    };
    assert_documented("room", &RoomReport::new(&room(), overview));
}

#[test]
fn rooms_are_documented_and_sorted() {
    let names = ["standup", "lab"].map(|name| name.parse().unwrap());
    assert_documented("rooms", &RoomsReport::new(&names));
}
