"""Which form a sheet is: what it says itself, then the fingerprint of its labels.

In: the identity in a file's properties or a page code, and the texts on the sheet. Out: the form, or problems that say
why it is none, with the nearest form; nothing is guessed. What a sheet says of itself is held against its words: a
file that was made from another form's file still carries that form's name.
The thresholds were measured over the catalogue's forms: see `tests/reading/test_identify.py`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from formgen.errors import TemplateError
from formgen.forms.manifest import Manifest
from formgen.problems import Place, Problem
from formgen.reading.fingerprint import LOOKED_AT, Fingerprints, Seen
from formgen.reading.model import SheetIdentity

__all__ = ["FormBook", "Identified"]

KNOWN_SHARE: Final = 0.5
"""From here on a sheet that says nothing of itself is of a form."""
FOREIGN_SHARE: Final = 0.3
"""Below this a sheet does not look like what it says it is."""
LEANS: Final = 0.65
"""Of the words that only one of two forms has, so many have to speak for the one that is taken."""
TELLING_WORDS: Final = 4
"""So many pairs of characters have to be different in two forms, or they cannot be told apart."""
FEW_WORDS: Final = 20
"""A sheet of fewer pairs of characters has hardly a text (a scan, a broken font): it contradicts nothing."""

Claim = Literal["property", "page-code"]


@dataclass(frozen=True, slots=True)
class Identified:
    """A sheet's form and how it is known."""

    manifest: Manifest
    identity: SheetIdentity
    layer: Literal["property", "page-code", "fingerprint", "user"]
    score: float
    """Share of the form's printed words that stand on the sheet, 0 to 1."""
    problems: tuple[Problem, ...] = ()
    """F-IDENT-…: an obsolete version, a sheet that does not look like what it says it is."""


class Room(NamedTuple):
    """How much may be written on a sheet before it can be taken for another form's."""

    characters: int
    """Fewer than these."""
    pairs: int | None
    """Fewer pairs of characters that some form has; None where no other form's words can make it that form's."""


