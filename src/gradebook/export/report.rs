//! How a class did, as one page of HTML that needs nothing else: for the staff meeting, and for the class itself.
//!
//! Nobody is named. Plots are SVG; each says in words what it shows.

use super::{Export, Sheet, shown};
use crate::gradebook::class::Class;
use crate::gradebook::stats::{self, ExerciseStats, ItemStats};
use crate::html::Markup;

/// Units of a drawing.
const WIDTH: f64 = 640.0;
const LEFT: f64 = 40.0;
const HISTOGRAM_HEIGHT: f64 = 190.0;
const BASE: f64 = 160.0;
const ROW_HEIGHT: f64 = 26.0;
/// Room for the names of items.
const NAMES: f64 = 220.0;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --soft: #667; --bar: #2f6db5; --weak: #b5532f; }
@media (prefers-color-scheme: dark) { :root { --ink: #dde3ea; --paper: #14181e; --soft: #9aa; --bar: #6ea8e6; --weak: #e08a66; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 44em; margin: 2em auto; padding: 0 1em; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2em; }
.soft, figcaption { color: var(--soft); }
figure { margin: 1em 0; } svg { width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.bar { fill: var(--bar); } .weak { fill: var(--weak); } .axis { stroke: var(--soft); stroke-width: 1; }
table { border-collapse: collapse; } td, th { padding: .2em .8em .2em 0; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } figure { break-inside: avoid; } }
";
/// Nothing is loaded, nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

pub(super) fn report(class: &Class, sheet: &Sheet<'_>) -> Export {
    let mut export = Export::default();
    let mut page = Markup::default();
    page.verbatim("<!doctype html>\n");
    page.element("html", &[("lang", "en")], |page| {
        page.element("head", &[], |head| {
            head.open("meta", &[("charset", "utf-8")]);
            head.open("meta", &[("name", "viewport"), ("content", "width=device-width")]);
            head.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
            head.leaf("title", &[], "How the class did");
            head.element("style", &[], |it| it.verbatim(STYLE));
        });
        page.element("body", &[], |body| {
            body.leaf("h1", &[], "How the class did");
            let stats: Vec<ExerciseStats> =
                stats::of(class).into_iter().filter(|it| sheet.exercises.contains(&it.exercise)).collect();
            overview(body, sheet, &stats);
            for it in &stats {
                export.n_marks += it.histogram.iter().sum::<usize>();
                exercise(body, sheet.title(&it.exercise), it);
            }
        });
    });
    export.file("report.html", page.into_text() + "\n");
    export
}

fn overview(body: &mut Markup, sheet: &Sheet<'_>, stats: &[ExerciseStats]) {
    let n_students = sheet.rows.len();
    body.leaf("p", &[("class", "soft")], &format!("{n_students} students. Nobody is named here."));
    body.element("table", &[], |table| {
        table.element("tr", &[], |row| {
            for head in ["Exercise", "Answers", "Graded", "Open", "Mean", "Median", "Of"] {
                row.leaf("th", if head == "Exercise" { &[] } else { &[("class", "n")] }, head);
            }
        });
        for it in stats {
            table.element("tr", &[], |row| {
                row.leaf("td", &[], sheet.title(&it.exercise));
                let counts = [it.n_answers, it.n_graded, it.n_to_review].map(|n| n.to_string());
                for cell in counts.into_iter().chain([it.mean, it.median, it.max].map(shown)) {
                    row.leaf("td", &[("class", "n")], &cell);
                }
            });
        }
    });
}

fn exercise(body: &mut Markup, title: &str, it: &ExerciseStats) {
    body.leaf("h2", &[], title);
    histogram(body, it);
    items(body, &it.items);
    let mut said = vec![format!("Standard deviation {} of {} points.", shown(it.std_dev), shown(it.max))];
    if let Some(agreement) = &it.agreement {
        let kappa = agreement.kappa.map_or("not defined".to_owned(), |kappa| format!("{kappa:.2}"));
        let (n, error) = (agreement.n_items, shown(agreement.mean_absolute_error));
        said.push(format!("People and grader agree on {n} judgements with kappa {kappa}, mean error {error} points."));
    }
    if let Some(look) = &it.look {
        said.push(format!("{} answers were marked by people, {:.0} s each (median).", look.n_answers, look.median_s));
    }
    body.leaf("p", &[], &said.join(" "));
}

/// How many marks lie in each tenth of the points.
fn histogram(body: &mut Markup, it: &ExerciseStats) {
    let most = it.histogram.iter().copied().max().unwrap_or(0).max(1) as f64;
    let counts: Vec<String> = it.histogram.iter().map(ToString::to_string).collect();
    let words = format!("How many marks lie in each tenth of the points: {}", counts.join(", "));
    let width = (WIDTH - LEFT) / it.histogram.len() as f64;
    figure(body, HISTOGRAM_HEIGHT, &words, "Marks by tenths of the points", |svg| {
        for (tenth, n) in it.histogram.iter().enumerate() {
            let height = (BASE - 20.0) * *n as f64 / most;
            let x = LEFT + width * tenth as f64;
            bar(svg, "bar", (x + 3.0, BASE - height), (width - 6.0, height));
            label(svg, x + width / 2.0, BASE - height - 5.0, "middle", &n.to_string());
            label(svg, x + width / 2.0, BASE + 18.0, "middle", &format!("{}–{} %", tenth * 10, (tenth + 1) * 10));
        }
        let (left, right, y) = (units(LEFT), units(WIDTH), units(BASE));
        svg.leaf("line", &[("class", "axis"), ("x1", &left), ("x2", &right), ("y1", &y), ("y2", &y)], "");
    });
}

/// The share of each item's points that was earned; those that do not go with the rest stand out.
fn items(body: &mut Markup, items: &[ItemStats]) {
    let said: Vec<String> =
        items.iter().map(|it| format!("{} {:.0} %", it.id, it.difficulty.clamp(0.0, 1.0) * 100.0)).collect();
    let height = ROW_HEIGHT * items.len() as f64 + 8.0;
    let caption = "Share of each item's points that was earned, and how the item goes with the others (−1 to 1)";
    figure(body, height, &said.join(", "), caption, |svg| {
        for (row, item) in items.iter().enumerate() {
            let y = ROW_HEIGHT * row as f64;
            let share = item.difficulty.clamp(0.0, 1.0);
            let room = WIDTH - NAMES - 110.0;
            let is_weak = item.discrimination.is_some_and(|it| it < 0.1);
            bar(
                svg,
                if is_weak { "weak" } else { "bar" },
                (NAMES, y + 5.0),
                ((room * share).max(1.0), ROW_HEIGHT - 10.0),
            );
            let name: String = item.id.chars().take(30).collect();
            label(svg, NAMES - 8.0, y + 17.0, "end", &name);
            let with_rest = item.discrimination.map_or(String::new(), |it| format!("  {it:+.2}"));
            let mark = if is_weak { " !" } else { "" };
            let said = format!("{:.0} %{with_rest}{mark}", share * 100.0);
            label(svg, NAMES + room * share + 8.0, y + 17.0, "start", &said);
        }
    });
}

fn figure(body: &mut Markup, height: f64, words: &str, caption: &str, draw: impl FnOnce(&mut Markup)) {
    let view = format!("0 0 {WIDTH} {height}");
    body.element("figure", &[], |figure| {
        figure.element("svg", &[("viewBox", &view), ("role", "img"), ("aria-label", words)], draw);
        figure.leaf("figcaption", &[], caption);
    });
}

fn bar(svg: &mut Markup, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
    let [x, y, width, height] = [x, y, width, height].map(units);
    svg.leaf("rect", &[("class", class), ("x", &x), ("y", &y), ("width", &width), ("height", &height)], "");
}

fn label(svg: &mut Markup, x: f64, y: f64, anchor: &str, text: &str) {
    svg.leaf("text", &[("x", &units(x)), ("y", &units(y)), ("text-anchor", anchor)], text);
}

fn units(value: f64) -> String {
    format!("{value:.1}")
}
