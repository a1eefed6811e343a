//! A request that is not answered at once: it waits for another one's response, or gets one and has it stored.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use cache_core::keyspace::{Ended, Followers, Running};
use http::header::{AUTHORIZATION, DATE};
use http::uri::Authority;
use http::{HeaderMap, Request, Response, StatusCode, response};
use http_body::Body;
use tower_service::Service;

use crate::body::ResponseBody;
use crate::conditional::{Conditions, not_modified};
use crate::entry::{Stored, Times, Varies};
use crate::finish::finish;
use crate::lookup::{Found, Level, Lookup};
use crate::pending::{Pending, Plan, Shelf, Variant};
use crate::policy::{Arrival, Unstorable, declared_length, kept};
use crate::record::{Recording, Tape};
use crate::request::Miss;
use crate::respond::refused;
use crate::status::Did;
use crate::vary::{self, Said};

/// What of a request is needed when its response is there.
struct Client {
    authorized: bool,
    /// What says that it has something was taken out of its request.
    complete: bool,
    /// When it asked, in milliseconds by the machine's date.
    at: u64,
    level: Level,
    headers: HeaderMap,
    authority: Option<Authority>,
}

impl Lookup {
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
        B::Error: Send,
    {
        let (mut parts, body) = request.into_parts();
        let (found, level) = self.find(&parts).await;
        let running = match found {
            Found::Response(object, did) => match object.downcast_ref::<Stored>() {
                Some(Stored::Response(kept)) => return Ok(self.hit(kept, did)),
                _ => unreachable!("`find` gives responses"),
            },
            Found::Nothing(_) if self.miss == Miss::Refuse => return Ok(refused(&self.shared.signature)),
            Found::Nothing(detail) => {
                let range = parts.headers.contains_key(http::header::RANGE).then_some("range");
                self.shared.rules.hide(&mut parts);
                let response = inner.call(Request::from_parts(parts, body)).await?;
                return Ok(self.shared.passed(response, level.forward(), detail.or(range)));
            }
            Found::Run(running) => running,
        };
        leading.begin(running.followers());
        let said = Said::new(&parts.uri, &parts.extensions, &parts.headers);
        let client = Client {
            authorized: parts.headers.contains_key(AUTHORIZATION),
            // A response that was not stored a moment ago need not be complete; then it is the handler that decides
            // about what the client has.
            complete: running.is_shared(),
            at: self.keyspace.clock().wall(),
            level,
            headers: said.headers.clone(),
            authority: said.authority.cloned(),
        };
        self.shared.rules.hide(&mut parts);
        if client.complete {
            Conditions::hide(&mut parts.headers);
        }
        let answered = running.drive(pin!(inner.call(Request::from_parts(parts, body)))).await;
        leading.end();
        match answered {
            Ok(response) => Ok(self.forward(response, running, &client).await),
            Err(error) => {
                finish(running.end(Ended::Failed(None)));
                Err(error)
            }
        }
    }

    /// The answer of a response that was got for it, and which is stored if it may be. It waits for nothing.
    async fn forward<B>(&self, response: Response<B>, running: Running, client: &Client) -> Response<ResponseBody<B>>
    where
        B: Body + Send + 'static,
        B::Error: Send,
    {
        let now = self.keyspace.clock().wall();
        let (mut head, body) = response.into_parts();
        let arrival = Arrival::of(&head.headers, client.at, now);
        // What is added below, a server's length too: in one step.
        if head.headers.try_reserve(4).is_ok()
            && !head.headers.contains_key(DATE)
            && let Some(date) = self.shared.dates.at(now)
        {
            head.headers.insert(DATE, date);
        }
        let (forward, status) = (client.level.forward(), head.status);
        let plan = match self.plan(&head, client, arrival, body.size_hint().lower()) {
            Ok(plan) => plan,
            Err(reason) => {
                if let Some(remembered) = reason.remembered(status) {
                    self.shared.unstored.add(&running.place().key, self.keyspace.clock(), remembered);
                }
                finish(running.end(Ended::Nothing(None)));
                return self.shared.passed(Response::from_parts(head, body), forward, Some(reason.0));
            }
        };
        // Without the store its followers still get it.
        let away = Did::Passed(forward, status, Some("handler-away"));
        let did = if running.can_store() { Did::Stored(forward, status) } else { away };
        let pending = Box::new(Pending::new(plan, running, Arc::clone(&self.shared)));
        let mut response = self.recorded(Response::from_parts(head, body), pending, client, now).await;
        self.shared.signature.sign(did, response.headers_mut());
        response
    }

