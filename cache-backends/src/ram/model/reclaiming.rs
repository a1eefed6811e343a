//! Nothing is freed while someone is inside who may have found it.

use super::super::reader::Pin;
use super::{A, B, Ram, beside, model};

#[test]
fn two_readers_are_both_waited_for() {
    model(|| {
        let ram = Ram::with(4, &[(A, 1)]);
        let readers = [beside(&ram, |ram| ram.hit(A)), beside(&ram, |ram| ram.hit(A))];
        ram.remove(A);
        ram.free();
        for reader in readers {
            let hit = reader.join().unwrap();
            assert!(matches!(hit, None | Some(1)), "{hit:?}");
        }
        ram.free();
    });
}

#[test]
fn a_reader_that_comes_back_at_once_has_left_all_the_same() {
    model(|| {
        let ram = Ram::with(4, &[(A, 1)]);
        let reader = beside(&ram, |ram| (ram.hit(A), ram.hit(B)));
        ram.remove(A);
        ram.free();
        let (a, b) = reader.join().unwrap();
        assert!(matches!((a, b), (None | Some(1), None)), "{a:?} {b:?}");
    });
}

#[test]
fn a_pin_inside_of_another_does_not_end_it() {
    model(|| {
        let ram = Ram::with(4, &[(B, 3), (A, 1)]);
        let reader = beside(&ram, |ram| {
            let outer = Pin::anywhere();
            let held = ram.find(&outer, A);
            let inner = ram.hit(B);
            (held.and_then(|held| ram.read(&held)), inner)
        });
        ram.remove(A);
        ram.free();
        let (outer, inner) = reader.join().unwrap();
        assert!(matches!((outer, inner), (None | Some(1), Some(3))), "{outer:?} {inner:?}");
    });
}

#[test]
fn what_two_threads_take_out_is_freed_once() {
    model(|| {
        let ram = Ram::with(4, &[(A, 1)]);
        let writers = [beside(&ram, |ram| ram.put(A, 2)), beside(&ram, |ram| ram.remove(A))];
        let hit = ram.hit(A);
        assert!(matches!(hit, None | Some(1 | 2)), "{hit:?}");
        for writer in writers {
            writer.join().unwrap();
        }
    });
}
