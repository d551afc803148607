//! Rust source with everything blanked that is not shipped code: comments, literals, test modules.
//!
//! Blanked characters become spaces and line ends stay, so a line number found in the result is the line number of the
//! file. This is a scanner, not a parser: it knows as much of the lexical grammar as it takes to skip what is no code.

/// The code of a file without its comments, literals and `#[cfg(test)]` items.
pub(super) fn shipped_code(text: &str) -> String {
    without_test_items(&without_comments_and_literals(text))
}

/// The lines of `code` that mention `word` as a whole word, counted from one.
pub(super) fn lines_mentioning<'a>(
    code: &'a str,
    word: &'a str,
) -> impl Iterator<Item = usize> + 'a {
    code.lines()
        .enumerate()
        .filter(move |(_, line)| mentions(line, word))
        .map(|(index, _)| index + 1)
}

/// Whether `word` stands in `line` with no identifier character glued to either end.
pub(super) fn mentions(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let open_start = !word.starts_with(is_identifier) || !before.is_some_and(is_identifier);
        let open_end = !word.ends_with(is_identifier) || !after.is_some_and(is_identifier);
        open_start && open_end
    })
}

fn is_identifier(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn without_comments_and_literals(text: &str) -> String {
    let source: Vec<char> = text.chars().collect();
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    while at < source.len() {
        let end = skipped_until(&source, at);
        if end > at {
            result.extend(source[at..end].iter().map(|&c| blank(c)));
            at = end;
        } else {
            result.push(source[at]);
            at += 1;
        }
    }
    result
}

fn blank(character: char) -> char {
    if character == '\n' { '\n' } else { ' ' }
}

/// Where the comment or literal that starts at `at` ends; `at` itself when none starts there.
fn skipped_until(source: &[char], at: usize) -> usize {
    let next = source.get(at + 1).copied();
    match source[at] {
        '/' if next == Some('/') => {
            find(source, at, |rest| rest[0] == '\n').unwrap_or(source.len())
        }
        '/' if next == Some('*') => block_comment_end(source, at),
        '"' => string_end(source, at),
        '\'' => character_end(source, at),
        'r' if !follows_identifier(source, at) => raw_string_end(source, at),
        _ => at,
    }
}

/// `r` starts a raw string also behind the `b` or `c` of a byte or C string.
fn follows_identifier(source: &[char], at: usize) -> bool {
    let prefix = usize::from(at > 0 && matches!(source[at - 1], 'b' | 'c'));
    at > prefix && is_identifier(source[at - prefix - 1])
}

fn find(source: &[char], from: usize, found: impl Fn(&[char]) -> bool) -> Option<usize> {
    (from..source.len()).find(|&at| found(&source[at..]))
}

fn block_comment_end(source: &[char], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < source.len() {
        match &source[at..] {
            ['/', '*', ..] => depth += 1,
            ['*', '/', ..] => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    source.len()
}

fn string_end(source: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < source.len() {
        match source[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    source.len()
}

fn raw_string_end(source: &[char], start: usize) -> usize {
    let hashes = source[start + 1..]
        .iter()
        .take_while(|&&c| c == '#')
        .count();
    let open = start + 1 + hashes;
    if source.get(open) != Some(&'"') {
        return start;
    }
    let closes = |rest: &[char]| {
        rest[0] == '"' && rest.len() > hashes && rest[1..=hashes].iter().all(|&c| c == '#')
    };
    find(source, open + 1, closes).map_or(source.len(), |end| end + 1 + hashes)
}

/// Tells a character literal from a lifetime: a literal is escaped or closes after one character.
fn character_end(source: &[char], start: usize) -> usize {
    match &source[start..] {
        ['\'', '\\', _, ..] => {
            find(source, start + 3, |rest| rest[0] == '\'').map_or(source.len(), |end| end + 1)
        }
        ['\'', _, '\'', ..] => start + 3,
        _ => start,
    }
}

/// Blanks every item behind `#[cfg(test)]`. The text must hold no comments and literals any more, or a brace in one
/// would end the item early.
fn without_test_items(code: &str) -> String {
    let mut result = code.to_owned();
    for marker in ["#[cfg(test)]", "#[cfg(all(test,"] {
        while let Some(start) = result.find(marker) {
            let end = item_end(&result, start + marker.len());
            let blanked: String = result[start..end].chars().map(blank).collect();
            result.replace_range(start..end, &blanked);
        }
    }
    result
}

/// The end of the item that starts at `from`: its closing brace, or a `;` outside all braces.
fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, character) in code[from..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return from + offset + 1;
                }
            }
            ';' if depth == 0 => return from + offset + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        let code = shipped_code("let a = \"tokio\"; // tokio\n/* tokio /* nested */ tokio */ b\n");
        assert_eq!(code.lines().count(), 2);
        assert!(!code.contains("tokio"));
        assert!(
            code.contains("let a =")
                && code.lines().nth(1).is_some_and(|line| line.ends_with(" b"))
        );
    }

    #[test]
    fn raw_strings_end_at_their_own_hashes() {
        let code =
            shipped_code("let a = r#\"say \"tokio\" \"#; let b = br\"tokio\"; tokio_is_here()");
        assert!(code.contains("tokio_is_here"));
        assert_eq!(code.matches("tokio").count(), 1);
    }

    #[test]
    fn escaped_quotes_do_not_end_a_string() {
        assert!(!shipped_code(r#"let a = "\"tokio"; "#).contains("tokio"));
    }

    #[test]
    fn lifetimes_are_not_character_literals() {
        let code =
            shipped_code("fn f<'a>(x: &'a str) -> char { let q = '\"'; let e = '\\''; tokio() }");
        assert!(code.contains("tokio()"), "{code}");
    }

    #[test]
    fn identifiers_that_end_in_r_do_not_start_raw_strings() {
        assert!(shipped_code("for x in iter\n\"text\" tokio").contains("tokio"));
    }

    #[test]
    fn test_modules_are_blanked_and_what_follows_stays() {
        let code =
            shipped_code("#[cfg(test)]\nmod tests { fn f() { tokio::spawn() } }\nfn after() {}\n");
        assert!(!code.contains("tokio"));
        assert!(code.contains("fn after"));
        let declared = shipped_code("#[cfg(test)]\nmod tests;\nuse tokio::net;\n");
        assert_eq!(
            lines_mentioning(&declared, "tokio").collect::<Vec<_>>(),
            [3]
        );
    }

    #[test]
    fn words_are_whole() {
        assert!(mentions("use tokio::net;", "tokio"));
        assert!(!mentions("use my_tokio::net;", "tokio"));
        assert!(!mentions("tokio_util", "tokio"));
        assert!(mentions("start.elapsed()", ".elapsed()"));
    }
}