class FormBook:
    """The forms a file may be of."""

    def __init__(self, manifests: Iterable[Manifest], wanted: str = "") -> None:
        """`wanted`: id of the form that the user says all files are; '' where nothing was said.

        Raises: TemplateError (F-FORM-005): there is no such form.
        """
        self.manifests = {manifest.id: manifest for manifest in manifests}
        self.wanted = wanted
        if wanted and wanted not in self.manifests:
            raise TemplateError(Problem("F-FORM-005", found=wanted, params={"known": ", ".join(self.manifests)}))

    @functools.cached_property
    def fingerprints(self) -> Fingerprints:
        """Made when first asked for; whoever hands the book to other processes may ask before."""
        return Fingerprints(self.manifests.values())

    def identify(
        self, claimed: SheetIdentity, texts: Sequence[str], place: Place, claimed_by: Claim = "property"
    ) -> Identified | list[Problem]:
        """The form of a sheet on which these texts stand (cells, paragraphs or lines, as read).

        `claimed_by` says where a claimed identity stood.
        """
        seen = self.fingerprints.seen(texts)
        shares = self.fingerprints.shares(seen)
        rivals = self._rivals(shares, seen)
        if self.wanted:
            return self._as_wanted(claimed, shares, rivals, place)
        if claimed.form in self.manifests:
            return self._as_claimed(claimed, claimed_by, shares, seen, rivals, place)
        if claimed.form:
            return [Problem("F-IDENT-006", place, claimed.form, self._nearest(shares))]
        if not rivals:
            return [Problem("F-IDENT-001", place, params=self._nearest(shares))]
        if len(rivals) > 1:
            return [Problem("F-IDENT-002", place, self._named(rivals, shares))]
        (form,) = rivals
        identity = SheetIdentity(form, claimed.version, claimed.record)
        return Identified(self.manifests[form], identity, "fingerprint", shares[form])

    def room(self, form: str, printed: Sequence[str]) -> Room:
        """Of a sheet that says it is of this form, with these texts printed on it."""
        seen = self.fingerprints.seen(printed)
        if self.fingerprints.shares(seen)[form] < FOREIGN_SHARE:
            return Room(0, None)
        rooms: list[int] = []
        for other in self.manifests:
            speaking, most, count = self.fingerprints.speaking(other, form, seen)
            if other != form and count >= TELLING_WORDS and most >= LEANS * count:
                rooms.append(int(LEANS * count) - speaking)
        return Room(sum(LOOKED_AT) - sum(map(len, printed)), min(rooms, default=None))

    def has_room(self, room: Room, written: Sequence[str], joints: int) -> bool:
        """Whether `identify` has nothing to say of a sheet with that room, whichever these texts are that are written
        on it. Where one joins what is printed, on either side, one of `joints` pairs is made besides those in it."""
        if sum(map(len, written)) >= room.characters:
            return False
        if room.pairs is None:
            return True
        words = self.fingerprints.seen([text for text in written if not text.isdecimal()])
        return words.known() + self.fingerprints.numbers + joints < room.pairs

    def standing_in(self, texts: Iterable[str]) -> list[str]:
        """The forms most words of which stand among these texts, the nearest first: they may be several in one file.

        Of those that the user named only that one.
        """
        fingerprints = self.fingerprints
        shares = fingerprints.shares(Seen.joined([fingerprints.seen([text]) for text in texts]))
        return [form for form, share in shares.items() if share >= KNOWN_SHARE and self.wanted in ("", form)]

    def _rivals(self, shares: Mapping[str, float], seen: Seen) -> list[str]:
        """The forms a sheet of these words may be: none, one, or several that cannot be told apart."""
        likely = [form for form, share in shares.items() if share >= KNOWN_SHARE]
        return [
            form for form in likely if not any(self._is_clear(other, form, seen) for other in likely if other != form)
        ]

    def _is_clear(self, form: str, other: str, seen: Seen) -> bool:
        """Whether the words speak for `form` against `other`."""
        leaning, count = self.fingerprints.leaning(form, other, seen)
        return count >= TELLING_WORDS and leaning >= LEANS

    def _as_claimed(
        self,
        claimed: SheetIdentity,
        claimed_by: Claim,
        shares: Mapping[str, float],
        seen: Seen,
        rivals: Sequence[str],
        place: Place,
    ) -> Identified | list[Problem]:
        form = claimed.form
        share = shares[form]
        if rivals and form not in rivals and any(self._is_clear(rival, form, seen) for rival in rivals):
            params = {"claimed": self._named([form], shares), "words": self._named(rivals, shares)}
            return [Problem("F-IDENT-003", place, params["words"], params, claimed.record or None)]
        problems = self._version_problems(claimed, place)
        if share < FOREIGN_SHARE and seen.count() >= FEW_WORDS:
            problems.append(Problem("F-IDENT-005", place, self._named([form], shares), record=claimed.record or None))
        return Identified(self.manifests[form], claimed, claimed_by, share, tuple(problems))

    def _as_wanted(
        self, claimed: SheetIdentity, shares: Mapping[str, float], rivals: Sequence[str], place: Place
    ) -> Identified:
        """The user knows better; what speaks against it is said."""
        manifest = self.manifests[self.wanted]
        problems: list[Problem] = []
        identity = claimed if claimed.form in ("", self.wanted) else SheetIdentity()
        identity = SheetIdentity(self.wanted, identity.version, identity.record)
        claims = [claimed.form] if claimed.form not in ("", self.wanted) else []
        others = [*claims, *(rivals if self.wanted not in rivals else ())]
        if others:
            params = {"wanted": self._named([self.wanted], shares)}
            problems.append(Problem("F-IDENT-007", place, self._named(dict.fromkeys(others), shares), params))
        problems += self._version_problems(identity, place)
        return Identified(manifest, identity, "user", shares[self.wanted], tuple(problems))

    def _version_problems(self, claimed: SheetIdentity, place: Place) -> list[Problem]:
        wanted = self.manifests[claimed.form].version
        if claimed.version in ("", wanted):
            return []
        code = "F-IDENT-008" if _order(claimed.version) > _order(wanted) else "F-IDENT-004"
        params = {"form": self.manifests[claimed.form].short, "wanted": wanted}
        return [Problem(code, place, claimed.version, params, claimed.record or None)]

    def _nearest(self, shares: Mapping[str, float]) -> dict[str, str]:
        return {"nearest": self._named(list(shares)[:1], shares) or "–"}

    def _named(self, forms: Iterable[str], shares: Mapping[str, float]) -> str:
        return "、".join(
            f"{self.manifests[form].short} ({form}, {shares[form]:.0%})" if form in shares else form for form in forms
        )


def _order(version: str) -> list[tuple[int, str]]:
    """`10` comes after `9`, `1.10` after `1.9`."""
    return [(int(bit) if bit.isdecimal() else -1, bit) for bit in re.split(r"[.\-]", version)]
