"""The plain implementation, for comparison: a Celery task, an ORM session and a commit per file, default SimHash.

It is what a programmer writes in an afternoon with Celery, SQLAlchemy and the ``simhash`` package.
"""

import os
import sys
from functools import cache
from pathlib import Path

from celery import Celery
from simhash import Simhash
from sqlalchemy import BigInteger, Engine, create_engine, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

#: The textbook values: of 64 bits, at most 3 differ in copies, so at least one of four bands of 16 bits is equal.
DISTANCE = 3


def _address(name: str) -> str | None:
    """Return an address that the bench handed over in a file."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text("utf-8") if path else None


app = Celery("baseline", broker=_address("REDIS_URL"))
app.conf.update(task_default_queue="baseline", task_ignore_result=True)


class Base(DeclarativeBase):
    """The baseline's tables."""


class BaselineText(Base):
    """A stored article."""

    __tablename__ = "baseline_texts"
    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    text: Mapped[str]
    fingerprint: Mapped[int] = mapped_column(BigInteger)
    story: Mapped[int] = mapped_column(index=True)
    band0: Mapped[int] = mapped_column(index=True)
    band1: Mapped[int] = mapped_column(index=True)
    band2: Mapped[int] = mapped_column(index=True)
    band3: Mapped[int] = mapped_column(index=True)


@cache
def engine() -> Engine:
    """Return the engine of this process."""
    return create_engine(_address("DATABASE_URL") or "")


@app.task(name="baseline.take")  # type: ignore[untyped-decorator]
def take(path: str) -> None:
    """Read, fingerprint, look up and store one file."""
    text = Path(path).read_text("utf-8")
    value: int = Simhash(text).value
    bands = [value >> shift & 0xFFFF for shift in (0, 16, 32, 48)]
    with Session(engine()) as session:
        columns = (BaselineText.band0, BaselineText.band1, BaselineText.band2, BaselineText.band3)
        near = session.scalars(select(BaselineText).where(or_(*(c == b for c, b in zip(columns, bands, strict=True)))))
        same = next((o for o in near if (o.fingerprint ^ value - 2**63).bit_count() <= DISTANCE), None)
        row = BaselineText(path=path, text=text, fingerprint=value - 2**63, story=same.story if same else 0)
        row.band0, row.band1, row.band2, row.band3 = bands
        session.add(row)
        session.flush()
        row.story = row.story or row.id
        session.commit()


if __name__ == "__main__":
    app.worker_main(sys.argv[1:])  # `celery -A` would import from the current folder
