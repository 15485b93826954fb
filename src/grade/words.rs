//! English word by word: what class a word is of, its normal form, its long form.
//!
//! Small tables and rules, no dictionary. A word that stands in no table is a content word.

use std::sync::LazyLock;

use compact_str::{CompactString, format_compact};

use super::hashing::WordMap;

/// What a word does in a sentence. A word may do several things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Class(u16);

impl Class {
    /// Carries grammar rather than matter.
    pub(super) const FUNCTION: Self = Self(1);
    /// Turns what follows into its opposite.
    pub(super) const NEGATOR: Self = Self(1 << 1);
    /// Begins a new thought, where the reach of a negator ends.
    pub(super) const STOP: Self = Self(1 << 2);
    pub(super) const DETERMINER: Self = Self(1 << 3);
    pub(super) const PREPOSITION: Self = Self(1 << 4);
    pub(super) const CONJUNCTION: Self = Self(1 << 5);
    pub(super) const AUXILIARY: Self = Self(1 << 6);
    pub(super) const PRONOUN: Self = Self(1 << 7);
    /// Opens a question when it opens the sentence.
    pub(super) const ASKING: Self = Self(1 << 8);

    /// A word of grammar that nevertheless says what matters: how often, how much, in which order.
    pub(super) const TELLING: Self = Self(1 << 9);

    /// Holds a sentence together and falls out of a list of keywords first.
    pub(super) const GLUE: Self = Self(1 << 10);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const CLASSES: &[(Class, &str)] = &[
    (
        Class::DETERMINER,
        "the a an this these those each every any some all both its their our your my his her no such another either",
    ),
    (
        Class::PREPOSITION,
        "of in on at by for with from to into onto over under between through during after before about against within \
         without outside inside per via upon across toward towards than as until till since despite unlike like instead \
         besides beyond among around behind below above near off out up down",
    ),
    (Class::CONJUNCTION, "and or but nor yet"),
    (
        Class::AUXILIARY,
        "is are was were be been being am do does did done have has had having will would can could shall should may might must",
    ),
    (
        Class::PRONOUN,
        "i you he she it we they me him us them itself themselves something someone everything nothing one",
    ),
    (
        Class::FUNCTION,
        "that which who whom whose what when where why how if because so while whereas although though unless whether then \
         there here not never also only just even still already again once too very more most less least much many few \
         other same own let lets e g etc vs ie eg ok yes no therefore thus hence however otherwise else get gets got",
    ),
    (Class::NEGATOR, "not no never neither nor without cannot hardly barely non nobody nothing none nowhere"),
    (
        Class::STOP,
        "but because since so although though however whereas while yet which therefore thus hence instead rather except \
         unless until otherwise → if when whenever where then",
    ),
    (
        Class::TELLING,
        "once only again more less most least already still same other few many never always before after outside inside",
    ),
    (
        Class::GLUE,
        "the a an of to in on at for is are was were be been it and or that with by as so its i you we they this these not \
         does do did when while if than from has have had will would can could because but which there into them their →",
    ),
    (
        Class::ASKING,
        "does do did is are was were can could should would will has have why what when where how who which",
    ),
];

/// What the tables of this file say of a word.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    class: Class,
    /// What it stands for, if it is a short form.
    long: &'static [&'static str],
    /// What it is a form of, where no rule finds that.
    base: Option<&'static str>,
}

/// All tables in one, since every word of every answer is looked up.
static KNOWN: LazyLock<WordMap<&str, Entry>> = LazyLock::new(|| {
    let mut known: WordMap<&str, Entry> = WordMap::default();
    for (class, words) in CLASSES {
        let is_grammar = *class != Class::NEGATOR && *class != Class::STOP;
        for word in words.split_whitespace() {
            let entry = known.entry(word).or_default();
            entry.class = entry.class.and(*class);
            if is_grammar {
                entry.class = entry.class.and(Class::FUNCTION);
            }
        }
    }
    for (short, long) in LONG_FORMS {
        known.entry(short).or_default().long = long;
    }
    for (form, base) in IRREGULAR {
        known.entry(form).or_default().base = Some(base);
    }
    known
});

fn has_class(word: &str) -> bool {
    KNOWN.get(word).is_some_and(|entry| entry.class != Class::default())
}

/// A word in its long form, see [`read`].
pub(super) struct Read<'a> {
    pub(super) word: &'a str,
    pub(super) class: Class,
    pub(super) form: CompactString,
}

impl<'a> Read<'a> {
    pub(super) fn new(word: &'a str) -> Self {
        Self::known(word, KNOWN.get(word))
    }

    fn known(word: &'a str, entry: Option<&Entry>) -> Self {
        let Entry { class, base, .. } = entry.copied().unwrap_or_default();
        let form = match base {
            Some(base) => closed(base).into(),
            None if class != Class::default() => word.into(),
            None => form_by_rule(word),
        };
        Self { word, class, form }
    }
}

