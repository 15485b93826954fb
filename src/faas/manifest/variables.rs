//! `${self:…}`, `${env:…}` and their kin: what stands for a value, resolved where it can be.
//!
//! Resolved here: `self`, `env`, `opt` (the stage only), `sls:stage`, `param` from the file. Others (`ssm`, `cf`,
//! `file`, `aws`) live outside and are kept as written, with a remark.

use super::Slips;
use super::tree::{At, Node};

/// A value may lead to a value that leads to a value; a circle does so for ever.
const MAX_STEPS: usize = 200;
const MAX_LETTERS: usize = 64 * 1024;

pub(super) struct Variables<'a> {
    pub(super) root: &'a Node,
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
    pub(super) stage: String,
}

impl Variables<'_> {
    /// `text` with its variables replaced. What cannot be replaced stays, and is told.
    pub(super) fn resolve(&self, text: &str, at: At, slips: &mut Slips) -> String {
        let mut text = text.to_owned();
        let mut kept_from = 0;
        for _ in 0..MAX_STEPS {
            // The innermost one first: `${self:custom.${opt:stage}.size}`.
            let Some((start, end)) = innermost(&text, kept_from) else { return text };
            let inside = text[start + 2..end - 1].to_owned();
            match self.value(&inside) {
                Ok(value) if text.len() + value.len() > MAX_LETTERS => {
                    slips.at(at, "this value grows beyond 64 KB when its variables are put in");
                    return String::new();
                }
                Ok(value) => text.replace_range(start..end, &value),
                Err(why) => {
                    if let Some(message) = why {
                        slips.at(at, message);
                    }
                    kept_from = end;
                }
            }
        }
        slips.at(at, format!("`{text}` leads to itself: no value comes of it"));
        text
    }

    /// The value of what stands inside `${…}`: the first of the alternatives that has one. The error is what to say;
    /// `None` when it is no mistake, and only the cloud knows.
    fn value(&self, inside: &str) -> Result<String, Option<String>> {
        let mut first_error = None;
        for (n, alternative) in split_alternatives(inside).into_iter().enumerate() {
            match self.one(alternative.trim(), n > 0) {
                Ok(value) => return Ok(value),
                Err(why) => first_error = first_error.or(Some(why)),
            }
        }
        Err(first_error.flatten())
    }

    fn one(&self, source: &str, is_fallback: bool) -> Result<String, Option<String>> {
        let quoted = ['\'', '"'].iter().find_map(|mark| source.strip_prefix(*mark)?.strip_suffix(*mark));
        if let Some(literal) = quoted {
            return Ok(literal.to_owned());
        }
        let (kind, name) = source.split_once(':').unwrap_or((source, ""));
        match kind {
            "self" => {
                let found = name.split('.').filter(|part| !part.is_empty()).try_fold(self.root, |node, part| {
                    node.get(part).or_else(|| node.items().get(part.parse::<usize>().ok()?))
                });
                match found {
                    Some(node) => node
                        .scalar()
                        .ok_or_else(|| Some(format!("`${{{source}}}` is {}, where one value is needed", node.kind()))),
                    // The stage has a value when nothing is said.
                    None if name == "provider.stage" => Ok(self.stage.clone()),
                    None => Err(Some(format!("`${{{source}}}` is not in this file{}", self.nearest(name)))),
                }
            }
            "env" => (self.environment)(name).ok_or_else(|| {
                Some(format!("the environment variable `{name}` is not set; `${{env:{name}, 'x'}}` gives it a value"))
            }),
            "opt" | "sls" if name == "stage" => Ok(self.stage.clone()),
            "opt" => Err(Some(format!("`${{{source}}}` is an option that was not given"))),
            "sls" if name == "instanceId" => Ok("local".to_owned()),
            "param" => {
                let params = self.root.get("params");
                let of_stage = |stage: &str| params?.get(stage)?.get(name)?.scalar();
                let found = of_stage(&self.stage).or_else(|| of_stage("default"));
                found.ok_or_else(|| Some(format!("`${{{source}}}` is not among the `params`")))
            }
            "ssm" | "cf" | "s3" | "aws" | "file" | "git" | "terraform" | "vault" | "doppler" => Err(None),
            _ if kind.starts_with("file(") || kind.starts_with("cf(") || kind.starts_with("ssm(") => Err(None),
            // `${AWS::Region}` is CloudFormation's, and not of this file.
            "AWS" => Err(None),
            _ if is_fallback && !source.is_empty() && !source.contains(':') => Ok(source.to_owned()),
            _ => Err(Some(format!(
                "`${{{source}}}` has no source; known are self, env, opt, sls, param, file, ssm, cf, s3"
            ))),
        }
    }

    fn nearest(&self, name: &str) -> String {
        let (parent, last) = name.rsplit_once('.').unwrap_or(("", name));
        let holder = parent.split('.').filter(|part| !part.is_empty()).try_fold(self.root, |node, part| node.get(part));
        let keys = holder.map(Node::entries).unwrap_or_default().iter().map(|(key, _)| key.name.as_str());
        super::nearest(last, keys)
    }
}

/// The first `${…}` from `from` on that holds no other.
fn innermost(text: &str, from: usize) -> Option<(usize, usize)> {
    let first = from + text[from..].find("${")?;
    let end = first + text[first..].find('}')?;
    let start = first + text[first..end].rfind("${")?;
    Some((start, end + 1))
}

/// Parts between commas that are not in quotes.
fn split_alternatives(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quote) = (0, None);
    for (at, letter) in text.char_indices() {
        match (letter, quote) {
            (',', None) => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            ('\'' | '"', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
