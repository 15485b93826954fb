//! The borders of frames across the layers: each holds what belongs to it and nothing else.

use super::layered::Layered;

impl Layered<'_> {
    /// Where each vertex of a layer may stand, given the borders of all frames.
    pub(super) fn bounds(&self, layer: usize) -> Vec<(i32, i32)> {
        let order = &self.layers[layer];
        let task = self.task;
        let mut bounds = vec![(i32::MIN / 4, i32::MAX / 4); order.len()];
        for (at, &vertex) in order.iter().enumerate() {
            let it = &self.vertices[vertex];
            if let Some(cluster) = it.cluster {
                let (left, right) = self.borders[cluster];
                bounds[at].0 = left + task.clusters[cluster].low;
                bounds[at].1 = right - task.clusters[cluster].high - it.across + 1;
            }
            if at > 0 {
                // Right of every frame that ends before it.
                let before = self.vertices[order[at - 1]].cluster;
                let outermost = task.outermost(before, it.cluster);
                if let Some(cluster) = outermost {
                    bounds[at].0 = bounds[at].0.max(self.borders[cluster].1 + 1 + task.gaps.frames);
                }
                if let Some(cluster) = task.outermost(it.cluster, before) {
                    bounds[at - 1].1 = bounds[at - 1]
                        .1
                        .min(self.borders[cluster].0 - task.gaps.frames - self.vertices[order[at - 1]].across);
                }
            }
        }
        bounds
    }

    /// Moves borders and what is right of them to the right until every frame is a rectangle that holds its own only.
    pub(super) fn set_borders(&mut self) {
        let task = self.task;
        let clusters = &task.clusters;
        let mut borders = vec![(i32::MAX / 4, i32::MIN / 4); clusters.len()];
        for vertex in &self.vertices {
            let (mut low, mut high) = (vertex.position, vertex.position + vertex.across - 1);
            let mut at = vertex.cluster;
            while let Some(cluster) = at {
                (low, high) = (low - clusters[cluster].low, high + clusters[cluster].high);
                borders[cluster].0 = borders[cluster].0.min(low);
                at = clusters[cluster].parent;
            }
        }
        for border in &mut borders {
            border.1 = i32::MIN / 4;
        }
        self.borders = borders;
        let rounds = self.layers.len() * (clusters.len() + 2) + 4;
        for _ in 0..rounds {
            let mut is_moved = false;
            for layer in 0..self.layers.len() {
                is_moved |= self.push_right(layer);
            }
            for cluster in (0..clusters.len()).rev() {
                is_moved |= self.keep_whole(cluster);
            }
            if !is_moved {
                break;
            }
        }
    }

    /// A frame is wide enough for its title, and inside its parent.
    fn keep_whole(&mut self, cluster: usize) -> bool {
        let it = self.task.clusters[cluster];
        let (left, right) = self.borders[cluster];
        let mut own = (left, right.max(left + it.min_across - 1));
        let mut is_moved = false;
        if let Some(parent) = it.parent {
            let around = self.task.clusters[parent];
            own.0 = own.0.max(self.borders[parent].0 + around.low);
            let outer = &mut self.borders[parent].1;
            is_moved = *outer < own.1 + around.high;
            *outer = (*outer).max(own.1 + around.high);
        }
        is_moved |= own != (left, right);
        self.borders[cluster] = own;
        is_moved
    }

    /// One pass from left to right over a layer.
    fn push_right(&mut self, layer: usize) -> bool {
        let task = self.task;
        let mut is_moved = false;
        let order = std::mem::take(&mut self.layers[layer]);
        for (at, &vertex) in order.iter().enumerate() {
            let mut least = i32::MIN / 4;
            let cluster = self.vertices[vertex].cluster;
            if at > 0 {
                let before = order[at - 1];
                let previous = &self.vertices[before];
                let end = previous.position + previous.across;
                let common = task.common(previous.cluster, cluster);
                let entered = task.path_from(cluster, common);
                let left = task.outermost(previous.cluster, cluster);
                // The frames that are left end before the next begins.
                let free = match left {
                    Some(outer) => self.borders[outer].1 + 1 + task.gaps.frames,
                    None if entered.is_empty() => end + self.gap(before, vertex),
                    None => end + task.gaps.frames,
                };
                match entered.last() {
                    Some(&outer) => {
                        if self.borders[outer].0 < free {
                            self.borders[outer].0 = free;
                            is_moved = true;
                        }
                    }
                    None => least = free,
                }
            }
            // Inside its frames, from the outermost to the innermost.
            for &outer in task.path_from(cluster, None).iter().rev() {
                if let Some(parent) = task.clusters[outer].parent {
                    let inside = self.borders[parent].0 + task.clusters[parent].low;
                    if self.borders[outer].0 < inside {
                        self.borders[outer].0 = inside;
                        is_moved = true;
                    }
                }
            }
            if let Some(inner) = cluster {
                least = least.max(self.borders[inner].0 + task.clusters[inner].low);
            }
            let it = &mut self.vertices[vertex];
            if it.position < least {
                it.position = least;
                is_moved = true;
            }
            let mut high = it.position + it.across - 1;
            for &outer in task.path_from(cluster, None) {
                high += task.clusters[outer].high;
                if self.borders[outer].1 < high {
                    self.borders[outer].1 = high;
                    is_moved = true;
                }
                high = high.max(self.borders[outer].1);
            }
        }
        self.layers[layer] = order;
        is_moved
    }

    /// Draws every border as close as its members and title allow.
    pub(super) fn tighten_borders(&mut self) {
        let clusters = &self.task.clusters;
        let mut borders = vec![(i32::MAX / 4, i32::MIN / 4); clusters.len()];
        for vertex in &self.vertices {
            if let Some(cluster) = vertex.cluster {
                let it = &mut borders[cluster];
                it.0 = it.0.min(vertex.position - clusters[cluster].low);
                it.1 = it.1.max(vertex.position + vertex.across - 1 + clusters[cluster].high);
            }
        }
        for cluster in (0..clusters.len()).rev() {
            let it = clusters[cluster];
            let (left, right) = borders[cluster];
            let (old_left, old_right) = self.borders[cluster];
            // A title may need more than the members do; the borders then stay within what was kept free.
            let right = right.max(left + it.min_across - 1);
            let (left, right) = if right > old_right {
                (left.min(old_right + 1 - it.min_across).max(old_left), old_right)
            } else {
                (left, right)
            };
            borders[cluster] = (left, right);
            if let Some(parent) = it.parent {
                let around = &mut borders[parent];
                around.0 = around.0.min(left - clusters[parent].low);
                around.1 = around.1.max(right + clusters[parent].high);
            }
        }
        self.borders = borders;
    }
}
