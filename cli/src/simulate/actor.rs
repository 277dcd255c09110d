//! [`Actor`]: one MQTT client of the fleet, which does what its group does.

use std::sync::Arc;

use exhook::testing::{Client, ClientSettings, Publication, Subscription};
use fastrand::Rng;
use tokio::{
    sync::{mpsc::UnboundedReceiver, watch},
    time::{Instant, sleep_until},
};

use super::{
    identity::{seed_of, settings_of},
    ledger::Fate,
    scenario::{ClientGroup, Deed, Filling, Leave, Template},
    schedule::Schedule,
    stage::{BusyGuard, Stage},
};

/// Something that a step makes a client do.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) deed: Deed,
    /// Until it is done.
    pub(super) busy: BusyGuard,
}

/// A client that takes part.
pub(super) struct Actor {
    stage: Arc<Stage>,
    group: Arc<ClientGroup>,
    place: usize,
    /// Its number in the group, from 1.
    n: u32,
    random: Rng,
    orders: UnboundedReceiver<Order>,
    ending: watch::Receiver<bool>,
    settings: ClientSettings,
    client: Client,
    /// Those that took its client id.
    rivals: Vec<Client>,
    /// `None` until it may publish.
    schedules: Option<Vec<Schedule>>,
    reconnect_at: Option<Instant>,
    busy: Option<BusyGuard>,
    /// Whether the others wait for it before they publish.
    is_awaited: bool,
}

enum Next {
    Begin,
    Publish(usize),
    Connect,
    Obey(Order),
    Leave,
}

impl Actor {
    /// A client of the group at `place` that is not connected so far.
    pub(super) fn new(
        stage: &Arc<Stage>,
        group: &Arc<ClientGroup>,
        place: usize,
        n: u32,
        orders: UnboundedReceiver<Order>,
    ) -> Self {
        let mut random = Rng::with_seed(seed_of(stage.seed, place, n));
        let settings = settings_of(group, n, &mut random);
        let client = stage.broker.client(settings.clone());
        stage.ledger.open().client(place, n).know(&client);
        Self {
            group: Arc::clone(group),
            place,
            n,
            random,
            orders,
            ending: stage.ending.clone(),
            settings,
            client,
            rivals: Vec::new(),
            schedules: None,
            reconnect_at: None,
            busy: Some(stage.busy.hold()),
            is_awaited: Self::is_waited_for(group),
            stage: Arc::clone(stage),
        }
    }

    /// Whether the beginning of publishing waits for it.
    pub(super) fn is_waited_for(group: &ClientGroup) -> bool {
        group.start.0.is_zero() && group.connect_rate.is_none()
    }

    /// Does everything from the first CONNECT to the end.
    pub(super) async fn play(mut self) {
        let mut start = self.stage.began + self.group.start.0;
        if let Some(rate) = self.group.connect_rate {
            start += std::time::Duration::from_secs_f64(f64::from(self.n - 1) / rate);
        }
        self.reconnect_at = Some(start);
        loop {
            if self.reconnect_at.is_none() && !self.client.is_connected() {
                self.reconnect_at = self.group.reconnect.map(|pause| Instant::now() + pause.0);
            }
            match self.next().await {
                Next::Begin => self.begin(),
                Next::Publish(entry) => self.publish(entry).await,
                Next::Connect => self.connect().await,
                Next::Obey(order) => {
                    self.obey(order.deed).await;
                    // Its guard goes last, so that the run does not end in between.
                    self.stay_busy();
                    drop(order.busy);
                }
                Next::Leave => break,
            }
            self.stay_busy();
        }
        self.leave().await;
    }

    async fn next(&mut self) -> Next {
        // What is due comes before orders that were given later, however late everything is.
        if self.reconnect_at.is_some_and(|at| at <= Instant::now()) && !*self.ending.borrow() {
            return Next::Connect;
        }
        let stop = self.group.stop.map(|stop| self.stage.began + stop.0);
        let due = self.due();
        let waits_to_begin = self.schedules.is_none();
        tokio::select! {
            biased;
            // Nobody says so any more once the run is over.
            _ = self.ending.wait_for(|is_ending| *is_ending) => Next::Leave,
            () = moment(stop) => Next::Leave,
            Some(order) = self.orders.recv() => Next::Obey(order),
            () = self.stage.gate.opened(), if waits_to_begin && self.reconnect_at.is_none() => Next::Begin,
            () = moment(due.map(|(at, _)| at)) => match due {
                Some((_, Some(entry))) => Next::Publish(entry),
                _ => Next::Connect,
            },
        }
    }

    /// What is due next, and when: an entry to publish, or a CONNECT.
    fn due(&self) -> Option<(Instant, Option<usize>)> {
        if let Some(at) = self.reconnect_at {
            return Some((at, None));
        }
        if !self.client.is_connected() {
            return None;
        }
        let schedules = self.schedules.iter().flatten().enumerate();
        schedules
            .filter_map(|(entry, schedule)| Some((schedule.due()?, Some(entry))))
            .min()
    }

    /// Keeps the run from ending for as long as there is something left to do.
    fn stay_busy(&mut self) {
        let comes_back = self.group.reconnect.is_some() && !self.client.is_connected();
        let has_more = self.schedules.is_none()
            || self.group.stop.is_some()
            || comes_back
            || self.due().is_some();
        if !has_more {
            self.busy = None;
        } else if self.busy.is_none() {
            self.busy = Some(self.stage.busy.hold());
        }
    }

