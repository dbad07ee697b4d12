"""What can go wrong in a conversation, in the domain's words; edges translate once."""


class ConversationError(Exception):
    """A rule of the conversation refuses this; `code` is the wire's word for it."""

    code = "conversation_error"


class MessageTooLongError(ConversationError):
    code = "too_long"


class EmptyMessageError(ConversationError):
    code = "empty"


class RateLimitedError(ConversationError):
    code = "rate_limited"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too many messages; try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds


class ConversationArchivedError(ConversationError):
    """Nothing is added to an archived conversation: reopen it first."""

    code = "conversation_archived"


class TurnRunningError(ConversationError):
    """The conversation already has a running answer; the question waits for its end."""

    code = "turn_running"


class TurnLostError(ConversationError):
    """Another owner took the turn: whatever this one holds must not be written."""

    code = "turn_lost"


class VisitorRefusedError(ConversationError):
    """The visitor's token is missing, forged, foreign or too old."""

    code = "token_expired"
