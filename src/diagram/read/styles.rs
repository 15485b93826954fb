//! Classes and styles to accents: parts that the author coloured alike get one accent, in the order of appearance.
//!
//! Which colour it was is absent: a terminal's theme has its own, and nothing may depend on them to be understood.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::diagram::chart::{Accent, Chart};

/// What the statements `classDef`, `class`, `style` and `linkStyle` said so far.
#[derive(Default)]
pub(super) struct Styles {
    /// Every way of colouring, a class by its name and a style by its text, with its place in the order.
    looks: HashMap<String, usize>,
    /// Names of boxes and groups, with the class or style that a statement gave them.
    given: Vec<(String, String)>,
    links: Vec<(usize, String)>,
}

impl Styles {
    /// Takes in what follows one of these words; `false` for any other word.
    pub(super) fn statement(&mut self, word: &str, rest: &str) -> bool {
        match word {
            "classDef" => self.define(rest),
            "class" | "cssClass" => self.assign(rest),
            "style" => self.style(rest),
            "linkStyle" => self.link(rest),
            _ => return false,
        }
        true
    }

    /// `classDef one,two fill:#f9f,stroke:#333`
    fn define(&mut self, statement: &str) {
        if let Some((names, style)) = statement.trim().split_once(char::is_whitespace)
            && has_colour(style)
        {
            for name in names.split(',') {
                self.note(&class(name));
            }
        }
    }

    /// `class A,B name`
    pub(super) fn assign(&mut self, statement: &str) {
        if let Some((names, name)) = statement.trim().rsplit_once(char::is_whitespace) {
            for one in names.split(',') {
                self.given.push((bare(one), class(name)));
            }
        }
    }

    /// `style A,B fill:#f9f`
    fn style(&mut self, statement: &str) {
        if let Some((names, style)) = statement.trim().split_once(char::is_whitespace)
            && has_colour(style)
        {
            self.note(style.trim());
            for one in names.split(',') {
                self.given.push((bare(one), style.trim().to_owned()));
            }
        }
    }

    /// `linkStyle 0,3 stroke:#f00`
    fn link(&mut self, statement: &str) {
        if let Some((indices, style)) = statement.trim().split_once(char::is_whitespace)
            && has_colour(style)
        {
            self.note(style.trim());
            let indices = indices.split(',').filter_map(|it| it.trim().parse().ok());
            self.links.extend(indices.map(|index: usize| (index, style.trim().to_owned())));
        }
    }

    fn note(&mut self, look: &str) {
        let next = self.looks.len();
        self.looks.entry(look.to_owned()).or_insert(next);
    }

    /// Gives the parts of a finished chart their accents. Looks beyond the last accent go without.
    pub(super) fn settle(self, chart: &mut Chart) {
        let mut look_of: HashMap<&str, usize> = HashMap::new();
        for (name, look) in &self.given {
            if let Some(&look) = self.looks.get(look) {
                look_of.insert(name, look);
            }
        }
        let own = |classes: &[String]| classes.iter().rev().find_map(|it| self.looks.get(&class(it))).copied();
        let nodes: Vec<Option<usize>> =
            chart.nodes.iter().map(|it| look_of.get(it.id.as_str()).copied().or_else(|| own(&it.classes))).collect();
        let groups: Vec<Option<usize>> = chart.groups.iter().map(|it| look_of.get(it.id.as_str()).copied()).collect();
        let mut edges = vec![None; chart.edges.len()];
        for (index, look) in &self.links {
            if let Some(edge) = edges.get_mut(*index) {
                *edge = self.looks.get(look).copied();
            }
        }
        let used: BTreeSet<usize> = nodes.iter().chain(&groups).chain(&edges).flatten().copied().collect();
        let accents: BTreeMap<usize, Accent> = used.into_iter().zip(Accent::ALL).collect();
        let accent = |look: Option<usize>| look.and_then(|it| accents.get(&it)).copied();
        chart.nodes.iter_mut().zip(nodes).for_each(|(it, look)| it.accent = accent(look));
        chart.groups.iter_mut().zip(groups).for_each(|(it, look)| it.accent = accent(look));
        chart.edges.iter_mut().zip(edges).for_each(|(it, look)| it.accent = accent(look));
    }
}

/// A class as a look, told from a style by a sign that no style begins with.
fn class(name: &str) -> String {
    format!(".{}", bare(name))
}

fn bare(name: &str) -> String {
    name.trim().trim_matches(['"', '`', ';']).to_owned()
}

fn has_colour(style: &str) -> bool {
    style.split([',', ';']).filter_map(|it| it.split_once(':')).any(|(key, value)| {
        matches!(key.trim(), "fill" | "stroke" | "color" | "background" | "background-color")
            && !matches!(value.trim(), "none" | "transparent" | "")
    })
}

#[cfg(test)]
mod tests {
    use crate::diagram::{Accent, Graph, parse};

    #[test]
    fn parts_coloured_alike_share_an_accent_in_order_of_appearance() {
        let text = "graph LR\nclassDef unused fill:#000\nclassDef hot fill:#f00\nclassDef thin stroke-width:1px\n\
                    A:::hot --> B --> C:::thin\nsubgraph g\nD\nend\nclass g,B hot\nstyle D stroke:#0f0\nlinkStyle 1 stroke:#0f0\n";
        let (graph, problems) = parse(text);
        assert_eq!(problems, []);
        let Graph::Chart(chart) = graph else { panic!("it is a chart") };
        let nodes: Vec<Option<Accent>> = chart.nodes.iter().map(|it| it.accent).collect();
        assert_eq!(nodes, [Some(Accent::One), Some(Accent::One), None, Some(Accent::Two)]);
        assert_eq!(chart.groups[0].accent, Some(Accent::One));
        assert_eq!([chart.edges[0].accent, chart.edges[1].accent], [None, Some(Accent::Two)]);
    }
}
