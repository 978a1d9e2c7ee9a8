"""The log: one JSON object a line, in UTC, about codes, ids and places in the code; never about what somebody typed."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

OURS = ("app", "register", "fees", "fitness")


def configure() -> None:
    """Sends our lines, and those of the libraries, to standard output."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _placed,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                _uninterpolated,
                structlog.stdlib.ExtraAdder([]),
                *shared,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def where(error: BaseException) -> dict[str, Any]:
    """What broke and where, without the error's words: a database quotes values in them, a parser what it read."""
    frames = _frames(error)
    ours = [frame for frame in frames if frame.partition(".")[0] in OURS]
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "place": frames[-1] if frames else "unknown",
        "called_from": ours[-1] if ours else "unknown",
    }


def _frames(error: BaseException) -> list[str]:
    frames, trace = [], error.__traceback__
    while trace:
        module = trace.tb_frame.f_globals.get("__name__", "?")
        frames.append(f"{module}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames


def _uninterpolated(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Libraries put the error, or the task that failed with it, into their words too: those stay a pattern, and one line."""
    record: logging.LogRecord = line["_record"]
    if record.exc_info:
        line["event"] = str(record.msg).partition("\n")[0]
    return line


def _placed(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """A trace becomes the place where it happened."""
    error = line.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line.update(where(error))
    return line
