//! One keep-alive connection. Requests are written by hand, so that the client costs the machine next to nothing.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Of the server that the bench starts; other programs do not look at it.
pub(super) const TOKEN: &str = "the-token-of-the-bench";
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) struct Connection {
    stream: TcpStream,
    address: String,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Connection {
    pub fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Self {
            stream,
            address: address.to_owned(),
            request: Vec::new(),
            answer: Vec::new(),
        })
    }

    /// The body of an answer with status 200; anything else is an error.
    pub fn post(&mut self, path: &str, body: &[u8]) -> io::Result<&[u8]> {
        self.ask("POST", path, body)
    }

    pub fn get(&mut self, path: &str) -> io::Result<&[u8]> {
        self.ask("GET", path, b"")
    }

    fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> io::Result<&[u8]> {
        self.request.clear();
        write!(
            self.request,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        )?;
        self.request.extend_from_slice(body);
        self.stream.write_all(&self.request)?;
        let (status, start, end) = self.read_answer()?;
        let text = &self.answer[start..end];
        if status == 200 {
            Ok(text)
        } else {
            let said = String::from_utf8_lossy(text);
            Err(io::Error::other(format!("{path}: {status} {said}")))
        }
    }

    /// The status, and where the body begins and ends.
    fn read_answer(&mut self) -> io::Result<(u16, usize, usize)> {
        self.answer.clear();
        let mut chunk = [0; 16 << 10];
        loop {
            let n_read = self.stream.read(&mut chunk)?;
            if n_read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.answer.extend_from_slice(&chunk[..n_read]);
            if let Some(whole) = whole_answer(&self.answer) {
                return Ok(whole);
            }
        }
    }
}

/// `None` as long as something is missing.
fn whole_answer(answer: &[u8]) -> Option<(u16, usize, usize)> {
    let start = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..start]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let length: usize = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse().ok())
        .unwrap_or(0);
    (answer.len() >= start + length).then_some((status, start, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(
            whole_answer(answer),
            Some((200, answer.len() - 2, answer.len()))
        );
        for n in 0..answer.len() {
            assert_eq!(whole_answer(&answer[..n]), None, "{n} bytes");
        }
        let empty = b"HTTP/1.1 404 Not Found\r\n\r\n";
        assert_eq!(whole_answer(empty), Some((404, empty.len(), empty.len())));
    }
}
