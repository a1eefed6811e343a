//! Writes a value, and proves that what was written brings it back.

use serde::{Serialize, de::DeserializeOwned};

use super::{Format, Undecodable, Unstorable, compact, decode, digest::digest, error::Stop, named, plan::Plan};

/// Compact payloads up to this many bytes are always proved; of larger ones, the first of a type and then one in
/// [`LARGE_EVERY`].
const LARGE: usize = 64 * 1024;
const LARGE_EVERY: u32 = 8;

/// Whether two values are the same to the type.
type Same<T> = Option<fn(&T, &T) -> bool>;

/// Appends `value` to `out` in the smallest form that brings it back.
pub(super) fn encode<T>(value: &T, out: &mut Vec<u8>, same: Same<T>) -> Result<Format, Unstorable>
where
    T: Serialize + DeserializeOwned + 'static,
{
    let plan = Plan::of::<T>();
    let start = out.len();
    let result = if plan.needs_names() { in_names(value, out, same, plan) } else { compactly(value, out, same, plan) };
    result.inspect_err(|_| out.truncate(start))
}

fn compactly<T>(value: &T, out: &mut Vec<u8>, same: Same<T>, plan: &Plan) -> Result<Format, Unstorable>
where
    T: Serialize + DeserializeOwned + 'static,
{
    let start = out.len();
    match compact::encode(value, out) {
        Ok(()) => {}
        Err(Stop::NeedsNames) => {
            // Of this value at least. The next one may leave out nothing, and be compact.
            out.truncate(start);
            return in_names(value, out, same, plan);
        }
        Err(Stop::Refused(why)) => return Err(Unstorable::new::<T>(why)),
    }
    let payload = out.get(start..).unwrap_or_default();
    if payload.len() > LARGE && same.is_none() && !plan.is_nth_large(LARGE_EVERY) {
        return Ok(Format::Compact);
    }
    match decode::<T>(Format::Compact, payload) {
        Ok(back) => {
            compare(value, &back, same, Some(payload))?;
            Ok(Format::Compact)
        }
        Err(_) => {
            out.truncate(start);
            let format = in_names(value, out, same, plan)?;
            // Only now is it certain that the form was at fault, not the value.
            plan.set_needs_names();
            Ok(format)
        }
    }
}

fn in_names<T>(value: &T, out: &mut Vec<u8>, same: Same<T>, plan: &Plan) -> Result<Format, Unstorable>
where
    T: Serialize + DeserializeOwned + 'static,
{
    let start = out.len();
    named::encode(value, &plan.schema, out).map_err(|stop| Unstorable::new::<T>(stop.to_string()))?;
    let payload = out.get(start..).unwrap_or_default();
    let back = decode::<T>(Format::Named, payload).map_err(|why: Undecodable| {
        Unstorable::new::<T>(format!("what its `Serialize` writes, its `Deserialize` refuses: {}", why.reason()))
    })?;
    compare(value, &back, same, None)?;
    Ok(Format::Named)
}

/// Compares what went in with what came back, first by the compact bytes where there are some: equal bytes under an
/// equal shape are the same value.
fn compare<T: Serialize>(value: &T, back: &T, same: Same<T>, compact: Option<&[u8]>) -> Result<(), Unstorable> {
    let differs = || Unstorable::new::<T>("it comes back from its own bytes as another value");
    if let Some(same) = same
        && same(value, value)
        && !same(value, back)
    {
        return Err(differs());
    }
    if let Some(payload) = compact {
        let mut again = Vec::with_capacity(payload.len());
        if compact::encode(back, &mut again).is_ok() && again == payload {
            return Ok(());
        }
    }
    // `HashMap`s and `HashSet`s come back in another order.
    match (digest(value), digest(back)) {
        (Ok(before), Ok(after)) if before == after => Ok(()),
        _ => Err(differs()),
    }
}
