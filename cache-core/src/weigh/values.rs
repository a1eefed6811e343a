//! Values that own nothing elsewhere, and those that are made of a few others.

use std::cmp::Ordering;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32,
    NonZeroU64, NonZeroU128, NonZeroUsize,
};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::{Weigh, sum};

macro_rules! nothing {
    ($($type:ty),* $(,)?) => {$(
        impl Weigh for $type {
            const HAS_HEAP: bool = false;

            fn heap_size(&self) -> usize {
                0
            }
        }
    )*};
}
nothing! {
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, bool, char, (), Ordering,
    NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize,
    Duration, Instant, SystemTime,
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6,
    str, OsStr, CStr, Path,
}

macro_rules! text {
    ($($type:ty: $bytes:expr;)*) => {$(
        impl Weigh for $type {
            fn heap_size(&self) -> usize {
                let bytes: fn(&Self) -> usize = $bytes;
                bytes(self)
            }
        }
    )*};
}
text! {
    String: Self::capacity;
    OsString: Self::capacity;
    PathBuf: Self::capacity;
    CString: |text| text.as_bytes_with_nul().len();
}

impl<T: Weigh> Weigh for Option<T> {
    const HAS_HEAP: bool = T::HAS_HEAP;

    fn heap_size(&self) -> usize {
        sum(self)
    }
}

impl<T: Weigh, E: Weigh> Weigh for Result<T, E> {
    const HAS_HEAP: bool = T::HAS_HEAP || E::HAS_HEAP;

    fn heap_size(&self) -> usize {
        match self {
            Ok(value) => value.heap_size(),
            Err(error) => error.heap_size(),
        }
    }
}

impl<T: Weigh> Weigh for [T] {
    const HAS_HEAP: bool = T::HAS_HEAP;

    fn heap_size(&self) -> usize {
        sum(self)
    }
}

impl<T: Weigh, const N: usize> Weigh for [T; N] {
    const HAS_HEAP: bool = T::HAS_HEAP;

    fn heap_size(&self) -> usize {
        sum(self)
    }
}

macro_rules! tuples {
    ($(($($name:ident)*))*) => {$(
        impl<$($name: Weigh),*> Weigh for ($($name,)*) {
            const HAS_HEAP: bool = $($name::HAS_HEAP)||*;

            #[allow(non_snake_case, reason = "the parts are called as their types")]
            fn heap_size(&self) -> usize {
                let ($($name,)*) = self;
                [$($name.heap_size()),*].into_iter().fold(0, usize::saturating_add)
            }
        }
    )*};
}
tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) (A B C D E F G H I)
    (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
}
