//! [`EndSignals`]: SIGINT and SIGTERM for as long as a server listens.
//!
//! The action of a signal is replaced only where it is the default one, and is given back at the
//! end: a program that handles a signal itself goes on to do so.

use std::{
    io, mem, ptr,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use libc::c_int;

const SIGNALS: [c_int; 2] = [libc::SIGINT, libc::SIGTERM];
/// What a shell reports for a process that a signal ended is this and the signal's number.
const ENDED_BY_SIGNAL: c_int = 128;

/// Signals by which the system tells a thread what it has done itself, and by which profilers ask.
const OF_THREADS: [c_int; 6] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGPROF,
];

/// How many servers can listen at once.
const PLACES: usize = 16;
static PIPES: [Pipe; PLACES] = [const { Pipe::new() }; PLACES];
static RECEIVED: AtomicUsize = AtomicUsize::new(0);
static TAKEN: Mutex<Taken> = Mutex::new(Taken {
    listeners: 0,
    actions: Vec::new(),
});

/// By which a signal handler wakes one listener. It is never closed, because the handler may be
/// about to write to it.
struct Pipe {
    ends: OnceLock<[c_int; 2]>,
    is_used: AtomicBool,
}

impl Pipe {
    const fn new() -> Self {
        Self {
            ends: OnceLock::new(),
            is_used: AtomicBool::new(false),
        }
    }

    /// Opens the pipe unless it is open; both ends never block.
    fn open(&self) -> io::Result<()> {
        if self.ends.get().is_some() {
            return Ok(());
        }
        let mut ends = [0; 2];
        // SAFETY: `ends` has room for both.
        if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // Only called with `TAKEN` locked, so nobody else has set it.
        let _ = self.ends.set(ends);
        Ok(())
    }

    fn write(&self) {
        if let Some([_, end]) = self.ends.get() {
            // SAFETY: one byte is there. A full pipe says all there is to say.
            unsafe { libc::write(*end, b"!".as_ptr().cast(), 1) };
        }
    }

    /// Takes what was written; whether there was anything.
    fn clear(&self) -> bool {
        let mut bytes = [0_u8; 16];
        let mut found = false;
        while let Some([end, _]) = self.ends.get() {
            // SAFETY: `bytes` has room for so many.
            let count = unsafe { libc::read(*end, bytes.as_mut_ptr().cast(), bytes.len()) };
            if count <= 0 {
                break;
            }
            found = true;
        }
        found
    }

    fn wait(&self) {
        let Some([end, _]) = self.ends.get() else {
            return;
        };
        let mut poll = libc::pollfd {
            fd: *end,
            events: libc::POLLIN,
            revents: 0,
        };
        while !self.clear() {
            // SAFETY: one entry is there. An interruption by a signal leads to another look.
            unsafe { libc::poll(&raw mut poll, 1, -1) };
        }
    }
}

/// What is to be given back.
struct Taken {
    listeners: usize,
    actions: Vec<(c_int, libc::sigaction)>,
}

/// Receives the signals until it is dropped.
pub(crate) struct EndSignals {
    place: usize,
}

/// Ends the waiting of an [`EndSignals`] without a signal.
pub(crate) struct Ender {
    place: usize,
}

impl EndSignals {
    /// Takes the signals. From now on the first of them ends the waiting, and the second ends the
    /// process.
    pub(crate) fn begin() -> io::Result<Self> {
        let mut taken = taken();
        let free = PIPES
            .iter()
            .position(|pipe| !pipe.is_used.load(Ordering::SeqCst));
        let place = free.ok_or_else(|| {
            io::Error::other(format!("more than {PLACES} servers of this process listen"))
        })?;
        PIPES[place].open()?;
        PIPES[place].clear();
        PIPES[place].is_used.store(true, Ordering::SeqCst);
        if taken.listeners == 0 {
            RECEIVED.store(0, Ordering::SeqCst);
            for signal in SIGNALS {
                taken.take(signal);
            }
        }
        taken.listeners += 1;
        Ok(Self { place })
    }

    /// Who ends the waiting from another thread.
    pub(crate) fn ender(&self) -> Ender {
        Ender { place: self.place }
    }

    /// Waits for a signal, or for the ender.
    pub(crate) fn wait(&self) {
        PIPES[self.place].wait();
    }
}

impl Ender {
    pub(crate) fn end(&self) {
        PIPES[self.place].write();
    }
}

impl Drop for EndSignals {
    fn drop(&mut self) {
        let mut taken = taken();
        taken.listeners -= 1;
        if taken.listeners == 0 {
            for (signal, action) in mem::take(&mut taken.actions) {
                // SAFETY: the action that was there before.
                unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
            }
        }
        PIPES[self.place].is_used.store(false, Ordering::SeqCst);
    }
}

impl Taken {
    /// Replaces the action of `signal` if it is the default one.
    fn take(&mut self, signal: c_int) {
        // SAFETY: a `sigaction` of zeros is one without flags, mask and handler.
        let mut before: libc::sigaction = unsafe { mem::zeroed() };
        // SAFETY: asks for the action, and has room for it.
        let asked = unsafe { libc::sigaction(signal, ptr::null(), &raw mut before) };
        if asked != 0 || before.sa_sigaction != libc::SIG_DFL {
            return;
        }
        // SAFETY: as above.
        let mut ours: libc::sigaction = unsafe { mem::zeroed() };
        ours.sa_sigaction = receive as extern "C" fn(c_int) as usize;
        ours.sa_flags = libc::SA_RESTART;
        // SAFETY: the handler does only what a signal handler may.
        if unsafe { libc::sigaction(signal, &raw const ours, ptr::null_mut()) } == 0 {
            self.actions.push((signal, before));
        }
    }
}

/// The signal handler: nothing but atomics, `write` and `_exit`.
extern "C" fn receive(signal: c_int) {
    if RECEIVED.fetch_add(1, Ordering::SeqCst) > 0 {
        // SAFETY: ends the process without running anything of it.
        unsafe { libc::_exit(ENDED_BY_SIGNAL + signal) };
    }
    // SAFETY: the place of `errno` belongs to this thread; what it interrupted may be about to look.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let before = unsafe { *errno };
    for pipe in &PIPES {
        if pipe.is_used.load(Ordering::SeqCst) {
            pipe.write();
        }
    }
    // SAFETY: as above.
    unsafe { *errno = before };
}

/// Runs `start` so that the threads that it starts receive no signals from outside: those are for
/// the program's threads.
pub(crate) fn without_signals<R>(start: impl FnOnce() -> R) -> R {
    // SAFETY: a set of signals is plain memory, which the functions fill; the mask is this thread's.
    let before = unsafe {
        let mut blocked: libc::sigset_t = mem::zeroed();
        let mut before: libc::sigset_t = mem::zeroed();
        libc::sigfillset(&raw mut blocked);
        for signal in OF_THREADS {
            libc::sigdelset(&raw mut blocked, signal);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const blocked, &raw mut before);
        before
    };
    let started = start();
    // SAFETY: the mask that this thread had.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut()) };
    started
}

fn taken() -> MutexGuard<'static, Taken> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}
