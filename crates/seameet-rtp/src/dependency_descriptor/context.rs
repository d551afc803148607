//! What must be remembered of a stream in order to read its descriptors.

use std::sync::Arc;

use super::{Custom, DependencyDescriptor, DescriptorError, MANDATORY_LENGTH, Structure};
use crate::bits::BitReader;
use crate::seq::SequenceUnwrapper;

/// Reads the descriptors of one stream, in order of arrival.
///
/// Packets that were overtaken by a new structure are still read with the one that they belong to.
#[derive(Debug, Clone, Default)]
pub struct DescriptorContext {
    frames: SequenceUnwrapper,
    current: Option<Sequence>,
    /// The one before, for late packets.
    previous: Option<Sequence>,
}

/// A coded video sequence: what holds from one structure to the next.
#[derive(Debug, Clone)]
struct Sequence {
    first_frame: u64,
    structure: Arc<Structure>,
    active: u32,
    /// The newest frame that told the active decode targets.
    active_since: u64,
}

/// The first 24 bits, and the flags behind them.
struct Head {
    starts_frame: bool,
    ends_frame: bool,
    template_id: u8,
    frame_number: u16,
    extensions: [bool; 5],
}

impl DescriptorContext {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The structure of the newest coded video sequence.
    pub fn structure(&self) -> Option<&Arc<Structure>> {
        self.current.as_ref().map(|sequence| &sequence.structure)
    }

    /// Reads the descriptor of a packet, and remembers the structure that it may carry.
    ///
    /// # Errors
    ///
    /// [`DescriptorError`] if the bytes make no sense; nothing is remembered of them then.
    pub fn read(&mut self, bytes: &[u8]) -> Result<DependencyDescriptor, DescriptorError> {
        let mut reader = BitReader::new(bytes);
        let head = Head::read(&mut reader, bytes.len())?;
        let mut frames = self.frames.clone();
        let frame = frames.unwrap(head.frame_number);
        let [has_structure, has_active, has_custom @ ..] = head.extensions;
        let attached = if has_structure {
            Some(self.shared(Structure::read(&mut reader)?))
        } else {
            None
        };
        let known = self.sequence_of(frame);
        let structure = match (&attached, known) {
            (Some(attached), _) => attached,
            (None, Some(known)) => &known.structure,
            (None, None) => return Err(DescriptorError::UnknownStructure),
        };
        let carried = if has_active {
            Some(reader.number(u32::from(structure.decode_target_count()))?)
        } else {
            None
        };
        let unknown = DescriptorError::UnknownTemplate {
            template_id: head.template_id,
        };
        let (template_index, _) = structure.find_template(head.template_id).ok_or(unknown)?;
        let custom = Custom::read(&mut reader, structure, has_custom)?;
        let structure = Arc::clone(structure);
        self.frames = frames;
        if attached.is_some() {
            self.begin_sequence(frame, &structure);
        }
        let active = self.note_active(frame, carried, &structure);
        Ok(DependencyDescriptor {
            starts_frame: head.starts_frame,
            ends_frame: head.ends_frame,
            frame,
            structure,
            template_index,
            attaches_structure: attached.is_some(),
            carries_active: carried.is_some(),
            active,
            custom,
        })
    }

    /// The structure, or an equal one that is known, so that equal ones share their memory.
    fn shared(&self, structure: Structure) -> Arc<Structure> {
        match &self.current {
            Some(current) if *current.structure == structure => Arc::clone(&current.structure),
            _ => Arc::new(structure),
        }
    }

    fn sequence_of(&self, frame: u64) -> Option<&Sequence> {
        let is_within = |sequence: &&Sequence| sequence.first_frame <= frame;
        let current = self.current.as_ref().filter(is_within);
        current.or(self.previous.as_ref())
    }

    fn begin_sequence(&mut self, frame: u64, structure: &Arc<Structure>) {
        let sequence = Sequence {
            first_frame: frame,
            structure: Arc::clone(structure),
            active: structure.all_decode_targets(),
            active_since: frame,
        };
        match &self.current {
            // A keyframe comes in several packets, and each may carry the structure.
            Some(current) if current.first_frame == frame && current.structure == *structure => {}
            // An overtaken one. Much older numbers are those of a stream that started anew.
            Some(current) if is_shortly_before(frame, current.first_frame) => {
                self.previous = Some(sequence);
            }
            _ => self.previous = self.current.replace(sequence),
        }
    }

    /// Remembers the active decode targets that a packet carries, and returns those that hold for it.
    fn note_active(&mut self, frame: u64, carried: Option<u32>, structure: &Structure) -> u32 {
        let is_within = |sequence: &&mut Sequence| sequence.first_frame <= frame;
        let current = self.current.as_mut().filter(is_within);
        let Some(sequence) = current.or(self.previous.as_mut()) else {
            return carried.unwrap_or(structure.all_decode_targets());
        };
        if let Some(carried) = carried
            && frame >= sequence.active_since
        {
            sequence.active = carried;
            sequence.active_since = frame;
        }
        carried.unwrap_or(sequence.active)
    }
}

impl Head {
    fn read(reader: &mut BitReader<'_>, length: usize) -> Result<Self, DescriptorError> {
        let mut head = Self {
            starts_frame: reader.flag()?,
            ends_frame: reader.flag()?,
            template_id: reader.byte(6)?,
            frame_number: reader.short(16)?,
            extensions: [false; 5],
        };
        if length > MANDATORY_LENGTH {
            for is_present in &mut head.extensions {
                *is_present = reader.flag()?;
            }
        }
        Ok(head)
    }
}

fn is_shortly_before(frame: u64, other: u64) -> bool {
    (1..=MAX_LATENESS).contains(&other.saturating_sub(frame))
}

/// How many frames a packet may be behind a structure that overtook it: many seconds.
const MAX_LATENESS: u64 = 1_000;
