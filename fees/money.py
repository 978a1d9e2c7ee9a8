"""Money: whole pence in, and one way to write it."""


def pounds(pence: int) -> str:
    """£1,200 or £67.50; never a lone penny after the point."""
    sign, pence = ("-", -pence) if pence < 0 else ("", pence)
    whole, rest = divmod(pence, 100)
    return f"{sign}£{whole:,}" + (f".{rest:02d}" if rest else "")
