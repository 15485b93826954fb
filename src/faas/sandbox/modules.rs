//! Which file a name in `require` or `import` means, and how ES modules are loaded.
//!
//! Only the function's own files, and what the platform gives: a path never leaves the bundle. CommonJS lives in
//! `assets/faas/globals.js`, on top of [`resolve`].

use std::rc::Rc;
use std::time::Instant;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Error, Exception, Function, Module, Object, Persistent, Result, Value};

use super::natives;
use super::shared::Shared;
use crate::faas::bundle::{Bundle, join};

/// What stands before the name of a module that is no file.
pub(super) const BUILTIN: &str = "coldstart:";

/// Modules that the environment gives; those of Node.js may have `node:` before them.
const BUILTINS: [&str; 15] = [
    "@aws-sdk/client-dynamodb",
    "@aws-sdk/client-s3",
    "@aws-sdk/client-sqs",
    "@aws-sdk/lib-dynamodb",
    "assert",
    "buffer",
    "crypto",
    "events",
    "path",
    "perf_hooks",
    "process",
    "timers",
    "timers/promises",
    "url",
    "util",
];
/// Given when the bundle has no file of that name.
const DATABASE: &str = "db";

/// Modules of Node.js that a sandbox does not give, with the reason.
const REFUSED: [(&[&str], &str); 3] = [
    (&["fs", "fs/promises"], "a function here has no file system; its own files are loaded with `require`"),
    (
        &["http", "https", "net", "tls", "dns", "dgram", "http2"],
        "there is no network here; the stand-ins for the database, S3, SQS and DynamoDB are what can be called",
    ),
    (&["child_process", "worker_threads", "cluster", "vm", "os"], "a function here has no processes and threads"),
];

/// The path, or the built-in, that `specifier` means in the file `base`. The error is a sentence.
pub(super) fn resolve(bundle: &Bundle, base: &str, specifier: &str) -> std::result::Result<String, String> {
    let name = specifier.strip_prefix("node:").unwrap_or(specifier);
    if specifier.starts_with("./") || specifier.starts_with("../") || specifier == "." || specifier == ".." {
        let path = join(base, specifier)
            .ok_or_else(|| format!("Cannot find module '{specifier}': it lies outside the function's folder"))?;
        if let Some(found) = find(bundle, &path) {
            return Ok(found);
        }
        // Wherever it is required from, the exercise's database is `./db`.
        if path.rsplit('/').next().map(|file| file.trim_end_matches(".js")) == Some(DATABASE) {
            return Ok(format!("{BUILTIN}{DATABASE}"));
        }
        let files = bundle.paths().take(12).collect::<Vec<_>>().join(", ");
        return Err(format!("Cannot find module '{specifier}' from {base}; the function's files are {files}"));
    }
    if BUILTINS.contains(&name) {
        return Ok(format!("{BUILTIN}{name}"));
    }
    if let Some((_, why)) = REFUSED.iter().find(|(names, _)| names.contains(&name)) {
        return Err(format!("Cannot load '{specifier}': {why}"));
    }
    Err(format!(
        "Cannot find module '{specifier}' from {base}: packages are not installed here; a function has its own files \
         (`./…`), `./db`, the AWS clients for S3, SQS and DynamoDB, and some of Node's modules"
    ))
}

/// The file that a handler's first part names: `src/users` is `src/users.js`, or with another ending of code.
pub(super) fn entry(bundle: &Bundle, stem: &str) -> Option<String> {
    let path = join("", stem)?;
    ["js", "mjs", "cjs"].iter().map(|ending| format!("{path}.{ending}")).find(|path| bundle.contains(path))
}

fn find(bundle: &Bundle, path: &str) -> Option<String> {
    let index = if path.is_empty() { "index.js".to_owned() } else { format!("{path}/index.js") };
    let tried = [path.to_owned(), format!("{path}.js"), format!("{path}.cjs"), format!("{path}.mjs")];
    tried.into_iter().chain([format!("{path}.json"), index]).find(|path| bundle.contains(path))
}

