"""No module imports itself by way of others, in Python or TypeScript, not even for types alone; and no two island modules export one name."""

import os
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
ISLANDS = ROOT / "web" / "islands" / "src"
IMPORT = re.compile(r"""\b(?:from|import|import\()\s*["'](\.[^"']+)["']""")
EXPORT = re.compile(
    r"^export (?:default )?(?:abstract )?(?:async )?(?:class|interface|type|function|const|enum) (\w+)", re.MULTILINE
)


def cycle(imports: Mapping[str, Collection[str]]) -> list[str]:
    """A cycle, or nothing."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def imports_of_islands(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*.ts"):
        targets = (
            os.path.relpath(path.parent / f"{spec}.ts", folder) for spec in IMPORT.findall(path.read_text("utf-8"))
        )
        found[path.relative_to(folder).as_posix()] = {target for target in targets if (folder / target).exists()}
    return found


def test_python_modules_import_no_cycle() -> None:
    graph = grimp.build_graph(
        "rooms", "signaling", "web", "server", exclude_type_checking_imports=False, cache_dir=None
    )
    assert len(graph.modules) > 200
    assert cycle({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}) == []


def test_islands_import_no_cycle() -> None:
    imports = imports_of_islands(ISLANDS)
    assert sum(map(len, imports.values())) > 200
    assert cycle(imports) == []


def test_a_cycle_of_types_is_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.ts").write_text('import {\n  two,\n} from "../two";\nexport interface Line {}\n')
    (tmp_path / "two.ts").write_text('import type { Line } from "./a/one";\n')
    assert set(cycle(imports_of_islands(tmp_path))) == {"a/one.ts", "two.ts"}


def test_a_name_is_exported_by_one_module() -> None:
    modules = defaultdict(set)
    for path in ISLANDS.rglob("*.ts"):
        for name in EXPORT.findall(path.read_text("utf-8")):
            modules[name].add(path.relative_to(ISLANDS).as_posix())
    assert {name: paths for name, paths in modules.items() if len(paths) > 1} == {}
