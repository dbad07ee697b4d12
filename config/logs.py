"""One line an event: name and ids; never message text, keys or phone numbers."""

import json
import logging

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class EventFormatter(logging.Formatter):
    """`time level logger event key=value …`; a traceback follows on its own lines."""

    def format(self, record: logging.LogRecord) -> str:
        extras = {key: value for key, value in vars(record).items() if key not in STANDARD}
        pairs = " ".join(f"{key}={json.dumps(value, default=str)}" for key, value in extras.items())
        line = f"{self.formatTime(record)} {record.levelname.lower()} {record.name} {record.getMessage()} {pairs}"
        if record.exc_info:
            line = f"{line.rstrip()}\n{self.formatException(record.exc_info)}"
        return line.rstrip()