/// The words that a folded word with its apostrophes stands for, none to two of them, given to `each` in order.
pub(super) fn read(word: &str, mut each: impl FnMut(Read<'_>)) {
    let entry = KNOWN.get(word);
    if let Some(Entry { long: long @ [_, ..], .. }) = entry {
        long.iter().for_each(|word| each(Read::new(word)));
    } else if word.contains('\'') {
        in_full(word, |word| {
            if !word.is_empty() {
                each(Read::new(word));
            }
        });
    } else if !word.is_empty() {
        each(Read::known(word, entry));
    }
}

/// Words written together, or without their apostrophe, and what they stand for.
const LONG_FORMS: &[(&str, &[&str])] = &[
    ("cannot", &["can", "not"]),
    ("cant", &["can", "not"]),
    ("can't", &["can", "not"]),
    ("wont", &["will", "not"]),
    ("won't", &["will", "not"]),
    ("shan't", &["shall", "not"]),
    ("dont", &["do", "not"]),
    ("doesnt", &["does", "not"]),
    ("dosent", &["does", "not"]),
    ("didnt", &["did", "not"]),
    ("isnt", &["is", "not"]),
    ("arent", &["are", "not"]),
    ("aint", &["is", "not"]),
    ("wasnt", &["was", "not"]),
    ("werent", &["were", "not"]),
    ("wouldnt", &["would", "not"]),
    ("woudnt", &["would", "not"]),
    ("wouldn", &["would", "not"]),
    ("doesn", &["does", "not"]),
    ("don", &["do", "not"]),
    ("dosnt", &["does", "not"]),
    ("dont't", &["do", "not"]),
    ("serverles", &["serverless"]),
    ("shouldnt", &["should", "not"]),
    ("couldnt", &["could", "not"]),
    ("hasnt", &["has", "not"]),
    ("havent", &["have", "not"]),
    ("hadnt", &["had", "not"]),
    ("neednt", &["need", "not"]),
    ("let's", &["let", "us"]),
    ("wo", &["without"]),
    ("w", &["with"]),
    ("bc", &["because"]),
    ("cuz", &["because"]),
    ("coz", &["because"]),
    ("thats", &["that", "is"]),
    ("u", &["you"]),
    ("r", &["are"]),
    ("ur", &["your"]),
    ("db", &["database"]),
    ("dbs", &["databases"]),
    ("conn", &["connection"]),
    ("msg", &["message"]),
    ("func", &["function"]),
    ("fn", &["function"]),
    ("env", &["environment"]),
    ("init", &["initialise"]),
    ("inited", &["initialised"]),
    ("aws", &["aws"]),
];

const ENDINGS: &[(&str, &str)] =
    &[("n't", "not"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'d", "would"), ("'m", "am")];

/// The words that a word with apostrophes stands for by a rule.
fn in_full(word: &str, mut each: impl FnMut(&str)) {
    for (ending, long) in ENDINGS {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| !stem.is_empty()) {
            each(&stem.replace('\'', ""));
            return each(long);
        }
    }
    match word.strip_suffix("'s") {
        Some(stem @ ("it" | "that" | "there" | "what" | "here" | "he" | "she" | "who" | "this")) => {
            each(stem);
            each("is");
        }
        Some(stem) => each(&stem.replace('\'', "")),
        None => {
            let bare = word.replace('\'', "");
            if !bare.is_empty() {
                each(&bare);
            }
        }
    }
}

/// Forms that no rule finds.
const IRREGULAR: &[(&str, &str)] = &[
    ("ran", "run"),
    ("kept", "keep"),
    ("sent", "send"),
    ("wrote", "write"),
    ("written", "write"),
    ("writing", "write"),
    ("paid", "pay"),
    ("began", "begin"),
    ("begun", "begin"),
    ("made", "make"),
    ("making", "make"),
    ("took", "take"),
    ("taken", "take"),
    ("taking", "take"),
    ("used", "use"),
    ("using", "use"),
    ("put", "put"),
    ("putting", "put"),
    ("woke", "wake"),
    ("woken", "wake"),
    ("slept", "sleep"),
    ("held", "hold"),
    ("built", "build"),
    ("spent", "spend"),
    ("lost", "lose"),
    ("went", "go"),
    ("goes", "go"),
    ("gone", "go"),
    ("going", "go"),
    ("came", "come"),
    ("coming", "come"),
    ("got", "get"),
    ("gets", "get"),
    ("getting", "get"),
    ("gave", "give"),
    ("given", "give"),
    ("giving", "give"),
    ("left", "leave"),
    ("found", "find"),
    ("stood", "stand"),
    ("felt", "feel"),
    ("saw", "see"),
    ("seen", "see"),
    ("dying", "die"),
    ("does", "do"),
    ("did", "do"),
    ("done", "do"),
    ("has", "have"),
    ("had", "have"),
    ("having", "have"),
    ("is", "be"),
    ("are", "be"),
    ("was", "be"),
    ("were", "be"),
    ("been", "be"),
    ("being", "be"),
    ("bytes", "byte"),
    ("queueing", "queue"),
    ("queuing", "queue"),
    ("lives", "live"),
    ("living", "live"),
    ("bigger", "big"),
    ("cheaper", "cheaper"),
];

/// The normal form under which all inflections of a word meet: `runs`, `running`, `ran` are `run`.
///
/// Only inflection is taken off, not derivation (`execution` is not `execute`), and British spelling becomes
/// American. The form need not be a word: `cache`, `caching` are `cach`.
pub(super) fn normal_form(word: &str) -> CompactString {
    Read::new(word).form
}

/// The normal form of a word that no table knows.
fn form_by_rule(word: &str) -> CompactString {
    // Everything below cuts ASCII endings.
    if word.len() < 4 || !word.is_ascii() {
        return word.into();
    }
    let american = american(word);
    let word = american.as_deref().unwrap_or(word);
    if !word.ends_with(['s', 'd', 'g']) {
        return closed(word).into();
    }
    let has_vowel = |stem: &str| stem.bytes().any(|b| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'));
    let cut = |ending: &str| word.strip_suffix(ending).filter(|stem| stem.len() >= 3 && has_vowel(stem));
    if let Some(stem) = cut("ies").or_else(|| cut("ied")) {
        return format_compact!("{stem}y");
    }
    let stem = if word.ends_with("eed") || word.ends_with("thing") {
        word
    } else if let Some(stem) = cut("ings").or_else(|| cut("ing")).or_else(|| cut("ed")) {
        stem
    } else if let Some(stem) = word.strip_suffix("es").filter(|stem| stem.ends_with("ss") || stem.ends_with('x')) {
        stem
    } else if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        word
    } else {
        word.strip_suffix('s').unwrap_or(word)
    };
    // "noted" is not "not".
    if stem != word && has_class(stem) && !word.ends_with('s') {
        format_compact!("{stem}e")
    } else {
        closed(stem).into()
    }
}

/// A stem without what inflection varies at its end: a doubled consonant, a silent e.
fn closed(stem: &str) -> &str {
    let bytes = stem.as_bytes();
    match bytes {
        [.., a, b] if a == b && bytes.len() > 3 && !matches!(b, b'a' | b'e' | b'i' | b'o' | b'u') => {
            &stem[..stem.len() - 1]
        }
        [.., b'e'] if bytes.len() > 3 && !has_class(&stem[..stem.len() - 1]) => &stem[..stem.len() - 1],
        _ => stem,
    }
}

/// `initialise` as `initialize`, where the word has such an ending.
fn american(word: &str) -> Option<String> {
    // Most words are out at once.
    if !word.as_bytes().windows(2).any(|pair| matches!(pair, b"is" | b"ys")) {
        return None;
    }
    for (british, us) in [
        ("alis", "aliz"),
        ("ilis", "iliz"),
        ("imis", "imiz"),
        ("onis", "oniz"),
        ("aris", "ariz"),
        ("ognis", "ogniz"),
        ("nalys", "nalyz"),
    ] {
        if let Some(at) = word.find(british) {
            let rest = &word[at + british.len()..];
            if rest.starts_with(['e', 'i', 'a']) {
                return Some(format!("{}{us}{rest}", &word[..at]));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_meet_in_one_form() {
        for family in [
            &["run", "runs", "running", "ran"][..],
            &["cache", "caches", "cached", "caching"],
            &["call", "calls", "called", "calling"],
            &["reuse", "reuses", "reused", "reusing"],
            &["use", "uses", "used", "using"],
            &["initialise", "initialize", "initialised", "initializing", "initialising"],
            &["retry", "retries", "retried", "retrying"],
            &["need", "needs", "needed", "needing"],
            &["process", "processes", "processed", "processing"],
            &["invoice", "invoices", "invoicing"],
            &["queue", "queues", "queued", "queueing"],
            &["open", "opens", "opened", "opening"],
            &["stop", "stops", "stopped", "stopping"],
            &["database", "databases"],
            &["note", "notes", "noted", "noting"],
            &["other", "others"],
        ] {
            let forms: Vec<CompactString> = family.iter().map(|word| normal_form(word)).collect();
            assert!(forms.iter().all(|form| *form == forms[0]), "{family:?}: {forms:?}");
        }
        for (a, b) in [
            ("use", "us"),
            ("cost", "cast"),
            ("execution", "execute"),
            ("warm", "worm"),
            ("note", "not"),
            ("thing", "the"),
        ] {
            assert_ne!(normal_form(a), normal_form(b));
        }
    }

    #[test]
    fn short_forms_are_written_out() {
        for (short, long) in [
            ("doesn't", "does not"),
            ("dont", "do not"),
            ("it's", "it is"),
            ("aws's", "aws"),
            ("can't", "can not"),
            ("they're", "they are"),
            ("plain", "plain"),
            ("'", ""),
        ] {
            let mut words = Vec::new();
            read(short.trim_matches('\''), |it| words.push(it.word.to_owned()));
            assert_eq!(words.join(" "), long, "{short}");
        }
    }
}
