//! The page on which people take part in a drill: server-rendered, without scripts, on loopback.
//!
//! What always holds: one task owns the stage and takes requests one after the other, so tabs never race; time
//! stands still but for the seconds in which the program answers; a form acts at most once and never on a state other than the one it showed; whatever
//! people write is shown escaped; nothing is answered to a stranger's page (`guard`). Everything says EXERCISE. What is
//! deliberately not here: the accept loop (`web`, put together by `cli`), and what the program does with it all.

mod answer; // what goes back to the browser
mod ask; // a request, taken apart
mod clock; // letting time pass
mod deeds; // what people do on the forge
mod deliveries;
mod duties;
mod fields; // what a form showed, and what came back
mod form; // which forms there are
mod gantt; // pictures of reports
mod guard; // who may ask
mod home;
mod issue; // one thread and what can be done about it
mod journal;
mod keeper; // the one owner of the stage
mod labels; // their colours
mod looks; // how each forge shows things
mod markdown;
mod raw; // HTML inside Markdown
mod show; // which page is where
mod slips; // one-use numbers
mod thread; // a thread as the forge would show it

use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::{mpsc, oneshot};

pub use keeper::Keeper;

/// Requests that wait at most; a browser that sends more is slowed down.
const WAITING: usize = 32;

/// Where requests come in. Clones lead to the same keeper.
#[derive(Clone)]
pub struct Door {
    to: mpsc::Sender<Asked>,
}

/// A request and where its answer goes.
struct Asked {
    request: Request<Bytes>,
    answer: oneshot::Sender<Response<Bytes>>,
}

/// What came in at the door, for the keeper.
pub struct Bell {
    asked: mpsc::Receiver<Asked>,
}

/// A door and its bell.
#[must_use]
pub fn door() -> (Door, Bell) {
    let (to, asked) = mpsc::channel(WAITING);
    (Door { to }, Bell { asked })
}

impl Door {
    /// The answer to a request, in its turn.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (answer, answered) = oneshot::channel();
        if self.to.send(Asked { request, answer }).await.is_err() {
            return answer::over();
        }
        answered.await.unwrap_or_else(|_| answer::over())
    }
}
