//! HTTP/1.1 as an object store's clients speak it: one request after the other on a connection.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

#[derive(Debug, Default)]
pub struct Request {
    pub method: String,
    /// As it was sent.
    pub path: String,
    pub raw_query: String,
    /// By names in small letters.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    /// The next request; `None` at the end of the connection.
    pub fn read(reader: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut head = String::new();
        while reader.read_line(&mut head).ok()? > 0 && !head.ends_with("\r\n\r\n") {}
        let mut request = Self::of(head.strip_suffix("\r\n")?)?;
        let bytes = request.headers.get("content-length").map_or(0, |text| text.parse().unwrap());
        request.body = vec![0; bytes];
        reader.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    pub fn of(head: &str) -> Option<Self> {
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?);
        let (path, raw_query) = target.split_once('?').unwrap_or((target, ""));
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
        let (path, raw_query) = (path.to_owned(), raw_query.to_owned());
        Some(Self { method, path, raw_query, headers: headers.collect(), body: Vec::new() })
    }

    /// A parameter as it was meant.
    pub fn query(&self, name: &str) -> Option<String> {
        let mut pairs = self.raw_query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| decoded(value))
    }
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_at(2);
        plain.push(char::from(u8::from_str_radix(code, 16).unwrap()));
        plain.push_str(rest);
    }
    plain
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn with(status: u16, body: Vec<u8>) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    /// The store's way to refuse.
    pub fn refusal(status: u16, code: &str) -> Self {
        let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code></Error>");
        Self::with(status, body.into_bytes())
    }

    /// A request for the head alone gets it with the length the body would have.
    pub fn write(&self, to: &mut TcpStream, is_head_alone: bool) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {} x\r\nContent-Length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        to.write_all(format!("{head}\r\n").as_bytes())?;
        if is_head_alone { Ok(()) } else { to.write_all(&self.body) }
    }
}
