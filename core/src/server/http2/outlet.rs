//! [`Outlet`]: where a service writes its answer, piece by piece, and where it reads its request.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How much of a request a service may leave unread.
const MOST_UNREAD: usize = 256 * 1024;

/// One step of an answer.
pub(super) enum Step {
    /// And whether it is all.
    Head(StatusCode, HeaderMap, bool),
    Data(Bytes),
    Trailers(HeaderMap),
    End,
}

/// The steps that services of one connection have taken.
pub(super) type Steps = Rc<RefCell<VecDeque<(u32, Step)>>>;

/// Where the answer to one request is written.
pub(crate) struct Outlet {
    stream: u32,
    steps: Steps,
    link: Rc<OutletLink>,
}

/// What the connection tells whoever writes an answer.
#[derive(Default)]
pub(super) struct OutletLink {
    /// How many bytes are not written.
    waiting: Cell<usize>,
    is_ended: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl OutletLink {
    /// So many bytes have been written.
    pub(super) fn written(&self, count: usize) {
        self.waiting.set(self.waiting.get().saturating_sub(count));
        self.wake();
    }

    /// Nothing that is written arrives any more.
    pub(super) fn end(&self) {
        self.is_ended.set(true);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn wait(&self, context: &Context<'_>) {
        *self.waker.borrow_mut() = Some(context.waker().clone());
    }
}

/// The peer wants no answer any more.
#[derive(Debug)]
pub(crate) struct Gone;

impl Outlet {
    pub(super) fn new(stream: u32, steps: &Steps) -> (Self, Rc<OutletLink>) {
        let link = Rc::<OutletLink>::default();
        let outlet = Self {
            stream,
            steps: Rc::clone(steps),
            link: Rc::clone(&link),
        };
        (outlet, link)
    }

    fn step(&self, step: Step) {
        self.steps.borrow_mut().push_back((self.stream, step));
    }

    /// Writes the head, which may be all.
    pub(crate) fn head(&self, status: StatusCode, fields: HeaderMap, is_all: bool) {
        self.step(Step::Head(status, fields, is_all));
    }

    /// Writes data, and waits until the peer has taken it.
    pub(crate) async fn data(&self, data: Bytes) -> Result<(), Gone> {
        let link = &self.link;
        link.waiting.set(link.waiting.get() + data.len());
        self.step(Step::Data(data));
        poll_fn(|context| {
            if link.is_ended.get() {
                return Poll::Ready(Err(Gone));
            }
            if link.waiting.get() == 0 {
                return Poll::Ready(Ok(()));
            }
            link.wait(context);
            Poll::Pending
        })
        .await
    }

    /// Ends with trailers.
    pub(crate) fn trailers(&self, fields: HeaderMap) {
        self.step(Step::Trailers(fields));
    }

    /// Ends without.
    pub(crate) fn end(&self) {
        self.step(Step::End);
    }

    /// Completes when the peer wants no answer any more.
    pub(crate) async fn gone(&self) {
        poll_fn(|context| {
            if self.link.is_ended.get() {
                return Poll::Ready(());
            }
            self.link.wait(context);
            Poll::Pending
        })
        .await;
    }
}

/// Hands the pieces of a request on.
pub(super) struct PieceSender {
    pieces: UnboundedSender<Bytes>,
    unread: Arc<AtomicUsize>,
}

/// The pieces of a request, as they come; none after the last.
pub(crate) struct Pieces {
    pieces: UnboundedReceiver<Bytes>,
    unread: Arc<AtomicUsize>,
}

/// A sender of pieces, and who receives them.
pub(super) fn pieces() -> (PieceSender, Pieces) {
    let (sender, receiver) = unbounded_channel();
    let unread = Arc::<AtomicUsize>::default();
    let sender = PieceSender {
        pieces: sender,
        unread: Arc::clone(&unread),
    };
    let pieces = Pieces {
        pieces: receiver,
        unread,
    };
    (sender, pieces)
}

impl PieceSender {
    /// Hands a piece on; false where too much is unread.
    pub(super) fn send(&self, piece: Bytes) -> bool {
        let unread = self.unread.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
        // Fails where the service has read enough.
        let _ = self.pieces.send(piece);
        unread <= MOST_UNREAD || self.pieces.is_closed()
    }
}

impl Pieces {
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let next = self.pieces.poll_recv(context);
        if let Poll::Ready(Some(piece)) = &next {
            self.unread.fetch_sub(piece.len(), Ordering::Relaxed);
        }
        next
    }
}
