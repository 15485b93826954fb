//! An address to the learner's browser, where there is one.
//!
//! Absent: browsers that need this terminal. Over ssh a window would open on the wrong machine, or nowhere.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// Starts the browser with `address`; `None` where none can show itself.
pub(super) fn open(address: &str) -> Option<Child> {
    let program = program(|name| std::env::var(name).ok())?;
    Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A Ctrl-C here must not end it.
        .process_group(0)
        .spawn()
        .ok()
}

/// What opens an address in a window, as the environment says.
fn program(get: impl Fn(&str) -> Option<String>) -> Option<String> {
    let is_set = |name: &str| get(name).is_some_and(|value| !value.is_empty());
    if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        return None;
    }
    if cfg!(target_os = "macos") {
        return Some("open".to_owned());
    }
    let has_windows = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    has_windows.then(|| get("BROWSER").filter(|it| !it.is_empty()).unwrap_or_else(|| "xdg-open".to_owned()))
}

#[cfg(all(test, not(target_os = "macos")))]
mod tests {
    use super::program;

    #[test]
    fn a_browser_is_where_windows_are() {
        let check = |set: &[(&str, &str)], wanted: Option<&str>| {
            let get = |name: &str| set.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(program(get).as_deref(), wanted, "{set:?}");
        };
        check(&[], None);
        check(&[("BROWSER", "firefox")], None);
        check(&[("DISPLAY", ":0")], Some("xdg-open"));
        check(&[("WAYLAND_DISPLAY", "wayland-0"), ("BROWSER", "firefox")], Some("firefox"));
        check(&[("DISPLAY", "localhost:10.0"), ("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")], None);
    }
}
