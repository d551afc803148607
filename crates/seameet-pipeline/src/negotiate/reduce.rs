//! What of an offer the engine gets to read.
//!
//! ```text
//!   a=candidate               left out: a server learns a client's addresses from its checks (RFC 8445, section 7.3),
//!                             and the engine would compare each with every other
//!   a=simulcast, a=rid        left out: no layer is selected yet, so a client must fall back to one encoding
//!   a=ssrc, a=ssrc-group      left out where packets name their line (RFC 9143, section 15); elsewhere one stream
//!                             and its repairs are kept
//! ```
//!
//! The engine keeps every stream that was ever announced, so a client that announces others with each offer would
//! make it grow without bound.

/// The header extension with which packets name their line.
const LINE_NAME_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";

/// The offer without what is not for the engine. What stays, stays as it was and in its order.
pub(super) fn reduced(sdp: &str) -> String {
    let mut text = String::with_capacity(sdp.len());
    let mut section = Vec::new();
    for line in sdp.split_inclusive('\n') {
        if line.starts_with("m=") {
            keep(&section, &mut text);
            section.clear();
        }
        section.push(line);
    }
    keep(&section, &mut text);
    text
}

/// Appends a media line with its attributes, or what stands before the first one.
fn keep(section: &[&str], text: &mut String) {
    let streams = announced(section);
    let kept = |line: &&str| {
        if let Some(stream) = line.strip_prefix("a=ssrc:") {
            return streams.contains(&first_word(stream));
        }
        if let Some(group) = line.strip_prefix("a=ssrc-group:") {
            return repaired(group).is_some_and(|pair| pair.map(Some) == streams_of(&streams));
        }
        !["a=candidate:", "a=simulcast:", "a=rid:"]
            .iter()
            .any(|prefix| line.starts_with(prefix))
    };
    text.extend(section.iter().copied().filter(kept));
}

/// The streams of a section that are kept: none, one, or one and its repairs.
fn announced<'a>(section: &[&'a str]) -> Vec<&'a str> {
    let has = |prefix: &str| section.iter().any(|line| line.starts_with(prefix));
    let names_lines = section
        .iter()
        .filter_map(|line| line.strip_prefix("a=extmap:"))
        .any(|extension| extension.split_whitespace().nth(1) == Some(LINE_NAME_EXTENSION));
    if has("a=mid:") && names_lines {
        return Vec::new();
    }
    let mut streams = section
        .iter()
        .filter_map(|line| line.strip_prefix("a=ssrc:"));
    let Some(main) = streams.next().map(first_word) else {
        return Vec::new();
    };
    let repairs = section
        .iter()
        .filter_map(|line| line.strip_prefix("a=ssrc-group:"))
        .filter_map(repaired)
        .find_map(|[repaired, by]| (repaired == main).then_some(by));
    std::iter::once(main).chain(repairs).collect()
}

fn streams_of<'a>(streams: &[&'a str]) -> [Option<&'a str>; 2] {
    [streams.first().copied(), streams.get(1).copied()]
}

/// The stream and its repairs, of a group that says so (RFC 4588, section 8.3).
fn repaired(group: &str) -> Option<[&str; 2]> {
    let mut words = group.split_whitespace();
    let is_repair = words.next()?.eq_ignore_ascii_case("FID");
    let pair = [words.next()?, words.next()?];
    (is_repair && words.next().is_none()).then_some(pair)
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
