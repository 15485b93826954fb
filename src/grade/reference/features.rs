//! An answer beside its references and its question: a row of numbers for the trees.

use super::super::words::Class;
use super::cardinality::Overlap;
use super::cues::{Cue, cues, runs};
use super::fluency::Flow;
use super::language::Language;
use super::pair::{Pair, Seen, compare, harmonic, share};
use super::reading::Reading;
use super::word::Word;

/// Declares the features, each with its name and how it is taken.
macro_rules! features {
    (fn $take:ident($($input:ident: $kind:ty),*); $($name:ident = $value:expr;)*) => {
        /// The features in the order of a row.
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];

        fn $take($($input: $kind),*) -> Vec<f32> {
            vec![$($value),*]
        }
    };
}

/// A question and its references, read.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) question: Reading,
    pub(super) references: Vec<Seen>,
}

/// An answer to a task as a model sees it.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    pub(super) row: Vec<f32>,
    /// What it says, and how its words follow on each other.
    pub(super) cues: Vec<Cue>,
    pub(super) runs: Vec<Cue>,
    pub(super) seen: Seen,
    /// It means a word of matter the other way than every reference.
    pub(super) is_denial: bool,
}

/// References that are looked at, at most.
const MAX_REFERENCES: usize = 64;

impl Task {
    pub(super) fn new<S: AsRef<str>>(question: &str, references: &[S], language: &Language) -> Self {
        let question = Reading::new(question, &language.rarity);
        let references = references
            .iter()
            .map(|reference| Seen::new(Reading::new(reference.as_ref(), &language.rarity), &question))
            .filter(|reference| !reference.reading.words.is_empty())
            .take(MAX_REFERENCES)
            .collect();
        Self { question, references }
    }

    pub(super) fn sight(&self, answer: &str, language: &Language) -> Sight {
        let seen = Seen::new(Reading::new(answer, &language.rarity), &self.question);
        let beside = |reference: &Seen| Pair {
            overlap: Overlap::new(&seen.reading, &reference.reading, &self.question),
            ..compare(&seen, reference, &language.kin)
        };
        let pairs: Vec<Pair> = self.references.iter().map(beside).collect();
        let best = (0..pairs.len()).max_by(|a, b| pairs[*a].fit().total_cmp(&pairs[*b].fit()));
        let nothing = (Pair::default(), Seen::default());
        let (pair, reference) = best.map_or((&nothing.0, &nothing.1), |best| (&pairs[best], &self.references[best]));
        let flow = language.fluency.of(&seen.reading);
        let row = take(pair, &pairs, &seen, reference, &self.question, &flow);
        let cues = cues(&seen, reference);
        let runs = runs(&seen.reading);
        let is_denial = !pairs.is_empty() && pairs.iter().all(|it| it.n_turned > 0.0);
        Sight { row, cues, runs, seen, is_denial }
    }
}

