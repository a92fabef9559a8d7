//! One request over HTTP/1.1 to a print queue: to this computer, or in the open where that was allowed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use ipp::prelude::Uri;

use super::{Limits, QueueError};

const IPP_PORT: u16 = 631;
/// More than any queue has to say.
const LARGEST_ANSWER: u64 = 16 << 20;
const LONGEST_LINE: u64 = 16 << 10;
const MOST_HEADERS: usize = 64;

/// Where a queue is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    host: String,
    port: u16,
    path: String,
}

/// What goes behind the request's attributes.
pub type Document<'a> = Option<(&'a mut dyn Read, u64)>;

impl Endpoint {
    /// # Errors
    /// An address that names no queue, one on another computer unless `open_network` allows it, or an encrypted one.
    pub fn parse(uri: &str, open_network: bool) -> Result<Self, QueueError> {
        let bad = || QueueError::BadUri { uri: uri.to_owned() };
        let parsed: Uri = uri.trim().parse().map_err(|_| bad())?;
        let host = parsed.host().ok_or_else(bad)?.trim_matches(['[', ']']).to_owned();
        let port = match parsed.scheme_str() {
            Some("ipp") => IPP_PORT,
            Some("http") => 80,
            Some("ipps" | "https") => return Err(QueueError::Encrypted { uri: uri.to_owned() }),
            _ => return Err(bad()),
        };
        if !open_network && !is_this_computer(&host) {
            let scheme = parsed.scheme_str().unwrap_or_default().to_owned();
            return Err(QueueError::OpenNetwork { host, scheme });
        }
        Ok(Self { host, port: parsed.port_u16().unwrap_or(port), path: parsed.path().to_owned() })
    }

    /// The address in the form in which IPP names a printer.
    pub fn printer_uri(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("ipp://{host}:{}{}", self.port, self.path)
    }

    /// Sends one request and gives the whole answer's body.
    pub fn post(&self, head: &[u8], document: Document<'_>, limits: &Limits) -> Result<Vec<u8>, QueueError> {
        let mut stream = self.connect(limits.connect())?;
        let lost = |cause: std::io::Error| self.lost(&cause);
        let timeouts = stream
            .set_read_timeout(Some(limits.answer()))
            .and_then(|()| stream.set_write_timeout(Some(limits.answer())));
        timeouts.map_err(lost)?;
        let more = document.as_ref().map_or(0, |(_, bytes)| *bytes);
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\
             User-Agent: photodesk\r\nConnection: close\r\n\r\n",
            self.path,
            self.host,
            self.port,
            head.len() as u64 + more
        );
        let sent = stream.write_all(request.as_bytes()).and_then(|()| stream.write_all(head));
        let sent = sent.and_then(|()| match document {
            Some((document, bytes)) => {
                let copied = std::io::copy(&mut document.take(bytes), &mut stream)?;
                if copied == bytes { Ok(()) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
            }
            None => Ok(()),
        });
        // A queue may answer, and close, before it has heard everything: its answer tells more than the broken pipe.
        match (self.answer(BufReader::new(stream)), sent) {
            (Ok(answer), _) => Ok(answer),
            (Err(QueueError::Lost { .. }), Err(cause)) => Err(lost(cause)),
            (Err(error), _) => Err(error),
        }
    }

    fn connect(&self, timeout: Duration) -> Result<TcpStream, QueueError> {
        let unreachable = |cause: &dyn std::fmt::Display| QueueError::Unreachable {
            host: self.host.clone(),
            cause: cause.to_string(),
        };
        let addresses =
            (self.host.as_str(), self.port).to_socket_addrs().map_err(|cause| unreachable(&cause))?;
        let mut last = unreachable(&"it has no address");
        for address in addresses {
            match TcpStream::connect_timeout(&address, timeout) {
                Ok(stream) => return Ok(stream),
                Err(cause) => last = unreachable(&cause),
            }
        }
        Err(last)
    }

    fn answer(&self, mut reader: impl BufRead) -> Result<Vec<u8>, QueueError> {
        loop {
            let status = self.line(&mut reader)?;
            if !status.starts_with("HTTP/") {
                return Err(self.bad(&"no HTTP"));
            }
            let status = status.split(' ').nth(1).and_then(|code| code.parse::<u16>().ok());
            let headers = self.headers(&mut reader)?;
            let has = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            match status {
                Some(100..=199) => {}
                Some(200..=299) => {
                    if has("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
                        return self.chunked(reader);
                    }
                    let length = has("content-length").and_then(|length| length.parse().ok());
                    return self.body(reader, length);
                }
                Some(401 | 403) => {
                    return Err(QueueError::Refused {
                        what: "let this program in",
                        status: 0x0402,
                        answer: "it wants a password".into(),
                    });
                }
                Some(other) => return Err(self.bad(&format_args!("HTTP status {other}"))),
                None => return Err(self.bad(&"an HTTP answer without a status")),
            }
        }
    }

