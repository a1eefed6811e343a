//! Whole responses: `larder::http::ResponseCache` on real axum routers, over real sockets where the transport matters.

mod answers;
mod conditional;
mod configured;
mod emmett;
mod freshness;
mod invalidation;
mod private;
mod readiness;
mod sharing;
mod site;
mod sockets;
mod stores;
mod streaming;
mod variants;
