//! Tests of streams and their lines, on an engine that expects what the tests show it.

use super::*;
use crate::config::{PeerConfig, Role};

struct Line {
    rtc: Rtc,
    lines: Lines,
    mid: Mid,
    now: Instant,
}

impl Line {
    fn new() -> Self {
        let now = Instant::now();
        let mut rtc = PeerConfig::new(Role::Server).build(now).unwrap();
        let mid: Mid = "0".parse().unwrap();
        let engine_mid = convert::engine_mid(mid);
        rtc.direct_api()
            .declare_media(engine_mid, str0m::media::MediaKind::Video);
        let mut lines = Lines::default();
        lines.add(mid);
        Self {
            rtc,
            lines,
            mid,
            now,
        }
    }

    /// The epoch that a packet of this stream gets.
    fn show(&mut self, ssrc: u32) -> Option<u32> {
        let engine_mid = convert::engine_mid(self.mid);
        self.rtc
            .direct_api()
            .expect_stream_rx(ssrc.into(), None, engine_mid, None);
        let origin = self.lines.receiving(&mut self.rtc, self.now, ssrc.into())?;
        assert_eq!((origin.mid, origin.encoding), (self.mid, 0));
        Some(origin.epoch)
    }

    fn knows(&mut self, ssrc: u32) -> bool {
        self.rtc.direct_api().stream_rx(&ssrc.into()).is_some()
    }
}

#[test]
fn another_stream_on_a_line_is_another_epoch_and_the_former_is_forgotten() {
    let mut line = Line::new();
    assert_eq!(line.lines.source(line.mid, 0), None);
    assert_eq!([line.show(1), line.show(1)], [Some(0), Some(0)]);
    assert_eq!([line.show(2), line.show(2)], [Some(1), Some(1)]);
    assert_eq!(line.lines.source(line.mid, 0), Some(2.into()));
    assert!(!line.knows(1) && line.knows(2));
}

#[test]
fn stragglers_of_a_former_stream_are_dropped_and_its_return_is_not() {
    let mut line = Line::new();
    assert_eq!([line.show(1), line.show(2)], [Some(0), Some(1)]);
    assert_eq!([line.show(1), line.show(2)], [None, Some(1)]);
    line.now += STRAGGLERS;
    assert_eq!(line.show(1), Some(2));
    assert_eq!([line.show(2), line.show(1)], [None, Some(2)]);
}

#[test]
fn streams_without_end_are_routed_no_further_until_the_next_negotiation() {
    let mut line = Line::new();
    let limit = u32::try_from(MAX_ROUTES).unwrap();
    for ssrc in 1..=limit {
        assert_eq!(line.show(ssrc), Some(ssrc - 1));
    }
    assert_eq!(line.show(limit + 1), None);
    assert_eq!(line.show(limit), Some(limit - 1));
    line.lines.refresh(&mut line.rtc);
    assert_eq!(line.show(limit + 1), Some(limit));
}

#[test]
fn a_line_that_the_engine_gave_up_is_forgotten_with_its_streams() {
    let mut line = Line::new();
    assert_eq!(line.show(1), Some(0));
    line.lines.refresh(&mut line.rtc);
    assert_eq!(line.lines.len(), 1);
    line.rtc
        .direct_api()
        .remove_media(convert::engine_mid(line.mid));
    line.lines.refresh(&mut line.rtc);
    assert_eq!(line.lines.len(), 0);
    assert!(line.lines.sources.is_empty() && line.lines.encodings.is_empty());
}
