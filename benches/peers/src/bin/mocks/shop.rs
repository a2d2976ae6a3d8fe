//! A shop that listens to notifications on a thread of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use pockyt_peers::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// It acknowledges what is posted to `/ipn`, and nothing that is posted elsewhere.
pub struct Shop {
    pub address: SocketAddr,
    heard: Arc<AtomicU64>,
    runtime: Option<Runtime>,
}

impl Shop {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// The system gives no port or no thread.
    pub fn open() -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let heard = Arc::<AtomicU64>::default();
        let counter = Arc::clone(&heard);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(hear(stream, Arc::clone(&counter)));
            }
        });
        Ok(Self { address, heard, runtime: Some(runtime) })
    }

    /// How many notifications came.
    pub fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }
}

/// Reads a notification, which fits into one segment, and answers.
async fn hear(mut stream: TcpStream, counter: Arc<AtomicU64>) -> io::Result<()> {
    let mut request = vec![0; 4096];
    while stream.read(&mut request).await? > 0 {
        counter.fetch_add(1, Ordering::Relaxed);
        let answer = if request.starts_with(b"POST /ipn ") { "success" } else { "no" };
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{answer}", answer.len());
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
