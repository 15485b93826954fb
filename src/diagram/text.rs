//! Labels: what an author wrote made plain, and wrapped to a width.
//!
//! In comes text with HTML, entities, Markdown or icons; out come lines of words. Widths are columns of a terminal.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// A label without its markup. Line breaks, however written, become `\n`.
pub(super) fn plain(label: &str) -> String {
    let label = label.trim();
    let is_markdown = label.len() >= 2 && label.starts_with('`') && label.ends_with('`');
    let label = if is_markdown { &label[1..label.len() - 1] } else { label };
    let mut text = String::with_capacity(label.len());
    let mut rest = label;
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '<' => tag(rest, &mut text),
            '&' => entity(&rest[1..], &mut text).map(|length| length + 1),
            '#' => entity(&rest[1..], &mut text).map(|length| length + 1),
            '\\' if rest.starts_with("\\n") => {
                text.push('\n');
                Some(2)
            }
            '*' if is_markdown => Some(1),
            '_' if is_markdown && rest.starts_with("__") => Some(2),
            'f' if text.is_empty() || text.ends_with(char::is_whitespace) => icon(rest),
            _ => None,
        };
        let taken = taken.unwrap_or_else(|| {
            // Control characters have no width and no place in a drawing.
            if next == '\n' || !next.is_control() {
                text.push(next);
            } else if next == '\t' {
                text.push(' ');
            }
            next.len_utf8()
        });
        rest = &rest[taken..];
    }
    let lines: Vec<String> =
        text.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// The length of the HTML tag `text` begins with, a line break noted in `out`.
fn tag(text: &str, out: &mut String) -> Option<usize> {
    let name = text[1..].trim_start_matches('/');
    let name_length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let name = name[..name_length].to_ascii_lowercase();
    let end = text.bytes().take(300).position(|byte| byte == b'>')?;
    let known = matches!(
        name.as_str(),
        "br" | "b"
            | "i"
            | "u"
            | "s"
            | "em"
            | "strong"
            | "small"
            | "sub"
            | "sup"
            | "code"
            | "span"
            | "div"
            | "p"
            | "a"
            | "font"
            | "center"
            | "hr"
            | "img"
            | "li"
            | "ul"
            | "ol"
            | "pre"
            | "big"
            | "tt"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
    );
    if !known {
        return None;
    }
    let ends_block = matches!(name.as_str(), "hr" | "p" | "div" | "li") && !out.ends_with('\n');
    if ends_block || name == "br" {
        out.push('\n');
    }
    Some(end + 1)
}

/// The length of the entity `text` begins with (after its `&` or `#`), its meaning added to `out`.
fn entity(text: &str, out: &mut String) -> Option<usize> {
    let digits = text.strip_prefix('#').map_or(0, |it| it.bytes().take(7).take_while(u8::is_ascii_digit).count());
    // A number ends where its digits do, with its semicolon or without, as in browsers.
    let (end, length) = if digits > 0 {
        (digits + 1, digits + 1 + usize::from(text[digits + 1..].starts_with(';')))
    } else {
        let end = text.bytes().take(12).position(|byte| byte == b';')?;
        (end, end + 1)
    };
    let name = &text[..end];
    let number = |digits: &str| -> Option<char> {
        let code = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => digits.parse().ok()?,
        };
        char::from_u32(code).filter(|it| !it.is_control())
    };
    let meaning = match name {
        "quot" => '"',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "nbsp" => ' ',
        "semi" => ';',
        "colon" => ':',
        "hash" | "num" => '#',
        "lpar" => '(',
        "rpar" => ')',
        "lbrace" | "lcub" => '{',
        "rbrace" | "rcub" => '}',
        "lbrack" | "lsqb" => '[',
        "rbrack" | "rsqb" => ']',
        "rarr" => '→',
        "larr" => '←',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "times" => '×',
        "check" => '✓',
        "infin" => '∞',
        _ => number(name.strip_prefix('#').unwrap_or(name))?,
    };
    out.push(meaning);
    Some(length)
}

/// The length of a reference to an icon font, `fa:fa-car`, which a terminal cannot show.
fn icon(text: &str) -> Option<usize> {
    let (set, name) = text.split_at_checked(text.find(':')?)?;
    if !matches!(set, "fa" | "fab" | "fas" | "far" | "fal" | "fad") {
        return None;
    }
    let name = name[1..].strip_prefix("fa-")?;
    let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
    Some(set.len() + 4 + length)
}

