"""Tells where something may have been published from where nothing is."""

from pathlib import Path

from cleaning.error import InputError
from cleaning.folder import folder_of, is_url
from cleaning.manifest import MANIFEST


def require_published(folder: str) -> None:
    """Tell a place where nothing is from one where nothing is new.

    Raises:
        InputError: there is no such folder; or, elsewhere, no manifest, as folders there are none.
    """
    if not is_url(folder):
        if not Path(folder).is_dir():
            raise InputError(f"{folder}: there is no such folder; name the output of a crawl")
        return
    manifest = folder_of(folder) / MANIFEST
    try:
        manifest.open("rb").close()
    except OSError as error:
        cure = "name the URL of COPYDESK_PUBLISH, and give credentials that may read there"
        raise InputError(f"{manifest}: {error.strerror}; {cure}") from error
