//! Tickets, messages and lives.

use super::*;

fn learn(epochs: &Epochs, name: &EpochName<'static>) -> Epoch {
    let epoch = Epoch::random();
    let tickets = epochs.expect(std::iter::once(name));
    epochs.learn(name, tickets[0], Some(epoch));
    epoch
}

/// Asks for `name` once more; `before` is the ticket of a question that something has come behind.
fn only_a_later_answer_counts(epochs: &Epochs, name: &EpochName<'static>, before: Ticket) {
    let after = epochs.expect(std::iter::once(name));
    epochs.learn(name, before, Some(Epoch::random()));
    assert_eq!(epochs.get(std::slice::from_ref(name)), [None]);
    let epoch = Epoch::random();
    epochs.learn(name, after[0], Some(epoch));
    assert_eq!(epochs.get(std::slice::from_ref(name)), [Some(Some(epoch))]);
}

#[test]
fn a_message_between_the_question_and_the_answer_wins() {
    let (epochs, name) = (Epochs::default(), EpochName::tag("a"));
    let before = epochs.expect(std::iter::once(&name));
    epochs.take_away("e:t:a");
    epochs.learn(&name, before[0], Some(Epoch::random()));
    assert_eq!(epochs.get(std::slice::from_ref(&name)), [None]);

    // Also when someone asked again after the message.
    only_a_later_answer_counts(&epochs, &name, before[0]);
}

#[test]
fn an_answer_from_before_everything_was_cleared_is_not_entered_after_it() {
    let (epochs, name) = (Epochs::default(), EpochName::tag("a"));
    let before = epochs.expect(std::iter::once(&name));
    epochs.clear();
    only_a_later_answer_counts(&epochs, &name, before[0]);
}

#[test]
fn what_is_missing_is_known_until_it_is_made() {
    let (epochs, name) = (Epochs::default(), EpochName::tag("a"));
    let names = std::slice::from_ref(&name);
    let tickets = epochs.expect(names.iter());
    epochs.learn(&name, tickets[0], None);
    assert!(epochs.all(names).is_some());
    assert_eq!(epochs.get(names), [Some(None)]);
    // Made by this process, which reads the number before the message is here.
    let tickets = epochs.expect(names.iter());
    epochs.learn(&name, tickets[0], Some(Epoch::random()));
    assert_eq!(epochs.get(names), [None]);
}

#[test]
fn a_life_counts_for_one_number_only() {
    let (epochs, name) = (Epochs::default(), EpochName::tag("a"));
    let epoch = learn(&epochs, &name);
    epochs.lives(&name, epoch, 100);
    assert_eq!(epochs.living(&name, 100, true), Some(epoch));
    assert_eq!(epochs.living(&name, 101, true), None);
    epochs.take_away("e:t:a");
    assert_eq!(epochs.living(&name, 100, true), None);
    learn(&epochs, &name);
    assert_eq!(epochs.living(&name, 100, true), None);
}

#[test]
fn the_table_has_a_bound() {
    let epochs = Epochs::default();
    for number in 0..LIMIT + 10 {
        learn(&epochs, &EpochName::tag(&number.to_string()));
    }
    assert!(epochs.read().places.len() <= LIMIT);
}

#[test]
fn what_was_asked_for_before_its_name_was_thrown_out_is_not_entered_when_it_is_expected_again() {
    let (epochs, name) = (Epochs::default(), EpochName::tag("a"));
    let before = epochs.expect(std::iter::once(&name));
    let mut number = 0;
    while epochs.read().places.contains_key(name.text()) {
        learn(&epochs, &EpochName::tag(&number.to_string()));
        number += 1;
    }
    // A message that comes now finds nothing to take away.
    epochs.take_away(name.text());
    epochs.learn(&name, before[0], Some(Epoch::random()));
    let after = epochs.expect(std::iter::once(&name));
    epochs.learn(&name, before[0], Some(Epoch::random()));
    assert_eq!(epochs.get(std::slice::from_ref(&name)), [None]);
    let epoch = Epoch::random();
    epochs.learn(&name, after[0], Some(epoch));
    assert_eq!(epochs.get(&[name]), [Some(Some(epoch))]);
}
