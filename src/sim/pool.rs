//! The instances of a function: which are there, which can take a request, which expire next.
//!
//! Slots stand in the order of creation, so that "the newest with room" is the last bit of a set. An instance that became
//! idle is noted in a queue once, however often it is used before that time is up; only then is it looked at again, and
//! noted for later if it was used since. So requests cost no search and hardly touch the queue. Slots of instances that
//! are gone are closed up when they are the most; then every slot moves, and [`Pool::close_up`] says where.

#![expect(clippy::inline_always, reason = "the hot loop is a tenth faster as one piece; measured by benches/sim.rs")]

use super::bits::BitTree;
use super::queue::Queue;

/// The rule by which a request is given to one of the instances that have room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Routing {
    /// The most recently created: the others can expire. The rule of the published simulator.
    Newest,
    /// The most recently used.
    Recent,
    Oldest,
    Random,
}

/// A slot number that stands for none.
pub(super) const NONE: u32 = u32::MAX;

/// What changes with every request. A quarter of a cache line: among many instances, the lines that it touches are most
/// of what a request costs.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    /// When it goes if nothing comes, once it is idle.
    pub expires_s: f64,
    /// Requests it is serving.
    pub active: u16,
    pub provisioned: bool,
    pub holds_connection: bool,
    /// It is among what expires, at a time that is not later.
    is_noted: bool,
    stage: Stage,
}

impl Instance {
    /// When it goes if nothing comes; infinite while it is busy.
    fn goes_s(&self) -> f64 {
        if self.active == 0 { self.expires_s } else { f64::INFINITY }
    }
}

/// The rest about an instance, which its requests do not touch unless somebody watches.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub id: u64,
    pub created_s: f64,
    /// The time it is noted at among what expires; infinite when it is not noted.
    noted_s: f64,
    /// What follows is kept for those who watch. Since when it is busy or idle.
    pub since_s: f64,
    /// Requests it was given so far, up to four billion.
    pub taken: u32,
    /// The request it last took, as the engine numbers those on their way.
    pub flight: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// In its cold start: it takes no second request.
    Starting,
    Up,
    Gone,
}

#[derive(Clone, Debug)]
pub(super) struct Pool {
    slots: Vec<Instance>,
    /// Of the same slots.
    lives: Vec<Life>,
    created: u64,
    live: u32,
    running: u32,
    most_live: u32,
    requests_per_instance: u16,
    /// Absent when none is kept ready.
    provisioned: Option<Available>,
    on_demand: Available,
    /// Every idle instance, at the time it expires or before.
    expiries: Queue,
}

impl Pool {
    pub(super) fn new(routing: Routing, provisioned: u32, requests_per_instance: u16) -> Self {
        let mut pool = Self {
            slots: Vec::new(),
            lives: Vec::new(),
            created: 0,
            live: 0,
            running: 0,
            most_live: 0,
            requests_per_instance,
            provisioned: (provisioned > 0).then(|| Available::new(routing)),
            on_demand: Available::new(routing),
            expiries: Queue::default(),
        };
        for _ in 0..provisioned {
            let slot = pool.push(0.0, true);
            pool.available(slot).insert(slot);
        }
        pool
    }

    pub(super) fn live(&self) -> u32 {
        self.live
    }

    /// Instances that serve at least one request.
    pub(super) fn running(&self) -> u32 {
        self.running
    }

    pub(super) fn most_live(&self) -> u32 {
        self.most_live
    }

    pub(super) fn created(&self) -> u64 {
        self.created
    }

    #[inline]
    pub(super) fn at(&self, slot: u32) -> &Instance {
        &self.slots[slot as usize]
    }

    #[inline]
    pub(super) fn at_mut(&mut self, slot: u32) -> &mut Instance {
        &mut self.slots[slot as usize]
    }

    /// When the instance goes if nothing comes, or infinity where there is none.
    #[inline]
    pub(super) fn expires_s(&self, slot: u32) -> f64 {
        self.slots.get(slot as usize).map_or(f64::INFINITY, |it| it.expires_s)
    }

    #[inline]
    pub(super) fn life(&self, slot: u32) -> &Life {
        &self.lives[slot as usize]
    }

