//! How large frames are.

use crate::rng::Rng;

/// The rate control of one encoding or spatial layer: frames weigh what their temporal layer is worth, keyframes five
/// times the mean, and what a keyframe cost is saved on the frames that follow.
#[derive(Debug, Clone)]
pub(super) struct RateControl {
    mean_bytes: f64,
    debt: f64,
    rng: Rng,
}

impl RateControl {
    pub(super) fn new(bitrate: u64, fps: u32, rng: Rng) -> Self {
        let bits = u32::try_from(bitrate).unwrap_or(u32::MAX);
        Self {
            mean_bytes: f64::from(bits) / f64::from(fps.max(1)) / 8.0,
            debt: 0.0,
            rng,
        }
    }

    /// Bytes of the next frame.
    pub(super) fn frame_bytes(&mut self, keyframe: bool, share: f64) -> usize {
        let noise = 0.9 + 0.2 * self.rng.share();
        if keyframe {
            let size = self.mean_bytes * KEYFRAME_FACTOR * noise;
            self.debt += size - self.mean_bytes * share;
            return whole(size);
        }
        let nominal = self.mean_bytes * share * noise;
        let saved = (nominal * SAVING).min(self.debt.max(0.0));
        self.debt -= saved;
        whole(nominal - saved)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "frame sizes are small and positive"
)]
fn whole(bytes: f64) -> usize {
    bytes as usize
}

const KEYFRAME_FACTOR: f64 = 5.0;
/// How much of a frame is given up to pay for a keyframe.
const SAVING: f64 = 0.2;
