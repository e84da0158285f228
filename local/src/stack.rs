//! Everything, started and stopped together.

use std::collections::HashMap;
use std::sync::Arc;

use antrian::app::App;
use antrian::clock::Clock;
use antrian::config::{CloudApiConfig, Config, Provider};
use antrian::domain::office::Office;
use antrian::ledger::Housekeeping;
use antrian::messaging::{AnyMessenger, CloudApi};
use antrian::net::aws;
use antrian::net::sdk::{Clients, sdk_settings, sdk_timeouts};
use antrian::security::Keyring;
use antrian::telemetry::Metrics;
use antrian_scheduler::Job;
use anyhow::Context;
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::timeout::TimeoutConfig;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cloud::{self, Cloud, QueueUrls, Storage};
use crate::demo;
use crate::home::Home;
use crate::issuer::Issuer;
use crate::poller::{Function, Poller};
use crate::routes;
use crate::simulator::{self, Account, Graph};

/// What a stack is started with.
#[derive(Debug, Default)]
pub struct Options {
    /// Port of the API on 127.0.0.1; 0: a free one.
    pub port: u16,
    /// Where data is kept; absent: in memory.
    pub home: Option<Home>,
    /// Offices to begin with.
    pub offices: Vec<Office>,
    /// Settings other than the stack's own.
    pub overrides: HashMap<String, String>,
    /// A client under the SDK other than the usual one: where tests inject faults.
    pub http_client: Option<SharedHttpClient>,
    /// How long the SDK waits for an answer; absent: as long as in the cloud.
    pub sdk_timeouts: Option<TimeoutConfig>,
    /// A clock other than the machine's; absent: as earlier runs left it.
    pub clock: Option<Clock>,
    /// Leaves the queue and the scheduler to the caller, who says when they work.
    pub by_hand: bool,
}

/// A running system.
#[derive(Debug)]
pub struct Stack {
    /// The functions' state.
    pub app: Arc<App>,
    /// Who carries messages.
    pub messenger: Arc<AnyMessenger>,
    /// WhatsApp, simulated.
    pub graph: Graph,
    /// The scheduler's work.
    pub work: Arc<Housekeeping>,
    /// Takes messages to be sent from their queue.
    pub poller: Poller,
    /// Takes messages received from their queue.
    pub inbox: Poller,
    /// Where the API answers, without a slash at its end.
    pub base_url: String,
    /// The development identity provider.
    pub issuer: Arc<Issuer>,
    /// The table and the queues.
    pub cloud: Cloud,
    home: Option<Home>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
    background: Vec<JoinHandle<()>>,
}

/// A function that times out is done with its messages long before.
const VISIBILITY_SECS: u32 = 60;
/// The cloud's scheduler ticks every minute; here nobody should have to wait.
const TICK: std::time::Duration = std::time::Duration::from_secs(3);
const TABLE: &str = "antrian";

impl Stack {
    /// Starts the embedded cloud, the functions and the API.
    ///
    /// # Errors
    /// Says what could not be started.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let storage =
            options.home.as_ref().map_or(Storage::Memory, |home| Storage::Folder(home.folder()));
        let cloud = Cloud::start(storage).await?;
        let listener = listen(options.port).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let clients = clients(&cloud, options.http_client, options.sdk_timeouts);
        let table = options.overrides.get("ANTRIAN_TABLE").map_or(TABLE, String::as_str);
        cloud::create_table(&clients.dynamodb, table).await?;
        let urls = cloud::create_queues(&clients.sqs, VISIBILITY_SECS).await?;
        let keys = match &options.home {
            Some(home) => home.keys()?,
            None => Keyring::generate_json(),
        };
        let settings = Settings { table, urls: &urls, keys: &keys, base_url: &base_url };
        let config = Config::read(|name| {
            options.overrides.get(name).cloned().or_else(|| settings.get(name))
        })?;
        let earlier = || Clock::ahead(options.home.as_ref().map_or(0, Home::clock_ahead_secs));
        let clock = options.clock.clone().unwrap_or_else(earlier);
        // Whoever runs the stack by hand looks at them.
        let metrics = match options.by_hand {
            true => Metrics::to_memory(&config.stage),
            false => Metrics::to_nowhere(&config.stage),
        };
        let app = Arc::new(App::new(&config, clients.clone(), clock, metrics)?);
        demo::seed(app.ledger.store(), &options.offices).await?;
        let messenger = Arc::new(messenger(&app, &base_url)?);
        let poller = |function, queue_url| Poller {
            app: app.clone(),
            messenger: messenger.clone(),
            sqs: clients.sqs.clone(),
            queue_url,
            function,
        };
        let inbox = poller(Function::Conversation, urls.inbox);
        let poller = poller(Function::Notifier, urls.messages);
        let graph = graph(&config, app.clock.clone(), &base_url)?;
        // Tests post webhooks of their own: what they wrote the platform does not know.
        graph.enforce_windows(!options.by_hand);
        let issuer = Arc::new(Issuer::new(&base_url));
        let work = Arc::new(Housekeeping::new(app.ledger.clone()));
        let local = routes::Local {
            app: app.clone(),
            work: work.clone(),
            home: options.home.clone(),
            base_url: base_url.clone(),
            graph: graph.clone(),
        };
        if !options.by_hand {
            first_tick(&app, &work).await?;
        }
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, routes::all(local, issuer.clone()), stopped));
        let background = if options.by_hand {
            vec![]
        } else {
            background(&app, &work, [&poller, &inbox], &graph)
        };
        Ok(Self {
            app,
            messenger,
            graph,
            work,
            poller,
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

    /// Runs a job of the scheduler now.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn run_job(&self, job: Job) -> anyhow::Result<antrian_scheduler::Report> {
        Ok(antrian_scheduler::run(&self.app, &self.work, job).await?)
    }

    /// Whether data is kept between runs.
    pub fn home(&self) -> Option<&Home> {
        self.home.as_ref()
    }

    /// Ends everything: requests that run are answered first.
    pub async fn stop(mut self) {
        for task in &self.background {
            task.abort();
        }
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if tokio::time::timeout(std::time::Duration::from_secs(2), &mut self.server).await.is_err()
        {
            self.server.abort();
        }
        self.cloud.stop().await;
    }
}