    fn headers(&self, reader: &mut impl BufRead) -> Result<Vec<(String, String)>, QueueError> {
        let mut headers = Vec::new();
        while headers.len() < MOST_HEADERS {
            let line = self.line(reader)?;
            if line.is_empty() {
                return Ok(headers);
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase()));
            }
        }
        Err(self.bad(&"too many headers"))
    }

    fn line(&self, reader: &mut impl BufRead) -> Result<String, QueueError> {
        let mut line = Vec::new();
        reader.take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(|cause| self.lost(&cause))?;
        if line.pop() != Some(b'\n') {
            return Err(self.lost(&std::io::ErrorKind::UnexpectedEof.into()));
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// Up to the given length; without one, until the queue closes the connection.
    fn body(&self, reader: impl Read, length: Option<u64>) -> Result<Vec<u8>, QueueError> {
        let mut body = Vec::new();
        let most = length.unwrap_or(LARGEST_ANSWER).min(LARGEST_ANSWER);
        reader.take(most).read_to_end(&mut body).map_err(|cause| self.lost(&cause))?;
        match length {
            Some(length) if body.len() as u64 != length => {
                Err(self.lost(&std::io::ErrorKind::UnexpectedEof.into()))
            }
            _ => Ok(body),
        }
    }

    fn chunked(&self, mut reader: impl BufRead) -> Result<Vec<u8>, QueueError> {
        let mut body = Vec::new();
        loop {
            let line = self.line(&mut reader)?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| self.bad(&"a broken chunk"))?;
            if size == 0 {
                return Ok(body);
            }
            if body.len() as u64 + size > LARGEST_ANSWER {
                return Err(self.bad(&"an endless answer"));
            }
            body.extend(self.body(&mut reader, Some(size))?);
            let _end = self.line(&mut reader)?;
        }
    }

    fn lost(&self, cause: &std::io::Error) -> QueueError {
        QueueError::Lost { host: self.host.clone(), cause: cause.to_string() }
    }

    pub fn bad(&self, cause: &dyn std::fmt::Display) -> QueueError {
        QueueError::BadAnswer { host: self.host.clone(), cause: cause.to_string() }
    }
}

fn is_this_computer(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_computer_is_spoken_to_in_the_open_unless_it_is_allowed() {
        let code = |uri: &str, open| Endpoint::parse(uri, open).err().map(|error| error.code());
        assert_eq!(code("ipp://localhost/printers/lab", false), None);
        assert_eq!(code("ipp://[::1]:8631/ipp/print", false), None);
        assert_eq!(code("ipp://192.168.1.7/ipp/print", false), Some("queue_open_network"));
        assert_eq!(code("ipp://192.168.1.7/ipp/print", true), None);
        assert_eq!(code("ipps://lab.example/ipp/print", true), Some("queue_encrypted"));
        for wrong in ["", "lab", "/printers/lab", "lpd://localhost/lab"] {
            assert_eq!(code(wrong, true), Some("bad_queue"), "{wrong}");
        }
        let endpoint = Endpoint::parse("ipp://localhost/printers/lab", false).unwrap();
        assert_eq!(endpoint.printer_uri(), "ipp://localhost:631/printers/lab");
    }

    #[test]
    fn answers_are_read_whole_in_every_form() {
        let endpoint = Endpoint::parse("ipp://localhost/", false).unwrap();
        let body = |answer: &str| endpoint.answer(answer.as_bytes());
        let long = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd";
        assert_eq!(body(long).unwrap(), b"abc");
        let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n";
        assert_eq!(body(chunks).unwrap(), b"abc");
        assert_eq!(body("HTTP/1.0 200 OK\r\n\r\nabc").unwrap(), b"abc");
        let code = |answer: &str| body(answer).unwrap_err().code();
        assert_eq!(code("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), "queue_lost");
        assert_eq!(code("HTTP/1.1 404 Not Found\r\n\r\n"), "queue_bad_answer");
        assert_eq!(code("HTTP/1.1 401 Unauthorized\r\n\r\n"), "queue_refused");
        assert_eq!(code("220 smtp ready\r\n"), "queue_bad_answer");
        assert_eq!(code(""), "queue_lost");
    }
}
