//! How a participant arranges what it sees.

use std::time::{Duration, Instant};

use seameet_client::Scene;
use seameet_client::media::{SlotWish, TrackInfo, View};

/// How a participant arranges what it sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Layout {
    /// As the server fills the slots, in any size.
    Auto,
    /// Tiles of one size, which share a height of 720 pixels.
    Grid,
    /// Who speaks in 720 pixels, everybody else in 180.
    Speaker,
}

/// Pixels that a screen has in height.
const SCREEN: u32 = 720;
/// Pixels of the tiles beside a large one.
const SMALL: u32 = 180;
/// Of the large tile; higher goes first.
const PRIORITY: u8 = 10;

impl Layout {
    /// What to ask the server for; `None` if it is not asked.
    pub(crate) fn view(self, scene: &Scene) -> Option<View> {
        let slots = u32::try_from(scene.slots.len()).ok()?;
        let columns = (1..=slots).find(|columns| columns * columns >= slots)?;
        let large = scene
            .pictures
            .iter()
            .position(|track| is_first(track, scene));
        let large = large.unwrap_or(0);
        let shown = scene.pictures.iter().enumerate();
        let (height, main): (u32, fn(usize, usize) -> bool) = match self {
            Self::Auto => return None,
            Self::Grid => (SCREEN / columns, |_, _| false),
            Self::Speaker => (SMALL, |place, large| place == large),
        };
        // Who is large must have a slot, however late it came.
        let mut shown: Vec<_> = shown
            .map(|(place, track)| (main(place, large), track))
            .collect();
        shown.sort_by_key(|(is_large, _)| !is_large);
        let wishes = scene
            .slots
            .iter()
            .zip(shown)
            .map(|(mid, (is_large, track))| SlotWish {
                mid: mid.to_string(),
                track: Some(track.id.clone()),
                max_height: if is_large { SCREEN } else { height },
                max_fps: None,
                min_height: None,
                priority: is_large.then_some(PRIORITY),
                pinned: None,
            });
        Some(View {
            slots: Some(wishes.collect()),
            auto: None,
        })
    }
}

fn is_first(track: &TrackInfo, scene: &Scene) -> bool {
    scene.speakers.first() == Some(&track.participant)
}

/// When a participant arranges anew: as people do, not more than twice in a second.
#[derive(Debug)]
pub(crate) struct Arranging {
    not_before: Instant,
    is_wanted: bool,
}

/// Between two arrangements.
const PAUSE: Duration = Duration::from_millis(500);

impl Arranging {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            not_before: now,
            is_wanted: true,
        }
    }

    /// Something changed.
    pub(crate) fn want(&mut self) {
        self.is_wanted = true;
    }

    /// Whether to do it now.
    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        let is_due = self.deadline().is_some_and(|deadline| deadline <= now);
        if is_due {
            *self = Self {
                not_before: now + PAUSE,
                is_wanted: false,
            };
        }
        is_due
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.is_wanted.then_some(self.not_before)
    }
}

#[cfg(test)]
mod tests {
    //! Tests of arranging.

    use super::*;

    fn scene(pictures: u32) -> Scene {
        let track = |number: u32| {
            let text = format!(
                r#"{{"id":"t{number}","participant":"p{number}","source":"camera","kind":"video",
                "codec":"vp8","muted":false,"encrypted":false}}"#
            );
            serde_json::from_str(&text).expect("it is a track")
        };
        Scene {
            own: "me".to_owned(),
            pictures: (1..=pictures).map(track).collect(),
            speakers: vec!["p4".to_owned()],
            slots: ["a", "b", "c"]
                .iter()
                .filter_map(|it| it.parse().ok())
                .collect(),
        }
    }

    fn wishes(layout: Layout, scene: &Scene) -> Vec<(String, u32)> {
        let view = layout.view(scene).expect("it asks");
        let wishes = view.slots.expect("it fills slots").into_iter();
        wishes
            .map(|wish| (wish.track.unwrap_or_default(), wish.max_height))
            .collect()
    }

    #[test]
    fn tiles_share_the_height_and_a_speaker_takes_it() {
        let named = |name: &str, height| (name.to_owned(), height);
        let grid = wishes(Layout::Grid, &scene(5));
        assert_eq!(grid, [named("t1", 360), named("t2", 360), named("t3", 360)]);
        let speaker = wishes(Layout::Speaker, &scene(5));
        assert_eq!(
            speaker,
            [named("t4", 720), named("t1", 180), named("t2", 180)]
        );
        assert_eq!(Layout::Auto.view(&scene(5)), None);
        assert_eq!(wishes(Layout::Speaker, &scene(1)), [named("t1", 720)]);
    }

    #[test]
    fn changes_at_once_are_one_arrangement() {
        let now = Instant::now();
        let mut arranging = Arranging::new(now);
        assert!(arranging.is_due(now));
        assert_eq!(arranging.deadline(), None);
        arranging.want();
        arranging.want();
        assert!(!arranging.is_due(now + PAUSE / 2));
        assert!(arranging.is_due(now + PAUSE));
        assert!(!arranging.is_due(now + PAUSE));
    }
}