features! {
    fn take(pair: &Pair, pairs: &[Pair], answer: &Seen, reference: &Seen, question: &Reading, flow: &Flow);

    recall = pair.recall;
    precision = pair.precision;
    f = pair.f();
    recall_new = pair.recall_new;
    precision_new = pair.precision_new;
    worst_gap = pair.worst_gap;
    n_missing = pair.n_missing;
    n_foreign = pair.n_foreign;
    in_order = pair.in_order;
    sequence = pair.sequence;
    inverted = pair.inverted;
    neighbours = pair.neighbours;
    neighbours_of_answer = pair.neighbours_of_answer;
    run = pair.run;
    letters = pair.letters;
    agreed = pair.agreed;
    opposed = pair.opposed;
    n_turned = pair.n_turned;
    least_turned = -most(pairs, |it| -it.n_turned);
    n_opposites = pair.n_opposites;
    n_other_names = pair.n_other_names;
    n_missing_names = pair.n_missing_names;
    extra_negators = pair.extra_negators;
    best_sentence = pair.best_sentence;
    overlap_all = pair.overlap_all;
    n_other_measures = pair.n_other_measures;
    soft_of_reference = pair.overlap.of_reference;
    soft_of_answer = pair.overlap.of_answer;
    soft_of_both = pair.overlap.of_both;
    soft_of_question = pair.overlap.of_question;
    soft_asked = pair.overlap.asked;
    soft_of_task = pair.overlap.of_task;
    soft_of_news = pair.overlap.of_news;
    soft_given_away = pair.overlap.given_away;
    most_soft_of_reference = most(pairs, |it| it.overlap.of_reference);
    most_soft_of_both = most(pairs, |it| it.overlap.of_both);
    most_soft_of_news = most(pairs, |it| it.overlap.of_news);

    // Over all references.
    most_recall = most(pairs, |it| it.recall);
    most_precision = most(pairs, |it| it.precision);
    most_f = most(pairs, Pair::f);
    most_letters = most(pairs, |it| it.letters);
    most_neighbours = most(pairs, |it| harmonic(it.neighbours, it.neighbours_of_answer));
    most_opposed = most(pairs, |it| it.opposed * it.recall);
    least_opposed = -most(pairs, |it| -it.opposed);
    mean_f = share(pairs.iter().map(Pair::f).sum(), pairs.len() as f32);

    n_references = (pairs.len() as f32).min(6.0);

    // The answer and the question.
    asked_share = asked_share(answer);
    question_covered = covered(question, &answer.reading);
    n_words = answer.reading.words.len() as f32;
    n_content = answer.reading.content().count() as f32;
    length_ratio = (answer.reading.words.len() as f32 + 1.0) / (reference.reading.words.len() as f32 + 1.0);
    n_sentences = answer.reading.words.last().map_or(0.0, |word| f32::from(word.sentence) + 1.0);
    n_pauses = answer.reading.words.iter().filter(|word| word.opens).count() as f32;

    // How the answer is written.
    function_share = share(with(&answer.reading, Class::FUNCTION), answer.reading.words.len() as f32);
    glue_share = share(with(&answer.reading, Class::GLUE), answer.reading.words.len() as f32);
    longest_list = longest_list(&answer.reading);
    flow = flow.mean;
    worst_flow = flow.worst;
    share_odd = flow.share_odd;
    opening = flow.opening;
    ending = flow.ending;
    is_refuted = f32::from(answer.reading.is_refuted);
    is_question = f32::from(answer.reading.is_question);
    n_negators = answer.reading.n_negators as f32;
    negated_share = share(
        answer.reading.content().filter(|word| word.is_negated).count() as f32,
        answer.reading.content().count() as f32
    );
    rarity_of_foreign = rarity_of_foreign(answer, reference);
    reply_differs = reply_differs(&answer.reading, &reference.reading);
    has_because = f32::from(answer.reading.words.iter().any(|word| matches!(word.stem.as_str(), "becaus" | "so" | "sinc")));
}

fn most(pairs: &[Pair], value: impl Fn(&Pair) -> f32) -> f32 {
    pairs.iter().map(value).reduce(f32::max).unwrap_or(0.0)
}

fn asked_share(text: &Seen) -> f32 {
    let content = || text.reading.words.iter().zip(&text.is_asked).filter(|(word, _)| word.is_content);
    share(content().filter(|(_, is_asked)| **is_asked).count() as f32, content().count() as f32)
}

fn covered(text: &Reading, by: &Reading) -> f32 {
    let found = text.content().filter(|word| by.words.iter().any(|other| other.id == word.id)).count();
    share(found as f32, text.content().count() as f32)
}

fn with(text: &Reading, class: Class) -> f32 {
    text.words.iter().filter(|word| word.class.has(class)).count() as f32
}

/// Most content words in a row without a word of grammar between.
fn longest_list(text: &Reading) -> f32 {
    let (mut longest, mut run) = (0_u16, 0_u16);
    for word in &text.words {
        run = if word.class.has(Class::FUNCTION) { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    f32::from(longest)
}

/// Mean weight of the content words that neither the reference nor the question has.
fn rarity_of_foreign(answer: &Seen, reference: &Seen) -> f32 {
    let is_foreign = |(word, is_asked): &(&Word, &bool)| {
        word.is_content && !**is_asked && reference.reading.words.iter().all(|other| other.id != word.id)
    };
    let foreign = || answer.reading.words.iter().zip(&answer.is_asked).filter(is_foreign);
    share(foreign().map(|(word, _)| word.weight).sum(), foreign().count() as f32)
}

/// Yes against no, or one where the other says nothing: 1 against, -1 the same, 0 when one of them says neither.
fn reply_differs(answer: &Reading, reference: &Reading) -> f32 {
    let reply = |text: &Reading| match text.words.first().map(|word| word.stem.as_str()) {
        Some("yes" | "yeah" | "yep") => 1.0,
        Some("no" | "nope") => -1.0,
        _ => 0.0,
    };
    -(reply(answer) * reply(reference))
}
