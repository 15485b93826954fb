//! Source code to tokens, by the grammars of syntect and two-face. Nothing else here knows of them.
//!
//! Absent: colours, and any wish to be exact. A language without a grammar is plain.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

use super::role::Token;

/// For each line of the source, its pieces in order: how many bytes, and what they are. Bytes after the last piece
/// are plain.
pub type Tokens = Vec<Vec<(usize, Token)>>;

/// A line longer than this was written by a machine: not worth the seconds that some grammars take for it.
const LONGEST_LINE_BYTES: usize = 2_000;

/// A bit of everything: it makes any grammar compile its expressions.
const SPECIMEN: &str = "const a = { \"b\": [1, true, 'c'] }; // d\nkey: value # e\n";

static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// What scopes mean, by their beginning. The innermost scope that says something decides.
static MEANINGS: LazyLock<Vec<(Scope, Token)>> = LazyLock::new(|| {
    [
        ("comment", Token::Comment),
        ("string", Token::Text),
        ("punctuation.definition.string", Token::Text),
        ("punctuation.definition.comment", Token::Comment),
        ("constant.numeric", Token::Number),
        ("constant.character", Token::Text),
        ("constant", Token::Number),
        ("entity.name.function", Token::Function),
        ("support.function", Token::Function),
        ("variable.function", Token::Function),
        ("entity.name.tag", Token::Keyword),
        ("entity.name", Token::Type),
        ("entity.other", Token::Type),
        ("support", Token::Type),
        ("storage.type.function.arrow", Token::Punctuation),
        ("storage", Token::Keyword),
        ("keyword.operator.word", Token::Keyword),
        ("keyword.operator", Token::Punctuation),
        ("keyword", Token::Keyword),
        ("variable.language", Token::Keyword),
        ("variable", Token::Name),
        ("punctuation", Token::Punctuation),
        ("invalid", Token::Invalid),
    ]
    .into_iter()
    .filter_map(|(name, token)| Some((Scope::new(name).ok()?, token)))
    .collect()
});

/// Loads the grammars of `languages` and what they need, so that the first code block that is shown does not wait.
pub fn warm_up(languages: &[&str]) {
    for language in languages {
        highlight(language, SPECIMEN, usize::MAX);
    }
}

/// The tokens of the lines that begin within the first `most_bytes` of `source`. An unknown language has none.
pub fn highlight(language: &str, source: &str, most_bytes: usize) -> Tokens {
    // Looking for no language would load the grammars.
    if language.is_empty() {
        return Tokens::new();
    }
    let Some(grammar) = GRAMMARS.find_syntax_by_token(grammar_name(language)) else { return Tokens::new() };
    let mut state = ParseState::new(grammar);
    let mut scopes = ScopeStack::new();
    let mut tokens = Tokens::new();
    let mut bytes = 0;
    for line in source.split_inclusive('\n') {
        if bytes >= most_bytes {
            break;
        }
        bytes += line.len();
        let mut pieces: Vec<(usize, Token)> = Vec::new();
        if line.len() <= LONGEST_LINE_BYTES
            && let Ok(changes) = state.parse_line(line, &GRAMMARS)
        {
            let mut at = 0;
            for (offset, change) in changes {
                grow(&mut pieces, offset - at, &scopes);
                at = offset;
                if scopes.apply(&change).is_err() {
                    return tokens;
                }
            }
            grow(&mut pieces, line.len() - at, &scopes);
        }
        tokens.push(pieces);
    }
    tokens
}

fn grow(pieces: &mut Vec<(usize, Token)>, bytes: usize, scopes: &ScopeStack) {
    if bytes == 0 {
        return;
    }
    let token = meaning(scopes);
    match pieces.last_mut() {
        Some((before, last)) if *last == token => *before += bytes,
        _ => pieces.push((bytes, token)),
    }
}

fn meaning(scopes: &ScopeStack) -> Token {
    let said = |scope: &Scope| MEANINGS.iter().find(|(begin, _)| begin.is_prefix_of(*scope)).map(|(_, token)| *token);
    scopes.as_slice().iter().rev().find_map(said).unwrap_or(Token::Plain)
}

/// What the grammars call a language that people write otherwise.
fn grammar_name(language: &str) -> &str {
    match language {
        "shell" | "console" | "shell-session" | "zsh" => "sh",
        "node" | "mjs" | "cjs" | "jsx" => "js",
        "jsonc" | "json5" => "json",
        "docker" => "dockerfile",
        "golang" => "go",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::highlight;
    use crate::markdown::Token;

    fn check(language: &str, source: &str, piece: &str, wanted: Token) {
        let tokens = highlight(language, source, usize::MAX);
        let mut at = 0;
        let found = tokens[0].iter().find(|(bytes, _)| {
            at += bytes;
            at > source.find(piece).expect("the piece is in the source")
        });
        assert_eq!(found.map(|(_, token)| *token), Some(wanted), "{piece} in {language}: {tokens:?}");
    }

    #[test]
    fn the_languages_of_the_course_are_known() {
        check("js", "const a = 1; // why\n", "const", Token::Keyword);
        check("javascript", "const a = 1; // why\n", "1", Token::Number);
        check("node", "const a = 1; // why\n", "// why", Token::Comment);
        check("ts", "let a: string = 'x';\n", "'x'", Token::Text);
        check("yaml", "service: shop # why\n", "# why", Token::Comment);
        check("json", "{\"a\": true}\n", "true", Token::Number);
        check("toml", "a = \"b\"\n", "\"b\"", Token::Text);
        check("sh", "echo \"hi\"\n", "\"hi\"", Token::Text);
        check("shell", "echo \"hi\"\n", "\"hi\"", Token::Text);
        check("Dockerfile", "FROM node\n", "FROM", Token::Keyword);
    }

    #[test]
    fn an_unknown_language_is_plain() {
        assert!(highlight("klingon", "nuqneH\n", usize::MAX).is_empty());
    }

    #[test]
    fn only_so_many_bytes_are_coloured() {
        assert_eq!(highlight("js", &"let a;\n".repeat(10), 15).len(), 3);
    }

    #[test]
    fn pieces_cover_every_byte_of_a_line() {
        let source = "async function f() { return `${\"ünï\"}` }\n\n/* open\nstill */ x\n";
        for (line, pieces) in source.split_inclusive('\n').zip(highlight("js", source, usize::MAX)) {
            assert_eq!(pieces.iter().map(|(bytes, _)| bytes).sum::<usize>(), line.len());
        }
    }
}
