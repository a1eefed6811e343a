//! Over real sockets: a real server, and clients that read as they please.

use axum::Router;
use axum::body::Body;
use futures::StreamExt as _;
use futures::stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::site::{Site, answer, until};

/// The address of a server that serves `app`.
async fn serve(app: Router) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// A connection on which `request` was sent.
async fn sent(address: std::net::SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// What comes until the connection ends.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.unwrap();
    String::from_utf8(text).unwrap().to_ascii_lowercase()
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_hit_is_a_complete_answer() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, run| answer(&[("content-type", "text/plain")], format!("run {run}")));
    let address = serve(app).await;
    let miss = rest(sent(address, &get("/x")).await).await;
    let hit = rest(sent(address, &get("/x")).await).await;
    assert!(miss.contains("cache-status: larder; fwd=uri-miss; fwd-status=200; stored\r\n"), "{miss}");
    assert!(hit.contains("cache-status: larder; hit; ttl=30\r\n"), "{hit}");
    for part in ["http/1.1 200 ok\r\n", "content-length: 5\r\n", "content-type: text/plain\r\n", "date: ", "age: 0\r\n"]
    {
        assert!(hit.contains(part), "{part:?} is not in {hit}");
    }
    assert!(hit.ends_with("\r\n\r\nrun 1"), "{hit}");
    assert_eq!(hit.matches("date: ").count(), 1);
}

#[tokio::test]
async fn a_head_before_a_get_leaves_the_get_its_body() {
    let site = Site::new();
    let runs = std::sync::Arc::clone(&site.runs);
    let page = move || {
        let run = runs.add();
        async move { format!("run {run}") }
    };
    let app = Router::new().route("/x", axum::routing::get(page)).layer(site.layer().build());
    let address = serve(app).await;
    let head = || get("/x").replace("GET", "HEAD");
    let cold = rest(sent(address, &head()).await).await;
    assert!(cold.contains("content-length: 5\r\n") && cold.ends_with("\r\n\r\n"), "{cold}");
    assert!(rest(sent(address, &get("/x")).await).await.ends_with("run 2"));
    let hit = rest(sent(address, &head()).await).await;
    assert!(hit.contains("content-length: 5\r\n") && hit.contains("; hit") && hit.ends_with("\r\n\r\n"), "{hit}");
    assert_eq!(site.runs.get(), 2);
}

#[tokio::test]
async fn the_first_event_of_an_endless_stream_is_there_at_once_for_everyone() {
    let site = Site::new();
    for kind in ["text/event-stream", "application/x-ndjson"] {
        let app = site.app(site.layer().namespace(kind), move |_, run| {
            let events = stream::iter([Ok::<_, std::io::Error>(format!("data: {run}\n\n"))]).chain(stream::pending());
            answer(&[("content-type", kind)], Body::from_stream(events))
        });
        let address = serve(app).await;
        let mut seen = Vec::new();
        let mut open = Vec::new();
        for client in 0..2 {
            let mut stream = sent(address, &get("/x")).await;
            let mut text = String::new();
            let mut buffer = [0; 1_024];
            while !text.contains("data: ") {
                let read = tokio::select! {
                    read = stream.read(&mut buffer) => read.unwrap(),
                    // One that is no event stream might end, and is waited for as long as that may take.
                    () = tokio::task::yield_now(), if client == 1 && kind != "text/event-stream" => {
                        site.clock.advance(std::time::Duration::from_secs(5));
                        continue;
                    }
                };
                assert!(read > 0, "the stream ended: {text}");
                text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
            }
            seen.push(text.split("data: ").nth(1).unwrap().trim().to_owned());
            open.push(stream);
        }
        assert_ne!(seen[0], seen[1], "{kind}");
    }
}

#[tokio::test]
async fn a_body_that_is_longer_than_the_limit_arrives_whole() {
    let site = Site::new();
    let body = "0123456789".repeat(20_000);
    let sent_body = body.clone();
    let app = site.app(site.layer().max_body(body.len() - 1), move |_, _| {
        let chunks: Vec<_> =
            sent_body.as_bytes().chunks(1_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
        answer(&[("content-length", &sent_body.len().to_string())], Body::from_stream(stream::iter(chunks)))
    });
    let address = serve(app).await;
    for _ in 0..2 {
        let text = rest(sent(address, &get("/x")).await).await;
        assert!(text.ends_with(&body) && text.contains("detail=too-large"), "{}", &text[..300]);
    }
    assert_eq!(site.runs.get(), 2);
}

#[tokio::test]
async fn a_client_that_hangs_up_in_the_midst_of_a_body_leaves_it_whole_for_the_next() {
    let site = Site::new();
    let app = site.app(site.layer(), |_, _| {
        let chunks = stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 8_192])));
        answer(&[("content-length", "524288")], Body::from_stream(chunks))
    });
    let address = serve(app).await;
    let mut stream = sent(address, &get("/x")).await;
    stream.read_exact(&mut [0; 100]).await.unwrap();
    drop(stream);
    until("it is stored", || site.cache.stats().totals.stores == 1).await;
    let hit = rest(sent(address, &get("/x")).await).await;
    assert!(hit.contains("; hit") && hit.ends_with(&"x".repeat(8_192)), "{}", &hit[..300]);
    assert_eq!(site.runs.get(), 1);
}
