//! Operations that only look take a consuming receiver by reference; those that run the method consume it.
#![deny(warnings)]

use larder::cached;

#[derive(Hash)]
struct Job(String);

impl Job {
    #[cached(companions)]
    fn run(self, times: usize) -> String {
        self.0.repeat(times)
    }
}

fn main() {
    let _lab = larder::test::lab();
    let job = || Job("ab".into());
    let kept = job();
    assert_eq!(kept.run_peek(2).unwrap(), None);
    assert_eq!(job().run(2), "abab");
    assert_eq!(kept.run_peek(2).unwrap().as_deref(), Some("abab"));
    kept.run_invalidate(2).unwrap();
    kept.run_prime(2, "primed".to_owned()).unwrap();
    assert_eq!((job().run(2), job().run_uncached(2)), ("primed".into(), "abab".into()));
    assert_eq!((job().run_refresh(2), kept.run(2)), ("abab".into(), "abab".into()));
    assert_eq!(Job::run_stats().hits, 2);
}
