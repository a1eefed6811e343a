//! Configuring a layer.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use cache_core::keyspace::Namespace;
use cache_core::{Cache, Error, Result, Ttl};
use http::request::Parts;
use http::{HeaderName, StatusCode};

use crate::cookies::Cookies;
use crate::dates::Dates;
use crate::key::KeyRules;
use crate::layer::{ResponseCache, Shared};
use crate::policy::Policy;
use crate::query::QueryParams;
use crate::respond::Signature;
use crate::status::is_name;
use crate::unstored::Unstored;

/// What gives the tags of a request's response.
pub(crate) type Tagger = Arc<dyn Fn(&Parts) -> Vec<String> + Send + Sync>;

/// Configures a [`ResponseCache`].
///
/// | method | meaning | default |
/// |---|---|---|
/// | `handler` | which handler keeps the responses | the default one |
/// | `namespace` | whose layers share responses | the program's name and the place in its source |
/// | `duration` | how long a response is fresh, unless it says `s-maxage` | what it says, or the handler's `default_expire` |
/// | `query_params` | which query parameters count | all |
/// | `language`, `languages` | whether `Accept-Language` counts, and what is negotiated among | it does; none, so it has no effect |
/// | `hostname` | whether the host counts | no |
/// | `headers` | which headers of the request count | none |
/// | `cookies` | what a request's cookies mean | a response of its own |
/// | `statuses` | which responses are stored | 200 |
/// | `max_body` | the longest body that is stored | 1 MiB |
/// | `max_variants` | how many responses of one target that differ by `Vary` | 64 |
/// | `lock_timeout` | how long a request waits for another one's response | 5 s |
/// | `cache_status` | the cache's name in `Cache-Status` | `larder` |
/// | `tags` | labels to invalidate by | none |
/// | `cache` | a cache that is not the installed one | the installed one |
#[must_use = "a builder does nothing until `build()`"]
pub struct ResponseCacheBuilder {
    cache: Option<Cache>,
    handler: Option<String>,
    namespace: String,
    duration: Ttl,
    language: bool,
    languages: Vec<String>,
    rules: KeyRules,
    headers: Vec<String>,
    statuses: Vec<u16>,
    max_body: usize,
    max_variants: usize,
    lock_timeout: Duration,
    name: String,
    tagger: Option<Tagger>,
}