    /// The slots of the instances that are there, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.slots).filter(|(_, instance)| instance.stage != Stage::Gone).map(|(slot, _)| slot)
    }

    /// Keeps for those who watch that the instance took the request at this time. Returns the instance's number.
    pub(super) fn record_taken(&mut self, slot: u32, flight: u32, now_s: f64) -> u64 {
        let first = self.at(slot).active == 1;
        let life = &mut self.lives[slot as usize];
        life.flight = flight;
        life.taken = life.taken.saturating_add(1);
        if first {
            life.since_s = now_s;
        }
        life.id
    }

    /// Keeps for those who watch that a request of the instance was over at this time.
    pub(super) fn record_over(&mut self, slot: u32, now_s: f64) {
        if self.at(slot).active == 0 {
            self.lives[slot as usize].since_s = now_s;
        }
    }

    fn push(&mut self, now_s: f64, provisioned: bool) -> u32 {
        let slot = self.slots.len() as u32;
        self.slots.push(Instance {
            expires_s: f64::INFINITY,
            active: 0,
            provisioned,
            holds_connection: false,
            is_noted: false,
            stage: Stage::Up,
        });
        let (id, created_s, since_s) = (self.created, now_s, now_s);
        self.lives.push(Life { id, created_s, noted_s: f64::INFINITY, since_s, taken: 0, flight: NONE });
        self.created += 1;
        self.live += 1;
        self.most_live = self.most_live.max(self.live);
        slot
    }

    /// A new instance that starts for a request.
    pub(super) fn start(&mut self, now_s: f64) -> u32 {
        let slot = self.push(now_s, false);
        let instance = self.at_mut(slot);
        (instance.active, instance.stage) = (1, Stage::Starting);
        self.running += 1;
        slot
    }

    /// A new instance that was loaded ahead of any request and goes at `expires_s`.
    pub(super) fn prewarm(&mut self, now_s: f64, expires_s: f64) {
        let slot = self.push(now_s, false);
        self.note(slot, expires_s);
        self.on_demand.insert(slot);
    }

    /// Gives a request to an instance with room, provisioned ones first. `bits` decide where chance does.
    #[inline]
    pub(super) fn take(&mut self, bits: impl Fn() -> u64) -> Option<u32> {
        let ready = self.provisioned.as_mut().and_then(|it| it.take(&bits));
        let slot = match ready {
            Some(slot) => slot,
            None => self.on_demand.take(&bits)?,
        };
        let most = self.requests_per_instance;
        let instance = &mut self.slots[slot as usize];
        instance.active += 1;
        let has_room = instance.active < most;
        self.running += u32::from(instance.active == 1);
        if has_room {
            self.available(slot).insert(slot);
        }
        Some(slot)
    }

    /// The cold start is over; where an instance serves several requests it can take more now.
    pub(super) fn ready(&mut self, slot: u32) {
        let most = self.requests_per_instance;
        let instance = self.at_mut(slot);
        instance.stage = Stage::Up;
        if instance.active > 0 && instance.active < most {
            self.available(slot).insert(slot);
        }
    }

    /// A request of the instance is over. When it was the last, the instance is kept for `keep_s`.
    #[inline]
    pub(super) fn release(&mut self, slot: u32, now_s: f64, keep_s: f64) {
        let most = self.requests_per_instance;
        let instance = &mut self.slots[slot as usize];
        let was_full = instance.active == most || instance.stage == Stage::Starting;
        instance.stage = Stage::Up;
        instance.active -= 1;
        if instance.active == 0 {
            self.running -= 1;
            if !instance.provisioned {
                self.note(slot, now_s + keep_s);
            }
        }
        if was_full {
            self.available(slot).insert(slot);
        }
    }

    /// The instance and all it holds are gone. Returns how long it lived.
    pub(super) fn remove(&mut self, slot: u32, now_s: f64) -> f64 {
        self.at_mut(slot).expires_s = f64::INFINITY;
        self.available(slot).remove(slot);
        let instance = self.at_mut(slot);
        let was_running = instance.active > 0;
        (instance.stage, instance.active) = (Stage::Gone, 0);
        self.live -= 1;
        self.running -= u32::from(was_running);
        now_s - self.life(slot).created_s
    }

    /// Before this, or infinity, no idle instance expires. After [`Pool::settle`] one does then.
    #[inline]
    pub(super) fn next_expiry_s(&self) -> f64 {
        self.expiries.next_s()
    }

    /// The instance that expires next, once that is settled.
    pub(super) fn next_to_expire(&self) -> Option<u32> {
        self.expiries.next().map(|(_, slot)| slot)
    }

    /// Corrects what is noted at the front of the queue until it is true.
    pub(super) fn settle(&mut self) {
        while let Some((noted_s, slot)) = self.expiries.next() {
            let (instance, life) = (&mut self.slots[slot as usize], &mut self.lives[slot as usize]);
            if life.noted_s == noted_s {
                let goes_s = instance.goes_s();
                if goes_s == noted_s {
                    return;
                }
                life.noted_s = goes_s;
                instance.is_noted = goes_s < f64::INFINITY;
                if instance.is_noted {
                    self.expiries.push(goes_s, slot);
                }
            }
            self.expiries.pop(|_| ());
        }
    }

    #[inline]
    fn available(&mut self, slot: u32) -> &mut Available {
        match &mut self.provisioned {
            Some(ready) if self.slots[slot as usize].provisioned => ready,
            _ => &mut self.on_demand,
        }
    }

    /// Lets an idle instance expire at this time.
    #[inline]
    fn note(&mut self, slot: u32, expires_s: f64) {
        let instance = &mut self.slots[slot as usize];
        // It is noted for its last expiry or earlier: with a constant keep-alive there is nothing more to look at.
        let expired_s = if instance.is_noted { instance.expires_s } else { f64::INFINITY };
        instance.expires_s = expires_s;
        if expires_s < expired_s {
            self.note_earlier(slot, expires_s);
        }
    }

    fn note_earlier(&mut self, slot: u32, expires_s: f64) {
        let (instance, life) = (&mut self.slots[slot as usize], &mut self.lives[slot as usize]);
        if !instance.is_noted || expires_s < life.noted_s {
            instance.is_noted = true;
            life.noted_s = expires_s;
            self.expiries.push(expires_s, slot);
        }
    }

    /// Closes up the slots of instances that are gone, when these are the most. Returns the new place of each old slot.
    pub(super) fn close_up(&mut self) -> Option<Vec<u32>> {
        if self.slots.len() < 64 || self.slots.len() < 2 * self.live as usize {
            return None;
        }
        let mut places = vec![NONE; self.slots.len()];
        let mut next = 0;
        for (place, instance) in places.iter_mut().zip(&self.slots) {
            if instance.stage != Stage::Gone {
                *place = next;
                next += 1;
            }
        }
        let moved = |slot: u32| if slot == NONE { NONE } else { places[slot as usize] };
        let mut kept = self.slots.iter().map(|instance| instance.stage != Stage::Gone);
        self.lives.retain(|_| kept.next() == Some(true));
        self.slots.retain(|instance| instance.stage != Stage::Gone);
        self.expiries.renumber(|slot| (moved(slot) != NONE).then(|| moved(slot)));
        if let Some(ready) = &mut self.provisioned {
            ready.move_to(&places);
        }
        self.on_demand.move_to(&places);
        Some(places)
    }
}

