"""The pages of fees."""

from fees.web import fees, pay, payments, staff, webhooks

pages = [*fees.pages, *pay.pages, *payments.pages, *staff.pages, *webhooks.pages]
