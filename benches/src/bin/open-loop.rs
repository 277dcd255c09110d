//! Calls a server at a given rate, whatever it answers, and says how long the answers took.
//!
//! The calls come at random moments, as those of clients that know nothing of each other do, and at
//! the same moments in each run. A time is counted from the moment at which the call was due, so
//! that a server which stalls does not get away with fewer calls. The loop never sleeps, because
//! timers round to a millisecond.

use std::{
    env,
    error::Error,
    fs,
    io::{self, Write as _},
    process::ExitCode,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use h2::client::{self, SendRequest};
use http::Request;
use mimalloc::MiMalloc;
use tokio::{net::TcpStream, task};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const USAGE: &str = "give ADDRESS PATH CALLS_PER_SECOND SECONDS REQUEST_FILE ANSWER_BYTES";
const CONNECTIONS: usize = 8;
const WINDOW_BYTES: u32 = 1 << 30;
/// A server with as many calls to answer as come in this time counts as overloaded.
const BACKLOG: Duration = Duration::from_secs(1);
const OVERLOADED: u8 = 3;

type Failure = Box<dyn Error + Send + Sync>;

/// What is called, and what is expected of the answer.
struct Plan {
    address: String,
    request: Request<()>,
    body: Bytes,
    answer_bytes: usize,
    calls_per_second: f64,
    duration: Duration,
}

impl Plan {
    fn from_arguments() -> Result<Self, Failure> {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let [address, path, rate, seconds, request_file, answer_bytes] = &arguments[..] else {
            return Err(USAGE.into());
        };
        let request = Request::post(format!("http://{address}{path}"))
            .header("content-type", "application/grpc+proto")
            .header("te", "trailers")
            .header("grpc-timeout", "5S")
            .body(())?;
        Ok(Self {
            address: address.clone(),
            request,
            body: fs::read(request_file)?.into(),
            answer_bytes: number(answer_bytes)?,
            calls_per_second: number(rate)?,
            duration: Duration::try_from_secs_f64(number(seconds)?)?,
        })
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, Failure> {
    text.parse()
        .map_err(|_| format!("{text:?} is no number of this kind; {USAGE}").into())
}

/// What the calls have come to so far.
#[derive(Default)]
struct Outcome {
    in_flight: u32,
    times: Vec<Duration>,
    failure: Option<Failure>,
}

type Shared = Arc<Mutex<Outcome>>;

fn lock(outcome: &Shared) -> MutexGuard<'_, Outcome> {
    outcome.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The gaps between calls that know nothing of each other: exponential, the same in each run.
struct Gaps {
    state: u64,
    mean_seconds: f64,
}

impl Iterator for Gaps {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let upper = u32::try_from(self.state >> 32).unwrap_or(u32::MAX);
        let share = (f64::from(upper) + 1.0) / (f64::from(u32::MAX) + 2.0);
        Some(Duration::from_secs_f64(-share.ln() * self.mean_seconds))
    }
}

async fn connect(address: &str) -> Result<SendRequest<Bytes>, Failure> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let (sender, connection) = client::Builder::new()
        .enable_push(false)
        .initial_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .handshake(socket)
        .await?;
    // Its errors reach the calls that it carries.
    tokio::spawn(connection);
    Ok(sender)
}

/// Makes one call and checks that the answer is as long as it should be and a success.
async fn call(sender: SendRequest<Bytes>, plan: &Plan) -> Result<(), Failure> {
    let mut sender = sender.ready().await?;
    let (answer, mut stream) = sender.send_request(plan.request.clone(), false)?;
    stream.send_data(plan.body.clone(), true)?;
    let mut body = answer.await?.into_body();
    let mut length = 0;
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        length += chunk.len();
        body.flow_control().release_capacity(chunk.len())?;
    }
    let trailers = body.trailers().await?.unwrap_or_default();
    let status = trailers.get("grpc-status").map(http::HeaderValue::as_bytes);
    if status != Some(b"0") || length != plan.answer_bytes {
        return Err(format!("an answer has {length} bytes and the trailers {trailers:?}").into());
    }
    Ok(())
}

/// Makes the calls, each when it is due, and waits for the answers. Returns their times and by how
/// much each call was made too late.
async fn run(
    plan: Arc<Plan>,
    senders: Vec<SendRequest<Bytes>>,
) -> Result<(Vec<Duration>, Vec<Duration>), Failure> {
    let gaps = Gaps {
        state: 0x9E37_79B9_7F4A_7C15,
        mean_seconds: plan.calls_per_second.recip(),
    };
    let most_unanswered = plan.calls_per_second * BACKLOG.as_secs_f64();
    let outcome = Shared::default();
    let mut lateness = Vec::new();
    let began = Instant::now();
    let mut due = Duration::ZERO;
    for (gap, sender) in gaps.zip(senders.iter().cycle()) {
        due += gap;
        if due > plan.duration {
            break;
        }
        loop {
            // At least once for each call, so that the connections are served when it is late.
            task::yield_now().await;
            if began.elapsed() >= due {
                break;
            }
        }
        lateness.push(began.elapsed().saturating_sub(due));
        let unanswered = {
            let mut outcome = lock(&outcome);
            if let Some(failure) = outcome.failure.take() {
                return Err(failure);
            }
            outcome.in_flight += 1;
            outcome.in_flight
        };
        if f64::from(unanswered) > most_unanswered {
            return Err(format!("{unanswered} calls wait for their answers").into());
        }
        let (sender, plan, outcome) = (sender.clone(), Arc::clone(&plan), Arc::clone(&outcome));
        tokio::spawn(async move {
            let result = call(sender, &plan).await;
            let time = began.elapsed().saturating_sub(due);
            let mut outcome = lock(&outcome);
            outcome.in_flight -= 1;
            match result {
                Ok(()) => outcome.times.push(time),
                Err(failure) => outcome.failure = Some(failure),
            }
        });
    }
    loop {
        task::yield_now().await;
        let mut outcome = lock(&outcome);
        if let Some(failure) = outcome.failure.take() {
            return Err(failure);
        }
        if outcome.in_flight == 0 {
            return Ok((std::mem::take(&mut outcome.times), lateness));
        }
        if began.elapsed() > due + BACKLOG {
            return Err(format!("{} calls wait for their answers", outcome.in_flight).into());
        }
    }
}

/// The value that so many thousandths of the times do not exceed, in microseconds.
fn quantile(sorted: &[Duration], thousandths: usize) -> u128 {
    let at = (sorted.len() * thousandths / 1000).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0, Duration::as_micros)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Failure> {
    let plan = Arc::new(Plan::from_arguments()?);
    let mut senders = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        senders.push(connect(&plan.address).await?);
    }
    let (mut times, mut lateness) = match run(plan, senders).await {
        Ok(measured) => measured,
        Err(failure) => {
            writeln!(io::stderr(), "the server does not keep up: {failure}")?;
            return Ok(ExitCode::from(OVERLOADED));
        }
    };
    times.sort_unstable();
    lateness.sort_unstable();
    writeln!(
        io::stdout(),
        r#"{{"calls": {}, "p50": {}, "p99": {}, "p999": {}, "sent_late_p99": {}}}"#,
        times.len(),
        quantile(&times, 500),
        quantile(&times, 990),
        quantile(&times, 999),
        quantile(&lateness, 990),
    )?;
    Ok(ExitCode::SUCCESS)
}
