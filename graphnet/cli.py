"""The ``graphnet`` command; its subcommands are the files of `graphnet.commands`.

Results go to stdout (``--json`` for programs), progress and warnings to stderr. Exit status: 0 done, 1 something
graphnet cannot do, 2 an input or argument that cannot be used, 3 a study that is missing, busy or lacks a step,
130 interrupted.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import click

from graphnet.commands import commands
from graphnet.errors import GraphnetError
from graphnet.log import logger
from graphnet.safe import visible

__all__ = ["main"]

INTERRUPTED = "interrupted; the study is as it was before the step that was running. Run the command again."

GROUPS = {"audit": "Look into one question about accounts: followers, creation dates, rhythm, domains, …"}
"""Help of the groups that commands with a name of two words are put into."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with the exit status."""
    try:
        cli.main(args=arguments, prog_name="graphnet", standalone_mode=False)
    except GraphnetError as error:
        _fail(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        _fail(INTERRUPTED, 130)
    except BrokenPipeError:
        # whoever read the output has had enough, as in `graphnet explain … | head`; Python flushes once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        logger.info("where it happened:", exc_info=True)
        # a page that cannot be written, a file that may not be read, a full disk
        where = "" if error.filename is None else f"{error.filename}: "
        _fail(f"{where}{error.strerror or error}. Check the path, its permissions and the space left", 2)


def _fail(message: str, status: int) -> None:
    click.secho("graphnet: ", fg="red", err=True, nl=False)
    click.echo(_plain(message), err=True)
    sys.exit(status)


def _plain(message: str) -> str:
    """A message that a terminal does not obey: it may quote names, columns and paths from data."""
    return "\n".join(map(visible, message.split("\n")))


class _Plain(logging.Formatter):
    """Formats log messages as `_plain` does."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        return _plain(super().format(record))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="graphnet-analyzer", prog_name="graphnet")
@click.option("-q", "--quiet", is_flag=True, help="Only errors on stderr.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is being done.")
def cli(*, quiet: bool, verbose: bool) -> None:
    """Find accounts that act together more than others do, and show why.

    The whole way: graphnet run FILES --into study/ --out report.html. Each step is a command of its own too; each
    reads and writes the study folder, can be repeated, and says what it did.
    """
    level = logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Plain("graphnet: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _add(command: click.Command) -> None:
    """Put a command where its name says: ``audit followers`` is ``followers`` in the group ``audit``."""
    first, _, second = (command.name or "").partition(" ")
    if not second:
        cli.add_command(command)
        return
    if first not in cli.commands:
        cli.add_command(click.Group(first, help=GROUPS[first]))
    group = cli.commands[first]
    if not isinstance(group, click.Group):
        raise TypeError(f"{first} is a command, not a group")
    group.add_command(command, second)


for each in commands():
    _add(each)
