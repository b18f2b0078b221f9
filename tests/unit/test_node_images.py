"""Recipes and the package sources that images are made from."""

from __future__ import annotations

import pytest
import yaml

from podgrade.cluster.providers.node_images import own_sources, read_recipes, suite
from podgrade.cluster.providers.node_paths import node_sources

RECIPES = sorted((node_sources() / "images").glob("*.yaml"))


def test_recipes_are_read():
    titles = {recipe.title for recipe in read_recipes(node_sources() / "images")}
    assert {"pause", "busybox", "busybox-1.28", "nginx", "toolbox"} <= titles


def test_what_is_unpacked_upon_a_base_includes_its_packages():
    recipes = {recipe.title: recipe for recipe in read_recipes(node_sources() / "images")}
    assert set(recipes["debian"].packages) < set(recipes["redis"].packages)
    assert recipes["redis"].merged
    assert not recipes["git"].merged
    assert recipes["alpine"].packages == ()


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_says_what_it_differs_in(path):
    recipe = yaml.safe_load(path.read_text("utf-8"))
    assert recipe["differs"].strip()
    assert all(name.count("/") >= 1 and ":" in name for name in recipe["names"])


def test_no_two_recipes_have_a_name_in_common():
    names = [name for path in RECIPES for name in yaml.safe_load(path.read_text())["names"]]
    assert len(names) == len(set(names))


def test_the_code_name_of_the_machine():
    assert suite('ID=debian\nVERSION_CODENAME="trixie"\n') == "trixie"
    assert suite("") == "bookworm"


def test_one_line_sources_of_the_own_release_only():
    text = (
        "# a comment with bookworm\n"
        "deb http://mirror.example/debian bookworm main\n"
        "deb http://mirror.example/debian bookworm-updates main\n"
        "deb-src http://mirror.example/debian bookworm main\n"
        "deb http://other.example/apt cloud-sdk-bookworm main\n"
    )
    assert len(list(own_sources(text, "bookworm"))) == 2


def test_stanzas_of_the_own_release_only():
    text = (
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n"
        "Components: main\n\n"
        "Types: deb\nURIs: http://other.example\nSuites: nodistro\nComponents: main\n"
    )
    stanzas = list(own_sources(text, "bookworm"))
    assert len(stanzas) == 1
    assert stanzas[0].startswith("Types: deb\nURIs: http://mirror.example/debian")
