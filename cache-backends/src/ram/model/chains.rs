//! A look-up finds what is there, whatever else happens to its chain.

use super::{A, B, C, Ram, beside, model};

#[test]
fn a_key_that_is_replaced_is_found_with_one_of_its_values() {
    model(|| {
        let ram = Ram::with(4, &[(A, 1)]);
        let writer = beside(&ram, |ram| ram.put(A, 2));
        let hit = ram.hit(A);
        assert!(matches!(hit, Some(1 | 2)), "{hit:?}");
        writer.join().unwrap();
        assert_eq!(ram.hit(A), Some(2));
    });
}

#[test]
fn a_key_that_is_replaced_behind_another_is_found_too() {
    model(|| {
        let ram = Ram::with(4, &[(A, 1), (B, 3)]);
        let writer = beside(&ram, |ram| ram.put(A, 2));
        let looked = ram.look(A);
        assert!(matches!(looked, Some(1 | 2)), "{looked:?}");
        writer.join().unwrap();
        assert_eq!((ram.hit(A), ram.hit(B)), (Some(2), Some(3)));
    });
}

#[test]
fn a_key_that_is_removed_is_found_as_it_was_or_not_at_all() {
    model(|| {
        let ram = Ram::with(4, &[(A, 1), (B, 3)]);
        let writer = beside(&ram, |ram| ram.remove(A));
        let hit = ram.hit(A);
        assert!(matches!(hit, None | Some(1)), "{hit:?}");
        writer.join().unwrap();
        assert_eq!((ram.look(A), ram.look(B)), (None, Some(3)));
    });
}

#[test]
fn a_key_behind_one_that_is_removed_is_found() {
    model(|| {
        let ram = Ram::with(4, &[(B, 3), (A, 1)]);
        let writer = beside(&ram, |ram| ram.remove(A));
        assert_eq!(ram.hit(B), Some(3));
        writer.join().unwrap();
    });
}

#[test]
fn a_key_that_comes_back_is_never_found_with_the_value_of_before() {
    model(|| {
        let ram = Ram::with(4, &[(A, 1)]);
        let writer = beside(&ram, |ram| {
            ram.remove(A);
            ram.put(A, 2);
        });
        let (one, other) = (ram.hit(A), ram.hit(A));
        assert!(one != Some(2) || other == Some(2), "{one:?}, then {other:?}");
        writer.join().unwrap();
    });
}

#[test]
fn what_makes_room_is_found_as_it_was_or_not_at_all() {
    model(|| {
        let ram = Ram::with(2, &[(A, 1), (B, 3)]);
        let writer = beside(&ram, |ram| {
            ram.put(C, 5);
            ram.free();
        });
        let found = (ram.hit(A), ram.hit(B));
        assert!(matches!(found, (None | Some(1), None | Some(3))), "{found:?}");
        writer.join().unwrap();
        assert_eq!(ram.hit(C), Some(5));
    });
}

#[test]
fn what_is_there_is_found_surely_while_the_chains_are_made_anew() {
    model(|| {
        let ram = Ram::with(8, &[(B, 3), (A, 1)]);
        let writer = beside(&ram, |ram| {
            ram.put(C, 5);
            ram.free();
        });
        assert_eq!(ram.look(B), Some(3));
        writer.join().unwrap();
        assert_eq!((ram.hit(A), ram.hit(B), ram.hit(C)), (Some(1), Some(3), Some(5)));
    });
}

#[test]
fn a_hit_while_the_chains_are_made_anew_reads_nothing_else() {
    model(|| {
        let ram = Ram::with(8, &[(C, 5), (A, 1)]);
        let writer = beside(&ram, |ram| {
            ram.put(B, 3);
            ram.free();
        });
        let (a, c) = (ram.hit(A), ram.hit(C));
        assert!(matches!((a, c), (None | Some(1), None | Some(5))), "{a:?} {c:?}");
        writer.join().unwrap();
    });
}

#[test]
fn what_is_there_is_found_also_where_no_short_cut_leads() {
    model(|| {
        let ram = Ram::with(8, &[(B, 3), (A, 1)]);
        let writer = beside(&ram, |ram| {
            ram.put(C, 5);
            ram.free();
        });
        assert_eq!(ram.entry(B), Some(3), "while the chains are made anew");
        writer.join().unwrap();
        assert_eq!((ram.entry(A), ram.entry(B), ram.entry(C)), (Some(1), Some(3), Some(5)));
    });
}

#[test]
fn what_is_replaced_or_removed_is_as_it_was_or_is_where_no_short_cut_leads() {
    model(|| {
        let ram = Ram::with(4, &[(A, 1), (B, 3)]);
        let writer = beside(&ram, |ram| {
            ram.put(A, 2);
            ram.remove(B);
            ram.free();
        });
        let (a, b) = (ram.entry(A), ram.entry(B));
        assert!(matches!((a, b), (Some(1 | 2), None | Some(3))), "{a:?} {b:?}");
        writer.join().unwrap();
        assert_eq!((ram.entry(A), ram.entry(B)), (Some(2), None));
    });
}

#[test]
fn what_a_look_has_missed_no_commit_behind_it_replaces() {
    model(|| {
        // Chains are not made anew here: what is put in takes the room of another.
        let ram = Ram::with(2, &[(B, 3), (C, 5)]);
        let reader = beside(&ram, |ram| (ram.seen(A), ram.entry(A)));
        ram.put(A, 1);
        let (seen, found) = reader.join().unwrap();
        assert!(found.is_some() || !ram.is_unchanged(A, seen), "it was written since, and may be replaced");
    });
}

#[test]
fn what_a_look_has_found_no_commit_behind_it_puts_back() {
    model(|| {
        let ram = Ram::with(4, &[(A, 1)]);
        let reader = beside(&ram, |ram| (ram.seen(A), ram.entry(A)));
        ram.remove(A);
        let (seen, found) = reader.join().unwrap();
        assert!(found.is_none() || !ram.is_unchanged(A, seen), "it was removed since, and may be put back");
    });
}
