"""The rules of each part for staff: what they say, a draft of what they shall say, and its way past a second person."""

from litestar import Router

from register.web.rules import deciding, drafting, lists, parts

pages = [
    Router(
        path="/staff/rules",
        route_handlers=[
            *parts.pages,
            *drafting.pages,
            *lists.pages,
            *deciding.pages,
        ],
    )
]
