//! Everything, started and stopped together.

use std::sync::Arc;
use std::time::Duration;

use antrian::app::{App, unwrapped};
use antrian::config::Config;
use antrian::ledger::Housekeeping;
use antrian::messaging::AnyMessenger;
use antrian::net::kms::Kms;
use antrian::net::sdk::Clients;
use antrian::security::split;
use antrian::storage::erasures_table;
use antrian_scheduler::Job;
use anyhow::Context;
use axum::Router;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::background;
use crate::cloud::{self, Cloud, DATA_KEY, QueueUrls};
use crate::demo;
use crate::environment::Environment;
use crate::home::Home;
use crate::issuer::Issuer;
use crate::options::Options;
use crate::poller::{Function, Poller};
use crate::routes;
use crate::server;
use crate::simulator::Graph;
use crate::whatsapp;

/// A running system.
#[derive(Debug)]
pub struct Stack {
    pub app: Arc<App>,
    pub messenger: Arc<AnyMessenger>,
    /// WhatsApp, simulated.
    pub graph: Graph,
    pub work: Arc<Housekeeping>,
    /// Feeds the notifier with messages that somebody waits for,
    pub urgent: Poller,
    /// with those that tell of a change,
    pub poller: Poller,
    /// and with those that come by the thousand.
    pub bulk: Poller,
    /// Feeds the conversation with messages received.
    pub inbox: Poller,
    /// Where the API answers; no slash at the end.
    pub base_url: String,
    pub issuer: Arc<Issuer>,
    pub cloud: Cloud,
    home: Option<Home>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
    background: Vec<JoinHandle<()>>,
}

/// A function that times out is done with its messages long before.
const VISIBILITY_SECS: u32 = 60;
/// A request takes milliseconds; this bounds what a client does that keeps one open.
const DRAIN: Duration = Duration::from_secs(2);
const TABLE: &str = "antrian";

impl Stack {
    /// Starts the embedded cloud, the functions and the API.
    ///
    /// # Errors
    /// Says what could not be started.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let cloud = Cloud::start(options.storage()).await?;
        let listener = listen(options.port).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let clients = cloud.clients(options.http_client.clone(), options.sdk_timeouts.clone());
        let (config, urls) = prepare(&options, &cloud, &clients, &base_url).await?;
        let config = unwrapped(config, &cloud.kms_settings()).await?;
        let sqs = clients.sqs.clone();
        let metrics = options.metrics(&config.stage);
        let app = Arc::new(App::new(&config, clients, options.clock(), metrics)?);
        app.check().await?;
        demo::seed(app.ledger.store(), &options.offices, app.clock.now()).await?;
        let messenger = Arc::new(whatsapp::messenger(&app, &base_url)?);
        let graph = whatsapp::graph(&config, app.clock.clone(), &base_url)?;
        // Tests post webhooks of their own, which the simulator does not see.
        graph.enforce_windows(!options.by_hand);
        let [urgent, poller, bulk, inbox] = pollers(&app, &messenger, &sqs, urls);
        let issuer = Arc::new(Issuer::new(&base_url));
        let work = Arc::new(Housekeeping::new(app.ledger.clone()));
        let local = routes::Local {
            app: app.clone(),
            work: work.clone(),
            home: options.home.clone(),
            graph: graph.clone(),
        };
        if !options.by_hand {
            background::first_tick(&app, &work).await?;
        }
        let first = options.offices.first().map(|office| office.id.clone());
        let (stop, server) = serve(listener, routes::all(local, issuer.clone(), first));
        let background = match options.by_hand {
            true => vec![],
            false => {
                let pollers = [&urgent, &poller, &bulk, &inbox];
                background::start(&app, &work, pollers, &graph, options.home.as_ref())
            }
        };
        Ok(Self {
            app,
            messenger,
            graph,
            work,
            urgent,
            poller,
            bulk,
            inbox,
            base_url,
            issuer,
            home: options.home,
            cloud,
            stop: Some(stop),
            server,
            background,
        })
    }

    /// Delivers everything that is to be sent, lane after lane: what was done, what was answered, what could
    /// wait. Answers with how many queue messages that took.
    ///
    /// # Errors
    /// If a queue does not answer.
    pub async fn drain_outbox(&self) -> anyhow::Result<usize> {
        let mut received = 0;
        for poller in [&self.poller, &self.urgent, &self.bulk] {
            received += poller.drain().await?;
        }
        Ok(received)
    }

    /// Runs a job of the scheduler now.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn run_job(&self, job: Job) -> anyhow::Result<antrian_scheduler::Report> {
        Ok(antrian_scheduler::run(&self.app, &self.work, job).await?)
    }

    /// The folder of the data; none: the data ends with the stack.
    pub fn home(&self) -> Option<&Home> {
        self.home.as_ref()
    }

    /// Stops everything; requests that run are answered first.
    pub async fn stop(mut self) {
        for task in &self.background {
            task.abort();
        }
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if tokio::time::timeout(DRAIN, &mut self.server).await.is_err() {
            self.server.abort();
        }
        self.cloud.stop().await;
        if let Some(home) = &self.home {
            home.release();
        }
    }
}

