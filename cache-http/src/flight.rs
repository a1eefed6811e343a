//! A request that is not answered at once: it waits for another one's response, or gets one and has it stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use cache_core::key::Recorder;
use cache_core::keyspace::{Answer, Ended, Inside, Keyspace, Place, Running, codec, finish};
use cache_core::{Clock, Life, Object};
use http::header::{AUTHORIZATION, DATE};
use http::{HeaderMap, Request, Response, StatusCode, request, response};
use http_body::Body;
use tower_service::Service;

use crate::body::ResponseBody;
use crate::conditional::{Conditions, not_modified};
use crate::entry::{Kept, Stored, Times, Varies};
use crate::layer::Shared;
use crate::policy::{Fresh, declared_length, kept};
use crate::record::{Recording, Tape};
use crate::request::Miss;
use crate::respond::{Wanted, refused, stored};
use crate::status::{Did, Forward};
use crate::vary;

/// How often a look leads on to another key: to the variants, and to other variants if those have changed meanwhile.
const ROUNDS: usize = 4;

/// A request that the cache may answer.
pub(crate) struct Lookup {
    pub(crate) shared: Arc<Shared>,
    pub(crate) keyspace: Arc<Keyspace>,
    pub(crate) key: Recorder,
    pub(crate) miss: Miss,
    pub(crate) wanted: Wanted,
}

/// The answer, if it can be had without waiting.
pub(crate) fn at_once<B>(
    shared: &Shared,
    keyspace: &Keyspace,
    key: &Recorder,
    wanted: &Wanted,
    request: &HeaderMap,
) -> Option<Response<ResponseBody<B>>> {
    let mut found = keyspace.peek(key, codec::<Stored>())?;
    if let Some(Stored::Varies(varies)) = found.downcast_ref::<Stored>() {
        found = keyspace.peek(&varies.key(key, request), codec::<Stored>())?;
    }
    let Some(Stored::Response(kept)) = found.downcast_ref::<Stored>() else { return None };
    keyspace.count_hit();
    let now = keyspace.clock().wall();
    Some(stored(kept, wanted, now, Did::Hit(kept.times.ttl(now)), &shared.signature))
}

/// Which key of a target is asked.
enum Level {
    /// That of the target.
    Target,
    /// That of the target and of the headers it varies by.
    Variant(Varies),
}

impl Level {
    const fn forward(&self) -> Forward {
        match self {
            Self::Target => Forward::UriMiss,
            Self::Variant(_) => Forward::VaryMiss,
        }
    }
}

/// What looking came to.
#[allow(clippy::large_enum_variant, reason = "it is taken apart as soon as it is there")]
enum Found {
    /// A [`Stored::Response`].
    Response(Object, Did),
    /// The right to get one.
    Run(Running, Level),
    /// Nothing, and no right to store anything; why, if it is not just a miss.
    Nothing(Forward, Option<&'static str>),
}

impl Lookup {
    fn hit<B>(&self, kept: &Kept, did: Did) -> Response<ResponseBody<B>> {
        stored(kept, &self.wanted, self.keyspace.clock().wall(), did, &self.shared.signature)
    }

    fn place(&self, key: Recorder, request: &request::Parts) -> Place {
        let tags = self.shared.tags(request);
        Place { keyspace: Arc::clone(&self.keyspace), key, tags, codec: codec::<Stored>() }
    }

    /// Looks, and where something is to be stored waits for others or takes the right to run.
    async fn find(&self, request: &request::Parts) -> Found {
        let clock = self.keyspace.clock();
        let mut place = self.place(self.key.clone(), request);
        let mut level = Level::Target;
        for _ in 0..ROUNDS {
            let (object, coalesced) = if self.miss == Miss::Store {
                let share = !self.shared.unstored.has(&self.key, clock);
                match cache_core::within(clock, self.shared.lock_timeout, place.clone().enter(share)).await {
                    Some(Answer::Run(running)) => return Found::Run(running, level),
                    Some(Answer::Stored(object)) => (object, false),
                    Some(Answer::Coalesced(object)) => (object, true),
                    None => {
                        // It takes its time; others need not wait for it too.
                        self.shared.unstored.add(&self.key, clock.now());
                        return Found::Nothing(level.forward(), Some("lock-timeout"));
                    }
                }
            } else {
                match place.read().await {
                    Some(object) => (object, false),
                    None => return Found::Nothing(level.forward(), None),
                }
            };
            match object.downcast_ref::<Stored>() {
                Some(Stored::Response(kept)) => {
                    let hit = Did::Hit(kept.times.ttl(clock.wall()));
                    return Found::Response(object, if coalesced { Did::Collapsed(level.forward()) } else { hit });
                }
                Some(Stored::Varies(varies)) => {
                    self.keyspace.discount(coalesced);
                    place.key = varies.key(&self.key, &request.headers);
                    level = Level::Variant(varies.clone());
                }
                None => break,
            }
        }
        Found::Nothing(level.forward(), Some("unsettled"))
    }

