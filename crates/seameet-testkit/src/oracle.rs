//! What must be true of everything that was received.

use std::collections::{BTreeMap, BTreeSet};

use seameet_core::TrackId;
use seameet_core::media::TrackSource;

use crate::client::Seen;
use crate::world::{ClientId, World};

/// Sequence numbers that never arrived between the lowest and the highest that did.
pub fn gaps(line: &[Seen]) -> Vec<u64> {
    let arrived: BTreeSet<_> = line.iter().map(|seen| seen.sequence).collect();
    let (Some(first), Some(last)) = (arrived.first(), arrived.last()) else {
        return Vec::new();
    };
    (*first..*last)
        .filter(|number| !arrived.contains(number))
        .collect()
}

/// Sequence numbers that arrived more than once.
pub fn repeats(line: &[Seen]) -> Vec<u64> {
    let mut arrived = BTreeSet::new();
    line.iter()
        .map(|seen| seen.sequence)
        .filter(|number| !arrived.insert(*number))
        .collect()
}

/// The frames of a sender that arrived whole.
pub fn whole_frames(line: &[Seen], sender: u32) -> BTreeSet<u32> {
    let mut parts: BTreeMap<u32, (BTreeSet<u16>, u16)> = BTreeMap::new();
    for picture in line.iter().map(|seen| seen.picture) {
        if picture.sender == sender {
            let entry = parts.entry(picture.frame).or_default();
            entry.0.insert(picture.index);
            entry.1 = picture.count;
        }
    }
    parts
        .into_iter()
        .filter(|(_, (indices, count))| indices.len() == usize::from(*count))
        .map(|(frame, _)| frame)
        .collect()
}

/// The line in the order of its sequence numbers.
pub fn in_sequence(line: &[Seen]) -> Vec<Seen> {
    let mut sorted = line.to_vec();
    sorted.sort_by_key(|seen| seen.sequence);
    sorted
}

/// The numbers tell the order in which the source made the packets: within one sender's packets, frames and parts of
/// frames never go back. Returns the first fault.
///
/// # Errors
///
/// The first place where the order is another.
pub fn source_order(line: &[Seen]) -> Result<(), String> {
    let sorted = in_sequence(line);
    let place = |seen: &Seen| (seen.picture.frame, seen.picture.index);
    let broken = sorted.windows(2).find(|pair| match pair {
        [before, after] => {
            before.picture.sender == after.picture.sender && place(before) >= place(after)
        }
        _ => false,
    });
    broken.map_or(Ok(()), |pair| Err(format!("out of order: {pair:?}")))
}

/// Whatever the line carried, it is one stream: the timestamps never go back, the frames of a picture share one
/// timestamp and one picture id, and picture ids count on by one. Returns the first fault.
///
/// # Errors
///
/// The first place where the stream breaks.
pub fn continuity(line: &[Seen]) -> Result<(), String> {
    for pair in in_sequence(line).windows(2) {
        let [before, after] = pair else { continue };
        check_pair(before, after)?;
    }
    Ok(())
}

fn check_pair(before: &Seen, after: &Seen) -> Result<(), String> {
    let fault = |what: &str| Err(format!("{what} between {before:?} and {after:?}"));
    let ticks = after.timestamp.wrapping_sub(before.timestamp).cast_signed();
    let same_frame = before.picture.sender == after.picture.sender
        && before.picture.frame == after.picture.frame;
    if after.sequence != before.sequence + 1 {
        return fault("the sequence breaks");
    }
    if same_frame != (ticks == 0) || ticks < 0 {
        return fault("the timestamps break");
    }
    let (Some(first), Some(second)) = (before.picture_id, after.picture_id) else {
        return Ok(());
    };
    let step = second.wrapping_sub(first) & 0x7FFF;
    if step != u16::from(!same_frame) {
        return fault("the picture ids break");
    }
    Ok(())
}

/// Every packet that any client received came from the publisher of the track that its line was said to carry.
///
/// # Errors
///
/// The first packet for which this is not so.
pub fn faces(world: &World) -> Result<(), String> {
    let owners: BTreeMap<TrackId, u32> = world
        .clients()
        .flat_map(|(_, client)| {
            let tracks = client.published.iter();
            tracks.map(|track| (*track, client.number()))
        })
        .collect();
    for (id, client) in world.clients() {
        for (mid, line) in &client.received {
            let wrong = line.iter().find(|seen| {
                let owner = seen.announced.and_then(|track| owners.get(&track));
                owner != Some(&seen.picture.sender)
            });
            if let Some(seen) = wrong {
                return Err(format!("{id:?} on line {mid}: {seen:?}"));
            }
        }
    }
    Ok(())
}

/// The packets of another's track that a client received since an instant.
pub fn received_since(
    world: &World,
    to: ClientId,
    from: ClientId,
    source: TrackSource,
    since: std::time::Instant,
) -> Vec<Seen> {
    let sender = world.client(from).number();
    world
        .client(to)
        .seen(world.track(from, source))
        .iter()
        .filter(|seen| seen.picture.sender == sender && seen.at >= since)
        .copied()
        .collect()
}