/// The name of this program: what stands at a place in the source of another one is something else.
fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl ResponseCacheBuilder {
    pub(crate) fn new(caller: &Location<'_>) -> Self {
        Self {
            cache: None,
            handler: None,
            namespace: format!("{} {caller}", program()),
            duration: Ttl::Default,
            language: true,
            languages: Vec::new(),
            rules: KeyRules::default(),
            headers: Vec::new(),
            statuses: vec![200],
            max_body: 1 << 20,
            max_variants: 64,
            lock_timeout: Duration::from_secs(5),
            name: "larder".to_owned(),
            tagger: None,
        }
    }

    /// Uses this cache, whatever is installed.
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Names the handler that keeps the responses.
    pub fn handler(mut self, name: impl Into<String>) -> Self {
        self.handler = Some(name.into());
        self
    }

    /// Layers of one namespace and handler share their responses, in every process. A new release that renders pages
    /// differently may want a new one.
    ///
    /// Unless told otherwise that is every layer that is built at this place in the source of a program of this name. Give
    /// namespaces where that is not enough: two apps with the same paths in one process that one function builds, or
    /// programs of one name on one store.
    pub fn namespace(mut self, name: impl Into<String>) -> Self {
        self.namespace = name.into();
        self
    }

    /// How long a response is fresh from when it came: whole seconds, a [`Duration`], [`Ttl::Forever`]. `0` stores nothing.
    /// A response's `s-maxage` comes before it, `max-age` and `Expires` behind it; from those its age is taken off.
    /// [`Ttl::Default`]: what the response says, or else the handler's `default_expire`.
    pub fn duration(mut self, duration: impl Into<Ttl>) -> Self {
        self.duration = duration.into();
        self
    }

    /// Which query parameters tell responses apart: all (`true`), none (`false`), or some. Handlers do not see the
    /// others.
    pub fn query_params(mut self, parameters: impl Into<QueryParams>) -> Self {
        self.rules.query = parameters.into();
        self
    }

    /// Whether the language that a request asks for tells responses apart. It does, among
    /// [`languages`](Self::languages).
    pub const fn language(mut self, counts: bool) -> Self {
        self.language = counts;
        self
    }

    /// The languages that there are; the first is that of requests that ask for no other. Handlers see the one that was
    /// negotiated as the request's `Accept-Language`.
    pub fn languages<L: Into<String>>(mut self, languages: impl IntoIterator<Item = L>) -> Self {
        self.languages = languages.into_iter().map(Into::into).collect();
        self
    }

    /// Whether the host that a request is for tells responses apart. Turn this on where handlers read `Host`: otherwise
    /// whoever asks first decides what the others see of it.
    pub const fn hostname(mut self, counts: bool) -> Self {
        self.rules.hostname = counts;
        self
    }

    /// The headers of the request that tell responses apart, by all their values. That one is missing is another thing than
    /// that it is empty.
    pub fn headers<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.headers = names.into_iter().map(Into::into).collect();
        self
    }

    /// What a request's cookies mean for its response.
    pub fn cookies(mut self, cookies: Cookies) -> Self {
        self.rules.cookies = cookies;
        self
    }

    /// Which statuses of responses are stored: 200 to 599, without 206 and 304.
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = u16>) -> Self {
        self.statuses = statuses.into_iter().collect();
        self
    }

    /// The longest body that is stored, in bytes. Longer ones go to their clients untouched.
    pub const fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// How many responses of one target may be stored that differ by what their `Vary` names. Each counts while it is
    /// fresh, for an hour at most.
    pub const fn max_variants(mut self, variants: usize) -> Self {
        self.max_variants = variants;
        self
    }

    /// How long a request waits for the response that another one is getting before it gets one of its own. Zero: it
    /// does not wait. (What it waits for may take as long as the other client takes to read it.)
    pub const fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// The cache's name in `Cache-Status`: letters, digits and `!#$%&'*+-.^_|~:/`, the first a letter.
    pub fn cache_status(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The tags of a request's response, for [`Cache::invalidate_tag`]. They are asked for before the handler runs, and
    /// may depend only on what tells responses apart.
    pub fn tags(mut self, tags: impl Fn(&Parts) -> Vec<String> + Send + Sync + 'static) -> Self {
        self.tagger = Some(Arc::new(tags));
        self
    }

    /// The layer. With a configuration that cannot work it caches nothing and says so in the log; see
    /// [`try_build`](Self::try_build).
    pub fn build(self) -> ResponseCache {
        let (shared, problems) = self.checked();
        if !problems.is_empty() {
            log::error!("the responses of `{}` are not cached: {}", shared.namespace.name(), problems.join("; "));
        }
        ResponseCache::new(shared)
    }

    /// The layer, if its configuration can work.
    ///
    /// # Errors
    /// [`Error::Config`] with every reason: a name that is no header's or no cache's, a language that is none, a status
    /// that is not stored, a handler that is not in the chosen [`cache`](Self::cache).
    pub fn try_build(self) -> Result<ResponseCache> {
        let (shared, problems) = self.checked();
        if problems.is_empty() { Ok(ResponseCache::new(shared)) } else { Err(Error::Config(problems)) }
    }

    fn checked(mut self) -> (Shared, Vec<String>) {
        let mut problems = Vec::new();
        for name in &self.headers {
            match HeaderName::from_bytes(name.as_bytes()) {
                Ok(header) if !self.rules.headers.contains(&header) => self.rules.headers.push(header),
                Ok(_) => {}
                Err(_) => problems.push(format!("`{name}` is no name of a header")),
            }
        }
        for language in &self.languages {
            let is_tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            if language.is_empty() || !language.bytes().all(is_tag) {
                problems.push(format!("`{language}` is no language: write `en` or `pt-BR`"));
            }
        }
        let mut statuses = Vec::new();
        for status in &self.statuses {
            match StatusCode::from_u16(*status) {
                Ok(code) if (200..600).contains(status) && *status != 206 && *status != 304 => statuses.push(code),
                _ => problems.push(format!("a response of status {status} is never stored")),
            }
        }
        if self.statuses.is_empty() {
            problems.push("`statuses` are empty, so that nothing would be stored: write `[200]`".to_owned());
        }
        if !is_name(&self.name) {
            problems.push(format!("`{}` cannot be a cache's name in `Cache-Status`: write `my-cache`", self.name));
        }
        if let (Some(cache), Some(Err(error))) = (&self.cache, self.handler.as_ref().map(|name| self.on(name))) {
            problems.push(format!("in {cache:?}: {error}"));
        }
        if self.language {
            self.rules.languages = self.languages;
        }
        let signature = Signature { name: self.name, varying: self.rules.varying() };
        let policy = Policy { statuses, duration: self.duration, max_body: self.max_body };
        let shared = Shared {
            namespace: Namespace::new(self.namespace, self.handler, self.cache, cache_backends::fallback),
            rules: self.rules,
            policy,
            signature,
            max_variants: self.max_variants,
            lock_timeout: self.lock_timeout,
            tagger: self.tagger,
            unstored: Unstored::default(),
            dates: Dates::default(),
            broken: !problems.is_empty(),
        };
        (shared, problems)
    }

    /// Whether the chosen cache has the handler `name`.
    fn on(&self, name: &str) -> Result<()> {
        self.cache.as_ref().map_or(Ok(()), |cache| cache.on(name).map(drop))
    }
}

impl fmt::Debug for ResponseCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseCacheBuilder")
            .field("namespace", &self.namespace)
            .field("handler", &self.handler)
            .field("key", &self.rules)
            .finish_non_exhaustive()
    }
}
