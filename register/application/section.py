"""One section of an application: its answers, sealed, and the version that tells two tabs apart."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from register.application.state import SectionName
from register.kit.db import Base, code


class ApplicationSection(Base):
    __tablename__ = "application_section"

    application_id: Mapped[UUID] = mapped_column(
        ForeignKey("application.id"), primary_key=True
    )
    name: Mapped[SectionName] = mapped_column(code(SectionName), primary_key=True)
    sealed: Mapped[bytes]
    complete: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
