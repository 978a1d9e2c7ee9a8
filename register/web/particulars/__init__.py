"""What the register knows of a person, as they read and change it after they have applied, and as staff decide on it."""

from register.web.particulars import changes, contact, own, posts

pages = [*own.pages, *contact.pages, *posts.pages, *changes.pages]
