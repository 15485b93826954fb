//! A place in a text, moved forward by what is read.

#[derive(Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, line: u32) -> Self {
        Self { text, at: 0, line }
    }

    pub(super) fn line(&self) -> u32 {
        self.line
    }

    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        &self.text[start..end]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(super) fn skip(&mut self, length: usize) {
        let passed = &self.text[self.at..self.at + length];
        self.line += passed.bytes().filter(|&byte| byte == b'\n').count() as u32;
        self.at += length;
    }

    pub(super) fn take(&mut self, what: &str) -> bool {
        let is_here = self.rest().starts_with(what);
        if is_here {
            self.skip(what.len());
        }
        is_here
    }

    pub(super) fn take_while(&mut self, mut keeps: impl FnMut(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|it| !keeps(it)).unwrap_or(rest.len());
        self.skip(length);
        &rest[..length]
    }

    /// Blanks on this line.
    pub(super) fn blanks(&mut self) {
        self.take_while(|it| it.is_whitespace() && it != '\n');
    }

    pub(super) fn whitespace(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// What is left of this line; the cursor then stands on its end.
    pub(super) fn rest_of_line(&mut self) -> &'a str {
        self.take_while(|it| it != '\n').trim()
    }

    /// What is left of this statement: to the end of the line, or to a `;` outside quotation marks.
    pub(super) fn rest_of_statement(&mut self) -> &'a str {
        let mut is_quoted = false;
        self.take_while(|it| {
            is_quoted ^= it == '"';
            it != '\n' && (it != ';' || is_quoted)
        })
        .trim()
    }

    /// The text up to `end`, which is passed too, if it comes within `limit` bytes.
    pub(super) fn take_until(&mut self, end: &str, limit: usize) -> Option<&'a str> {
        let rest = self.rest();
        let mut window = rest.len().min(limit);
        while !rest.is_char_boundary(window) {
            window -= 1;
        }
        let length = rest[..window].find(end)?;
        self.skip(length + end.len());
        Some(&rest[..length])
    }
}