    /// Answers a request. `inner` is ready.
    pub(crate) async fn answer<S, A, B>(
        self,
        request: Request<A>,
        mut inner: S,
        leading: Leading,
    ) -> Result<Response<ResponseBody<B>>, S::Error>
    where
        S: Service<Request<A>, Response = Response<B>>,
        B: Body + Send + 'static,
    {
        let (mut parts, body) = request.into_parts();
        let (running, level) = match self.find(&parts).await {
            Found::Response(object, did) => match object.downcast_ref::<Stored>() {
                Some(Stored::Response(kept)) => return Ok(self.hit(kept, did)),
                _ => unreachable!("`find` gives responses"),
            },
            Found::Nothing(forward, _) if self.miss == Miss::Refuse => {
                return Ok(refused(Did::Refused(forward), &self.shared.signature));
            }
            Found::Nothing(forward, detail) => {
                let partial = parts.headers.contains_key(http::header::RANGE);
                let forward = if partial { Forward::Partial } else { forward };
                self.shared.rules.hide(&mut parts);
                let response = inner.call(Request::from_parts(parts, body)).await?;
                return Ok(self.shared.passed(response, forward, detail));
            }
            Found::Run(running, level) => (running, level),
        };
        leading.set(running.is_shared());
        let request = Asked {
            authorized: parts.headers.contains_key(AUTHORIZATION),
            // A response that was not stored a moment ago need not be complete; then it is the handler that decides
            // about what the client has.
            complete: running.is_shared(),
            at: self.keyspace.clock().wall(),
            level,
            headers: parts.headers.clone(),
        };
        self.shared.rules.hide(&mut parts);
        if request.complete {
            Conditions::hide(&mut parts.headers);
        }
        let answered = running.drive(inner.call(Request::from_parts(parts, body))).await;
        leading.set(false);
        match answered {
            Ok(response) => Ok(self.forward(response, running, request)),
            Err(error) => {
                finish(running.end(Ended::Failed(None)));
                Err(error)
            }
        }
    }

    /// The answer of a response that was got for it, and which is stored if it may be.
    fn forward<B>(&self, response: Response<B>, running: Running, asked: Asked) -> Response<ResponseBody<B>>
    where
        B: Body + Send + 'static,
    {
        let now = self.keyspace.clock().wall();
        let (mut head, body) = response.into_parts();
        if !head.headers.contains_key(DATE)
            && let Some(date) = self.shared.dates.at(now)
        {
            head.headers.insert(DATE, date);
        }
        let forward = asked.level.forward();
        let complete = asked.complete;
        let judged = self.shared.policy.judge(&head, asked.authorized, body.size_hint().lower());
        let plan = judged.and_then(|fresh| self.plan(&head, fresh, asked, now));
        let status = head.status;
        let (body, did) = match plan {
            Ok(plan) => {
                self.shared.unstored.remove(&self.key);
                let declared = declared_length(&head.headers);
                let pending = Pending { plan, running, shared: Arc::clone(&self.shared), target: self.key.clone() };
                let tape = Tape::new(self.shared.policy.max_body, declared, Box::new(pending));
                (ResponseBody::recorded(Recording::new(body, tape)), Did::Stored(forward, status))
            }
            Err(reason) => {
                finish(running.end(Ended::Nothing(None)));
                // What answers a condition, or there is no room for, says nothing of other requests.
                if status != StatusCode::NOT_MODIFIED && reason != TOO_MANY {
                    self.shared.unstored.add(&self.key, self.keyspace.clock().now());
                }
                (ResponseBody::passed(body), Did::Passed(forward, status, Some(reason)))
            }
        };
        let mut response = Response::from_parts(head, body);
        if complete && status == StatusCode::OK && self.wanted.conditions.hold(response.headers()) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.headers_mut() = not_modified(response.headers());
            // Dropped here, the body is read to its end by a task.
            *response.body_mut() = ResponseBody::whole(Bytes::new());
        }
        self.shared.signature.sign(did, response.headers_mut());
        response
    }

