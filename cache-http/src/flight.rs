//! A request that is not answered at once: it waits for another one's response, or gets one and has it stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use cache_core::keyspace::{Ended, Running};
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
struct Asked {
    authorized: bool,
    /// What says that the client has something was taken out of it.
    complete: bool,
    /// When, in milliseconds by the machine's date.
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
    {
        let (mut parts, body) = request.into_parts();
        let (running, level) = match self.find(&parts).await {
            Found::Response(object, did) => match object.downcast_ref::<Stored>() {
                Some(Stored::Response(kept)) => return Ok(self.hit(kept, did)),
                _ => unreachable!("`find` gives responses"),
            },
            Found::Nothing(..) if self.miss == Miss::Refuse => return Ok(refused(&self.shared.signature)),
            Found::Nothing(forward, detail) => {
                let range = parts.headers.contains_key(http::header::RANGE).then_some("range");
                self.shared.rules.hide(&mut parts);
                let response = inner.call(Request::from_parts(parts, body)).await?;
                return Ok(self.shared.passed(response, forward, detail.or(range)));
            }
            Found::Run(running, level) => (running, level),
        };
        leading.set(running.is_shared());
        let said = Said::by(&parts);
        let asked = Asked {
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
        if asked.complete {
            Conditions::hide(&mut parts.headers);
        }
        let answered = running.drive(inner.call(Request::from_parts(parts, body))).await;
        leading.set(false);
        match answered {
            Ok(response) => Ok(self.forward(response, running, &asked)),
            Err(error) => {
                finish(running.end(Ended::Failed(None)));
                Err(error)
            }
        }
    }

    /// The answer of a response that was got for it, and which is stored if it may be.
    fn forward<B>(&self, response: Response<B>, running: Running, asked: &Asked) -> Response<ResponseBody<B>>
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
        let (forward, status) = (asked.level.forward(), head.status);
        match self.plan(&head, asked, now, body.size_hint().lower()) {
            Ok(plan) => {
                // Without the store its followers still get it.
                let did = if running.can_store() {
                    Did::Stored(forward, status)
                } else {
                    Did::Passed(forward, status, Some("handler-away"))
                };
                let declared = declared_length(&head.headers);
                let expected = declared.or(body.size_hint().exact()).unwrap_or(0);
                let pending = Pending::new(plan, running, Arc::clone(&self.shared));
                let tape = Tape::new(self.shared.policy.max_body, declared, expected, Box::new(pending));
                let body = ResponseBody::recorded(Recording::new(body, tape));
                let mut response = Response::from_parts(head, body);
                if asked.complete && status == StatusCode::OK && self.wanted.conditions.hold(response.headers()) {
                    *response.status_mut() = StatusCode::NOT_MODIFIED;
                    *response.headers_mut() = not_modified(response.headers());
                    // Dropped here, the body is read to its end by a task.
                    *response.body_mut() = ResponseBody::whole(Bytes::new());
                }
                self.shared.signature.sign(did, response.headers_mut());
                response
            }
            Err(reason) => {
                if let Some(remembered) = reason.remembered(status) {
                    self.shared.unstored.add(&running.place().key, self.keyspace.clock(), remembered);
                }
                finish(running.end(Ended::Nothing(None)));
                self.shared.passed(Response::from_parts(head, body), forward, Some(reason.0))
            }
        }
    }

    /// What is to be stored, and where, or why nothing is. `length`: of the body at least.
    fn plan(&self, head: &response::Parts, asked: &Asked, now: u64, length: u64) -> Result<Plan, Unstorable> {
        let policy = &self.shared.policy;
        policy.judge(head, asked.authorized, length)?;
        let arrival = Arrival::of(&head.headers, asked.at, now);
        let ttl = policy.fresh(&head.headers, arrival).ok_or(Unstorable("expired"))?;
        let life = self.keyspace.life(ttl);
        if life.is_none() {
            return Err(Unstorable("expired"));
        }
        let names = vary::names(&head.headers, |name| self.shared.rules.covers(name)).ok_or(Unstorable("vary"))?;
        let varies = match &asked.level {
            Level::Target if names.is_empty() => None,
            Level::Target => Some(Varies::by(names)),
            Level::Variant(known) => Some(known.and(names).ok_or(Unstorable("vary"))?),
        };
        let said = Said { headers: &asked.headers, authority: asked.authority.as_ref() };
        let shelf = match varies {
            None => Shelf::Here,
            Some(varies) => {
                let key = varies.key(&self.key, said).ok_or(Unstorable("long-key"))?;
                let target = matches!(asked.level, Level::Variant(_)).then(|| self.key.clone());
                Shelf::Variant(Box::new(Variant { varies, key, target }))
            }
        };
        let times = Times { asked: asked.at, answered: now, age: arrival.age, stale_at: life.ends(now) };
        Ok(Plan { status: head.status, headers: kept(&head.headers), times, shelf })
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
