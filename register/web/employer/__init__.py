"""What a provider's users see: their own staff as the public may know them, and what waits for them."""

from register.web.employer import endorsements, home, joining, posts, staff, users

pages = [
    *home.pages,
    *endorsements.pages,
    *joining.pages,
    *posts.pages,
    *staff.pages,
    *users.pages,
]
