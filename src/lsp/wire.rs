//! Messages on standard input and output.
//!
//! Knows no message: what is in its frame and is none is told as one that nobody sends, and the next one is read. What
//! is said never waits for the client, which may be writing just then. Used by `serve_stdio` alone.

use std::io::{self, BufRead, Read, Write};
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{bounded, unbounded};
use lsp_server::{Connection, Message, Notification};

/// The method by which the server hears that something was no message.
pub(super) const UNREADABLE: &str = "$/envacuate/unreadable";

/// A line in front of a message is never longer, in bytes.
const MAX_LINE: u64 = 4 * 1024;

/// No message is larger, in bytes.
const MAX_SIZE: u64 = 1024 * 1024 * 1024;

/// So many messages are read ahead.
const AHEAD: usize = 64;

/// Connects to standard input and output. The thread ends when all that was said is written.
pub(super) fn stdio() -> io::Result<(Connection, JoinHandle<()>)> {
    let (heard, receiver) = bounded(AHEAD);
    // It ends with the input or with the program, which need not wait for it.
    Builder::new().name("input".to_owned()).spawn(move || {
        let mut input = io::stdin().lock();
        while let Some(text) = frame(&mut input) {
            let message = serde_json::from_slice(&text)
                .unwrap_or_else(|_| Notification::new(UNREADABLE.to_owned(), ()).into());
            if heard.send(message).is_err() {
                return;
            }
        }
    })?;
    let (sender, said) = unbounded::<Message>();
    let writer = Builder::new().name("output".to_owned()).spawn(move || {
        let mut output = io::stdout().lock();
        for message in said {
            // A client that is gone needs nothing more.
            if message.write(&mut output).is_err() || output.flush().is_err() {
                return;
            }
        }
    })?;
    Ok((Connection { sender, receiver }, writer))
}

/// The next text in a frame; nothing at the end of the input, or where no frame can be told any more.
fn frame(input: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut size = None;
    loop {
        let mut line = Vec::new();
        input
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)
            .ok()?;
        let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("Content-Length") {
            size = value.trim().parse::<u64>().ok();
        }
    }
    let size = size.filter(|&size| size <= MAX_SIZE)?;
    let mut text = Vec::new();
    // Room is made as it comes, whatever was announced.
    input.by_ref().take(size).read_to_end(&mut text).ok()?;
    (text.len() as u64 == size).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart() {
        let mut input: &[u8] =
            b"Content-Length: 2\r\n\r\n{}content-length:1\r\nContent-Type: x\r\n\r\n\xff";
        assert_eq!(frame(&mut input), Some(b"{}".to_vec()));
        assert_eq!(frame(&mut input), Some(vec![0xff]));
        assert_eq!(frame(&mut input), None);
    }

    #[test]
    fn what_is_no_frame_is_the_end() {
        let long = vec![b'x'; 100_000];
        for text in [
            &b"hello\r\n\r\n"[..],
            b"\r\n",
            b"Content-Length: -1\r\n\r\n",
            b"Content-Length: 9223372036854775807\r\n\r\n",
            b"Content-Length: 99\r\n\r\n{}",
            b"Content-Length: 2",
            &long,
        ] {
            assert_eq!(frame(&mut &*text), None);
        }
    }
}
