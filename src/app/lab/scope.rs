//! Which functions of a run are looked at, and what these have to show: requests, instances, those that are gone.

use crate::course::FlowDiagram;
use crate::diagram;
use crate::sim::{Departure, InstanceView, Report, RequestView, Scenario, Simulation};

/// A request or an instance, among those of its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    pub function: usize,
    pub id: u64,
}

impl Id {
    pub(super) fn of_request(request: &RequestView) -> Self {
        Self { function: request.function, id: request.id }
    }

    pub(super) fn of_instance(instance: &InstanceView) -> Self {
        Self { function: instance.function, id: instance.id }
    }
}

/// All functions of a run, or one of them.
#[derive(Clone, Debug)]
pub(in crate::app) struct Scope {
    names: Vec<String>,
    steps: Vec<String>,
    one: Option<usize>,
}

impl Scope {
    /// All functions of `scenario`, with the names that the page's diagram gives them.
    pub(in crate::app) fn new(scenario: &Scenario, flow: Option<&FlowDiagram>) -> Self {
        let steps = scenario.steps();
        let mut names: Vec<String> = std::iter::once("the first".to_owned()).chain(steps.iter().cloned()).collect();
        if let Some(flow) = flow {
            let placed = diagram::lay_out(&flow.graph, 400);
            for (name, id) in names.iter_mut().zip(&flow.functions) {
                if let Some(node) = placed.nodes.iter().find(|node| node.id == *id) {
                    name.clone_from(&node.label);
                }
            }
        }
        Self { names: without_common_lead(names), steps, one: None }
    }

    /// There is more than one function.
    pub(in crate::app) fn is_choice(&self) -> bool {
        self.names.len() > 1
    }

    pub(in crate::app) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn one(&self) -> Option<usize> {
        self.one
    }

    pub(super) fn look_at(&mut self, one: Option<usize>) {
        self.one = one.filter(|function| *function < self.names.len());
    }

    /// The next or previous function; before the first stand all together.
    pub(super) fn turn(&mut self, by: i32) {
        let places = self.names.len() as i64 + 1;
        let at = self.one.map_or(0, |function| function as i64 + 1);
        self.one = usize::try_from((at + i64::from(by)).rem_euclid(places) - 1).ok();
    }

    pub(super) fn holds(&self, function: usize) -> bool {
        self.one.is_none_or(|one| one == function)
    }

    /// The requests that are remembered, by arrival.
    pub(super) fn requests<'a>(&self, simulation: &'a Simulation) -> Vec<&'a RequestView> {
        let functions = (0..self.names.len()).filter(|function| self.holds(*function));
        let mut requests: Vec<&RequestView> = functions.flat_map(|function| simulation.recent_of(function)).collect();
        if self.one.is_none() && self.is_choice() {
            requests.sort_by(|a, b| a.arrived_s.total_cmp(&b.arrived_s));
        }
        requests
    }

    /// Since when every request is remembered.
    pub(super) fn complete_since_s(&self, simulation: &Simulation) -> f64 {
        let firsts = (0..self.names.len()).filter(|function| self.holds(*function));
        let firsts = firsts.filter_map(|function| simulation.recent_of(function).next());
        firsts.filter(|first| first.id > 0).map(|first| first.arrived_s).fold(0.0, f64::max)
    }

    /// Function by function, the oldest first.
    pub(super) fn instances(&self, simulation: &Simulation) -> impl Iterator<Item = InstanceView> {
        simulation.instances().filter(|it| self.holds(it.function))
    }

    pub(super) fn n_instances(&self, simulation: &Simulation) -> usize {
        let live = simulation.live().enumerate().filter(|(function, _)| self.holds(*function));
        live.map(|(_, n)| n as usize).sum()
    }

    /// Those that went after `since_s`.
    pub(super) fn gone<'a>(&self, simulation: &'a Simulation, since_s: f64) -> impl Iterator<Item = &'a Departure> {
        simulation.gone().filter(move |it| it.at_s > since_s && self.holds(it.function))
    }

    /// The figures of the function that is looked at; of all functions together there are only totals.
    pub(super) fn report<'a>(&self, report: &'a Report) -> Option<&'a Report> {
        match self.one {
            None if self.is_choice() => None,
            one => self.report_of(report, one.unwrap_or(0)),
        }
    }

    /// The figures of one function.
    pub(in crate::app) fn report_of<'a>(&self, report: &'a Report, function: usize) -> Option<&'a Report> {
        match (function.checked_sub(1), &report.flow) {
            (Some(step), Some(flow)) => flow.functions.get(self.steps.get(step)?),
            (Some(_), None) => None,
            (None, _) => Some(report),
        }
    }
}

/// What all names begin with, up to a colon, says nothing about any of them.
fn without_common_lead(names: Vec<String>) -> Vec<String> {
    let lead = names.first().and_then(|first| first.find(": ").map(|at| first[..at + 2].to_owned()));
    match lead {
        Some(lead) if names.iter().all(|name| name.starts_with(&lead)) => {
            names.into_iter().map(|name| name[lead.len()..].to_owned()).collect()
        }
        _ => names,
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;
    use crate::sim::{Scenario, Simulation};

    const FLOW: &str = "traffic = { kind = \"constant\", interval_s = 10 }\nrun.requests = 5\n\
                        [flow.notify]\nvia = \"queue\"\ndelay_ms = 50\nfunction = { warm = 10, cold = 20 }";

    #[test]
    fn one_function_is_looked_at_or_all_of_them() {
        let scenario = Scenario::parse(FLOW).expect("it is a scenario");
        let mut simulation = Simulation::new(&scenario);
        while simulation.step().is_some() {}
        let mut scope = Scope::new(&scenario, None);
        let report = simulation.report();
        let mut seen = Vec::new();
        for _ in 0..4 {
            let requests = scope.requests(&simulation);
            assert!(requests.is_sorted_by(|a, b| a.arrived_s <= b.arrived_s));
            seen.push((scope.one(), requests.len(), scope.report(&report).map(|it| it.latency_ms.max)));
            scope.turn(1);
        }
        let first = report.latency_ms.max;
        assert_eq!(seen, [(None, 10, None), (Some(0), 5, Some(first)), (Some(1), 5, Some(20.0)), (None, 10, None)]);
        scope.turn(-1);
        assert_eq!(scope.one(), None);
        scope.turn(-1);
        assert_eq!(scope.one(), Some(1));
    }

    #[test]
    fn names_are_told_apart_by_what_differs() {
        let names = ["Function: read", "Function: record"].map(str::to_owned).to_vec();
        assert_eq!(super::without_common_lead(names), ["read", "record"]);
        assert_eq!(super::without_common_lead(vec!["a: b".to_owned(), "c".to_owned()]), ["a: b", "c"]);
    }
}
