//! Async functions may take `&mut` arguments and receivers that are skipped: a hit leaves them alone.
#![deny(warnings)]

use larder::cached;

#[cached(skip(log))]
async fn logged(n: u8, log: &mut Vec<u8>) -> u8 {
    tokio::task::yield_now().await;
    log.push(n);
    n
}

struct Connection {
    sent: u32,
}

impl Connection {
    #[cached(skip(self), companions)]
    async fn send(&mut self, text: &str) -> Result<usize, String> {
        tokio::task::yield_now().await;
        self.sent += 1;
        if text.is_empty() { Err("empty".into()) } else { Ok(text.len()) }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let (mut log, mut connection) = (Vec::new(), Connection { sent: 0 });
    assert_eq!((logged(1, &mut log).await, logged(1, &mut log).await, logged(2, &mut log).await), (1, 1, 2));
    assert_eq!((logged::refresh(1, &mut log).await, log), (1, vec![1, 2, 1]));
    assert_eq!((connection.send("ab").await, connection.send("ab").await), (Ok(2), Ok(2)));
    assert_eq!(
        (connection.send("").await, connection.send_uncached("ab").await, connection.sent),
        (Err("empty".into()), Ok(2), 3)
    );
}