pub(super) fn width(text: &str) -> usize {
    // Cluster by cluster, as the cells are filled, so that both always agree.
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// Lines of at most `width_cols`, where the words allow it, and about equally long.
///
/// A word is broken only when `breaks_words` says so.
pub(super) fn wrap(text: &str, width_cols: usize, breaks_words: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let pieces = pieces(paragraph, width_cols, breaks_words);
        let filled = fill(&pieces, width_cols);
        if filled.len() <= 1 {
            lines.extend(filled);
            continue;
        }
        // The narrowest measure that needs no more lines makes the block even.
        let (mut low, mut high) = (1, width_cols);
        while low < high {
            let middle = low.midpoint(high);
            if fill(&pieces, middle).len() <= filled.len() {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        lines.extend(fill(&pieces, high));
    }
    lines
}

/// No screen is this wide: a longer word is broken in any case.
const LONGEST_WORD_COLS: usize = 160;

struct Piece<'a> {
    text: &'a str,
    width_cols: usize,
    /// Whether a blank stands before it.
    is_apart: bool,
}

/// The parts between which a line may end: words, single wide characters, and the parts of a word that is too long.
fn pieces(line: &str, width_cols: usize, breaks_words: bool) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let mut start = 0;
        let mut is_apart = true;
        let mut used = 0;
        let cols = width(word);
        let is_long = breaks_words && cols > width_cols || cols > LONGEST_WORD_COLS;
        let width_cols = if breaks_words { width_cols } else { LONGEST_WORD_COLS };
        for (at, cluster) in word.grapheme_indices(true) {
            let cluster_width = width(cluster);
            // Chinese and Japanese have no blanks: a line may end after any of their characters, but not before a stop.
            let wide_break = cluster_width == 2 && at > start && !is_stop(cluster) && !cluster.chars().any(is_hangul);
            let long_break =
                is_long && at > start && (used + cluster_width > width_cols || ends_part(&word[start..at]));
            if wide_break || long_break {
                pieces.push(Piece { text: &word[start..at], width_cols: used, is_apart });
                (start, used, is_apart) = (at, 0, false);
            }
            used += cluster_width;
        }
        pieces.push(Piece { text: &word[start..], width_cols: used, is_apart });
    }
    pieces
}

fn is_stop(cluster: &str) -> bool {
    matches!(cluster, "、" | "。" | "，" | "．" | "：" | "；" | "！" | "？" | "）" | "」" | "』" | "】" | "》" | "ー")
}

fn is_hangul(it: char) -> bool {
    matches!(it, '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}')
}

fn ends_part(text: &str) -> bool {
    text.ends_with(['/', '-', '_', '.', ':', ',', '&', '=', '?', '@', '+', '(', ')'])
}

fn fill(pieces: &[Piece<'_>], width_cols: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces {
        let gap = usize::from(piece.is_apart && used > 0);
        if used > 0 && used + gap + piece.width_cols > width_cols {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if gap == 1 {
            line.push(' ');
            used += 1;
        }
        line.push_str(piece.text);
        used += piece.width_cols;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::{plain, width, wrap};

    #[test]
    fn markup_becomes_plain_text() {
        let cases = [
            ("a<br>b<br/>c", "a\nb\nc"),
            ("`**bold** and __loud__`", "bold and loud"),
            ("#quot;x#quot; &amp; y #35;1", "\"x\" & y #1"),
            ("fa:fa-car Car", "Car"),
            ("List<String> <b>x</b>", "List<String> x"),
            ("tab\there\\nnext", "tab here\nnext"),
            ("a & b # c", "a & b # c"),
            ("&#40x&#41 &#9829;", "(x) ♥"),
        ];
        for (written, read) in cases {
            assert_eq!(plain(written), read, "{written}");
        }
    }

    #[test]
    fn lines_are_even_and_words_stay_whole() {
        assert_eq!(wrap("Function: generate thumbnail", 20, false), ["Function: generate", "thumbnail"]);
        assert_eq!(wrap("one two three four", 10, false), ["one two", "three four"]);
        assert_eq!(wrap("averyverylongword", 5, false), ["averyverylongword"]);
        assert_eq!(wrap("path/to/file", 6, true), ["path/", "to/", "file"]);
        assert_eq!(wrap("用户上传图片", 6, false), ["用户上", "传图片"]);
        assert_eq!(width("✉️ 👩‍💻"), 5);
    }
}
