from typer.testing import CliRunner

from newsloom.cli import app
from tests.postgres import make_address


def test_both_stores_are_measured_side_by_side() -> None:
    address = make_address()
    command = ["bench", "store", "--records", "40", "--postgresql", address]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "| what | SQLite | PostgreSQL, under a lease |" in done.output
    assert "| records put | " in done.output
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 1 and "holds an index already" in str(again.exception)
