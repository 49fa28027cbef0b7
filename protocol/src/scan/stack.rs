//! The scanner's own stack, so that nesting costs no call.

/// Levels kept without an allocation; recorded events rarely nest deeper outside of snapshots.
const INLINE_LEVELS: usize = 32;

/// Children that are still to end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// How many; each key and each value of a map is one.
    pub(super) left: u32,
    /// Whether they belong to a map.
    pub(super) is_map: bool,
}

/// Outside of all containers: one value at a time.
const OUTERMOST: Frame = Frame {
    left: 1,
    is_map: false,
};

/// The open arrays and maps, and below them the outermost level.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    top: Frame,
    /// How many containers are open.
    depth: usize,
    /// The levels below the top.
    inline: [Frame; INLINE_LEVELS],
    /// More of them; grows with real nesting only.
    deep: Vec<Frame>,
}

impl Stack {
    /// No open container.
    pub(super) const fn new() -> Self {
        Self {
            top: OUTERMOST,
            depth: 0,
            inline: [OUTERMOST; INLINE_LEVELS],
            deep: Vec::new(),
        }
    }

    /// How many containers are open.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// The innermost open container, or the outermost level.
    pub(super) const fn top(&mut self) -> &mut Frame {
        &mut self.top
    }

    /// Opens a container.
    pub(super) fn push(&mut self, frame: Frame) {
        match self.inline.get_mut(self.depth) {
            Some(place) => *place = self.top,
            None => self.deep.push(self.top),
        }
        self.top = frame;
        self.depth += 1;
    }

    /// Closes the innermost container, of which there must be one.
    pub(super) fn pop(&mut self) {
        self.depth -= 1;
        self.top = match self.inline.get(self.depth) {
            Some(below) => *below,
            None => self.deep.pop().unwrap_or(OUTERMOST),
        };
    }
}
