//! What a client wishes of Opus on single lines.
//!
//! The engine has one set of Opus parameters for all lines. A screen's sound may be stereo where voices are not, so the
//! answer is changed line by line:
//!
//! ```text
//!   offered                       answered
//!   stereo=1 or sprop-stereo=1    stereo=1;sprop-stereo=1     both ways, as what one sends others are to receive
//!   usedtx=1                      usedtx=1                    silence is not sent (RFC 7587, section 3.1.3)
//! ```
//!
//! A browser's encoder follows what the answer says.

use std::collections::BTreeMap;

/// The wishes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Wishes {
    stereo: bool,
    silence: bool,
}

/// The lines of an offer that wish for something, by name.
#[derive(Debug, Default)]
pub(super) struct SoundWishes(BTreeMap<String, Wishes>);

impl SoundWishes {
    /// Reads an offer.
    pub(super) fn read(offer: &str) -> Self {
        let wishing = sections(offer).into_iter().filter_map(|section| {
            let wishes = wishes(&section);
            let name = name(&section).filter(|_| wishes != Wishes::default())?;
            Some((name.to_owned(), wishes))
        });
        Self(wishing.collect())
    }

    /// The answer with what was wished for.
    pub(super) fn granted(&self, answer: &str) -> String {
        if self.0.is_empty() {
            return answer.to_owned();
        }
        let mut text = String::with_capacity(answer.len() + 64 * self.0.len());
        for section in sections(answer) {
            let wishes = name(&section).and_then(|name| self.0.get(name));
            let opus = wishes.and_then(|_| parameters(&section));
            for line in section {
                text.push_str(line.trim_end_matches(['\r', '\n']));
                if opus.as_ref().is_some_and(|opus| line.starts_with(opus)) {
                    text.push_str(wishes.copied().unwrap_or_default().as_parameters());
                }
                text.push_str("\r\n");
            }
        }
        text
    }
}

impl Wishes {
    const fn as_parameters(self) -> &'static str {
        match (self.stereo, self.silence) {
            (true, true) => ";stereo=1;sprop-stereo=1;usedtx=1",
            (true, false) => ";stereo=1;sprop-stereo=1",
            (false, true) => ";usedtx=1",
            (false, false) => "",
        }
    }
}

/// The lines of a description, from one media line to the next.
fn sections(sdp: &str) -> Vec<Vec<&str>> {
    let mut sections = vec![Vec::new()];
    for line in sdp.split_inclusive('\n') {
        if line.starts_with("m=") {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    sections
}

fn name<'a>(section: &[&'a str]) -> Option<&'a str> {
    section
        .iter()
        .filter(|_| {
            section
                .first()
                .is_some_and(|line| line.starts_with("m=audio"))
        })
        .find_map(|line| line.strip_prefix("a=mid:"))
        .map(str::trim_end)
}

/// How the line with the parameters of Opus begins.
fn parameters(section: &[&str]) -> Option<String> {
    let payload_type = section
        .iter()
        .filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '))
        .find(|(_, encoding)| encoding.to_ascii_lowercase().starts_with("opus/"))
        .map(|(payload_type, _)| payload_type)?;
    Some(format!("a=fmtp:{payload_type} "))
}

fn wishes(section: &[&str]) -> Wishes {
    let parameters = parameters(section).and_then(|opus| {
        let mut lines = section.iter();
        lines.find_map(|line| line.strip_prefix(opus.as_str()))
    });
    let has = |wanted: &str| {
        parameters.is_some_and(|all| all.split(';').any(|parameter| parameter.trim() == wanted))
    };
    Wishes {
        stereo: has("stereo=1") || has("sprop-stereo=1"),
        silence: has("usedtx=1"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Instant;

    use super::*;
    use crate::config::{PeerConfig, Role};
    use crate::peer::PeerConnection;

    const CHROMIUM: &str = include_str!("fixtures/chromium.sdp");

    /// The parameters of Opus in the answer to the fixture whose first line has these more.
    fn answered(more: &str) -> Vec<String> {
        let mut config = PeerConfig::new(Role::Server);
        config.local_addresses = vec![SocketAddr::from(([198, 51, 100, 1], 10_000))];
        let mut server = PeerConnection::new(&config, Instant::now()).unwrap();
        let offer = CHROMIUM.replacen("useinbandfec=1", &format!("useinbandfec=1{more}"), 1);
        let answer = server.accept_offer(Instant::now(), &offer).unwrap().sdp;
        let lines = answer.lines().filter_map(|line| {
            let parameters = line.strip_prefix("a=fmtp:111 ")?;
            Some(parameters.to_owned())
        });
        lines.collect()
    }

    #[test]
    fn a_line_that_wishes_for_stereo_or_silence_gets_it_and_no_other() {
        let plain = answered("");
        assert_eq!(plain.len(), 2);
        for (wished, granted) in [
            (";stereo=1", ";stereo=1;sprop-stereo=1"),
            (";sprop-stereo=1", ";stereo=1;sprop-stereo=1"),
            ("; usedtx=1", ";usedtx=1"),
            (";stereo=1;usedtx=1", ";stereo=1;sprop-stereo=1;usedtx=1"),
            (";stereo=0;usedtx=0", ""),
            (";stereo=11", ""),
        ] {
            let expected = vec![format!("{}{granted}", plain[0]), plain[1].clone()];
            assert_eq!(answered(wished), expected, "{wished}");
        }
    }

    #[test]
    fn any_text_is_granted_without_harm() {
        for text in [
            "",
            "\n",
            "m=audio\na=mid:\na=rtpmap:\na=fmtp:",
            "m=audio\na=mid:0",
        ] {
            SoundWishes::read(text).granted(CHROMIUM);
            SoundWishes::read(CHROMIUM).granted(text);
        }
    }
}
