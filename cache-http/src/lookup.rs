//! Looking for a response: at the key of its target, and from there on at that of a variant.

use std::sync::Arc;

use cache_core::Object;
use cache_core::key::Recorder;
use cache_core::keyspace::{Answer, Keyspace, Place, Running, codec};
use http::{Response, request};
use http_body::Body;

use crate::body::ResponseBody;
use crate::entry::{Kept, Stored, Varies};
use crate::layer::Shared;
use crate::request::Miss;
use crate::respond::{Wanted, stored};
use crate::status::{Did, Forward};
use crate::unstored;
use crate::vary::Said;

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
pub(crate) fn at_once<B: Body>(
    shared: &Shared,
    keyspace: &Keyspace,
    key: &Recorder,
    wanted: &Wanted,
    said: Said<'_>,
) -> Option<Response<ResponseBody<B>>> {
    let mut found = keyspace.peek(key, codec::<Stored>())?;
    if let Some(Stored::Varies(varies)) = found.downcast_ref::<Stored>() {
        found = keyspace.peek(&varies.key(key, said)?, codec::<Stored>())?;
    }
    let Some(Stored::Response(kept)) = found.downcast_ref::<Stored>() else { return None };
    keyspace.count_hit();
    let now = keyspace.clock().wall();
    Some(stored(kept, wanted, now, Did::Hit(kept.times.ttl(now)), &shared.signature))
}

/// Which key of a target is asked.
pub(crate) enum Level {
    /// That of the target.
    Target,
    /// That of the target and of the headers it varies by.
    Variant(Varies),
}

impl Level {
    pub(crate) const fn forward(&self) -> Forward {
        match self {
            Self::Target => Forward::UriMiss,
            Self::Variant(_) => Forward::VaryMiss,
        }
    }
}

/// What looking came to.
#[allow(clippy::large_enum_variant, reason = "it is taken apart as soon as it is there")]
pub(crate) enum Found {
    /// A [`Stored::Response`].
    Response(Object, Did),
    /// The right to get one.
    Run(Running),
    /// Nothing, and no right to store anything; why, if it is not just a miss.
    Nothing(Option<&'static str>),
}

impl Lookup {
    /// The answer that is stored.
    pub(crate) fn hit<B: Body>(&self, kept: &Kept, did: Did) -> Response<ResponseBody<B>> {
        stored(kept, &self.wanted, self.keyspace.clock().wall(), did, &self.shared.signature)
    }

    /// Looks, and where something is to be stored waits for others or takes the right to run; and at which key that is.
    pub(crate) async fn find(&self, request: &request::Parts) -> (Found, Level) {
        let tags = self.shared.tags(request);
        let key = self.key.clone();
        let mut place = Place { keyspace: Arc::clone(&self.keyspace), key, tags, codec: codec::<Stored>() };
        let mut level = Level::Target;
        for _ in 0..ROUNDS {
            let (object, coalesced) = match self.look(&place).await {
                Ok(found) => found,
                Err(nothing) => return (nothing, level),
            };
            match object.downcast_ref::<Stored>() {
                Some(Stored::Response(kept)) => {
                    let hit = Did::Hit(kept.times.ttl(self.keyspace.clock().wall()));
                    let did = if coalesced { Did::Collapsed(level.forward()) } else { hit };
                    return (Found::Response(object, did), level);
                }
                Some(Stored::Varies(varies)) => {
                    self.keyspace.discount(coalesced);
                    let said = Said::new(&request.uri, &request.extensions, &request.headers);
                    let Some(variant) = varies.key(&self.key, said) else {
                        return (Found::Nothing(Some("long-key")), level);
                    };
                    place.key = variant;
                    level = Level::Variant(varies.clone());
                }
                None => break,
            }
        }
        (Found::Nothing(Some("unsettled")), level)
    }

    /// What is at one place, and whether another request was given it; or else what that comes to.
    async fn look(&self, place: &Place) -> Result<(Object, bool), Found> {
        if self.miss != Miss::Store {
            return place.read().await.map(|object| (object, false)).ok_or(Found::Nothing(None));
        }
        let (clock, marks) = (self.keyspace.clock(), &self.shared.unstored);
        let timeout = self.shared.lock_timeout;
        let patience = (!timeout.is_zero() && !marks.has(&place.key, clock)).then_some(timeout);
        match place.clone().enter(patience).await {
            Answer::Stored(object) => Ok((object, false)),
            Answer::Coalesced(object) => Ok((object, true)),
            Answer::Run(running) => {
                if patience.is_some() && !running.is_shared() {
                    // What others do takes its time; nobody else need wait for it too.
                    marks.add(&place.key, clock, unstored::POLICY);
                }
                Err(Found::Run(running))
            }
        }
    }
}
