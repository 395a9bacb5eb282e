"""What docs/scheduling.md tells people to type or to install would run."""

import re
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from scrapy.settings import default_settings

from crawler import settings
from crawler.commands.crawl import Command
from crawler.spiders.archive import ArchiveSpider
from crawler.spiders.news import NewsSpider
from crawler.spiders.urls import UrlsSpider

_ROOT = Path(__file__).parent.parent
_PAGE = (_ROOT / "docs" / "scheduling.md").read_text("utf-8")
_SPIDERS = {spider.name: spider for spider in (NewsSpider, UrlsSpider, ArchiveSpider)}
_UNITS = dict(
    re.findall(
        r"^`/etc/systemd/system/(\S+)`.*?^```ini\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE
    )
)
_SHELL = re.findall(r"^```sh\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
_CRON = [
    line
    for block in re.findall(r"^```cron\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
# Each `scrapy ...` of a command line, up to what the shell makes of it.
_COMMANDS = re.findall(
    r"(?<![\w`])(?:\S*/)?scrapy ([a-z][^\n|>#;`&)]*)",
    re.sub(r' "\$@"| 2>&1', "", "\n".join([*_SHELL, *_UNITS.values(), *_CRON])),
)


def test_there_is_something_to_test() -> None:
    assert len(_UNITS) == 3
    assert len(_COMMANDS) >= 6
    assert any(command.startswith("crawl") for command in _COMMANDS)


@pytest.mark.parametrize("command", _COMMANDS)
def test_commands_are_real(command: str) -> None:
    name, *given = shlex.split(command)
    assert import_module(f"crawler.commands.{name}").Command
    if name != "crawl":
        return
    options = dict.fromkeys(("-a", "-s"), ())
    spider, *given = given
    for option, value in zip(given[::2], given[1::2], strict=True):
        options[option] += (value,)
    assert set(options) == {"-a", "-s"}
    assert _SPIDERS[spider](**dict(each.split("=", 1) for each in options["-a"]))
    for each in options["-s"]:
        setting = each.partition("=")[0]
        assert hasattr(settings, setting) or hasattr(default_settings, setting)


@pytest.mark.parametrize("script", _SHELL)
def test_shell_scripts_parse(script: str) -> None:
    subprocess.run(["/bin/sh", "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize(("code", "speaks"), [(0, False), (4, False), (1, True), (3, True)])
def test_the_script_for_cron_speaks_when_something_is_wrong(
    tmp_path: Path, code: int, *, speaks: bool
) -> None:
    """With a `scrapy` that only says something and ends with a code."""
    (script,) = (block for block in _SHELL if block.startswith("#!/bin/sh"))
    scrapy = tmp_path / ".venv" / "bin" / "scrapy"
    scrapy.parent.mkdir(parents=True)
    scrapy.write_text(f'#!/bin/sh\necho "$@" >&2\nexit {code}\n')
    scrapy.chmod(0o755)
    here = script.replace("/srv/copydesk", shlex.quote(str(tmp_path)))
    process = subprocess.run(
        ["/bin/sh", "-c", here, "sh", "-s", "COPYDESK_CONTACT=desk@example.org"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == code
    assert bool(process.stdout) == speaks
    assert process.stderr == ""


@pytest.mark.parametrize("line", _CRON)
def test_cron_lines_have_a_time_and_a_command(line: str) -> None:
    """And no `%`, which cron takes for a line break."""
    assert re.fullmatch(r"[A-Z]+=\S+|([\d*/,-]+ +){5}\S.*", line)
    assert "%" not in line


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_units_are_right(tmp_path: Path) -> None:
    """By systemd's own check, with this project in the place of /srv/copydesk."""
    for name, unit in _UNITS.items():
        here = unit.replace("/srv/copydesk/.venv/bin/scrapy", f"{sys.executable} -m scrapy")
        here = here.replace("/srv/copydesk", str(_ROOT)).replace("User=copydesk\n", "")
        (tmp_path / name).write_text(here)
    command = [str(shutil.which("systemd-analyze")), "verify", *map(str, tmp_path.iterdir())]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in process.stderr.splitlines() if "copydesk" in line]
    assert (process.returncode, said) == (0, []), process.stderr


def test_exit_codes_in_the_docs() -> None:
    """The table has each code once, and the command's own docstring the same ones."""
    table = _PAGE.partition("## Exit codes")[2].partition("\nA run is bad")[0]
    assert re.findall(r"^\| (\d) \|", table, re.MULTILINE) == list("01234")
    assert re.findall(r"(\d) [a-z]", import_module(Command.__module__).__doc__ or "") == list(
        "01234"
    )
