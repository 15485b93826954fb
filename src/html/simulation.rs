//! A simulation as its result: what to predict, then the figures of the run and a plot of its requests.

use std::ops::ControlFlow;

use super::figures::{duration, three_figures};
use super::plot;
use super::prose::snippet;
use super::sheet::{Sheet, begin_card, begin_scrolling, end_card, folded};
use crate::course::Predict;
use crate::sim::{self, Report, Scenario};

/// A run that is longer is cut here, and says so: nobody waits for a page longer than for its simulation.
const MOST_REQUESTS: u64 = 5_000_000;

pub(super) fn card(sheet: &mut Sheet<'_>, scenario: &Scenario, predict: Option<&Predict>, level: u8) {
    begin_card(sheet, "card simulation", "Simulation", &scenario.title, level);
    let (report, is_whole) = run(scenario);
    match predict {
        None => result(sheet, scenario, &report, is_whole),
        Some(predict) => {
            sheet.markup.element("p", &[], |it| {
                it.leaf("strong", &[], "Predict first: ");
                it.text(&predict.ask);
            });
            if predict.is_choice() {
                sheet.markup.element("ol", &[("type", "a")], |it| {
                    for choice in &predict.choices {
                        it.leaf("li", &[], &choice.text);
                    }
                });
            }
            folded(sheet, "What the run says", |sheet| {
                if let Some(actual) = predict.measured(&report) {
                    let said = format!("{} {}", three_figures(actual), predict.unit);
                    sheet.markup.element("p", &[], |it| it.leaf("strong", &[], said.trim()));
                }
                snippet(sheet, &predict.why, level);
                result(sheet, scenario, &report, is_whole);
            });
        }
    }
    end_card(sheet);
}

/// The figures, and whether they are of the whole run.
fn run(scenario: &Scenario) -> (Report, bool) {
    let mut flow = ControlFlow::Continue(());
    let report = sim::run_watched(scenario, &mut |progress| {
        if progress.requests > MOST_REQUESTS {
            flow = ControlFlow::Break(());
        }
        flow
    });
    (report, flow.is_continue())
}

fn result(sheet: &mut Sheet<'_>, scenario: &Scenario, report: &Report, is_whole: bool) {
    plot::figure(sheet, scenario);
    let share = if is_whole {
        "The whole run".to_owned()
    } else {
        format!("The first {:.0} % of the run", sim::share_done(scenario, report) * 100.0)
    };
    let caption = format!("{share}, seed {}", report.seed);
    begin_scrolling(&mut sheet.markup, "Figures");
    sheet.markup.element("table", &[("class", "figures")], |it| {
        it.leaf("caption", &[], &caption);
        it.element("tbody", &[], |it| {
            for (label, value) in figures(report) {
                it.element("tr", &[], |it| {
                    it.leaf("th", &[("scope", "row")], label);
                    it.leaf("td", &[("class", "right")], &value);
                });
            }
        });
    });
    sheet.markup.close("div");
}

/// The figures worth showing, as label and value. What did not happen has no row.
fn figures(report: &Report) -> Vec<(&'static str, String)> {
    let latency = &report.latency_ms;
    let per_million = report.cost_usd.total / report.completed.max(1) as f64 * 1e6;
    let happened = |label, n: u64| (n > 0).then(|| (label, n.to_string()));
    let rows = [
        Some(("Requests", report.requests.to_string())),
        Some(("Cold starts", format!("{} ({})", report.cold_starts, sim::percent(report.cold_ratio)))),
        happened("Refused", report.throttled),
        happened("Timed out", report.timed_out),
        happened("Failed", report.failed),
        happened("Delivered twice", report.delivery.duplicates),
        Some(("Median response", duration(latency.p50))),
        Some(("95 of 100 within", duration(latency.p95))),
        Some(("99 of 100 within", duration(latency.p99))),
        Some(("Slowest", duration(latency.max))),
        Some(("Instances at most", report.instances.max.to_string())),
        happened("Database connections at most", report.database.max_connections),
        happened("Connections refused", report.database.refused),
        (report.completed > 0).then(|| ("Cost per million requests", format!("${per_million:.2}"))),
    ];
    rows.into_iter().flatten().collect()
}
