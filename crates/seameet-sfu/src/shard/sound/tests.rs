//! Tests of who is heard.

use std::time::Duration;

use slotmap::SlotMap;

use super::*;

const SPEECH: AudioLevel = AudioLevel {
    level_dbov: -25,
    voice: true,
};

/// A room with so many talkers, and a clock.
struct Play {
    now: Instant,
    sound: RoomSound,
    talkers: Vec<TrackKey>,
}

impl Play {
    fn new(talkers: usize) -> Self {
        let mut keys: SlotMap<TrackKey, ()> = SlotMap::with_key();
        Self {
            now: Instant::now(),
            sound: RoomSound::default(),
            talkers: (0..talkers).map(|_| keys.insert(())).collect(),
        }
    }

    fn choose(&mut self, places: usize) -> Vec<usize> {
        let heard = self.sound.choose(self.now, places, &self.talkers);
        let number = |key: &TrackKey| self.talkers.iter().position(|talker| talker == key);
        let mut heard: Vec<_> = heard.iter().filter_map(number).collect();
        heard.sort_unstable();
        heard
    }

    /// These talk for a second. Returns who was said to speak last, and whether anybody else is heard.
    fn talk(&mut self, who: &[usize]) -> (Option<Vec<usize>>, bool) {
        let mut told = (None, false);
        for _ in 0..50 {
            self.now += Duration::from_millis(20);
            for talker in who {
                let track = self.talkers[*talker];
                self.sound
                    .record(self.now, track, TrackSource::Microphone, SPEECH);
            }
            let (speakers, is_changed) = self.sound.poll(self.now);
            told.1 |= is_changed;
            if let Some(speakers) = speakers {
                let number = |speaker: &Speaker<TrackKey>| {
                    let talkers = self.talkers.iter();
                    talkers.clone().position(|talker| *talker == speaker.key)
                };
                told.0 = Some(speakers.iter().filter_map(number).collect());
            }
        }
        told
    }
}

#[test]
fn places_are_given_at_once_and_move_to_who_talks() {
    let mut play = Play::new(50);
    assert_eq!(play.choose(3), [0, 1, 2]);
    let (speakers, is_changed) = play.talk(&[40]);
    assert_eq!((speakers, is_changed), (Some(vec![40]), true));
    assert!(play.choose(3).contains(&40));
    assert_eq!(play.choose(3).len(), 3);
}

#[test]
fn two_numbers_of_places_are_two_choices() {
    let mut play = Play::new(10);
    play.choose(2);
    play.choose(4);
    play.talk(&[6, 7, 8, 9]);
    assert_eq!(play.choose(4), [6, 7, 8, 9]);
    assert_eq!(play.choose(2).len(), 2);
}

#[test]
fn a_choice_that_nobody_needs_is_forgotten_and_their_number_is_bounded() {
    let mut play = Play::new(40);
    for places in 1..30 {
        assert!(!play.choose(places).is_empty());
    }
    assert_eq!(play.sound.choices.len(), MAX_CHOICES);
    play.sound.begin_planning();
    play.choose(3);
    play.sound.end_planning();
    assert_eq!(play.sound.choices.len(), 1);
}

#[test]
fn who_is_gone_gives_his_place_to_another() {
    let mut play = Play::new(4);
    play.choose(2);
    play.talk(&[0, 1]);
    let gone = play.talkers.remove(0);
    play.sound.remove(play.now, gone);
    play.talk(&[0]);
    assert_eq!(play.choose(2).len(), 2, "of three that remain");
}

#[test]
fn a_screen_is_heard_and_is_no_speaker() {
    let mut play = Play::new(1);
    let track = play.talkers[0];
    for _ in 0..100 {
        play.now += Duration::from_millis(20);
        play.sound
            .record(play.now, track, TrackSource::ScreenAudio, SPEECH);
        assert_eq!(play.sound.poll(play.now).0, None);
    }
}

#[test]
fn silence_needs_no_attention() {
    let mut play = Play::new(2);
    play.talk(&[0]);
    for _ in 0..20 {
        play.now += Duration::from_secs(1);
        let _ = play.sound.poll(play.now);
    }
    assert_eq!(play.sound.deadline(), None);
}
