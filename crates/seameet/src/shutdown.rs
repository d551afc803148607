//! How the end of the server reaches its tasks, and how their end is awaited.

use tokio::sync::watch;

/// Tells every [`Ending`] once and for all.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown {
    began: watch::Sender<bool>,
}

/// Resolves when the server begins to end.
#[derive(Debug, Clone)]
pub(crate) struct Ending {
    began: watch::Receiver<bool>,
}

impl Shutdown {
    pub(crate) fn new() -> Self {
        Self {
            began: watch::Sender::new(false),
        }
    }

    pub(crate) fn begin(&self) {
        self.began.send_replace(true);
    }

    pub(crate) fn has_begun(&self) -> bool {
        *self.began.borrow()
    }

    pub(crate) fn ending(&self) -> Ending {
        Ending {
            began: self.began.subscribe(),
        }
    }
}

impl Ending {
    /// Cancel safe. A sender that is gone counts as the end.
    pub(crate) async fn wait(&mut self) {
        let _ = self.began.wait_for(|began| *began).await;
    }
}

/// Counts tasks by the guards they hold.
#[derive(Debug, Clone)]
pub(crate) struct Tasks {
    running: watch::Sender<usize>,
}

/// Held by a task for as long as it runs.
#[derive(Debug)]
pub(crate) struct TaskGuard {
    tasks: Tasks,
}

impl Tasks {
    pub(crate) fn new() -> Self {
        Self {
            running: watch::Sender::new(0),
        }
    }

    pub(crate) fn guard(&self) -> TaskGuard {
        self.running.send_modify(|running| *running += 1);
        TaskGuard {
            tasks: self.clone(),
        }
    }

    /// Resolves when no guard is left.
    pub(crate) async fn ended(&self) {
        let _ = self
            .running
            .subscribe()
            .wait_for(|running| *running == 0)
            .await;
    }
}

impl Drop for TaskGuard {
    fn drop(&mut self) {
        let count_down = |running: &mut usize| *running = running.saturating_sub(1);
        self.tasks.running.send_modify(count_down);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_is_seen_by_those_who_ask_late() {
        let shutdown = Shutdown::new();
        let mut early = shutdown.ending();
        shutdown.begin();
        early.wait().await;
        shutdown.ending().wait().await;
        assert!(shutdown.has_begun());
    }

    #[tokio::test]
    async fn tasks_have_ended_when_the_last_guard_is_dropped() {
        let tasks = Tasks::new();
        let (first, second) = (tasks.guard(), tasks.guard());
        let ended = tokio::spawn({
            let tasks = tasks.clone();
            async move { tasks.ended().await }
        });
        drop(first);
        tokio::task::yield_now().await;
        assert!(!ended.is_finished());
        drop(second);
        ended.await.unwrap();
    }
}
