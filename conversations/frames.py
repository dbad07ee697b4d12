"""The frames that a browser may send, decoded strictly; anything else is a clear error, never a crash."""

from typing import TypeVar

import msgspec


class Cursor(msgspec.Struct, frozen=True):
    sequence: int = 0
    revision: int = 0


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    token: str
    cursor: Cursor = Cursor()


class Send(msgspec.Struct, frozen=True, tag="send"):
    client_id: str
    text: str


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    pass


class Feedback(msgspec.Struct, frozen=True, tag="feedback"):
    message: str
    value: int


class AskPerson(msgspec.Struct, frozen=True, tag="ask_person"):
    pass


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    pass


class Watch(msgspec.Struct, frozen=True, tag="watch"):
    conversation: str


class Unwatch(msgspec.Struct, frozen=True, tag="unwatch"):
    pass


VisitorFrame = Hello | Send | Stop | Feedback | AskPerson | Ping
DashboardFrame = Watch | Unwatch | Ping

Frame = TypeVar("Frame")

_visitor: msgspec.json.Decoder[VisitorFrame] = msgspec.json.Decoder(VisitorFrame)
_dashboard: msgspec.json.Decoder[DashboardFrame] = msgspec.json.Decoder(DashboardFrame)
MAX_CLIENT_ID_CHARACTERS = 64


class FrameError(Exception):
    """A frame that is not one of ours; `code` is the wire's word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_visitor_frame(text: str) -> VisitorFrame:
    frame = _read(_visitor, text)
    if isinstance(frame, Send) and not 0 < len(frame.client_id) <= MAX_CLIENT_ID_CHARACTERS:
        raise FrameError("invalid_frame")
    return frame


def read_dashboard_frame(text: str) -> DashboardFrame:
    return _read(_dashboard, text)


def _read(decoder: msgspec.json.Decoder[Frame], text: str) -> Frame:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        raise FrameError("unknown_type" if "`$.type`" in str(error) else "invalid_frame") from error
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise FrameError("invalid_frame") from error