async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).await.with_context(|| {
        format!("port {port} of 127.0.0.1 is not free; ANTRIAN_PORT chooses another one")
    })
}

/// Makes the table and the queues, and reads the settings of the functions that use them.
async fn prepare(
    options: &Options,
    cloud: &Cloud,
    clients: &Clients,
    base_url: &str,
) -> anyhow::Result<(Config, QueueUrls)> {
    let table = options.overrides.get("ANTRIAN_TABLE").map_or(TABLE, String::as_str);
    for table in [table, &erasures_table(table)] {
        cloud::create_table(&clients.dynamodb, table).await?;
    }
    let urls = cloud::create_queues(&clients.sqs, VISIBILITY_SECS).await?;
    let (keys, ticket_keys) = keys(options, cloud).await?;
    let ticket_keys = ticket_keys.as_ref();
    let environment = Environment { table, urls: &urls, keys: &keys, ticket_keys, base_url };
    Ok((environment.config(&options.overrides)?, urls))
}

/// What functions get of the keyring, as they do in the cloud: in parts, the sealing keys wrapped. One
/// that the caller chose stays in the form that it has.
async fn keys(
    options: &Options,
    cloud: &Cloud,
) -> anyhow::Result<(SecretString, Option<SecretString>)> {
    if let Some(chosen) = options.overrides.get("ANTRIAN_KEYS") {
        return Ok((chosen.clone().into(), None));
    }
    let parts = split(&options.keys()?)?;
    let data = Kms::new(&cloud.kms_settings(), DATA_KEY).wrap(&parts.data).await?;
    Ok((data, Some(parts.tickets)))
}

fn pollers(
    app: &Arc<App>,
    messenger: &Arc<AnyMessenger>,
    sqs: &aws_sdk_sqs::Client,
    urls: QueueUrls,
) -> [Poller; 4] {
    let poller = |function, queue_url| Poller {
        app: app.clone(),
        messenger: messenger.clone(),
        sqs: sqs.clone(),
        queue_url,
        function,
    };
    let [urgent, messages, bulk] =
        [urls.urgent, urls.messages, urls.bulk].map(|url| poller(Function::Notifier, url));
    [urgent, messages, bulk, poller(Function::Conversation, urls.inbox)]
}

/// The server, and what stops it.
fn serve(
    listener: TcpListener,
    router: Router,
) -> (oneshot::Sender<()>, JoinHandle<std::io::Result<()>>) {
    let (stop, stopped) = oneshot::channel();
    let stopped = async { drop(stopped.await) };
    let server = server::serve(listener, router, server::HEAD_WITHIN, stopped);
    (stop, tokio::spawn(server))
}