    fn begin(&mut self) {
        let now = Instant::now();
        let entries = self.group.publish.iter();
        let schedules =
            entries.map(|entry| Schedule::new(entry, self.stage.began, now, &mut self.random));
        self.schedules = Some(schedules.collect());
    }

    async fn connect(&mut self) {
        self.reconnect_at = None;
        let client = self.client.clone();
        if self.connect_as(&client).await {
            self.subscribe().await;
        }
        let now = Instant::now();
        for schedule in self.schedules.iter_mut().flatten() {
            schedule.skip_to(now);
        }
        self.arrive();
    }

    fn arrive(&mut self) {
        if std::mem::take(&mut self.is_awaited) {
            self.stage.gate.arrive();
        }
    }

    async fn connect_as(&self, client: &Client) -> bool {
        let connected = client.connect().await;
        self.stage
            .ledger
            .open()
            .client(self.place, self.n)
            .connected(&connected);
        if !connected.accepted {
            self.tell(|| format!("refused: {}", connected.reason));
        }
        connected.accepted
    }

    async fn subscribe(&mut self) {
        let mut subscriptions = Vec::new();
        let group = Arc::clone(&self.group);
        for wanted in &group.subscribe {
            subscriptions.push(Subscription {
                no_local: wanted.no_local,
                ..Subscription::new(self.fill(&wanted.filter, 1)).with_qos(wanted.qos)
            });
        }
        if subscriptions.is_empty() {
            return;
        }
        let subscribed = self.client.subscribe(&subscriptions).await;
        self.stage
            .ledger
            .open()
            .client(self.place, self.n)
            .subscribed(&subscribed);
        for grant in subscribed.filters.iter().filter(|grant| !grant.granted) {
            self.tell(|| format!("subscription to {} denied", grant.filter));
        }
    }

    async fn publish(&mut self, entry: usize) {
        if !self.client.is_connected() {
            return;
        }
        let group = Arc::clone(&self.group);
        let wanted = &group.publish[entry];
        let Some(schedule) = self
            .schedules
            .as_mut()
            .map(|schedules| &mut schedules[entry])
        else {
            return;
        };
        schedule.advance();
        let seq = schedule.made;
        let mut publication = Publication::new(
            self.fill(&wanted.topic, seq),
            self.fill(&wanted.payload, seq),
        )
        .with_qos(wanted.qos);
        publication.retain = wanted.retain;
        for (name, value) in &wanted.user_properties {
            let value = self.fill(value, seq);
            publication.user_properties.push((name.clone(), value));
        }
        let published = self.client.publish(&publication).await;
        let topic = &publication.topic;
        let mut ledger = self.stage.ledger.open();
        let fate = ledger
            .client(self.place, self.n)
            .published(&publication, &published);
        match fate {
            Fate::Unchanged => {}
            Fate::Denied => self.tell(|| format!("publish to {topic} denied")),
            Fate::Blocked => self.tell(|| format!("publish to {topic} blocked")),
            Fate::Lost => self.tell(|| format!("publish to {topic} lost")),
            Fate::Rewritten(rewrite) => {
                self.tell(|| format!("publish to {topic} rewritten: {rewrite}"));
                ledger.rewritten(rewrite);
            }
        }
    }

    async fn obey(&mut self, deed: Deed) {
        match deed {
            Deed::Connect if !self.client.is_connected() => self.connect().await,
            Deed::Disconnect => drop(self.client.disconnect().await),
            Deed::LoseConnection => drop(self.client.lose_connection().await),
            Deed::Takeover => self.be_taken_over().await,
            _ => {}
        }
    }

    async fn be_taken_over(&mut self) {
        let rival = self.stage.broker.client(self.settings.clone());
        self.stage
            .ledger
            .open()
            .client(self.place, self.n)
            .know(&rival);
        let was_connected = self.client.is_connected();
        let is_in = self.connect_as(&rival).await;
        self.rivals.push(rival);
        if is_in && was_connected {
            self.tell(|| "taken over by a second client".to_owned());
            self.stage
                .ledger
                .open()
                .client(self.place, self.n)
                .takeovers += 1;
        }
    }

    async fn leave(&mut self) {
        self.arrive();
        let now = Instant::now();
        if self.client.is_connected() {
            let schedules = self.schedules.iter().flatten();
            let missed: u64 = schedules.map(|schedule| schedule.missed(now)).sum();
            self.stage.ledger.open().unsent += missed;
        }
        self.busy = None;
        for client in std::iter::once(&self.client).chain(&self.rivals) {
            match self.group.leave {
                Leave::Disconnect => drop(client.disconnect().await),
                Leave::LoseConnection => drop(client.lose_connection().await),
                Leave::Stay => {}
            }
        }
    }

    fn fill(&mut self, template: &Template, seq: u64) -> String {
        template.fill(&mut Filling {
            n: self.n,
            clientid: &self.settings.clientid,
            seq,
            random: &mut self.random,
        })
    }

    fn tell(&self, event: impl FnOnce() -> String) {
        let clientid = &self.settings.clientid;
        self.stage.voice.tell(|| format!("{clientid}  {}", event()));
    }
}

async fn moment(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
