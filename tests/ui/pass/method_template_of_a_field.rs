//! A key template may hold fields of the receiver.
#![deny(warnings)]

use larder::cached;

struct Client {
    tenant: String,
}

impl Client {
    #[cached(key = "{self.tenant}:{page:>3}", tags = ["tenant:{self.tenant}"], companions)]
    async fn fetch(&self, page: u64) -> String {
        format!("{}{page}", self.tenant)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _lab = larder::test::lab();
    let client = |tenant: &str| Client { tenant: tenant.into() };
    assert_eq!((client("a").fetch(1).await, client("b").fetch(1).await), ("a1".into(), "b1".into()));
    larder::cache().invalidate_tag("tenant:a").await.unwrap();
    assert_eq!(client("a").fetch_peek(1).await.unwrap(), None);
    assert_eq!(client("b").fetch_peek(1).await.unwrap().as_deref(), Some("b1"));
}
