//! The blog of the examples, as a client on a socket and as a browser see it. Its binary is started, so it has to be
//! built: `cargo test --test blog` alone does not build examples, `cargo nextest run` does.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

#[path = "blog/browser.rs"]
mod browser;

use browser::Browser;

/// No step of these tests takes this long on a machine that works.
const LIMIT: Duration = Duration::from_secs(30);

/// The example, running on a port of its own with an empty database; stopped when it is dropped.
struct Blog {
    process: Child,
    address: String,
}

impl Blog {
    fn start() -> Self {
        let tests = std::env::current_exe().unwrap();
        let binary = tests
            .ancestors()
            .nth(2)
            .unwrap()
            .join("examples/axum_blog")
            .with_extension(std::env::consts::EXE_EXTENSION);
        let mut process = Command::new(&binary)
            .env("BLOG_ADDRESS", "127.0.0.1:0")
            .env_remove("BLOG_DATABASE")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{} cannot be started ({error}); `cargo build --example axum_blog`", binary.display())
            });
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut blog = Self { process, address: String::new() };
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let said = lines.recv_timeout(LIMIT).expect("the blog does not say where it listens");
        said.strip_prefix("listening on http://").unwrap().clone_into(&mut blog.address);
        blog
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    fn publish(&self, title: &str, body: &str) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        self.ask("POST", "/", &form.append_pair("title", title).append_pair("body", body).finish())
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        socket.set_read_timeout(Some(LIMIT)).unwrap();
        let (host, length) = (&self.address, body.len());
        write!(
            socket,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
        )
        .unwrap();
        let mut text = String::new();
        socket.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
        Answer { head: head.to_ascii_lowercase(), body: body.to_owned() }
    }
}

impl Drop for Blog {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Answer {
    head: String,
    body: String,
}

impl Answer {
    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// Whether it came out of the cache, after checking that it says one or the other.
    fn hit(&self) -> bool {
        assert_eq!(self.status(), "200", "{}", self.head);
        is_hit(self.header("cache-status").expect("a page says what the cache did"))
    }
}

fn is_hit(cache_status: &str) -> bool {
    let hit = cache_status.starts_with("larder; hit");
    assert!(hit || cache_status.ends_with("; stored"), "{cache_status}");
    hit
}

#[test]
fn the_second_reader_is_answered_from_the_cache() {
    let blog = Blog::start();
    let (first, second) = (blog.get("/"), blog.get("/"));
    assert!(!first.hit());
    assert!(second.hit());
    assert!(second.header("age").is_some());
    assert_eq!(first.body, second.body);
}

#[test]
fn a_new_post_is_seen_at_once() {
    let blog = Blog::start();
    blog.get("/");
    for title in ["One", "Two", "Three"] {
        assert!(blog.get("/").hit());
        let published = blog.publish(title, "text");
        assert_eq!((published.status(), published.header("location")), ("303", Some("/")));
        let home = blog.get("/");
        assert!(!home.hit());
        assert!(home.body.contains(title), "{}", home.body);
    }
}

#[test]
fn ten_posts_are_shown_the_last_first() {
    let blog = Blog::start();
    for number in 1..=11 {
        blog.publish(&format!("Number {number}."), "");
    }
    let home = blog.get("/").body;
    assert!(home.find("Number 11.").unwrap() < home.find("Number 2.").unwrap());
    assert!(!home.contains("Number 1."), "{home}");
}

#[test]
fn the_page_of_a_post_is_cached_and_outlives_another_post() {
    let blog = Blog::start();
    assert_eq!(blog.get("/posts/1").status(), "404");
    blog.publish("One", "The first text.");
    let page = blog.get("/posts/1");
    assert!(!page.hit(), "the 404 was not kept");
    assert!(page.body.contains("The first text."), "{}", page.body);
    blog.publish("Two", "The second text.");
    assert!(blog.get("/posts/1").hit());
    assert!(blog.get("/posts/2").body.contains("The second text."));
}

#[test]
fn what_a_post_says_is_text_and_never_markup() {
    let blog = Blog::start();
    let hostile = r#"<script>alert("1")</script><img src=x onerror='alert(1)'> & "so" on"#;
    blog.publish(hostile, hostile);
    for path in ["/", "/posts/1"] {
        let page = blog.get(path).body;
        assert!(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"), "{page}");
        assert!(page.contains("onerror=&#39;alert(1)&#39;&gt; &amp; &quot;so&quot; on"), "{page}");
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    }
}

#[test]
fn somebody_with_a_browser_sees_a_new_post_at_once_and_the_page_faster_after_that() {
    let blog = Blog::start();
    let mut browser = Browser::start();

    let first = browser.load(&blog.url("/"));
    assert!(!is_hit(&first.cache_status));

    browser.run("document.querySelector('[name=title]').value = 'From a browser <b>'");
    browser.run("document.querySelector('[name=body]').value = 'Typed in.'");
    let miss = browser.after("document.querySelector('button').click()");
    assert!(!is_hit(&miss.cache_status));
    assert_eq!(miss.url, blog.url("/"));
    assert_eq!(browser.run("document.querySelector('li').textContent"), "From a browser <b>");

    // The fastest of three, so that a busy machine makes no difference.
    let hits = [(); 3].map(|()| {
        browser.load("about:blank");
        browser.load(&blog.url("/"))
    });
    assert!(hits.iter().all(|hit| is_hit(&hit.cache_status)), "{hits:?}");
    let fastest = hits.iter().map(|hit| hit.milliseconds).fold(f64::INFINITY, f64::min);
    assert!(fastest < miss.milliseconds, "a hit took {fastest} ms, the miss {} ms", miss.milliseconds);
    assert_eq!(browser.run("document.querySelector('li').textContent"), "From a browser <b>");

    let reloaded = browser.after("location.reload()");
    assert!(
        is_hit(&reloaded.cache_status),
        "a reload asks for `max-age=0`, which is no order to the server's own cache"
    );

    let post = browser.after("document.querySelector('li a').click()");
    assert_eq!(post.url, blog.url("/posts/1"));
    assert_eq!(browser.run("document.querySelector('p').textContent"), "Typed in.");
}
