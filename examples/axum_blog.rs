//! A blog that keeps its answers: `cargo run --example axum_blog`, then open http://127.0.0.1:3000. `BLOG_ADDRESS` is
//! where it listens, `BLOG_DATABASE` the file of its posts; by default they are in memory.

use axum::extract::{Form, Path, State};
use axum::response::{Html, Redirect};
use axum::{Router, http::StatusCode, routing::get};
use larder::{cached, http::ResponseCache};

#[derive(Clone, serde::Deserialize)]
struct Post {
    #[serde(skip)]
    id: i64,
    title: String,
    body: String,
}

/// One connection, so queries wait for each other; a busy site has a pool of them.
type Db = std::sync::Arc<tokio::sync::Mutex<rusqlite::Connection>>;

/// SQLite blocks its thread, so it gets one where no request waits.
async fn query(db: &Db, sql: &'static str, values: Vec<String>) -> Result<Vec<Post>, StatusCode> {
    let db = db.clone().lock_owned().await;
    let run = move || {
        let post = |row: &rusqlite::Row<'_>| Ok(Post { id: row.get(0)?, title: row.get(1)?, body: row.get(2)? });
        db.prepare(sql)?.query_map(rusqlite::params_from_iter(values), post)?.collect::<Result<_, _>>()
    };
    tokio::task::spawn_blocking(run).await.map_err(failed)?.map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> StatusCode {
    eprintln!("{error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

/// A cached query. Counting to a million stands for what makes a real one slow.
#[cached(ttl = 30, skip(db))]
async fn last_posts(db: &Db) -> Result<Vec<Post>, StatusCode> {
    const SQL: &str = "WITH RECURSIVE slow(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM slow WHERE n < 1000000)
        SELECT posts.* FROM (SELECT max(n) FROM slow) CROSS JOIN posts ORDER BY id DESC LIMIT 10";
    query(db, SQL, vec![]).await
}

async fn home(State(db): State<Db>) -> Result<Html<String>, StatusCode> {
    const FORM: &str = "<form method=post action=/><input name=title placeholder=Title required>
        <textarea name=body placeholder=Text></textarea><button>Publish</button></form>";
    let link = |post: &Post| format!("<li><a href=/posts/{}>{}</a>", post.id, escape(&post.title));
    let links: String = last_posts(&db).await?.iter().map(link).collect();
    Ok(Html(format!("<!doctype html><title>A blog</title><h1>A blog</h1>{FORM}<ul>{links}</ul>")))
}

/// A post makes the query invalid, and the home page: its layer sees a `POST` succeed, before the browser does.
async fn publish(State(db): State<Db>, Form(post): Form<Post>) -> Result<Redirect, StatusCode> {
    query(&db, "INSERT INTO posts (title, body) VALUES (?, ?) RETURNING *", vec![post.title, post.body]).await?;
    last_posts::invalidate().await.map_err(failed)?;
    Ok(Redirect::to("/"))
}

async fn show(State(db): State<Db>, Path(id): Path<String>) -> Result<Html<String>, StatusCode> {
    let post = query(&db, "SELECT * FROM posts WHERE id = ?", vec![id]).await?.pop().ok_or(StatusCode::NOT_FOUND)?;
    let (title, body) = (escape(&post.title), escape(&post.body));
    Ok(Html(format!("<!doctype html><title>{title}</title><h1>{title}</h1><p>{body}<p><a href=/>All posts</a>")))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let variable = |name, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let db = rusqlite::Connection::open(variable("BLOG_DATABASE", ":memory:"))?;
    db.execute("CREATE TABLE IF NOT EXISTS posts (id INTEGER PRIMARY KEY, title TEXT, body TEXT)", [])?;
    let pages = ResponseCache::builder().duration(30).build();
    let posts = Router::new().route("/{id}", get(show)).layer(pages.clone());
    let blog = Router::new().route("/", get(home).post(publish).layer(pages)).nest("/posts", posts);
    let listener = tokio::net::TcpListener::bind(variable("BLOG_ADDRESS", "127.0.0.1:3000")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, blog.with_state(Db::new(db.into()))).await?)
}
