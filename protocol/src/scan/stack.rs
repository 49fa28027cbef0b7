//! The scanner's own stack, so that nesting costs no call.

/// Levels kept without an allocation; recorded events rarely nest deeper outside of snapshots.
const INLINE_LEVELS: usize = 32;

/// An open array or map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Children still to come, each key and each value of a map counted; at least 1.
    pub(super) left: u32,
    /// Whether it is a map.
    pub(super) is_map: bool,
}

/// The open arrays and maps, the innermost on top.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    depth: usize,
    inline: [Frame; INLINE_LEVELS],
    /// Levels beyond the inline ones; grows with real nesting only.
    deep: Vec<Frame>,
}

impl Stack {
    /// No open container.
    pub(super) const fn new() -> Self {
        const UNUSED: Frame = Frame {
            left: 0,
            is_map: false,
        };
        Self {
            depth: 0,
            inline: [UNUSED; INLINE_LEVELS],
            deep: Vec::new(),
        }
    }

    /// How many containers are open.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The innermost open container.
    pub(super) fn top(&mut self) -> Option<&mut Frame> {
        match self.depth {
            0 => None,
            1..=INLINE_LEVELS => self.inline.get_mut(self.depth - 1),
            _ => self.deep.last_mut(),
        }
    }

    /// Opens a container.
    pub(super) fn push(&mut self, frame: Frame) {
        match self.inline.get_mut(self.depth) {
            Some(place) => *place = frame,
            None => self.deep.push(frame),
        }
        self.depth += 1;
    }

    /// Closes the innermost container, which must be there.
    pub(super) fn pop(&mut self) {
        self.deep.pop();
        self.depth -= 1;
    }
}
