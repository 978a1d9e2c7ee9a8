"""The orders of a case, and one of them whole: its term, its appeal, who reports on it and what is to be shown."""

from dataclasses import dataclass

from litestar import get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.monitoring import check_ins_of, early_reviews_of, reporters_of
from fitness.order import CaseOrder, appeal_of, appeals_in, order_in, orders_of
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import CASE_READERS, ORDER_WRITERS, Opened, opened
from register.kit.clock import day_of
from register.kit.pages import page
from register.web.needs import Act, Acting

ORDERS = f"{ONE}/orders"
ORDER = f"{ORDERS}/{{nth:int}}"


@dataclass(frozen=True)
class OpenedOrder:
    found: Opened
    order: CaseOrder

    @property
    def address(self) -> str:
        return f"{AT}/{self.found.case.reference}/orders/{self.order.number}"

    def back(self) -> Redirect:
        return Redirect(self.address, status_code=303)


async def opened_order(
    act: Acting,
    reference: str,
    nth: int,
    *,
    what: Read = Read.ORDERS,
    lock: bool = False,
) -> OpenedOrder:
    """Raises NotFound."""
    found = await opened(act, reference, what=what, lock=lock)
    return OpenedOrder(found, await order_in(act.session, found.case.id, nth))


@get(ORDERS, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await opened(act, reference, what=Read.ORDERS)
    orders = await orders_of(act.session, found.case.id)
    return page(
        "fitness/orders/list.html",
        found=found,
        case=found.case,
        orders=orders,
        appeals=await appeals_in(act.session, orders),
        now=act.now,
        today=day_of(act.now),
    )


@get(ORDER, access=CASE_READERS)
async def one(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_order(act, reference, nth)
    return page(
        "fitness/orders/one.html",
        found=it.found,
        case=it.found.case,
        order=it.order,
        appeal=await appeal_of(act.session, it.order),
        reporters=await reporters_of(act.session, it.order),
        check_ins=await check_ins_of(act.session, it.order),
        early_reviews=await early_reviews_of(act.session, it.order),
        writes=act.viewer.has(*ORDER_WRITERS.roles) and it.order.standing,
        now=act.now,
        today=day_of(act.now),
    )


pages = [every, one]
