"""One line an event: name and ids; never message text, keys or phone numbers."""

import json
import logging
import re

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


# Addresses that open something: what stands after them is a secret while it is valid.
TOKENS = re.compile(
    r"(/(?:app/invitations|accounts/password/reset/key|accounts/confirm-email|app/knowledge/files)/)[^/\s'\"?]+"
)


class EventFormatter(logging.Formatter):
    """`time level logger event key=value …`; a traceback follows on its own lines."""

    def format(self, record: logging.LogRecord) -> str:
        extras = {
            key: value for key, value in vars(record).items() if key not in STANDARD and key != "request"
        }
        pairs = " ".join(f"{key}={json.dumps(value, default=str)}" for key, value in extras.items())
        line = f"{self.formatTime(record)} {record.levelname.lower()} {record.name} {record.getMessage()} {pairs}"
        if record.exc_info:
            line = f"{line.rstrip()}\n{self.formatException(record.exc_info)}"
        return TOKENS.sub(r"\1…", line.rstrip())
