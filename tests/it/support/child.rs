//! A process that a test started, and that ends with it. It is only ever ended by its own handle or number.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

/// How many lines of what a child said are kept: a whole story at the level `debug`.
const KEPT_LINES: usize = 50_000;

/// A running child and the last it said.
pub(crate) struct Process {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
    lines: Mutex<Receiver<String>>,
}

impl Process {
    /// Starts it with both of its outputs read line by line.
    pub(crate) fn start(command: &mut Command) -> Self {
        let shown = format!("{}", Path::new(command.get_program()).display());
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("cannot start {shown}: {error}"));
        let (said, (sender, lines)) = (Arc::new(Mutex::new(Vec::new())), channel());
        let outputs: [Option<Box<dyn std::io::Read + Send>>; 2] =
            [child.stdout.take().map(|it| Box::new(it) as _), child.stderr.take().map(|it| Box::new(it) as _)];
        for output in outputs.into_iter().flatten() {
            let (said, sender) = (Arc::clone(&said), sender.clone());
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let mut said = said.lock().unwrap();
                    if said.len() >= KEPT_LINES {
                        said.remove(0);
                    }
                    said.push(line.clone());
                    // Nobody listens any more once the child is ready.
                    let _ = sender.send(line);
                }
            });
        }
        Self { child, said, lines: Mutex::new(lines) }
    }

    /// Waits for a line in which `find` finds something. Stops the test if the child ends or says nothing of it.
    pub(crate) fn wait_for<T>(&mut self, what: &str, patience: Duration, find: impl Fn(&str) -> Option<T>) -> T {
        let start = std::time::Instant::now();
        while let Some(left) = patience.checked_sub(start.elapsed()) {
            let Ok(line) = self.lines.get_mut().unwrap().recv_timeout(left) else { break };
            if let Some(found) = find(&line) {
                return found;
            }
        }
        let ended = self.child.try_wait().ok().flatten();
        panic!("no {what} within {patience:?} (ended: {ended:?}); it said:\n{}", self.said());
    }

    /// What it said last.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().join("\n")
    }

    /// Waits until the last of what an ended child said has been read.
    fn hear_out(&self) {
        // The readers hold the sending halves; both end with the child's outputs.
        while self.lines.lock().unwrap().recv_timeout(Duration::from_secs(5)).is_ok() {}
    }

    /// Ends it at once, without a chance to tidy up (SIGKILL).
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end (SIGTERM) and waits; the exit code, or `None` if a signal ended it.
    pub(crate) fn stop(&mut self, patience: Duration) -> Option<i32> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "the process was gone before it was asked to stop");
        self.end(patience)
    }

    /// Waits until it ends by itself; the exit code, or `None` if a signal ended it.
    pub(crate) fn end(&mut self, patience: Duration) -> Option<i32> {
        let start = std::time::Instant::now();
        while start.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.hear_out();
                return status.code();
            }
            std::thread::yield_now();
            std::thread::park_timeout(Duration::from_millis(10));
        }
        panic!("still running after {patience:?}; it said:\n{}", self.said());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
