"""What everybody may read that is about nobody, and what machines ask for."""

from register.kit.pages import release
from tests.leaks.rows import public


def at(_known, _row, _role):
    return [{"version": release(), "file_path": "app.css"}]


ROWS = [
    public("GET", "/"),
    public("GET", "/accessibility"),
    public("GET", "/privacy"),
    public("GET", "/standards"),
    public("GET", "/statistics"),
    public("GET", "/fees"),
    public("GET", "/api"),
    public("GET", "/api/openapi.json"),
    public("GET", "/static/{version}/{file_path}"),
    public("HEAD", "/static/{version}/{file_path}"),
    public("GET", "/health/live"),
    public("GET", "/health/ready"),
]