    /// The answer of a response that is stored when its body has come to its end.
    async fn recorded<B>(
        &self,
        response: Response<B>,
        pending: Box<Pending>,
        client: &Client,
        now: u64,
    ) -> Response<ResponseBody<B>>
    where
        B: Body + Send + 'static,
        B::Error: Send,
    {
        let (head, body) = response.into_parts();
        let (declared, exact) = (declared_length(&head.headers), body.size_hint().exact());
        let tape = Tape::new(self.shared.policy.max_body, declared, exact.or(declared), pending);
        let mut recording = Recording::new(body, tape);
        // A body that is there already is stored now, and not only when its client has read it.
        let whole = match exact {
            Some(_) => poll_fn(|context| Poll::Ready(recording.read_at_once(context))).await,
            None => None,
        };
        if let Some((pending, body)) = recording.take_completed() {
            // It was answered in this very moment.
            pending.store(body, now).await;
        }
        let mut response = Response::from_parts(head, ());
        let has =
            client.complete && response.status() == StatusCode::OK && self.wanted.conditions.hold(response.headers());
        let body = match whole {
            _ if has => {
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                *response.headers_mut() = not_modified(response.headers());
                recording.go_on();
                ResponseBody::whole(Bytes::new())
            }
            Some(whole) => ResponseBody::whole(whole),
            None => ResponseBody::recorded(recording),
        };
        response.map(|()| body)
    }

    /// What is to be stored, and where, or why nothing is. `length`: of the body at least.
    fn plan(&self, head: &response::Parts, client: &Client, arrival: Arrival, length: u64) -> Result<Plan, Unstorable> {
        let policy = &self.shared.policy;
        let control = policy.judge(head, client.authorized, length)?;
        let now = arrival.at;
        let ttl = policy.fresh(&head.headers, control, arrival).ok_or(Unstorable("expired"))?;
        let life = self.keyspace.life(ttl);
        if life.is_none() {
            return Err(Unstorable("expired"));
        }
        let names = vary::names(&head.headers, |name| self.shared.rules.covers(name)).ok_or(Unstorable("vary"))?;
        let varies = match &client.level {
            Level::Target if names.is_empty() => None,
            Level::Target => Some(Varies::by(names)),
            Level::Variant(known) => Some(known.and(names).ok_or(Unstorable("vary"))?),
        };
        let said = Said { headers: &client.headers, authority: client.authority.as_ref() };
        let shelf = match varies {
            None => Shelf::Here,
            Some(varies) => {
                let key = varies.key(&self.key, said).ok_or(Unstorable("long-key"))?;
                if !varies.has_room(&key, now, self.shared.max_variants) {
                    return Err(Unstorable("variants"));
                }
                let target = matches!(client.level, Level::Variant(_)).then(|| self.key.clone());
                Shelf::Variant(Box::new(Variant { varies, key, target }))
            }
        };
        let times = Times { asked: client.at, answered: now, age: arrival.age, stale_at: life.ends(now) };
        Ok(Plan { status: head.status, headers: kept(&head.headers), times, shelf })
    }
}

/// Whether others wait for what this request is getting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leading(Arc<Mutex<Followers>>);

impl Leading {
    fn set(&self, followers: Followers) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = followers;
    }

    /// It is getting it now.
    fn begin(&self, followers: Followers) {
        self.set(followers);
    }

    /// Its head is there.
    fn end(&self) {
        self.set(Followers::default());
    }

    pub(crate) fn is_waited_for(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).any()
    }
}
