"""Bank transfers and cheques sent back whole, as not for us: above the limit two finance officers agree to it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fees.other_money import OtherMoney, ReversedBecause, about_reversal
from register.account import Account
from register.process import Process
from register.proposal import Proposal, ProposalKind, carries_out


async def propose(
    session: AsyncSession, money: OtherMoney, *, proposer: Account, by: Process
) -> Proposal:
    """Raises AboutYourself, ReversedAlready, GivenBack or AlreadyProposed."""
    await money.must_not_pay_for(session, by)
    await money.must_be_whole(session)
    return await Proposal.make(
        session,
        ProposalKind.REVERSE_MONEY,
        about=about_reversal(money),
        data={"money": str(money.id)},
        touched=[],
        proposer=proposer,
        by=by,
    )


@carries_out(ProposalKind.REVERSE_MONEY)
async def reverse_proposed(
    session: AsyncSession, proposal: Proposal, by: Process
) -> None:
    money = await session.get_one(OtherMoney, UUID(proposal.data["money"]))
    await money.take_back(session, ReversedBecause.NOT_FOR_US, by=by)
