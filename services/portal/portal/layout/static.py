"""Style sheets, scripts, fonts and pictures: files that are the same for everybody and change only with a release."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from ieum.telemetry import log
from portal.layout.rendering import ASSETS, STATIC


class _Files(StaticFiles):
    """Files that a browser may keep: for good when their address names their content, for an hour otherwise."""

    async def check_config(self) -> None:
        """Nothing: the folder may be built later, and until then a missing style sheet is a 404 like any other."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: object, scope: Scope, status_code: int = 200
    ) -> Response:
        answer = super().file_response(full_path, stat_result, scope, status_code)  # type: ignore[arg-type]
        kept = "max-age=31536000, immutable" if scope.get("query_string") else "max-age=3600"
        answer.headers["Cache-Control"] = f"public, {kept}"
        return answer


def static_files() -> Mapping[str, ASGIApp]:
    """The portal's own files and those built from npm packages, compressed; pages are not, since they hold secrets."""
    if not (ASSETS / "krds").is_dir():
        log.error("assets_missing", folder=str(ASSETS), remedy="python -m ieum_local assets")
    return {"/static": compressed(STATIC), "/assets": compressed(ASSETS)}


def compressed(folder: Path) -> ASGIApp:
    """The files of a folder; while there is no such folder, there are no such files."""
    return GZipMiddleware(_Files(directory=folder, check_dir=False), minimum_size=1024)