/// The slots of instances that can take a request, in the order that the routing wants.
#[derive(Clone, Debug)]
enum Available {
    Newest(BitTree),
    Oldest(BitTree),
    /// A stack; entries whose stamp is not the slot's are of the past.
    Recent {
        stack: Vec<(u32, u32)>,
        stamps: Vec<u32>,
    },
    /// The slots in no order, and the place of each slot among them.
    Random {
        slots: Vec<u32>,
        places: Vec<u32>,
    },
}

impl Available {
    fn new(routing: Routing) -> Self {
        match routing {
            Routing::Newest => Self::Newest(BitTree::default()),
            Routing::Oldest => Self::Oldest(BitTree::default()),
            Routing::Recent => Self::Recent { stack: Vec::new(), stamps: Vec::new() },
            Routing::Random => Self::Random { slots: Vec::new(), places: Vec::new() },
        }
    }

    #[inline(always)]
    fn insert(&mut self, slot: u32) {
        let at = slot as usize;
        match self {
            Self::Newest(bits) | Self::Oldest(bits) => bits.insert(at),
            Self::Recent { stack, stamps } => {
                stamps.resize(stamps.len().max(at + 1), 0);
                stack.push((slot, stamps[at]));
                // Entries of the past are thrown out when they are the most.
                if stack.len() > 64 + 2 * stamps.len() {
                    stack.retain(|(slot, stamp)| stamps[*slot as usize] == *stamp);
                }
            }
            Self::Random { slots, places } => {
                places.resize(places.len().max(at + 1), NONE);
                places[at] = slots.len() as u32;
                slots.push(slot);
            }
        }
    }

