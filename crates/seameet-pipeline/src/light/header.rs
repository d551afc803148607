//! The clear part of an RTP packet (RFC 3550, section 5.1).

/// Marks header extensions of one-byte elements (RFC 8285, section 4.2).
const ONE_BYTE: u16 = 0xBEDE;
/// Marks header extensions of two-byte elements in its upper twelve bits (RFC 8285, section 4.3).
const TWO_BYTES: u16 = 0x1000;

/// What stands in clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) payload_type: u8,
    pub(super) marker: bool,
    pub(super) has_padding: bool,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) ssrc: u32,
    /// Bytes, with extensions.
    pub(super) length: usize,
    /// The packet's number among all packets of the connection.
    pub(super) transport_number: Option<u16>,
}

impl Header {
    /// Reads it; `None` if the packet is cut short. `transport` names the extension with the transport number.
    pub(super) fn read(packet: &[u8], transport: Option<u8>) -> Option<Self> {
        let fixed: &[u8; 12] = packet.first_chunk()?;
        let [first, second, sequence @ .., _, _, _, _, _, _, _, _] = fixed;
        let word = |from: usize| Some(u32::from_be_bytes(*packet.get(from..)?.first_chunk()?));
        let sources = usize::from(first & 0x0F) * 4;
        let mut header = Self {
            payload_type: second & 0x7F,
            marker: second & 0x80 != 0,
            has_padding: first & 0x20 != 0,
            sequence: u16::from_be_bytes(*sequence),
            timestamp: word(4)?,
            ssrc: word(8)?,
            length: 12 + sources,
            transport_number: None,
        };
        if first & 0x10 != 0 {
            let start = header.length + 4;
            let [kind @ .., high, low] = packet.get(header.length..start)?.first_chunk::<4>()?;
            let bytes = usize::from(u16::from_be_bytes([*high, *low])) * 4;
            header.length = start + bytes;
            let elements = packet.get(start..header.length)?;
            let kind = u16::from_be_bytes(*kind);
            header.transport_number = transport.and_then(|id| find(elements, kind, id));
        }
        (header.length <= packet.len()).then_some(header)
    }
}

/// The two bytes of the element with this number.
fn find(mut elements: &[u8], kind: u16, id: u8) -> Option<u16> {
    let is_short = kind == ONE_BYTE;
    if !is_short && kind & 0xFFF0 != TWO_BYTES {
        return None;
    }
    while let [first, rest @ ..] = elements {
        if *first == 0 {
            elements = rest;
            continue;
        }
        let (found, length, rest) = match rest {
            // Fifteen ends the elements.
            _ if is_short && first >> 4 == 15 => return None,
            _ if is_short => (first >> 4, usize::from(first & 0x0F) + 1, rest),
            [length, rest @ ..] => (*first, usize::from(*length), rest),
            [] => return None,
        };
        let value = rest.get(..length)?;
        if found == id {
            return value.try_into().ok().map(u16::from_be_bytes);
        }
        elements = rest.get(length..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(extension: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x91, 0xE0, 0x12, 0x34, 0, 0, 0, 7, 0, 0, 0, 9, 1, 2, 3, 4];
        packet.extend_from_slice(extension);
        packet.extend_from_slice(&[0xAA; 20]);
        packet
    }

    #[test]
    fn the_transport_number_is_found_in_both_forms() {
        let short = packet(&[0xBE, 0xDE, 0, 2, 0x10, 0xFF, 0, 0x31, 0x01, 0x02, 0, 0]);
        let header = Header::read(&short, Some(3)).unwrap();
        assert_eq!(header.transport_number, Some(0x0102));
        assert_eq!((header.payload_type, header.marker), (0x60, true));
        assert_eq!((header.sequence, header.timestamp), (0x1234, 7));
        assert_eq!((header.ssrc, header.length), (9, 28));
        let long = packet(&[0x10, 0, 0, 2, 1, 1, 0xFF, 3, 2, 0x01, 0x02, 0]);
        let header = Header::read(&long, Some(3)).unwrap();
        assert_eq!(header.transport_number, Some(0x0102));
        assert_eq!(Header::read(&long, Some(4)).unwrap().transport_number, None);
    }

    #[test]
    fn what_is_cut_short_or_lies_about_lengths_is_none_and_harmless() {
        let whole = packet(&[0xBE, 0xDE, 0, 1, 0x31, 1, 2, 0]);
        for length in 0..24 {
            assert_eq!(Header::read(&whole[..length], Some(3)), None, "{length}");
        }
        let lie = packet(&[0xBE, 0xDE, 0, 1, 0x3F, 1, 2, 0]);
        assert_eq!(Header::read(&lie, Some(3)).unwrap().transport_number, None);
    }
}
