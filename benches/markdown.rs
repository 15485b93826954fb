//! How long a page takes to read and to lay out: one of 60 KB (a long lesson) and one of 1 MB.
//!
//! `cargo bench --bench markdown`

use coldstart::markdown::{parse, warm_up, wrap};
use divan::{Bencher, black_box, counter::BytesCount};

const SIZES_BYTES: [usize; 2] = [60_000, 1_000_000];

/// What a page of a course is made of, over and over.
const SAMPLE: &str = "## Cold *start*\n\n\
    The platform finds a place for the function, loads its **runtime** and runs the `init` code. Then it answers, and\n\
    the next request finds it [warm](https://example.org/warm).\n\n\
    - provision a container\n- load the runtime\n  1. interpreter\n  2. packages\n\n\
    > [!NOTE]\n> An instance that was idle for a while is taken down.\n\n\
    | Factor | Why it matters | ms |\n|---|---|--:|\n| Language | How long its runtime needs to load | 120 |\n\n\
    ```js\nexports.handler = async (event) => ({ statusCode: 200 }); // the answer\n```\n\n";

fn main() {
    divan::main();
}

fn page(bytes: usize) -> String {
    SAMPLE.repeat(bytes / SAMPLE.len() + 1)
}

#[divan::bench(args = SIZES_BYTES)]
fn parsing(bencher: Bencher, bytes: usize) {
    let page = page(bytes);
    bencher.counter(BytesCount::of_str(&page)).bench(|| parse(black_box(&page)));
}

/// The first time at any width: with the colouring of code, grammars being loaded.
#[divan::bench(args = SIZES_BYTES)]
fn wrapping_first(bencher: Bencher, bytes: usize) {
    warm_up(&["js"]);
    let page = page(bytes);
    bencher.with_inputs(|| parse(&page)).bench_refs(|document| wrap(document, 80, &[]));
}

/// After a resize.
#[divan::bench(args = SIZES_BYTES)]
fn wrapping_again(bencher: Bencher, bytes: usize) {
    let document = parse(&page(bytes));
    wrap(&document, 80, &[]);
    bencher.bench(|| wrap(black_box(&document), 90, &[]));
}
