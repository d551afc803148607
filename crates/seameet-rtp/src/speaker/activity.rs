//! How convincingly one talker speaks.

/// The last second of one talker, in ticks of 20 ms.
#[derive(Debug, Clone)]
pub(super) struct Activity {
    /// Loudness above silence of each tick in dB (0 to 127); the ring's place of a tick is its remainder.
    loudness: [u8; LONG_TICKS],
    /// The newest tick that is filled in.
    newest: u64,
    /// The tick of the last packet, and its loudness.
    heard: u64,
    heard_loudness: u8,
    /// Loudness of the talker's background, in units of 1/50 dB.
    floor: u16,
    is_speaking: bool,
}

/// How much likelier than noise the activity over each span is, as logarithms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scores {
    immediate: f64,
    medium: f64,
    long: f64,
}

impl Activity {
    pub(super) fn new(tick: u64) -> Self {
        Self {
            loudness: [0; LONG_TICKS],
            newest: tick,
            heard: tick,
            heard_loudness: 0,
            floor: FLOOR_MIN,
            is_speaking: false,
        }
    }

    /// A packet came at `tick`.
    pub(super) fn record(&mut self, tick: u64, level_dbov: i8) {
        self.advance(tick);
        let loudness = 127_u8.saturating_sub(level_dbov.unsigned_abs());
        self.note_floor(loudness);
        self.heard = self.newest;
        self.heard_loudness = loudness;
        self.set(self.newest, loudness);
    }

    /// Fills in the ticks up to `tick` without a packet: a packet's level holds for a while, as packets may be
    /// longer than a tick, late or lost; then there is silence.
    pub(super) fn advance(&mut self, tick: u64) {
        // Whatever lies further back than the ring would be overwritten again.
        let oldest = tick.saturating_sub(LONG_TICKS_U64);
        while self.newest < tick {
            self.newest = self.newest.max(oldest).saturating_add(1);
            let is_held = self.newest.saturating_sub(self.heard) <= HOLD_TICKS;
            self.set(self.newest, if is_held { self.heard_loudness } else { 0 });
        }
    }

    /// Nothing was heard for a second.
    pub(super) fn is_silent(&self) -> bool {
        self.loudness.iter().all(|loudness| *loudness == 0)
    }

    pub(super) fn scores(&self) -> Scores {
        let now = self.subbands(self.newest);
        let blocks = self.active_ticks_of_blocks();
        let block = blocks.first().copied().unwrap_or_default();
        let active_blocks = count(blocks.iter().filter(|ticks| **ticks >= ACTIVE_BLOCK));
        Scores {
            immediate: score(now, SUBBANDS, IMMEDIATE_RATE),
            medium: score(block, MEDIUM_TICKS, MEDIUM_RATE),
            long: score(active_blocks, LONG_BLOCKS, LONG_RATE),
        }
    }

    /// Whether the talker speaks: begins with two active blocks in a second, ends with none.
    pub(super) fn update_speaking(&mut self) -> bool {
        let blocks = self.active_ticks_of_blocks();
        let active = count(blocks.iter().filter(|ticks| **ticks >= ACTIVE_BLOCK));
        let needed = if self.is_speaking { 1 } else { 2 };
        self.is_speaking = active >= needed;
        self.is_speaking
    }

    pub(super) fn is_speaking(&self) -> bool {
        self.is_speaking
    }

    /// The mean level of the last 300 ms in dBov, to a step of 6 dB.
    pub(super) fn level_dbov(&self) -> i8 {
        let sum = (0..LEVEL_TICKS).fold(0_u16, |sum, back| {
            sum.saturating_add(u16::from(
                self.get(self.newest.saturating_sub(u64::from(back))),
            ))
        });
        let steps = sum
            .checked_div(LEVEL_TICKS.saturating_mul(6))
            .unwrap_or_default();
        let loudness = i8::try_from(steps.saturating_mul(6)).unwrap_or(i8::MAX);
        loudness.saturating_sub(i8::MAX)
    }

    /// For each block of the last second, the newest first: how many of its ticks are active.
    fn active_ticks_of_blocks(&self) -> [u8; 10] {
        let mut blocks = [0_u8; 10];
        let mut tick = self.newest;
        for block in &mut blocks {
            for _ in 0..MEDIUM_TICKS {
                let is_active = self.subbands(tick) >= ACTIVE_TICK;
                *block = block.saturating_add(u8::from(is_active));
                tick = tick.saturating_sub(1);
            }
        }
        blocks
    }

