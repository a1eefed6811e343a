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
            compare(value, &back, same, |back| is_told_by(back, out, start))?;
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
    compare(value, &back, same, |_| false)?;
    Ok(Format::Named)
}

/// Whether the compact bytes behind `start` are those of `back` too: equal bytes under an equal shape are the same value.
///
/// They are written behind the others for that, where there is room: most values are small, and room is dear to come by.
fn is_told_by<T: Serialize>(back: &T, out: &mut Vec<u8>, start: usize) -> bool {
    let end = out.len();
    let len = end - start;
    if out.capacity() - end < len {
        let mut again = Vec::with_capacity(len);
        return compact::encode(back, &mut again).is_ok() && out.get(start..) == Some(&again[..]);
    }
    let encoded = compact::encode(back, out).is_ok();
    let is_same = encoded && out.get(start..end) == out.get(end..);
    out.truncate(end);
    is_same
}

/// Compares what went in with what came back, first by what `is_told` says of what came back: whether it has the bytes of
/// what went in.
fn compare<T: Serialize>(
    value: &T,
    back: &T,
    same: Same<T>,
    is_told: impl FnOnce(&T) -> bool,
) -> Result<(), Unstorable> {
    let differs = || Unstorable::new::<T>("it comes back from its own bytes as another value");
    if let Some(same) = same
        && same(value, value)
        && !same(value, back)
    {
        return Err(differs());
    }
    if is_told(back) {
        return Ok(());
    }
    // `HashMap`s and `HashSet`s come back in another order.
    match (digest(value), digest(back)) {
        (Ok(before), Ok(after)) if before == after => Ok(()),
        _ => Err(differs()),
    }
}
