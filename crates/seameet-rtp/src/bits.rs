//! Reading and writing bit by bit, the most significant bit first.

/// The bytes end in the middle of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Truncated {
    /// Bytes that there are.
    pub(crate) length: usize,
}

/// Reads from a byte string, which it never leaves.
#[derive(Debug)]
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// `f(1)`.
    pub(crate) fn flag(&mut self) -> Result<bool, Truncated> {
        let truncated = Truncated {
            length: self.bytes.len(),
        };
        let byte = self.bytes.get(self.position >> 3).ok_or(truncated)?;
        let is_set = byte & (0x80 >> (self.position & 7)) != 0;
        self.position = self.position.saturating_add(1);
        Ok(is_set)
    }

    /// `f(bits)`, for at most 32 bits.
    pub(crate) fn number(&mut self, bits: u32) -> Result<u32, Truncated> {
        let mut value = 0;
        for _ in 0..bits {
            value = value << 1 | u32::from(self.flag()?);
        }
        Ok(value)
    }

    /// `f(bits)`, for at most 8 bits.
    pub(crate) fn byte(&mut self, bits: u32) -> Result<u8, Truncated> {
        let [.., low] = self.number(bits.min(8))?.to_be_bytes();
        Ok(low)
    }

    /// `f(bits)`, for at most 16 bits.
    pub(crate) fn short(&mut self, bits: u32) -> Result<u16, Truncated> {
        let [.., high, low] = self.number(bits.min(16))?.to_be_bytes();
        Ok(u16::from_be_bytes([high, low]))
    }

    /// `ns(count)` of the AV1 RTP specification: one of `count` values, the lower ones in a bit less where `count` is no power of two.
    pub(crate) fn non_symmetric(&mut self, count: u8) -> Result<u8, Truncated> {
        let (short_bits, short_values) = non_symmetric_form(count);
        let value = self.byte(short_bits)?;
        if value < short_values {
            return Ok(value);
        }
        let doubled = value << 1 | u8::from(self.flag()?);
        Ok(doubled.saturating_sub(short_values))
    }
}

/// Writes into a buffer that was made long enough; what does not fit is noticed and left out.
#[derive(Debug)]
pub(crate) struct BitWriter<'a> {
    /// `None` counts without writing.
    buffer: Option<&'a mut [u8]>,
    position: usize,
}

impl<'a> BitWriter<'a> {
    /// One that writes to the front of `buffer`.
    pub(crate) fn new(buffer: &'a mut [u8]) -> Self {
        Self {
            buffer: Some(buffer),
            position: 0,
        }
    }

    /// One that only counts.
    pub(crate) fn counter() -> Self {
        Self {
            buffer: None,
            position: 0,
        }
    }

    /// Bytes that were, or would have been, filled; the last one perhaps in part.
    pub(crate) fn byte_length(&self) -> usize {
        self.position.div_ceil(8)
    }

    pub(crate) fn flag(&mut self, value: bool) {
        let mask = 0x80_u8 >> (self.position & 7);
        if let Some(buffer) = &mut self.buffer
            && let Some(byte) = buffer.get_mut(self.position >> 3)
        {
            *byte = if value { *byte | mask } else { *byte & !mask };
        }
        self.position = self.position.saturating_add(1);
    }

    /// The low `bits` of `value`.
    pub(crate) fn number(&mut self, value: u32, bits: u32) {
        for bit in (0..bits.min(32)).rev() {
            self.flag(value >> bit & 1 != 0);
        }
    }

    /// The inverse of [`BitReader::non_symmetric`].
    pub(crate) fn non_symmetric(&mut self, value: u8, count: u8) {
        let (short_bits, short_values) = non_symmetric_form(count);
        if value < short_values {
            self.number(u32::from(value), short_bits);
        } else {
            let long = u32::from(value).saturating_add(u32::from(short_values));
            self.number(long, short_bits.saturating_add(1));
        }
    }

    /// Fills up the last byte with zeros.
    pub(crate) fn pad(&mut self) {
        while self.position & 7 != 0 {
            self.flag(false);
        }
    }
}

/// The width of the shorter form of `ns(count)`, and how many values have it.
fn non_symmetric_form(count: u8) -> (u32, u8) {
    let short_bits = count.checked_ilog2().unwrap_or_default();
    let next_power = 2_u32 << short_bits;
    let short_values = next_power.saturating_sub(u32::from(count));
    (short_bits, u8::try_from(short_values).unwrap_or(u8::MAX))
}
