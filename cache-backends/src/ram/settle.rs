//! Where the calls of a function go is found out once, and left at its site as its short cut ([`super::hit`]).

use std::any::TypeId;
use std::sync::Arc;

use cache_core::fork::whole;
use cache_core::function::{Settled, Site};
use cache_core::key::{Instance, Key, Secret};
use cache_core::{Tallied, Tally, Value};

use super::Ram;
use super::functions::Function;
use super::hit::{Several, Short};
use super::kind::Kind;
use super::lock::Mutex;
use super::reader;
use super::store::Store;

/// The calls of one function or instance.
#[derive(Debug)]
struct Calls(usize);

impl Tally for Calls {
    fn tallied(&self) -> Tallied {
        reader::tallied(self.0)
    }
}

/// How many have counters.
static SETTLING: Mutex<usize> = Mutex::new(0);

/// See [`super::fork`].
pub(super) fn hold() {
    SETTLING.hold();
}

/// Lets it go.
///
/// # Safety
/// This thread holds it, by [`hold`].
#[allow(unsafe_code, reason = "a lock that is let go by another function than it was taken by")]
pub(super) unsafe fn let_go() {
    // SAFETY: as the caller says.
    unsafe { SETTLING.let_go() };
}

/// Finds out where the calls of a function go, and leaves that at its site, if it is not there.
pub(super) fn settle<V: Value>(site: &'static Site, instance: Option<Instance>) {
    let is_settled = || {
        let short = || Short::of(site, TypeId::of::<V>(), instance);
        site.is_slow() || short().is_some_and(|short| short.function.number() != 0)
    };
    if is_settled() {
        return;
    }
    let was_installed = cache_core::is_installed();
    // Made before anything is locked: what it logs may call cached functions.
    let Some(settled) = site.settled() else { return };
    whole(|| {
        let mut count = SETTLING.lock();
        if is_settled() {
            return;
        }
        let settled = settle_in::<V>(site, instance, settled, &mut count);
        // Installed in between: what is settled here is of the cache before, which may have been retired before it was.
        if let Some(settled) = settled.filter(|_| !was_installed && cache_core::is_installed()) {
            settled.backend().retire();
        }
    });
}

/// Gives what it left, if there is a short cut.
fn settle_in<V: Value>(
    site: &'static Site,
    instance: Option<Instance>,
    settled: Settled,
    count: &mut usize,
) -> Option<&'static Settled> {
    let ram = settled.backend().itself().and_then(|backend| backend.downcast_ref::<Ram>());
    // A test's clock is asked each time.
    let ram = ram.filter(|ram| *count < reader::COUNTERS && ram.store.clock.is_system());
    let found = ram.and_then(|ram| Some((Arc::clone(&ram.store), Kind::<V>::of_values()?)));
    let Some((store, kind)) = found else {
        // An instance that has none does not take those of the others away.
        site.set_slow();
        return None;
    };
    // For as long as the process lives, as all that a short cut has.
    let settled: &'static Settled = Box::leak(Box::new(settled));
    let store: &'static Store = Box::leak(Box::new(store));
    let function: &'static Function =
        Box::leak(Box::new(Arc::clone(&store.functions.of(&Key::any(settled.space(), instance), &store.partitions))));
    let buckets = function.table.buckets();
    function.has_values(kind);
    let short = Short {
        id: if instance.is_some() { TypeId::of::<Several>() } else { TypeId::of::<V>() },
        secret: Secret::of_process(),
        buckets,
        mask: buckets.len() - 1,
        function,
        index: *count,
        store,
        settled,
        values: TypeId::of::<V>(),
        instance: instance.map(|it| it.id()),
        next: Short::first(site),
    };
    settled.count(&(Arc::new(Calls(*count)) as Arc<dyn Tally>));
    *count += 1;
    site.set_fast(Box::into_raw(Box::new(short)).cast());
    Some(settled)
}
