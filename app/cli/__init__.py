"""The `systole` command: one file per subcommand, loaded only when it is called."""

from app.cli.entry import main, systole

__all__ = ["main", "systole"]
