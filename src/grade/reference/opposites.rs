//! Words that say the opposite of each other, by their stems.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::reading::{Rarity, Reading};
use super::word::StemId;

/// Each line: words of one side, a bar, words of the other.
const PAIRS: &[&str] = &[
    "open | closed shut close",
    "connected connect joined attached connection | disconnected separated separate separation apart detached isolated gap",
    "more increase increased greater higher gain bigger larger | less fewer decrease decreased lower lose smaller reduce reduced",
    "most highest biggest largest greatest maximum | least lowest smallest minimum",
    "big large huge | small little tiny",
    "high | low",
    "up upward rise rises | down downward fall falls",
    "above over | below under beneath",
    "in inside into within internal | out outside external",
    "before first earlier early beginning | after last later late end",
    "same equal identical | different differ difference unequal",
    "always every | never",
    "once | again repeatedly twice",
    "all both | none neither only",
    "with | without",
    "on | off",
    "hot warm heat | cold cool chill",
    "fast quick faster rapid | slow slower",
    "heavy heavier | light lighter",
    "long longer | short shorter",
    "thick thicker | thin thinner",
    "hard harder | soft softer easy easier",
    "strong stronger | weak weaker",
    "loud louder | quiet soft",
    "wet damp | dry",
    "full | empty",
    "positive | negative",
    "complete closed | incomplete open broken",
    "true right correct | false wrong incorrect",
    "good better best | bad worse worst",
    "float floats | sink sinks",
    "push repel | pull attract",
    "start begin | stop end finish",
    "gain absorb | lose release",
    "appear | disappear vanish",
    "dissolve | settle precipitate",
    "conductor conduct | insulator insulate",
    "series | parallel",
    "left | right",
    "near close | far",
    "tight | loose",
    "alive living | dead nonliving",
    "male | female",
    "parent | child offspring",
    "predator | prey",
    "solid | liquid gas",
    "freeze solidify | melt",
    "evaporate | condense",
    "mix combine | separate",
    "dark dim | bright light",
    "smooth | rough",
    "clear transparent | cloudy opaque",
    "sharp | dull",
    "new fresh | old",
    "deep | shallow",
    "wide | narrow",
    "cheap cheaper | expensive costly",
    "work working | broken burnt damaged",
    "possible can | impossible cannot",
    "present | absent missing",
    "many several multiple | few one single",
    "increase grow | shrink decrease",
    "expand | contract",
    "constant steady | varying spiky irregular",
    "once | repeatedly each",
    "synchronous | asynchronous",
    "stateless | stateful",
    "success succeed | failure fail",
    "allow enable | prevent block forbid",
    "cause produce | prevent",
    "reuse keep | recreate discard",
    "dependent depend | independent",
    "simple | complex complicated",
    "public | private",
    "read | write",
    "sender producer | receiver consumer",
    "input | output",
    "acid | base",
    "north | south",
    "east | west",
    "day | night",
    "win | lose",
    "accept | reject refuse",
    "remember | forget",
    "safe | dangerous harmful",
    "helpful useful | useless harmful",
];

static OPPOSITES: LazyLock<HashMap<StemId, Vec<StemId>>> = LazyLock::new(|| {
    let rarity = Rarity::default();
    let ids = |side: &str| -> Vec<StemId> { Reading::new(side, &rarity).words.iter().map(|word| word.id).collect() };
    let mut opposites: HashMap<StemId, Vec<StemId>> = HashMap::new();
    for (one, other) in PAIRS.iter().filter_map(|pair| pair.split_once('|')) {
        let (one, other) = (ids(one), ids(other));
        for (side, against) in [(&one, &other), (&other, &one)] {
            for id in side {
                opposites.entry(*id).or_default().extend(against);
            }
        }
    }
    opposites
});

/// Whether one word says the opposite of the other.
pub(super) fn are_opposite(a: StemId, b: StemId) -> bool {
    a != b && OPPOSITES.get(&a).is_some_and(|against| against.contains(&b))
}

/// Whether a word has an opposite that is known.
pub(super) fn has_opposite(id: StemId) -> bool {
    OPPOSITES.contains_key(&id)
}
