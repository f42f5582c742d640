"""What follows from the numbers: sex, birth, age, category and grade, from ID and certificate.

In: the facts of one person. Out: the same with blanks filled, and findings where what was typed and what follows
disagree: both values are reported and neither is changed.
Source: GB 11643-1999 and the certificate's rule (see formgen.values.identity, .certificate). Ages count full years.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from formgen.data.rows import Facts, Found
from formgen.problems import Finding
from formgen.values import Disability, PartialDate
from formgen.values.dates import age_at
from formgen.values.disability import CATEGORIES, GRADES
from formgen.values.identity import mask_number

__all__ = ["DERIVED", "Deriver"]

DERIVED = (
    "person.id_number",
    "person.birth",
    "person.sex",
    "person.age",
    "person.category",
    "person.grade",
    "person.disability",
)
_ODD = frozenset("13579")
_CATEGORY = dict(zip("1234567", CATEGORIES, strict=True))
_GRADE = dict(zip("1234", GRADES, strict=True))


class Deriver:
    """Fills a person's blanks. `is_reference_given`: whether the user set the day at which ages count.

    Without it ages are counted today, and a typed age of an older table is no contradiction: it is kept.
    """

    def __init__(self, reference: datetime.date, is_reference_given: bool, labels: Mapping[str, str]) -> None:
        self.reference = reference
        self.is_reference_given = is_reference_given
        self.labels = labels
        self._day = reference.year * 10000 + reference.month * 100 + reference.day
        self._births: dict[str, PartialDate] = {}
        self._disabilities = {
            (category, grade): Disability(category, grade)
            for category in (*CATEGORIES, None)
            for grade in (*GRADES, None)
            if category or grade
        }

    def fill(self, facts: Facts, found: list[Found]) -> None:
        """Fill `facts` in place; add what disagrees to `found`."""
        certificate = facts.get("person.certificate")
        number = facts.get("person.id_number")
        if certificate is not None:
            owner = certificate[:18]
            if number is None:
                facts["person.id_number"] = number = owner
            elif number == owner:
                if found:
                    _say_once(found)
            else:
                params = {"certificate": mask_number(certificate)}
                found.append(("person.id_number", Finding("F-DATA-030", mask_number(number), params)))
                # Which of the two is this person's is not known: nothing may follow from either.
                self._fill_age(facts)
                self._fill_disability(facts, None, found)
                return
        if number is not None:
            self._fill_from_number(facts, number, found)
        else:
            self._fill_age(facts)
        self._fill_disability(facts, certificate, found)

    def _fill_from_number(self, facts: Facts, number: str, found: list[Found]) -> None:
        sex = "男" if number[16] in _ODD else "女"
        typed = facts.get("person.sex")
        if typed is None:
            facts["person.sex"] = sex
        elif typed != sex:
            self._differs("person.sex", typed, sex, "person.id_number", found)
        month = number[6:12]
        birth = self._births.get(month)
        if birth is None:
            birth = self._births[month] = PartialDate(int(month[:4]), int(month[4:]))
        known = facts.get("person.birth")
        if known is None:
            facts["person.birth"] = birth
        elif known.year != birth.year or (known.month is not None and known.month != birth.month):
            self._differs("person.birth", str(known), str(birth), "person.id_number", found)
        age = (self._day - int(number[6:14])) // 10000
        typed_age = facts.get("person.age")
        if typed_age is None:
            if age >= 0:
                facts["person.age"] = age
        elif typed_age != age and (self.is_reference_given or typed_age > age + 1):
            found.append(("person.age", Finding("F-DATA-032", str(typed_age), self._age_params(age))))

    def _fill_age(self, facts: Facts) -> None:
        birth = facts.get("person.birth")
        if birth is not None and "person.age" not in facts:
            age = age_at(birth, self.reference)
            if age is not None:
                facts["person.age"] = age

    def _fill_disability(self, facts: Facts, certificate: str | None, found: list[Found]) -> None:
        category, grade = facts.get("person.category"), facts.get("person.grade")
        both = facts.get("person.disability")
        if both is not None:
            category = self._agreed("person.category", category, both.category, facts, found)
            grade = self._agreed("person.grade", grade, both.grade, facts, found)
        if certificate is not None:
            source = "person.certificate"
            if category is None:
                category = facts["person.category"] = _CATEGORY[certificate[18]]
            elif category != _CATEGORY[certificate[18]]:
                key = "person.disability" if both is not None and both.category == category else "person.category"
                self._differs(key, category, _CATEGORY[certificate[18]], source, found)
            if grade is None:
                grade = facts["person.grade"] = _GRADE[certificate[19]]
            elif grade != _GRADE[certificate[19]]:
                key = "person.disability" if both is not None and both.grade == grade else "person.grade"
                self._differs(key, grade, _GRADE[certificate[19]], source, found)
        if (category or grade) and (both is None or not (both.category and both.grade)):
            facts["person.disability"] = self._disabilities[category, grade]

    def _agreed(self, key: str, split: str | None, whole: str | None, facts: Facts, found: list[Found]) -> str | None:
        """One half of a combined column against the column of its own."""
        if split is None:
            if whole is not None:
                facts[key] = whole
            return whole
        if whole is not None and split != whole:
            self._differs(key, split, whole, "person.disability", found)
        return split

    def _differs(self, key: str, typed: str, derived: str, source: str, found: list[Found]) -> None:
        params = {"derived": derived, "label": self.labels[key], "source": self.labels[source]}
        found.append((key, Finding("F-DATA-031", typed, params)))

    def _age_params(self, age: int) -> dict[str, str]:
        return {"derived": str(age), "day": self.reference.isoformat()}


def _say_once(found: list[Found]) -> None:
    """What is doubtful about the certificate's first 18 characters need not be said of the ID number too."""
    codes = {finding.code for key, finding in found if key == "person.certificate"}
    found[:] = [item for item in found if item[0] != "person.id_number" or item[1].code not in codes]
