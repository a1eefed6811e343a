//! Whether the function stands by itself or inside of an `impl` or a `trait`.
//!
//! `impl S { #[cached] fn new(n: u64) -> u64 { … } }` and a free function give the macro the same tokens, yet a type
//! beside an associated function is a syntax error. So where the signature does not tell, the source file is asked: what
//! the innermost block around the function is. Nothing but braces and the first words before them are read there.

mod header;
mod scan;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

use proc_macro2::Span;

use crate::func::Func;
use header::Kind;
use scan::Block;

/// Where the function stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a module or in the body of another function.
    Free,
    /// In an `impl` of a type.
    Impl,
    /// In a trait, or in an `impl` of one: nothing can be added beside it.
    Trait,
}

impl Place {
    pub(crate) fn of(func: &Func) -> Self {
        let from_source = || {
            // A macro may have the `fn` and be given the name, so the name can stand in the block that the macro was
            // called from and the `fn` in one that it made.
            let spans = [func.item.sig.ident.span(), func.item.sig.fn_token.span];
            spans.into_iter().find_map(of_span)
        };
        match from_source() {
            Some(place) => place,
            None if func.has_receiver() || func.names_self() => Self::Impl,
            None => Self::Free,
        }
    }
}

/// What the source says, if there is one that can be read.
fn of_span(span: Span) -> Option<Place> {
    // Outside of the compiler, in tests, there is no source.
    let span = proc_macro::is_available().then(|| span.unwrap())?;
    let blocks = blocks_of(span.local_file()?)?;
    match scan::innermost(&blocks, (span.line(), span.column())) {
        Kind::Other => None,
        Kind::Impl => Some(Place::Impl),
        Kind::Trait => Some(Place::Trait),
    }
}

/// The blocks of a file, which is read once however many functions it has. A compiler process that lives on (that of
/// an editor) may see the file change: then its length or its time do.
fn blocks_of(file: PathBuf) -> Option<Rc<[Block]>> {
    type Stamp = (u64, Option<std::time::SystemTime>);
    type Files = HashMap<PathBuf, (Stamp, Rc<[Block]>)>;
    thread_local! {
        static FILES: RefCell<Files> = RefCell::default();
    }
    let about = std::fs::metadata(&file).ok()?;
    let stamp = (about.len(), about.modified().ok());
    let known = FILES.with_borrow(|files| files.get(&file).cloned());
    if let Some((_, blocks)) = known.filter(|(then, _)| *then == stamp) {
        return Some(blocks);
    }
    let blocks: Rc<[Block]> = scan::blocks(&std::fs::read_to_string(&file).ok()?).into();
    FILES.with_borrow_mut(|files| files.insert(file, (stamp, Rc::clone(&blocks))));
    Some(blocks)
}
