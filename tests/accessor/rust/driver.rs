//! A program that does what it is told on stdin and answers on the file it is given, so that what stands on stdout is the accessor's.

use serde_json::{Value, json};
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::time::Duration;

fn main() {
    let answers = std::env::args().nth(1).expect("a file for the answers");
    let mut answers = std::fs::OpenOptions::new().write(true).open(answers).expect("can be written");
    for line in std::io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line.expect("text")).expect("JSON");
        writeln!(answers, "{}", outcome(&command)).expect("somebody listens");
    }
}

fn outcome(command: &Value) -> Value {
    match catch_unwind(AssertUnwindSafe(|| run(command))) {
        Ok(value) => json!({ "value": value }),
        Err(panic) => json!({ "panic": panic.downcast_ref::<String>().expect("a text") }),
    }
}

fn run(command: &Value) -> Value {
    let text = |at: usize| command[at].as_str().unwrap_or_default().to_owned();
    match command[0].as_str().expect("a command") {
        "var" => crate::secrets::var(text(1)).map_or_else(|error| json!([error.to_string()]), Value::from),
        "var_os" => crate::secrets::var_os(text(1)).map(|value| value.into_string().expect("text")).into(),
        "preload" => {
            crate::secrets::preload();
            Value::Null
        }
        "often" => {
            let times = command[2].as_u64().expect("a number");
            let values: std::collections::BTreeSet<_> = (0..times).map(|_| crate::secrets::var(text(1)).ok()).collect();
            json!(values)
        }
        "together" => together(command[1].as_array().expect("commands")),
        "multi_thread" => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
            let command = command[1].clone();
            runtime.block_on(async { tokio::spawn(async move { outcome(&command) }).await.expect("no panic") })
        }
        "current_thread" => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async { outcome(&command[1]) })
        }
        "sleep" => {
            std::thread::sleep(Duration::from_secs_f64(command[1].as_f64().expect("seconds")));
            Value::Null
        }
        "set" => {
            std::env::set_var(text(1), text(2));
            Value::Null
        }
        "environment" => std::env::vars().collect(),
        "child" => {
            let output = std::process::Command::new("env").output().expect("runs");
            String::from_utf8_lossy(&output.stdout).into()
        }
        other => panic!("no such command: {other}"),
    }
}

fn together(commands: &[Value]) -> Value {
    let gate = Barrier::new(commands.len());
    let at_the_gate = |command| {
        gate.wait();
        outcome(command)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = commands.iter().map(|command| scope.spawn(|| at_the_gate(command))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

/// Whatever compiles with `std::env` compiles with the accessor.
#[allow(dead_code)]
fn compiles() -> Result<(), Box<dyn std::error::Error>> {
    let (owned, on_heap) = (String::from("A"), Box::<str>::from("A"));
    let _: String = crate::secrets::var("A")?;
    let _: Option<OsString> = crate::secrets::var_os("A");
    let _ = (crate::secrets::var(&owned), crate::secrets::var(owned.as_str()), crate::secrets::var(on_heap.as_ref()));
    let _ = (crate::secrets::var(OsStr::new("A")), crate::secrets::var(OsString::from("A")), crate::secrets::var(owned));
    let _: Vec<String> = ["A", "B"].iter().filter_map(|name| crate::secrets::var(name).ok()).collect();
    let _: Vec<_> = ["A", "B"].into_iter().map(crate::secrets::var).collect();
    let _ = ["A", "B"].iter().find_map(crate::secrets::var_os);
    let _ = crate::secrets::var("A").unwrap_or_else(|_| crate::secrets::var("B").unwrap_or_default());
    match crate::secrets::var("A") {
        Ok(_) | Err(std::env::VarError::NotPresent) => {}
        Err(std::env::VarError::NotUnicode(_)) => {}
    }
    Ok(())
}
