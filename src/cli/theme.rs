//! Which theme: `--theme`, else `theme = "…"` in the settings, else the one for the terminal's ground.
//!
//! A theme is a file `themes/NAME.toml` in the learner's folder of settings, or one that comes with the program.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::output::{remark, theme};
use super::{CliError, Colour};
use crate::content;
use crate::course::nearest_hint;
use crate::tui::Theme;
use crate::tui::theme::{Looks, shipped, shipped_names};

/// The name that means: the one for the terminal's ground.
const AUTO: &str = "auto";

/// The theme for this terminal. A name on the command line must be that of a theme; what is wrong with the learner's
/// settings is said, and stops nothing.
pub(super) fn chosen(colour: Colour, named: Option<&str>) -> Result<Theme, CliError> {
    let mut theme = theme(colour);
    let folder = settings_folder();
    let settings = folder.as_deref().map(settings).unwrap_or_default();
    if settings.hyperlinks == Some(false) {
        theme.hyperlinks = false;
    }
    if let Some(name) = named {
        theme.looks = find(name, folder.as_deref()).map_err(CliError::Input)?;
    } else if let Some(name) = settings.theme {
        match find(&name, folder.as_deref()) {
            Ok(looks) => theme.looks = looks,
            Err(why) => remark(&why),
        }
    }
    Ok(theme)
}

/// `$XDG_CONFIG_HOME/coldstart` or what the platform uses.
fn settings_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join("coldstart"))
}

/// What `config.toml` says of how things look.
#[derive(Debug, Default)]
struct Settings {
    theme: Option<String>,
    hyperlinks: Option<bool>,
}

fn settings(folder: &Path) -> Settings {
    let path = folder.join("config.toml");
    if !path.exists() {
        return Settings::default();
    }
    let read = content::read_text(&path)
        .map_err(|error| error.to_string())
        .and_then(|read| read.text.parse::<toml::Table>().map_err(|error| error.to_string()));
    let table = match read {
        Ok(table) => table,
        Err(why) => {
            remark(&format!("{}: {}", path.display(), why.trim_end()));
            return Settings::default();
        }
    };
    let of = |name: &str, wanted: &str, is_right: &dyn Fn(&toml::Value) -> bool| {
        let value = table.get(name)?;
        if !is_right(value) {
            remark(&format!("{}: `{name}` is {wanted}", path.display()));
        }
        Some(value)
    };
    Settings {
        theme: of("theme", "the name of a theme, in quotes", &toml::Value::is_str)
            .and_then(|value| value.as_str().map(str::to_owned)),
        hyperlinks: of("hyperlinks", "true or false", &toml::Value::is_bool).and_then(toml::Value::as_bool),
    }
}

/// `None` where the name leaves the choice to us.
fn find(name: &str, folder: Option<&Path>) -> Result<Option<Arc<Looks>>, String> {
    if name == AUTO {
        return Ok(None);
    }
    let themes = folder.map(|folder| folder.join("themes"));
    if let Some(path) = themes.as_ref().map(|themes| themes.join(format!("{name}.toml"))).filter(|path| path.is_file())
    {
        let said = |why: String| format!("{}: {}", path.display(), why.trim_end());
        let read = content::read_text(&path).map_err(|error| said(error.to_string()))?;
        let (looks, slips) = Looks::parse(&read.text).map_err(said)?;
        for slip in slips {
            remark(&format!("{}: {slip}", path.display()));
        }
        return Ok(Some(Arc::new(looks)));
    }
    if let Some(looks) = shipped(name) {
        return Ok(Some(looks));
    }
    let own = themes.map_or_else(String::new, |themes| format!("; your own are read from {}", themes.display()));
    let near = nearest_hint(name, shipped_names());
    let names = shipped_names().collect::<Vec<_>>().join(", ");
    Err(format!("there is no theme `{name}`{near}; the program brings {names}, and `auto` takes what fits{own}"))
}
