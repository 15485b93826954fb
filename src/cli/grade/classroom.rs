//! A step of a GitHub workflow: what the next step, GitHub Classroom's reporter, reads.

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::Value;

use super::super::CliError;

/// Appends `result` to the step's outputs, when this is a step: the workflow names the file in `GITHUB_OUTPUT`.
pub(super) fn hand_over(result: &Value) -> Result<(), CliError> {
    let Some(path) = std::env::var_os("GITHUB_OUTPUT").filter(|path| !path.is_empty()) else { return Ok(()) };
    let line = format!("result={}\n", base64(result.to_string().as_bytes()));
    let written =
        OpenOptions::new().append(true).create(true).open(&path).and_then(|mut file| file.write_all(line.as_bytes()));
    written.map_err(|error| {
        let path = path.to_string_lossy();
        CliError::Input(format!(
            "cannot write the step's output to {path}: {error}; unset GITHUB_OUTPUT outside a workflow"
        ))
    })
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * place)) as usize & 0x3f];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_are_written_as_the_rfc_says() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
