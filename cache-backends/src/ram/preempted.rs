//! Whether this thread was off its processor: between two looks that say no, no time can have passed unnoticed.
//!
//! Linux tells a thread, for restartable sequences (`rseq(2)`): a word in the thread's own memory, which the C library
//! registers, names the sequence that it is in. The kernel clears that word when it takes the thread off its processor or
//! interrupts it with a signal, and finds it outside of the sequence. So a thread that writes the name of a sequence of no
//! instructions there, and finds it again, has run all the while. Finding it costs one load.
//!
//! Where there is no such thing, every look says yes.

#![allow(unsafe_code, reason = "a word of the thread's own memory that the kernel writes")]

use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering, compiler_fence};

/// The word of one thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word(&'static AtomicU64);

/// The word of threads that have none. Nobody writes it.
static NONE: AtomicU64 = AtomicU64::new(0);

impl Word {
    /// The word of a thread that is not told.
    pub(super) const fn none() -> Self {
        Self(&NONE)
    }

    /// That of this thread.
    pub(super) fn of_this_thread() -> Self {
        system::word().map_or(Self::none(), Self)
    }

    /// Whether this thread was not off its processor since [`Word::set`].
    #[inline]
    pub(super) fn is_set(self) -> bool {
        self.0.load(Ordering::Relaxed) == system::sequence()
    }

    /// Sets the word; gives whether there is one.
    pub(super) fn set(self) -> bool {
        if std::ptr::eq(self.0, &raw const NONE) {
            return false;
        }
        self.0.store(system::sequence(), Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
        true
    }
}

/// A [`Word`] that another thread may get: the kernel tells apart what each of them has.
#[derive(Debug)]
pub(super) struct Shared(AtomicPtr<AtomicU64>);

impl Shared {
    pub(super) const fn none() -> Self {
        Self(AtomicPtr::new((&raw const NONE).cast_mut()))
    }

    #[inline]
    pub(super) fn get(&self) -> Word {
        // SAFETY: it is the address of `NONE` or of a thread's word, and is asked by that thread only.
        Word(unsafe { &*self.0.load(Ordering::Relaxed) })
    }

    pub(super) fn put(&self, word: Word) {
        self.0.store(std::ptr::from_ref(word.0).cast_mut(), Ordering::Relaxed);
    }
}

/// Finds out what this machine can do. Called before there is a hit.
pub(super) fn prepare() {
    system::prepare();
}

#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(any(feature = "portable", loom, miri))
))]
mod system {
    use std::ffi::CStr;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering, compiler_fence};

    /// `struct rseq_cs` of the kernel: a sequence of no instructions.
    #[repr(C, align(32))]
    struct Sequence {
        version: u32,
        flags: u32,
        start: *const u32,
        length: u64,
        abort: *const u32,
    }

    /// What the kernel wants to see before the place that a sequence is aborted to (`RSEQ_SIG`). Nothing is ever aborted, so
    /// nobody goes there.
    #[repr(C, align(8))]
    struct Signed {
        signature: u32,
        place: u32,
    }

    const SIGNATURE: u32 = if cfg!(target_arch = "x86_64") { 0x5305_3053 } else { 0xd428_bc00 };

    static SIGNED: Signed = Signed { signature: SIGNATURE, place: 0 };

    static SEQUENCE: Sequence =
        Sequence { version: 0, flags: 0, start: &raw const SIGNED.place, length: 0, abort: &raw const SIGNED.place };

    // SAFETY: nobody writes it.
    unsafe impl Sync for Sequence {}

    /// Where the word of a thread is, from the address that the thread is known by; none if it cannot be relied on.
    static OFFSET: OnceLock<Option<isize>> = OnceLock::new();

    #[inline]
    pub(super) fn sequence() -> u64 {
        (&raw const SEQUENCE).addr() as u64
    }

    /// The address that this thread is known by.
    fn thread_pointer() -> *const u8 {
        let pointer: *const u8;
        // SAFETY: these read a register, or the word of the thread's own memory that holds its address.
        unsafe {
            #[cfg(target_arch = "x86_64")]
            std::arch::asm!("mov {}, fs:0", out(reg) pointer, options(nostack, preserves_flags, readonly));
            #[cfg(target_arch = "aarch64")]
            std::arch::asm!("mrs {}, tpidr_el0", out(reg) pointer, options(nostack, preserves_flags, nomem));
        }
        pointer
    }

    /// What the C library says of its registration, or of a newer one than it has.
    fn symbol<T: Copy>(name: &CStr) -> Option<T> {
        // SAFETY: the name is a string of C.
        let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        // SAFETY: the C library's constants of these names have these types, and are never changed.
        (!address.is_null()).then(|| unsafe { address.cast::<T>().read() })
    }

    fn word_at(offset: isize) -> Option<&'static AtomicU64> {
        // SAFETY: the C library keeps the thread's registration there, for as long as the thread is: its processor's number is
        // its second half-word (negative if it is not registered), and the word behind it is the one.
        unsafe {
            let area = thread_pointer().offset(offset);
            let processor = area.cast::<i32>().add(1).read_volatile();
            (processor >= 0).then(|| &*area.cast::<AtomicU64>().add(1))
        }
    }

    pub(super) fn word() -> Option<&'static AtomicU64> {
        word_at((*OFFSET.get()?)?)
    }

    pub(super) fn prepare() {
        OFFSET.get_or_init(|| {
            let size: u32 = symbol(c"__rseq_size")?;
            let offset: isize = symbol(c"__rseq_offset")?;
            (size >= 16 && word_at(offset).is_some_and(is_cleared)).then_some(offset)
        });
    }

    /// Whether the kernel clears the word of a thread that sleeps: not every one does in all cases.
    fn is_cleared(word: &AtomicU64) -> bool {
        word.store(sequence(), Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
        let a_moment = libc::timespec { tv_sec: 0, tv_nsec: 100_000 };
        // SAFETY: it reads the time to sleep, and writes nothing.
        unsafe { libc::nanosleep(&raw const a_moment, std::ptr::null_mut()) };
        compiler_fence(Ordering::SeqCst);
        word.load(Ordering::Relaxed) != sequence()
    }
}

#[cfg(not(all(
    target_os = "linux",
    target_env = "gnu",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(any(feature = "portable", loom, miri))
)))]
mod system {
    use std::sync::atomic::AtomicU64;

    /// What no word is.
    pub(super) const fn sequence() -> u64 {
        1
    }

    pub(super) const fn word() -> Option<&'static AtomicU64> {
        None
    }

    pub(super) const fn prepare() {}
}