pub(super) struct Names {
    pub(super) bundle: Rc<Bundle>,
}

impl Resolver for Names {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        resolve(&self.bundle, base, name).map_err(|why| Exception::throw_message(ctx, &why))
    }
}

pub(super) struct Files {
    pub(super) bundle: Rc<Bundle>,
    pub(super) shared: Rc<Shared>,
    /// Loads a CommonJS file or a built-in and gives its exports.
    pub(super) load: Rc<std::cell::RefCell<Option<Persistent<Function<'static>>>>>,
}

impl Loader for Files {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        if !name.starts_with(BUILTIN) && self.bundle.is_es_module(name) {
            return declare(ctx, &self.bundle, &self.shared, name);
        }
        // What is no ES module is run now; an ES module made for it exports what it exports.
        let load = self.load.borrow().clone().ok_or(Error::Unknown)?.restore(ctx)?;
        let exports: Value = load.call((name,))?;
        let names = exports.as_object().map(exported_names).unwrap_or_default();
        let mut text = String::from("const it = import.meta.exports;\nexport default it;\n");
        for name in names {
            text.extend(["export const ", &name, " = it.", &name, ";\n"]);
        }
        let module = Module::declare(ctx.clone(), name, text)?;
        module.meta()?.set("exports", exports)?;
        Ok(module)
    }
}

/// Compiles an ES module of the bundle.
pub(super) fn declare<'js>(
    ctx: &Ctx<'js>,
    bundle: &Bundle,
    shared: &Shared,
    path: &str,
) -> Result<Module<'js, Declared>> {
    let text = natives::read(ctx, bundle, path)?;
    let started = Instant::now();
    let module = Module::declare(ctx.clone(), path, text);
    shared.load_ms.set(shared.load_ms.get() + started.elapsed().as_secs_f64() * 1000.0);
    module
}

/// The names of an object that can be names in a module.
fn exported_names(object: &Object<'_>) -> Vec<String> {
    let is_name = |name: &String| {
        let mut letters = name.chars();
        let first = letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '$');
        first
            && letters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
            && !RESERVED.contains(&name.as_str())
    };
    object.keys::<String>().flatten().filter(is_name).collect()
}

const RESERVED: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "it",
    "let",
    "new",
    "null",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_files_of_the_bundle_and_nowhere_else() {
        let bundle = Bundle::of("index.js", "").with("lib/a.js", "").with("lib/index.js", "").with("data.json", "{}");
        for (base, specifier, found) in [
            ("index.js", "./lib/a", Ok("lib/a.js")),
            ("lib/a.js", "../index.js", Ok("index.js")),
            ("lib/a.js", "./a.js", Ok("lib/a.js")),
            ("index.js", "./lib", Ok("lib/index.js")),
            ("lib/a.js", "..", Ok("index.js")),
            ("index.js", "./data", Ok("data.json")),
            ("index.js", "./db", Ok("coldstart:db")),
            ("lib/a.js", "../db.js", Ok("coldstart:db")),
            ("index.js", "node:crypto", Ok("coldstart:crypto")),
            ("index.js", "../../etc/passwd", Err("outside")),
            ("index.js", "/etc/passwd", Err("packages are not installed")),
            ("index.js", "node:fs", Err("no file system")),
            ("index.js", "https", Err("no network")),
            ("index.js", "./nothing", Err("the function's files are")),
        ] {
            match (resolve(&bundle, base, specifier), found) {
                (Ok(path), Ok(expected)) => assert_eq!(path, expected, "{base}: {specifier}"),
                (Err(said), Err(expected)) => assert!(said.contains(expected), "{base}: {specifier}: {said}"),
                (got, _) => panic!("{base}: {specifier}: {got:?}"),
            }
        }
        assert_eq!(entry(&bundle, "lib/a").as_deref(), Some("lib/a.js"));
        assert_eq!(entry(&bundle, "../index"), None);
    }
}