    /// How many steps of 5 dB a tick stands above the background. Where levels are all that is known, they
    /// stand for the number of frequency subbands with speech in them.
    fn subbands(&self, tick: u64) -> u8 {
        let above = u16::from(self.get(tick))
            .saturating_mul(FLOOR_UNITS)
            .saturating_sub(self.floor);
        u8::try_from(above / SUBBAND)
            .unwrap_or(SUBBANDS)
            .min(SUBBANDS)
    }

    /// The background is what remains between words: it falls at once and rises slowly.
    fn note_floor(&mut self, loudness: u8) {
        let loudness = u16::from(loudness).saturating_mul(FLOOR_UNITS);
        let risen = self.floor.saturating_add(FLOOR_RISE);
        self.floor = loudness.min(risen).clamp(FLOOR_MIN, FLOOR_MAX);
    }

    fn get(&self, tick: u64) -> u8 {
        let place = usize::try_from(tick % LONG_TICKS_U64).unwrap_or_default();
        self.loudness.get(place).copied().unwrap_or_default()
    }

    fn set(&mut self, tick: u64, loudness: u8) {
        let place = usize::try_from(tick % LONG_TICKS_U64).unwrap_or_default();
        if let Some(entry) = self.loudness.get_mut(place) {
            *entry = loudness;
        }
    }
}

impl Scores {
    /// Of someone who says nothing.
    pub(super) const SILENCE: Self = Self {
        immediate: MIN_SCORE,
        medium: MIN_SCORE,
        long: MIN_SCORE,
    };

    /// How far the medium score exceeds another one's, if all scores do by their thresholds.
    pub(super) fn advantage_over(&self, other: &Self) -> Option<f64> {
        let medium = (self.medium / other.medium).ln();
        let exceeds = (self.immediate / other.immediate).ln() > IMMEDIATE_THRESHOLD
            && medium > MEDIUM_THRESHOLD
            && (self.long / other.long).ln() > LONG_THRESHOLD;
        exceeds.then_some(medium)
    }
}

/// The paper's speech activity score of `active` parts among `parts`: the logarithm of the ratio between the
/// likelihoods of speech (each part is active with probability 1/2: a binomial distribution) and of noise
/// (more active parts are less likely: an exponential distribution).
fn score(active: u8, parts: u8, noise_rate: f64) -> f64 {
    let speech = ln_choose(parts, active) - f64::from(parts) * std::f64::consts::LN_2;
    let noise = noise_rate.ln() - noise_rate * f64::from(active);
    (speech - noise).max(MIN_SCORE)
}

/// The logarithm of the number of ways to choose `k` of `n`.
fn ln_choose(n: u8, k: u8) -> f64 {
    let factor = |index: u8| (f64::from(n) - f64::from(index)) / (f64::from(index) + 1.0);
    (0..k.min(n)).map(|index| factor(index).ln()).sum()
}

fn count<T>(items: impl Iterator<Item = T>) -> u8 {
    u8::try_from(items.count()).unwrap_or(u8::MAX)
}

/// A second.
const LONG_TICKS: usize = 50;
const LONG_TICKS_U64: u64 = 50;
/// A medium span has this many ticks,
const MEDIUM_TICKS: u8 = 5;
/// and a long one this many medium ones.
const LONG_BLOCKS: u8 = 10;
/// A packet's level holds for 60 ms, the longest packet in common use.
const HOLD_TICKS: u64 = 3;
/// The span over which the reported level is a mean.
const LEVEL_TICKS: u16 = 15;

/// The most steps above the background that count.
const SUBBANDS: u8 = 13;
/// A step is 5 dB.
const SUBBAND: u16 = 5 * FLOOR_UNITS;
/// A tick is active from this many steps on, where its immediate score begins to speak for speech.
const ACTIVE_TICK: u8 = 4;
/// A block is active if this many of its ticks are.
const ACTIVE_BLOCK: u8 = 4;

/// The background is counted in fractions of a dB.
const FLOOR_UNITS: u16 = 50;
/// No background is taken to be below -70 dBov, or the hiss after digital silence would be speech,
const FLOOR_MIN: u16 = 57 * FLOOR_UNITS;
/// nor above -50 dBov, or those who never pause would become their own background.
const FLOOR_MAX: u16 = 77 * FLOOR_UNITS;
/// The background rises by this much with each packet, that is by 1 dB in a second.
const FLOOR_RISE: u16 = 1;

/// Rates of the noise distributions and thresholds of the three spans, as in the paper.
const IMMEDIATE_RATE: f64 = 0.78;
const MEDIUM_RATE: f64 = 24.0;
const LONG_RATE: f64 = 47.0;
const IMMEDIATE_THRESHOLD: f64 = 3.0;
const MEDIUM_THRESHOLD: f64 = 2.0;
const LONG_THRESHOLD: f64 = 0.0;
/// Scores have logarithms, hence are positive.
const MIN_SCORE: f64 = 1e-10;
