//! Places of a queue begin anew after two thousand millions: nobody notices.

use std::cell::Cell;

use super::{Item, MAIN, Queue};

#[derive(Debug, Default)]
struct Waiting {
    number: u32,
    place: Cell<u32>,
}

impl Item for &Waiting {
    fn place(self) -> u32 {
        self.place.get()
    }

    fn set_place(self, place: u32) {
        self.place.set(place);
    }

    fn reads(self) -> u8 {
        0
    }

    fn set_reads(self, _: u8) {}
}

fn numbers(queue: &mut Queue<&Waiting>) -> Vec<u32> {
    std::iter::from_fn(|| queue.pop().map(|waiting| waiting.number)).collect()
}

#[test]
fn those_who_stand_over_the_end_of_the_places_are_found_and_leave_in_their_order() {
    for is_main in [false, true] {
        for before in 0..12 {
            let all: Vec<Waiting> = (0..10).map(|number| Waiting { number, ..Waiting::default() }).collect();
            let other = Waiting { number: 77, ..Waiting::default() };
            let mut queue = Queue::new(is_main);
            queue.first = MAIN - before;
            all.iter().for_each(|waiting| queue.push(waiting));
            assert!(all.iter().all(|waiting| super::is_main(waiting) == is_main));
            queue.remove(&all[2]);
            queue.remove(&all[9]);
            queue.replace(&all[6], &other);
            assert_eq!(numbers(&mut queue), [0, 1, 3, 4, 5, 77, 7, 8], "{before} places before the end");
        }
    }
}

#[test]
fn holes_are_closed_and_those_behind_them_are_found_still() {
    let all: Vec<Waiting> = (0..1_000).map(|number| Waiting { number, ..Waiting::default() }).collect();
    let mut queue = Queue::new(true);
    for (index, waiting) in all.iter().enumerate() {
        queue.push(waiting);
        // All but every hundredth leave, from the middle, soon after they came.
        if index % 100 != 1 && index > 0 {
            queue.remove(&all[index]);
        }
    }
    assert_eq!(queue.len(), 11);
    assert!(queue.items.len() <= 2 * queue.len() + 18, "{} places for {}", queue.items.len(), queue.len());
    queue.remove(&all[501]);
    assert_eq!(numbers(&mut queue), [0, 1, 101, 201, 301, 401, 601, 701, 801, 901]);
}
