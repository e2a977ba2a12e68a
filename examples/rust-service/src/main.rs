//! A service that decides on events: `POST /verdict` with an event as JSON is answered with the verdict of a bundle of policies.
//!
//! Usage: `rust-service BUNDLE [ADDRESS]`. It prints the address that it listens on; SIGHUP reads the bundle anew.

mod event;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use lictor_vm::{Bundle, Engine, Pool, Verdict, VerdictFlags};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// An event is a record of a few kilobytes; a larger body is none.
const BODY_MOST: usize = 64 << 10;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Answer = (StatusCode, Json<Value>);

fn answer(status: StatusCode, value: Value) -> Answer {
    (status, Json(value))
}

/// What the policies say, by name.
fn verdict_json(bundle: &Bundle, verdict: Verdict) -> Value {
    let is_default = verdict.flags.contains(VerdictFlags::DEFAULT);
    json!({
        "action": verdict.action.name(),
        "errno": (verdict.errno != 0).then_some(verdict.errno),
        "policy": verdict.policy.and_then(|policy| bundle.policy_name(policy)),
        "rule": verdict.rule.and_then(|rule| bundle.manifest.rules.get(rule as usize)).map(|rule| &rule.name),
        "default": is_default,
    })
}

/// A verdict takes microseconds, and there are as many machines as threads: nothing waits here.
async fn verdict(State(pool): State<Arc<Pool>>, body: Result<Bytes, BytesRejection>) -> Answer {
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let error = format!("an event has {BODY_MOST} bytes at most");
            return answer(StatusCode::PAYLOAD_TOO_LARGE, json!({ "error": error }));
        }
        Err(rejection) => return answer(rejection.status(), json!({ "error": "the event did not arrive whole" })),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos() as u64);
    let record = match event::record(&body, now) {
        Ok(record) => record,
        Err(error) => return answer(StatusCode::BAD_REQUEST, json!({ "error": error })),
    };
    let mut vm = pool.take();
    let bundle = vm.bundle().clone();
    let mut said = None;
    let result = vm.evaluate(&record, |decision| {
        said = Some(decision.verdict);
        Ok(())
    });
    match (result, said) {
        (Ok(()), Some(verdict)) if verdict.flags.contains(VerdictFlags::MALFORMED) => {
            answer(StatusCode::BAD_REQUEST, json!({ "error": "the event is not one of its kind" }))
        }
        (Ok(()), Some(verdict)) => answer(StatusCode::OK, verdict_json(&bundle, verdict)),
        (result, _) => {
            eprintln!("no verdict: {:?}", result.err());
            answer(StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": "no verdict" }))
        }
    }
}

fn read(path: &Path) -> Result<Bundle, Failure> {
    Ok(Bundle::read(&std::fs::read(path)?)?)
}

/// Exchanges the bundle whenever SIGHUP comes. One that cannot be read or loaded leaves the old one in place.
async fn reload(pool: Arc<Pool>, path: PathBuf) -> Result<(), Failure> {
    let mut hangups = signal(SignalKind::hangup())?;
    while hangups.recv().await.is_some() {
        let (pool, path) = (pool.clone(), path.clone());
        let exchange = move || Ok::<_, Failure>(pool.exchange(read(&path)?, |_| Ok(()))?);
        match tokio::task::spawn_blocking(exchange).await? {
            Ok(()) => println!("reloaded"),
            Err(error) => eprintln!("the old bundle stays: {error}"),
        }
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let path = PathBuf::from(args.next().ok_or("usage: rust-service BUNDLE [ADDRESS]")?);
    let address = args.next().unwrap_or("127.0.0.1:0".into());

    let threads = std::thread::available_parallelism()?.get();
    let pool = Arc::new(Pool::new(Engine::new()?, read(&path)?, threads)?);
    let listener = TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);

    let service =
        Router::new().route("/verdict", post(verdict)).layer(DefaultBodyLimit::max(BODY_MOST)).with_state(pool.clone());
    tokio::select! {
        result = axum::serve(listener, service) => Ok(result?),
        result = reload(pool, path) => result,
    }
}
