//! A port that leads to a server, as a name in the DNS or a network does.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    leads_to: AtomicU16,
    is_cut: AtomicBool,
    is_slow: AtomicBool,
    clients: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { leads_to: server.into(), ..Shared::default() });
        let proxy = Self { port, shared: Arc::clone(&shared) };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(("127.0.0.1", shared.leads_to.load(Ordering::SeqCst)));
                let Ok(server) = server else { continue };
                shared.clients.lock().unwrap().push(client.try_clone().unwrap());
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (from, to, shared) = (from.try_clone().unwrap(), to.try_clone().unwrap(), Arc::clone(&shared));
                    std::thread::spawn(move || shared.pass_on(from, to));
                }
            }
        });
        proxy
    }

    /// Connections that are made from now on lead to that server.
    pub(crate) fn lead_to(&self, server: u16) {
        self.shared.leads_to.store(server, Ordering::SeqCst);
    }

    /// Whether what comes is swallowed, without a sign.
    #[cfg_attr(not(feature = "ram"), allow(dead_code, reason = "for values in memory"))]
    pub(crate) fn cut(&self, is_cut: bool) {
        self.shared.is_cut.store(is_cut, Ordering::SeqCst);
    }

    /// From now on sixteen megabytes take a second or more.
    pub(crate) fn slow_down(&self) {
        self.shared.is_slow.store(true, Ordering::SeqCst);
    }

    /// Says this to all clients, as if it came from the server.
    pub(crate) fn say(&self, bytes: &[u8]) {
        for client in &mut *self.shared.clients.lock().unwrap() {
            // One that has gone hears nothing.
            let _ = client.write_all(bytes);
        }
    }
}

impl Shared {
    fn pass_on(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 16_384];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if self.is_slow.load(Ordering::SeqCst) {
                std::thread::park_timeout(Duration::from_millis(1));
            }
            if !self.is_cut.load(Ordering::SeqCst) && to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    }
}
