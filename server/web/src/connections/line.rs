//! The bytes of one connection. What a reader does not take is held for so long and no longer; how
//! much is held is bounded, here and in the kernel.

use std::{
    future::Future as _,
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

use super::{framing::Framing, share::Watched};

/// Bytes that a reader must at least take within the patience: a byte a second is no reading.
const LEAST_PROGRESS: usize = 4 * 1024;
/// Bytes that the kernel may hold unsent for one reader.
const UNSENT_IN_KERNEL: u32 = 32 * 1024;
/// How long somebody who is still sending is listened to after a last answer, so that they can read
/// it: a connection closed with bytes unread takes its answer along.
const LINGER: Duration = Duration::from_secs(1);

/// A reader who does not take everything.
#[derive(Debug)]
struct Stall {
    /// What they took since it was last looked at.
    taken: usize,
    until: Pin<Box<Sleep>>,
}

/// One connection's stream.
#[derive(Debug)]
pub(super) struct Line {
    stream: TcpStream,
    framing: Framing,
    watched: Arc<Watched>,
    patience: Duration,
    stall: Option<Stall>,
    closing: Option<Pin<Box<Sleep>>>,
}

impl Line {
    /// A line over a stream, with so much patience for a reader who takes next to nothing.
    pub(super) fn new(stream: TcpStream, watched: Arc<Watched>, patience: Duration) -> Self {
        let socket = SockRef::from(&stream);
        // Answers are written whole; waiting for more to send only delays them.
        let _delayed = socket.set_tcp_nodelay(true);
        let _held_by_the_kernel = socket.set_tcp_notsent_lowat(UNSENT_IN_KERNEL);
        let framing = Framing::default();
        Self { stream, framing, watched, patience, stall: None, closing: None }
    }

    /// Watches the reader: `written` of the bytes `offered` went out.
    fn watch(
        &mut self,
        context: &mut Context<'_>,
        offered: usize,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) if bytes >= offered => {
                self.stall = None;
                self.watched.hold(0);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Ok(bytes)) => {
                if let Some(stall) = &mut self.stall {
                    stall.taken += bytes;
                }
                self.watched.hold(offered - bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                self.watched.hold(offered);
                let patience = self.patience;
                let stall = self
                    .stall
                    .get_or_insert_with(|| Stall { taken: 0, until: Box::pin(sleep(patience)) });
                while stall.until.as_mut().poll(context).is_ready() {
                    if stall.taken < LEAST_PROGRESS {
                        self.watched.stall();
                        return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                    }
                    stall.taken = 0;
                    stall.until.as_mut().reset(Instant::now() + patience);
                }
                Poll::Pending
            }
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.framing.follow(buffer.filled_mut().get_mut(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, bytes.len(), written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let offered = slices.iter().map(|slice| slice.len()).sum();
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watch(context, offered, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.closing.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            if this.framing.is_between_requests() {
                return Poll::Ready(Ok(()));
            }
        }
        let closing = this.closing.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        let mut unread = [0; 8 * 1024];
        while closing.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut unread);
            // What fails to be read is not waited for.
            let read = ready!(Pin::new(&mut this.stream).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.watched.is_cut_off() {
            // What is unsent would stay in the kernel for minutes, for nobody.
            let _still_there = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}