    /// What is to be stored, and where, or why nothing is.
    fn plan(&self, head: &response::Parts, fresh: Fresh, asked: Asked, now: u64) -> Result<Plan, &'static str> {
        let names = vary::names(&head.headers, |name| self.shared.rules.covers(name)).ok_or("vary")?;
        let shelf = match asked.level {
            Level::Target if names.is_empty() => Shelf::Here,
            Level::Target => self.beside(Varies::by(names), &asked.headers, false),
            Level::Variant(varies) if varies.covers(&names) => {
                let variant = varies.key(&self.key, &asked.headers);
                match varies.with(&variant) {
                    Some(more) if more.variants.len() > self.shared.max_variants => return Err(TOO_MANY),
                    more => more.map_or(Shelf::Here, |more| Shelf::New(more, self.key.clone())),
                }
            }
            Level::Variant(varies) => self.beside(varies.and(&names).ok_or("vary")?, &asked.headers, true),
        };
        let life = self.keyspace.life(fresh.ttl);
        if life.is_none() {
            return Err("expired");
        }
        let times = Times { asked: asked.at, answered: now, age: fresh.age, stale_at: life.ends(now) };
        Ok(Plan { status: head.status, headers: kept(&head.headers), times, shelf })
    }

    fn beside(&self, varies: Varies, request: &HeaderMap, known: bool) -> Shelf {
        let key = varies.key(&self.key, request);
        let varies = varies.with(&key).unwrap_or(varies);
        Shelf::Beside { varies, key, target: known.then(|| self.key.clone()) }
    }
}

/// The reason that a response is not stored of a target that has as many variants as it may.
const TOO_MANY: &str = "variants";

/// What of a request is needed when its response is there.
struct Asked {
    authorized: bool,
    /// What says that the client has something was taken out of it.
    complete: bool,
    /// When, in milliseconds by the machine's date.
    at: u64,
    level: Level,
    headers: HeaderMap,
}

/// A response to be stored, but for its body.
struct Plan {
    status: StatusCode,
    headers: HeaderMap,
    times: Times,
    shelf: Shelf,
}

/// Where a response is stored.
enum Shelf {
    /// At the key that the run is for.
    Here,
    /// There too, and the target has this variant more.
    New(Varies, Recorder),
    /// At the key of a variant that was not known when the run began; there, and at the target if the run is for
    /// another variant, is said by which headers the responses differ.
    Beside { varies: Varies, key: Recorder, target: Option<Recorder> },
}

/// The duty to end a run whose response has a body yet to come.
pub(crate) struct Pending {
    plan: Plan,
    running: Running,
    shared: Arc<Shared>,
    target: Recorder,
}

impl Pending {
    pub(crate) fn clock(&self) -> &Clock {
        self.running.place().keyspace.clock()
    }

    /// Makes the calling thread be inside of the run.
    pub(crate) fn inside(&self) -> Option<Inside> {
        self.running.inside()
    }

    /// The response is not to be stored after all.
    pub(crate) fn give_up(self: Box<Self>) {
        self.shared.unstored.add(&self.target, self.clock().now());
        finish(self.running.end(Ended::Nothing(None)));
    }

    /// The response did not come to its end.
    pub(crate) fn fail(self: Box<Self>) {
        finish(self.running.end(Ended::Failed(None)));
    }

    /// The response is complete.
    pub(crate) fn store(self: Box<Self>, body: Bytes) {
        let Self { plan, running, .. } = *self;
        let Plan { status, headers, times, shelf } = plan;
        let life = Life::until(times.stale_at, running.place().keyspace.clock().wall());
        let response: Object = Arc::new(Stored::Response(Kept::new(status, headers, body, times)));
        finish(async move {
            let at = |key: Recorder| Place { key, ..running.place().clone() };
            let (target, said, value) = match shelf {
                Shelf::Here => (None, None, response),
                Shelf::New(varies, key) => (Some(at(key)), Some(varies), response),
                Shelf::Beside { varies, key, target } => {
                    running.store_beside(&key, &response, life).await;
                    (target.map(at), Some(varies.clone()), Arc::new(Stored::Varies(varies)) as Object)
                }
            };
            // It says where to look and nothing of anyone's data, so it may be written over whatever is there.
            if let (Some(target), Some(varies)) = (target, said) {
                let varies: Object = Arc::new(Stored::Varies(varies));
                if let Err(error) = target.set(&varies, life).await {
                    log::warn!("{error}");
                }
            }
            running.end(Ended::Value(value, life)).await;
        });
    }
}

/// Whether others wait for this request's response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leading(Arc<AtomicBool>);

impl Leading {
    fn set(&self, leading: bool) {
        self.0.store(leading, Ordering::Release);
    }

    pub(crate) fn is(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
