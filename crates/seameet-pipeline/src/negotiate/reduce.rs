//! What of an offer the engine gets to read.
//!
//! ```text
//!   a=candidate               left out: a server learns a client's addresses from its checks (RFC 8445, section 7.3),
//!                             and the engine would compare each with every other
//!   a=simulcast, a=rid        written anew at the end of a line that only sends video and whose packets name their line
//!                             and encoding; left out elsewhere
//!   a=ssrc, a=ssrc-group      left out where packets name their line (RFC 9143, section 15); elsewhere one stream
//!                             and its repairs are kept
//! ```
//!
//! The engine keeps every stream that was ever announced, so a client that announces others with each offer would
//! make it grow without bound.

use seameet_core::Rid;

/// The header extension with which packets name their line.
const LINE_NAME_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
/// The header extension with which packets name their encoding.
const ENCODING_NAME_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
/// Most simulcast encodings of a line; the answer does not have the others, so they are not sent (RFC 8853, section
/// 5.3.2). Browsers send three at most.
const MAX_ENCODINGS: usize = 4;

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
    let encodings = encodings(section);
    if encodings.is_empty() {
        return;
    }
    if !text.ends_with('\n') {
        text.push_str("\r\n");
    }
    let names: Vec<_> = encodings.iter().map(Rid::as_str).collect();
    for name in &names {
        text.extend(["a=rid:", name, " send\r\n"]);
    }
    text.extend(["a=simulcast:send ", &names.join(";"), "\r\n"]);
}

/// The simulcast encodings that a line sends (RFC 8853, section 5.1), each by the first of its alternatives.
///
/// None for a line that also receives: the engine would take the encodings for those of both directions and send
/// nothing.
fn encodings(section: &[&str]) -> Vec<Rid> {
    let has = |wanted: &str| section.iter().any(|line| line.trim_end() == wanted);
    let is_video = section
        .first()
        .is_some_and(|line| line.starts_with("m=video"));
    let names_all = [LINE_NAME_EXTENSION, ENCODING_NAME_EXTENSION]
        .iter()
        .all(|extension| names_with(section, extension));
    let sent = section
        .iter()
        .find_map(|line| line.strip_prefix("a=simulcast:"))
        .and_then(|simulcast| {
            let mut words = simulcast.split_whitespace();
            words.find(|word| *word == "send").and(words.next())
        });
    let Some(sent) = sent.filter(|_| is_video && names_all && has("a=sendonly")) else {
        return Vec::new();
    };
    let mut rids = Vec::new();
    for rid in sent.split(';').filter_map(rid) {
        let is_described = section
            .iter()
            .filter_map(|line| line.strip_prefix("a=rid:")?.strip_prefix(rid.as_str()))
            .any(|rest| rest.split_whitespace().next() == Some("send") && rest.starts_with(' '));
        if is_described && !rids.contains(&rid) && rids.len() < MAX_ENCODINGS {
            rids.push(rid);
        }
    }
    rids
}

/// The name of an encoding that may be paused at first. The engine writes hyphens as underscores, so that names with them
/// would not be those of the client any more.
fn rid(alternatives: &str) -> Option<Rid> {
    let first = alternatives.split(',').next()?;
    let name = first.strip_prefix('~').unwrap_or(first);
    name.parse().ok().filter(|_| !name.contains('-'))
}

/// Whether the packets of a line carry this header extension.
fn names_with(section: &[&str], uri: &str) -> bool {
    section
        .iter()
        .filter_map(|line| line.strip_prefix("a=extmap:"))
        .any(|extension| extension.split_whitespace().nth(1) == Some(uri))
}

/// The streams of a section that are kept: none, one, or one and its repairs.
fn announced<'a>(section: &[&'a str]) -> Vec<&'a str> {
    let has = |prefix: &str| section.iter().any(|line| line.starts_with(prefix));
    if has("a=mid:") && names_with(section, LINE_NAME_EXTENSION) {
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