    #[inline(always)]
    fn remove(&mut self, slot: u32) {
        let at = slot as usize;
        match self {
            Self::Newest(bits) | Self::Oldest(bits) => bits.remove(at),
            Self::Recent { stamps, .. } => {
                if let Some(stamp) = stamps.get_mut(at) {
                    *stamp = stamp.wrapping_add(1);
                }
            }
            Self::Random { slots, places } => {
                let Some(place) = places.get(at).copied().filter(|place| *place != NONE) else { return };
                places[at] = NONE;
                slots.swap_remove(place as usize);
                if let Some(moved) = slots.get(place as usize) {
                    places[*moved as usize] = place;
                }
            }
        }
    }

    #[inline(always)]
    fn take(&mut self, bits: impl Fn() -> u64) -> Option<u32> {
        let slot = match self {
            Self::Newest(set) => set.last()? as u32,
            Self::Oldest(set) => set.first()? as u32,
            Self::Recent { stack, stamps } => loop {
                let (slot, stamp) = stack.pop()?;
                if stamps[slot as usize] == stamp {
                    break slot;
                }
            },
            Self::Random { slots, .. } => {
                let n = slots.len() as u128;
                // The high half of a product is an even choice without a division.
                *slots.get(((u128::from(bits()) * n) >> 64) as usize)?
            }
        };
        self.remove(slot);
        Some(slot)
    }

    /// Every slot has moved; those that are gone had been removed.
    fn move_to(&mut self, places: &[u32]) {
        let moved = |slot: u32| places[slot as usize];
        match self {
            Self::Newest(bits) | Self::Oldest(bits) => {
                let mut closed = BitTree::default();
                while let Some(slot) = bits.first() {
                    bits.remove(slot);
                    closed.insert(moved(slot as u32) as usize);
                }
                *bits = closed;
            }
            Self::Recent { stack, stamps } => {
                stack.retain(|(slot, stamp)| stamps[*slot as usize] == *stamp);
                for entry in stack {
                    *entry = (moved(entry.0), 0);
                }
                stamps.fill(0);
            }
            Self::Random { slots, places: back } => {
                back.fill(NONE);
                for (place, slot) in slots.iter_mut().enumerate() {
                    *slot = moved(*slot);
                    back[*slot as usize] = place as u32;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pool, Routing};

    #[test]
    fn each_routing_takes_the_instance_it_names() {
        for (routing, expected) in [(Routing::Newest, 2), (Routing::Oldest, 0), (Routing::Recent, 1)] {
            let mut pool = Pool::new(routing, 0, 1);
            let slots: Vec<u32> = (0..3).map(|_| pool.start(0.0)).collect();
            for slot in [slots[0], slots[2], slots[1]] {
                pool.release(slot, 1.0, 10.0);
            }
            let taken = pool.take(|| 0).expect("three are idle");
            assert_eq!(pool.life(taken).id, expected, "{routing:?}");
        }
    }

    #[test]
    fn what_expires_is_in_order_and_slots_close_up() {
        for routing in [Routing::Newest, Routing::Oldest, Routing::Recent, Routing::Random] {
            let mut pool = Pool::new(routing, 2, 1);
            let slots: Vec<u32> = (0..100).map(|_| pool.start(0.0)).collect();
            // Kept for 100, 99, 98 … seconds: the list must put each before all others.
            for (i, slot) in slots.iter().enumerate() {
                pool.release(*slot, 0.0, 100.0 - i as f64);
            }
            let mut last_s = 0.0;
            while pool.live() > 12 {
                pool.settle();
                assert!(pool.next_expiry_s() > last_s, "{routing:?}");
                last_s = pool.next_expiry_s();
                let slot = pool.next_to_expire().expect("ninety are to go");
                assert_eq!(pool.remove(slot, last_s), last_s);
                pool.close_up();
            }
            let ids: Vec<u64> = pool.iter().map(|slot| pool.life(slot).id).collect();
            assert_eq!(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "{routing:?}");
            let mut taken: Vec<u64> = (0..12)
                .map(|i| {
                    let slot = pool.take(|| i << 60).expect("all are idle");
                    pool.life(slot).id
                })
                .collect();
            assert!(taken[..2].iter().all(|id| *id < 2), "provisioned ones come first: {taken:?}");
            taken.sort_unstable();
            assert_eq!(taken, ids, "{routing:?}");
            assert!(pool.take(|| 0).is_none());
        }
    }
}
