//! How sockets and sessions end: two closed enums, one word everywhere.

/// Why a socket ended: close code, log field and metric label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SocketEnd {
    /// The recorder closed it.
    Closed,
    /// Nothing was heard in time.
    Heartbeat,
    /// A newer socket speaks for its stream.
    TakenOver,
    /// A limit or a broken rule; the close code says which.
    Limit,
    /// The node drains.
    Drain,
    /// A fault of the server.
    Crash,
}

/// Why a session ended: column, log field and metric label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionEnd {
    /// Every stream said its end and none followed.
    Left,
    /// Nothing came for 30 minutes.
    Idle,
    /// It reached its length or its size.
    Limit,
    /// Staff or the site stopped it.
    Stopped,
}

impl SocketEnd {
    /// The one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Heartbeat => "heartbeat",
            Self::TakenOver => "taken_over",
            Self::Limit => "limit",
            Self::Drain => "drain",
            Self::Crash => "crash",
        }
    }
}

impl SessionEnd {
    /// Every way to end.
    pub const ALL: [Self; 4] = [Self::Left, Self::Idle, Self::Limit, Self::Stopped];

    /// The one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Idle => "idle",
            Self::Limit => "limit",
            Self::Stopped => "stopped",
        }
    }

    /// Reads the one word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.as_str() == word)
    }
}
