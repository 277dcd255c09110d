//! The pool under load, with a queue that rings like the inbox of the core.

use std::{
    collections::VecDeque,
    sync::{atomic::AtomicUsize, mpsc},
};

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

/// A queue that wakes the pool only when it becomes non-empty, as the inbox does.
struct Queue {
    pool: Arc<Pool>,
    calls: Mutex<VecDeque<Instant>>,
    done: AtomicUsize,
}

impl Queue {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            pool: Pool::new(),
            calls: Mutex::default(),
            done: AtomicUsize::new(0),
        })
    }

    fn push(&self) {
        let first = {
            let mut calls = self.calls.lock().expect("lock");
            calls.push_back(Instant::now());
            calls.len() == 1
        };
        if first {
            self.pool.wake();
        }
    }

    fn take(&self) -> bool {
        self.calls.lock().expect("lock").pop_front().is_some()
    }

    fn is_empty(&self) -> bool {
        self.calls.lock().expect("lock").is_empty()
    }

    fn oldest_wait(&self) -> Option<Duration> {
        let calls = self.calls.lock().expect("lock");
        calls.front().map(Instant::elapsed)
    }

    fn work(self: &Arc<Self>, handler: impl Fn() + Send + 'static) -> thread::JoinHandle<()> {
        let queue = Arc::clone(self);
        thread::spawn(move || {
            let worker = queue.pool.worker();
            while !queue.pool.is_closed() {
                queue.pool.finish(&worker);
                if queue.take() {
                    queue.pool.begin(&worker);
                    handler();
                    queue.done.fetch_add(1, Ordering::Relaxed);
                } else {
                    queue.pool.park(&worker, || queue.is_empty());
                }
            }
        })
    }

    fn wait_until_taken(&self) {
        let end = Instant::now() + PATIENCE;
        while !self.is_empty() {
            assert!(Instant::now() < end, "a wake-up was lost");
            thread::sleep(Duration::from_micros(200));
        }
    }

    fn wait_until_done(&self, count: usize) {
        let end = Instant::now() + PATIENCE;
        while self.done.load(Ordering::Relaxed) < count {
            assert!(Instant::now() < end, "a wake-up was lost");
            thread::sleep(Duration::from_micros(200));
        }
    }

    fn wait_until_spun(&self, count: usize) {
        let end = Instant::now() + PATIENCE;
        while self.done.load(Ordering::Relaxed) < count {
            assert!(Instant::now() < end, "a wake-up was lost");
            thread::yield_now();
        }
    }

    fn end(&self, workers: Vec<thread::JoinHandle<()>>) {
        self.pool.close();
        for worker in workers {
            worker.join().expect("worker");
        }
    }
}

/// A handler that blocks until what comes with it is dropped.
fn held() -> (impl Fn() + Send, mpsc::Sender<()>) {
    let (release, wait) = mpsc::channel::<()>();
    let block = move || {
        let _ = wait.recv();
    };
    (block, release)
}

#[test]
fn no_wake_up_is_lost_however_calls_and_workers_meet() {
    let queue = Queue::new();
    let workers = (0..3).map(|_| queue.work(|| {})).collect();
    let producers: Vec<_> = (0..2)
        .map(|_| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                for number in 0..20_000_u32 {
                    queue.push();
                    if number.is_multiple_of(7) {
                        thread::yield_now();
                    }
                }
            })
        })
        .collect();
    for producer in producers {
        producer.join().expect("producer");
    }
    queue.wait_until_done(40_000);
    // One at a time: each call meets workers that have just gone, or are about to go, to sleep.
    for number in 1..=5_000 {
        queue.push();
        queue.wait_until_spun(40_000 + number);
    }
    queue.end(workers);
}

#[test]
fn one_more_worker_is_asked_for_while_all_are_blocked() {
    let queue = Queue::new();
    let (held, release) = held();
    let mut workers = vec![queue.work(held)];
    queue.push();
    queue.wait_until_taken();
    queue.push();
    assert!(queue.pool.wait_for_backlog(|| queue.oldest_wait()));
    assert_eq!(queue.done.load(Ordering::Relaxed), 0, "it is blocked still");
    workers.push(queue.work(|| {}));
    queue.wait_until_done(1);
    drop(release);
    queue.wait_until_done(2);
    queue.end(workers);
}

#[test]
fn the_supervisor_that_sleeps_is_woken_by_calls_that_nobody_takes() {
    let queue = Queue::new();
    let (held, release) = held();
    let workers = vec![queue.work(held)];
    queue.push();
    let supervisor = {
        let queue = Arc::clone(&queue);
        thread::spawn(move || queue.pool.wait_for_backlog(|| queue.oldest_wait()))
    };
    thread::sleep(QUIET + Duration::from_millis(100));
    queue.push();
    assert!(supervisor.join().expect("supervisor"));
    drop(release);
    queue.wait_until_done(2);
    queue.end(workers);
}

#[test]
fn closing_ends_workers_and_the_supervisor() {
    let queue = Queue::new();
    let workers = (0..3).map(|_| queue.work(|| {})).collect();
    let supervisor = {
        let queue = Arc::clone(&queue);
        thread::spawn(move || queue.pool.wait_for_backlog(|| queue.oldest_wait()))
    };
    thread::sleep(QUIET + Duration::from_millis(50));
    queue.end(workers);
    assert!(!supervisor.join().expect("supervisor"));
}

#[test]
fn a_worker_that_ends_passes_its_turn_on() {
    let queue = Queue::new();
    let sleeper = queue.work(|| {});
    thread::sleep(Duration::from_millis(20));
    let other = Arc::clone(&queue);
    thread::spawn(move || {
        // It counts as awake and gets the wake-up, but ends without taking anything.
        let _worker = other.pool.worker();
        other.push();
    })
    .join()
    .expect("thread");
    queue.wait_until_done(1);
    queue.end(vec![sleeper]);
}
