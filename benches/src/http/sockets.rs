//! A hit against the same bytes as a constant, through a server and its clients.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::response::Parts;
use axum::response::Response;
use axum::routing::get;
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use crate::apps::{ENTRIES, KEPT, larder, request, routes};
use crate::rounds::{Spread, met, now};

const ROUNDS: usize = 31;
const ROUND: Duration = Duration::from_millis(300);
const CONNECTIONS: usize = 16;

pub async fn hits() {
    let cached = larder(routes(&Default::default()), ENTRIES);
    let constant = constant(&cached).await;
    let mut servers = [Server::start(cached).await, Server::start(constant).await];
    let [hit, same] = [servers[0].head().await, servers[1].head().await];
    assert_eq!(hit, same, "both send the same headers");

    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let mut rates = [0.0; 2];
        for index in if round % 2 == 0 { [0, 1] } else { [1, 0] } {
            rates[index] = servers[index].rate().await;
        }
        rounds.push(rates);
    }
    rounds.remove(0); // while everything warms up

    println!("A hit, over sockets (requests a second; larder's divided by the constant's: target at least 0.90)");
    println!("  both send the headers: {}", hit.join(", "));
    for (index, name) in ["larder", "a constant"].into_iter().enumerate() {
        let rate = Spread::of(rounds.iter().map(|rates| rates[index]));
        print!("  {name:<32} {:>8.0}   ", rate.median);
        if index == 0 {
            println!();
        }
    }
    let ratio = Spread::of(rounds.iter().map(|[hit, constant]| hit / constant));
    println!("{:<26}{}", ratio.to_string(), met(ratio.median >= 0.9));
}

/// An app that answers with what a hit of `cached` looks like.
async fn constant(cached: &Router) -> Router {
    answer(cached).await; // the miss
    let (parts, body) = answer(cached).await;
    let handler = move || {
        let mut response = Response::new(Body::from(body.clone()));
        *response.status_mut() = parts.status;
        *response.headers_mut() = parts.headers.clone();
        async { response }
    };
    Router::new().route(KEPT, get(handler))
}

async fn answer(app: &Router) -> (Parts, Bytes) {
    let Ok(response) = app.clone().oneshot(request(KEPT)).await;
    let (parts, body) = response.into_parts();
    (parts, body.collect().await.expect("a body in memory").to_bytes())
}

/// A server in this process, and the connections to it.
struct Server {
    clients: Vec<Client>,
}

impl Server {
    async fn start(app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async { axum::serve(listener, app).await });
        let mut clients = Vec::new();
        for _ in 0..CONNECTIONS {
            clients.push(Client::connect(address).await);
        }
        Self { clients }
    }

    /// The names of the headers that it sends, in alphabetical order.
    async fn head(&mut self) -> Vec<String> {
        let client = &mut self.clients[0];
        let head = client.get().await;
        let head = String::from_utf8_lossy(&client.buffer[..head]).to_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        let mut names: Vec<_> = head.lines().filter_map(|line| Some(line.split_once(": ")?.0.to_owned())).collect();
        names.sort();
        names
    }

    /// How many requests a second all its clients together get answered.
    async fn rate(&mut self) -> f64 {
        let start = now();
        let clients: Vec<_> = self.clients.drain(..).map(|client| tokio::spawn(client.run(start + ROUND))).collect();
        let mut answered = 0;
        for client in clients {
            let (client, count) = client.await.expect("the client got its answers");
            self.clients.push(client);
            answered += count;
        }
        answered as f64 / start.elapsed().as_secs_f64()
    }
}

/// A connection that stays open, with one request at a time: as little of a client as will do.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a TCP connection");
        Self { stream, buffer: Vec::with_capacity(4096) }
    }

    async fn run(mut self, until: Instant) -> (Self, usize) {
        let mut answered = 0;
        while now() < until {
            self.get().await;
            answered += 1;
        }
        (self, answered)
    }

    /// Leaves a whole response in the buffer, and returns the length of its head.
    async fn get(&mut self) -> usize {
        let request = format!("GET {KEPT} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await.expect("the server reads");
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.expect("the server writes");
            assert!(read > 0, "the server closed the connection");
            let Some(head) = find(&self.buffer, b"\r\n\r\n") else { continue };
            let whole = head + 4 + content_length(&self.buffer[..head]);
            assert!(self.buffer.len() <= whole, "the server sent more than a response");
            if self.buffer.len() == whole {
                return head;
            }
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let start = find(head, NAME).expect("the server says the length") + NAME.len();
    let digits = head[start..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
