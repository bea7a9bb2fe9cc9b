"""The lines of ``copydesk status``."""

from worker.operations.health import Status


def test_an_empty_archive_has_none_of_each() -> None:
    """Where there is nothing to count, the line says so rather than ending after its name."""
    lines = list(Status(queue=0, processes={"worker": 1}, files={}, copies={"near": 1_200}).lines())
    assert "files        none" in lines
    assert "copies       1,200 near" in lines
