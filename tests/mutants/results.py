"""The catch rate beside the zeros of the sound kit: collected over a test run, printed and written."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ieum.ops.oracle import Finding

from .kit import Mutant


def kinds(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings of each kind."""
    return dict(sorted(Counter(finding.kind for finding in findings).items()))


@dataclass
class Results:
    """What the checker said of the sound kit in every scenario, and of every mutant."""

    file: Path
    sound: dict[str, dict[str, int]] = field(default_factory=dict)
    mutants: dict[str, tuple[Mutant, dict[str, int]]] = field(default_factory=dict)

    @property
    def missed(self) -> list[str]:
        """Mutants that nothing was found against."""
        return [name for name, (_, found) in self.mutants.items() if not found]

    def sort(self, names: Iterable[str]) -> None:
        """Bring mutants into the catalogue's order; tests run in any."""
        self.mutants = {name: self.mutants[name] for name in names}

    def write(self) -> None:
        """Write the file; whoever wants the figures reads them there."""
        shown = {
            "total": len(self.mutants),
            "caught": len(self.mutants) - len(self.missed),
            "missed": [{"name": name, "why": self.mutants[name][0].harmless} for name in self.missed],
            "sound": self.sound,
            "mutants": {
                name: {"rows": mutant.rows, "scenario": mutant.scenario.__name__, "found": found}
                for name, (mutant, found) in self.mutants.items()
            },
        }
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")

    def table(self) -> str:
        """For people."""
        lines = [f"{'mutant':<58} {'row':<8} found"]
        lines += [
            f"{name:<58} {mutant.rows:<8} {_counts(found) or 'nothing: ' + mutant.harmless}"
            for name, (mutant, found) in self.mutants.items()
        ]
        wrong = sum(sum(found.values()) for found in self.sound.values())
        lines.append(f"caught {len(self.mutants) - len(self.missed)} of {len(self.mutants)} mutants; ")
        lines[-1] += f"{wrong} findings against the sound kit in {len(self.sound)} scenarios"
        return "\n".join(lines)


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in found.items())
