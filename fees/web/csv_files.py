"""Tables as CSV to take away."""

from litestar import Response


def csv_file(content: str, name: str) -> Response[str]:
    return Response(
        content,
        media_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
