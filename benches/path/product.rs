//! The program under measurement, and what the kernel says of it.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

/// The webhook's secret.
pub(crate) const SECRET: &str = "a secret for measuring";

/// A running server. It is stopped when this goes.
pub(crate) struct Product {
    child: Child,
    _said: BufReader<ChildStdout>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From before `exec` to the line that says so.
    pub(crate) started_in: Duration,
}

impl Product {
    /// Starts `hotwash serve` in the folder, against the stub.
    pub(crate) fn start(folder: &Path, stub: SocketAddr, sweep_every: &str) -> Self {
        let config = folder.join("hotwash.toml");
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n[limits]\nsweep_every = \"{sweep_every}\"\n[[github]]\n\
             api_url = \"http://{stub}\"\nwebhook_secret = {{ env = \"BENCH_SECRET\" }}\n\
             token = {{ env = \"BENCH_TOKEN\" }}\nwrite_interval = \"0s\"\n[[project]]\nforge = \"github\"\n\
             path = \"acme/incidents\"\nprocess = \"cloud-gov\"\n"
        );
        fs::write(&config, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hotwash"));
        command.arg("--config").arg(&config).arg("serve").current_dir(folder);
        command.env("BENCH_SECRET", SECRET).env("BENCH_TOKEN", "token-for-measuring");
        let began = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let started_in = began.elapsed();
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("it said {line:?}"));
        Self { address: address.parse().unwrap(), child, _said: said, started_in }
    }

    /// CPU of all threads that live, to the nanosecond, from the scheduler.
    pub(crate) fn cpu(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let spent = tasks.map(|task| {
            let text = fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap_or_default();
            text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0)
        });
        Duration::from_nanos(spent.sum())
    }

    /// CPU of all threads that ever lived, in ticks of 10 ms.
    pub(crate) fn ticks(&self) -> Duration {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let after_name = text.rsplit(')').next().unwrap();
        let ticks: u64 = after_name.split(' ').skip(12).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Resident memory in megabytes: now, and at most so far.
    pub(crate) fn resident(&self) -> (f64, f64) {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
        };
        (line("VmRSS"), line("VmHWM"))
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
