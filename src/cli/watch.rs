//! Stops templates that never end: those that are given are their owner's code.

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::workspace::Failure;

/// Longest that one plan may take; usually it is a fiftieth of a second.
const LONGEST: Duration = Duration::from_secs(10);
/// Most memory, in bytes, that khung may have by then; usually it is 20 MiB.
const MOST: usize = 1 << 30;
/// How long khung waits before it looks again.
const PAUSE: Duration = Duration::from_millis(10);
/// Stack, in bytes: templates that include others need more than a thread usually has.
const STACK: usize = 64 << 20;

/// Watches over the templates of a folder; those inside the binary need no watch.
pub(super) struct Watch {
    templates: Option<PathBuf>,
    ran_away: AtomicBool,
}

impl Watch {
    pub(super) fn new(templates: Option<PathBuf>) -> Self {
        Self { templates, ran_away: AtomicBool::new(false) }
    }

    /// Does work that renders the templates.
    ///
    /// # Errors
    /// When they take too much, in this work or earlier. A thread cannot be stopped: theirs
    /// ends with the process.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let Some(folder) = &self.templates else { return Ok(work()) };
        let failure = |reason: &str| Failure::new(folder, reason);
        let ran_away = || {
            failure(
                "các mẫu chạy quá 10 giây hoặc cần hơn 1 GiB bộ nhớ. Tìm vòng lặp {% for %} \
                 không dứt trong mẫu, hoặc lấy lại bản gốc bằng `khung catalog export`; kế \
                 hoạch rất dài thì cập nhật không kèm `--templates`.",
            )
        };
        if self.ran_away.load(Ordering::Relaxed) {
            return Err(ran_away());
        }
        // Nothing is sent: the channel closes when the work ends, or panics.
        let (open, wait) = mpsc::channel::<()>();
        let work = move || {
            let _open = open;
            work()
        };
        let thread = thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn(work).map_err(|error| {
            failure(&format!(
                "không chạy được ({error}). Đóng bớt chương trình rồi chạy lại."
            ))
        })?;
        let start = Instant::now();
        while wait.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            if start.elapsed() > LONGEST || memory() > MOST {
                self.ran_away.store(true, Ordering::Relaxed);
                return Err(ran_away());
            }
        }
        Ok(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

/// Bytes that the process holds; none where the system does not tell.
fn memory() -> usize {
    memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem)
}
