import pytest

from fees.money import pounds


@pytest.mark.parametrize(
    ("pence", "written"),
    [
        (0, "£0"),
        (5, "£0.05"),
        (6750, "£67.50"),
        (9000, "£90"),
        (12000000, "£120,000"),
        (-6705, "-£67.05"),
    ],
)
def test_pence_are_written_as_pounds(pence, written):
    assert pounds(pence) == written
