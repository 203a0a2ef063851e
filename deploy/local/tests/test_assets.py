"""The portal's assets: made from the lock file, made once, all or nothing."""

import json
from pathlib import Path

import pytest

from ieum_local import assets
from ieum_local.failure import LocalFailure


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A portal that needs one package, which lies beside it: nothing is downloaded."""
    package = tmp_path / "design"
    package.mkdir()
    (package / "package.json").write_text(json.dumps({"name": "design", "version": "1.0.0"}))
    (package / "style.css").write_text("p {}")
    folder = tmp_path / "portal-service"
    (folder / "portal").mkdir(parents=True)
    dependency = {"design": "file:../design"}  # seen from the scratch folder
    (folder / "package.json").write_text(json.dumps({"name": "p", "private": True, "dependencies": dependency}))
    lock = {
        "name": "p",
        "lockfileVersion": 3,
        "requires": True,
        "packages": {
            "": {"name": "p", "dependencies": dependency},
            "../design": {"name": "design", "version": "1.0.0"},
            "node_modules/design": {"resolved": "../design", "link": True},
        },
    }
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / "assets.json").write_text(json.dumps({"design/style.css": "css/style.css"}))
    return folder


async def test_listed_files_are_put_in_place_once(source: Path, tmp_path: Path) -> None:
    first = await assets.make(source, tmp_path / "work", tmp_path / "npm.log")
    second = await assets.make(source, tmp_path / "work", tmp_path / "npm.log")

    assert (first, second) == (True, False)
    assert (assets.target(source) / "css" / "style.css").read_text() == "p {}"
    assert not (tmp_path / "work").exists()


async def test_a_list_that_names_nothing_real_leaves_the_old_assets(source: Path, tmp_path: Path) -> None:
    await assets.make(source, tmp_path / "work", tmp_path / "npm.log")
    (source / "assets.json").write_text(json.dumps({"design/missing.css": "css/missing.css"}))

    with pytest.raises(LocalFailure, match=r"assets.json names missing.css"):
        await assets.make(source, tmp_path / "work", tmp_path / "npm.log")

    assert (assets.target(source) / "css" / "style.css").exists()
    assert not assets.is_current(source)


async def test_a_lock_file_that_disagrees_with_the_package_file_is_refused(source: Path, tmp_path: Path) -> None:
    (source / "package.json").write_text(json.dumps({"name": "p", "dependencies": {"other": "1.0.0"}}))

    with pytest.raises(LocalFailure, match="npm ci failed"):
        await assets.make(source, tmp_path / "work", tmp_path / "npm.log")
