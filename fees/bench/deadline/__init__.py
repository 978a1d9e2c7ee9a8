"""The day of the deadline: hundreds of people renew at once, while the payment service is slow and fails."""

from fees.bench.deadline.running import DEADLINE

__all__ = ["DEADLINE"]
