"""Numbers as Go prints them."""

from decimal import Decimal

__all__ = ["go_number"]

# Go's %v writes an exponent outside of these.
_POWERS = range(-4, 6)


def go_number(number: float) -> str:
    """A floating number as ``%v`` prints it: ``1.50`` is 1.5, a million is 1e+06."""
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    if not isinstance(exponent, int):
        return {"F": "-Inf" if sign else "+Inf"}.get(exponent, "NaN")
    text = "".join(map(str, digits))
    power = len(text) + exponent - 1
    minus = "-" if sign else ""
    if power not in _POWERS:
        fraction = f".{text[1:]}" if len(text) > 1 else ""
        return f"{minus}{text[0]}{fraction}e{'-' if power < 0 else '+'}{abs(power):02}"
    return minus + f"{Decimal((0, digits, exponent)):f}"