async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).await.with_context(|| {
        format!("port {port} on 127.0.0.1 cannot be had; another one is chosen with ANTRIAN_PORT")
    })
}

async fn serve(
    listener: TcpListener,
    router: axum::Router,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let stopped = async {
        drop(stopped.await);
    };
    axum::serve(listener, router).with_graceful_shutdown(stopped).await
}

/// The real SDK against the embedded cloud.
fn clients(
    cloud: &Cloud,
    http: Option<SharedHttpClient>,
    timeouts: Option<TimeoutConfig>,
) -> Clients {
    let http = http.unwrap_or_else(aws::http_client);
    let local = Credentials::new("local", "local", None, None, "local");
    let sdk = sdk_settings(http)
        .timeout_config(timeouts.unwrap_or_else(sdk_timeouts))
        .region(Region::new(cloud::REGION))
        .credentials_provider(SharedCredentialsProvider::new(local))
        .build();
    let dynamodb =
        aws_sdk_dynamodb::config::Builder::from(&sdk).endpoint_url(&cloud.dynamodb_url).build();
    let sqs = aws_sdk_sqs::config::Builder::from(&sdk).endpoint_url(&cloud.sqs_url).build();
    Clients {
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
        sqs: aws_sdk_sqs::Client::from_conf(sqs),
    }
}

/// The settings that functions find in their environment in the cloud.
struct Settings<'a> {
    table: &'a str,
    urls: &'a QueueUrls,
    keys: &'a SecretString,
    base_url: &'a str,
}

impl Settings<'_> {
    fn get(&self, name: &str) -> Option<String> {
        Some(match name {
            "ANTRIAN_STAGE" => "local".to_owned(),
            "ANTRIAN_TABLE" => self.table.to_owned(),
            "ANTRIAN_QUEUE_URL" => self.urls.messages.clone(),
            "ANTRIAN_DLQ_URL" => self.urls.dead_letters.clone(),
            "ANTRIAN_INBOX_URL" => self.urls.inbox.clone(),
            "ANTRIAN_KEYS" => self.keys.expose_secret().to_owned(),
            "ANTRIAN_STAFF_ISSUER" => format!("{}/local/idp", self.base_url),
            "ANTRIAN_PUBLIC_URL" => self.base_url.to_owned(),
            "WHATSAPP_PROVIDER" => "simulator".to_owned(),
            "WHATSAPP_NUMBER" => simulator::NUMBER.to_owned(),
            "WHATSAPP_APP_SECRET" => simulator::APP_SECRET.to_owned(),
            "WHATSAPP_VERIFY_TOKEN" => "local-verify-token".to_owned(),
            _ => return None,
        })
    }
}

/// With the provider `simulator`, the sender of the Cloud API talks to the simulated Graph API.
fn messenger(app: &App, base_url: &str) -> anyhow::Result<AnyMessenger> {
    if !matches!(app.channel()?.provider, Provider::Simulator) {
        return Ok(app.messenger()?);
    }
    let config = CloudApiConfig {
        graph_url: format!("{base_url}/local/graph"),
        version: simulator::GRAPH_VERSION.to_owned(),
        phone_number_id: simulator::PHONE_NUMBER_ID.to_owned(),
        token: simulator::TOKEN.to_owned().into(),
        business_account_id: Some(simulator::WABA_ID.to_owned()),
    };
    Ok(AnyMessenger::CloudApi(CloudApi::new(config)?))
}

/// WhatsApp as this stack's business sees it.
fn graph(config: &Config, clock: Clock, base_url: &str) -> anyhow::Result<Graph> {
    let channel = config.whatsapp.as_ref().context("WHATSAPP_PROVIDER is not set")?;
    let account = Account {
        number: config.whatsapp_number.clone(),
        app_secret: channel.app_secret.expose_secret().to_owned(),
        ..Account::usual(base_url, format!("{base_url}/webhooks/whatsapp"))
    };
    Graph::with_templates(account, clock)
}

/// The first run opens some hundred days before it answers anybody; later ones find them open.
async fn first_tick(app: &App, work: &Housekeeping) -> anyhow::Result<()> {
    let (_, seen) = app.ledger.store().offices().await?;
    if seen.is_empty() {
        antrian_scheduler::run(app, work, Job::Tick).await?;
    }
    Ok(())
}

fn background(
    app: &Arc<App>,
    work: &Arc<Housekeeping>,
    pollers: [&Poller; 2],
    graph: &Graph,
) -> Vec<JoinHandle<()>> {
    let (app, work) = (app.clone(), work.clone());
    let ticks = async move {
        loop {
            if let Err(error) = antrian_scheduler::run(&app, &work, Job::Tick).await {
                tracing::warn!(%error, "a tick of the scheduler failed");
            }
            tokio::time::sleep(TICK).await;
        }
    };
    let pollers = pollers.into_iter().map(|poller| tokio::spawn(poller.clone().run()));
    let others = [tokio::spawn(ticks), tokio::spawn(graph.clone().report_for_ever())];
    pollers.chain(others).collect()
}
