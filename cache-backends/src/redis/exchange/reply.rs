//! What a request comes to. It is handed on several times before its caller has it, so it is three words.

use redis::{RedisError, RedisResult, ServerError, Value};
use smallvec::SmallVec;

/// The replies to the commands of one request.
pub(in crate::redis) type Replies = SmallVec<[Value; 1]>;

/// The reply to the only command of a request, or those to several.
pub(in crate::redis) enum Reply {
    Bytes(Vec<u8>),
    Nil,
    Okay,
    /// Any other.
    Other(Box<Value>),
    Several(Box<Replies>),
    /// There is none.
    Failed(Box<RedisError>),
}

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        match value {
            Value::BulkString(bytes) => Self::Bytes(bytes),
            Value::Nil => Self::Nil,
            Value::Okay => Self::Okay,
            value => Self::Other(Box::new(value)),
        }
    }
}

impl Reply {
    /// That a request has none.
    pub(super) fn failed(error: RedisError) -> Self {
        Self::Failed(Box::new(error))
    }

    /// Why the server refused the only command, if it did.
    pub(in crate::redis) fn refusal(&self) -> Option<&ServerError> {
        match self {
            Self::Other(value) => match &**value {
                Value::ServerError(error) => Some(error),
                _ => None,
            },
            _ => None,
        }
    }

    /// All that were given.
    pub(in crate::redis) fn into_replies(self) -> RedisResult<Replies> {
        match self {
            Self::Bytes(bytes) => Ok(Replies::from_buf([Value::BulkString(bytes)])),
            Self::Nil => Ok(Replies::from_buf([Value::Nil])),
            Self::Okay => Ok(Replies::from_buf([Value::Okay])),
            Self::Other(value) => Ok(Replies::from_buf([*value])),
            Self::Several(replies) => Ok(*replies),
            Self::Failed(error) => Err(*error),
        }
    }

    /// The one to the only command.
    pub(in crate::redis) fn into_value(self) -> RedisResult<Value> {
        let mut replies = self.into_replies()?;
        replies.pop().ok_or_else(|| std::io::Error::other("a request got no reply").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_three_words() {
        assert_eq!(size_of::<Reply>(), 3 * size_of::<usize>());
    }
}
