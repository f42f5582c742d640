"""Rules of a programme: what its notice demands of households, bases and plans.

In: facts and the programme's figures. Out: findings, each with the term whose cell it is about. A rule is a function
registered by name; it holds for a programme that has the figures it needs, and it speaks only where its data is there.
Source: 新密残联〔2015〕12号, 二, 三, 四 and annexes 5 and 6 (rules of xinmi-2015).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from formgen.data.rows import Facts
from formgen.errors import InputError
from formgen.forms.catalogue import Programme
from formgen.problems import Finding, Place, Problem
from formgen.values import PartialDate, Rejected, value_type

__all__ = ["Case", "Parameters", "Rule", "RuleFindings", "read_parameters", "reference_day", "rules_of"]

Parameters = Mapping[str, Any]
Per = Literal["household", "base", "programme"]
RuleFindings = Iterator[tuple[str, Finding]]


@dataclass(slots=True)
class Case:
    """What a rule looks at: one household, one base, or the whole programme."""

    facts: Facts
    helpers: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)
    pairings: int = 0
    persons: int | None = None
    plan: list[Facts] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule. `needs` are the parameters without which a programme does not have it."""

    name: str
    per: Per
    needs: tuple[str, ...]
    check: Callable[[Case, Parameters], RuleFindings]


_RULES: dict[str, Rule] = {}


def rule(name: str, per: Per, *needs: str) -> Callable[[Callable[[Case, Parameters], RuleFindings]], Rule]:
    def register(check: Callable[[Case, Parameters], RuleFindings]) -> Rule:
        _RULES[name] = Rule(name, per, needs, check)
        return _RULES[name]

    return register


def rules_of(programme: Programme, per: Per) -> tuple[Rule, ...]:
    known = programme.parameters
    return tuple(rule for rule in _RULES.values() if rule.per == per and all(need in known for need in rule.needs))


def read_parameters(programme: Programme, given: Mapping[str, str]) -> dict[str, Any]:
    """The figures of a run: what the user set, else the notice's own. Those without either are left out.

    Raises:
        InputError: F-DATA-080 no such figure, F-DATA-081 not one of its type.
    """
    for name in given:
        if name not in programme.parameters:
            known = "、".join(f"{key} ({spec['zh']})" for key, spec in programme.parameters.items())
            raise InputError(Problem("F-DATA-080", found=name, params={"known": known}))
    values = {}
    for name, spec in programme.parameters.items():
        raw = given.get(name, spec.get("default"))
        if raw is not None:
            try:
                values[name] = value_type(spec["type"], **spec.get("options", {})).parse(raw)
            except Rejected as exc:
                raise InputError(Problem("F-DATA-081", Place(label=name), str(raw))) from exc
    return values


def reference_day(parameters: Parameters, today: datetime.date) -> datetime.date:
    """The day at which ages count."""
    day = parameters.get("reference_date")
    return day.earliest if isinstance(day, PartialDate) else today


@rule("income", "household", "poverty_line")
def _income(case: Case, figures: Parameters) -> RuleFindings:
    """三: income per head below the poverty line, or below the village's average."""
    income: Decimal | None = case.facts.get("household.income_per_head")
    line: Decimal = figures["poverty_line"]
    if income is None or income < line:
        return
    average: Decimal | None = case.facts.get("place.average_income")
    params = {"line": _figure(line), "average": "" if average is None else _figure(average)}
    if average is None:
        yield "household.income_per_head", Finding("F-RULE-003", _figure(income), params)
    elif income < average:
        yield "household.income_per_head", Finding("F-RULE-002", _figure(income), params)
    else:
        yield "household.income_per_head", Finding("F-RULE-001", _figure(income), params)


@rule("helpers", "household", "helpers_min", "helpers_max")
def _helpers(case: Case, figures: Parameters) -> RuleFindings:
    """四.1: one or two helpers a household. A household that nobody helps yet is not judged."""
    if not case.pairings:
        return
    count = len(case.helpers)
    params = {"minimum": str(figures["helpers_min"]), "maximum": str(figures["helpers_max"])}
    if count > figures["helpers_max"]:
        yield "helper.name", Finding("F-RULE-010", str(count), params)
    elif count < figures["helpers_min"]:
        yield "helper.name", Finding("F-RULE-011", str(count), params)


@rule("projects", "household", "projects_min")
def _projects(case: Case, figures: Parameters) -> RuleFindings:
    """四.1: at least one project a household."""
    if case.pairings and len(case.projects) < figures["projects_min"]:
        params = {"minimum": str(figures["projects_min"])}
        yield "pairing.project", Finding("F-RULE-012", str(len(case.projects)), params)


@rule("province-base", "base", "base_province_persons", "base_province_fund")
def _province_base(case: Case, figures: Parameters) -> RuleFindings:
    """四.2: a base of 70 persons gets 200,000 元 of the province."""
    return _subsidy(case, "base.province_fund", figures["base_province_persons"], figures["base_province_fund"])


@rule("city-base", "base", "base_city_persons", "base_city_fund")
def _city_base(case: Case, figures: Parameters) -> RuleFindings:
    """四.2: a base of 30 persons gets 50,000 元 of the city."""
    return _subsidy(case, "base.city_fund", figures["base_city_persons"], figures["base_city_fund"])


def _subsidy(case: Case, key: str, fewest: int, amount: Decimal) -> RuleFindings:
    asked: Decimal | None = case.facts.get(key)
    persons = case.facts.get("base.persons", case.persons)
    if not asked or persons is None:
        return
    params = {"persons": str(persons), "fewest": str(fewest), "amount": _figure(amount)}
    if persons < fewest:
        yield key, Finding("F-RULE-020", _figure(asked), params)
    elif asked != amount:
        yield key, Finding("F-RULE-021", _figure(asked), params)


@rule("base-persons", "base")
def _base_persons(case: Case, figures: Parameters) -> RuleFindings:
    """Annex 4 against annex 5: as many persons as the roster lists."""
    stated = case.facts.get("base.persons")
    if stated is not None and case.persons and stated != case.persons:
        yield "base.persons", Finding("F-RULE-022", str(stated), {"listed": str(case.persons)})


@rule("plan-total", "programme", "plan_total")
def _plan_total(case: Case, figures: Parameters) -> RuleFindings:
    """二 and annex 6: 3,240 households over six years."""
    total = sum(_planned(row) for row in case.plan)
    if case.plan and total != figures["plan_total"]:
        yield "plan.total", Finding("F-RULE-040", str(total), {"wanted": str(figures["plan_total"])})


def _planned(row: Facts) -> int:
    return sum(value for key, value in row.items() if key.startswith("plan.year_"))


def _figure(amount: Decimal) -> str:
    return value_type("money").format(amount)
