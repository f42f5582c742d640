"""Value types: what a field may hold, how it is read from what people write and how a form prints it.

`value_type("date", precision="month")` gives the type; equal options give the same object. The modules load when a
type is first asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from formgen.values.contract import RawCell, Rejected, ValueType, is_blank

if TYPE_CHECKING:
    from formgen.values.dates import PartialDate
    from formgen.values.disability import Disability
    from formgen.values.periods import Period

__all__ = [
    "TYPE_NAMES",
    "Disability",
    "PartialDate",
    "Period",
    "RawCell",
    "Rejected",
    "ValueType",
    "is_blank",
    "type_options",
    "value_type",
]

_CLASSES = {
    "text": "text.Text",
    "long-text": "text.LongText",
    "name": "names.PersonName",
    "sex": "coded.Sex",
    "ethnicity": "coded.Ethnicity",
    "education": "coded.Education",
    "relation": "coded.Relation",
    "date": "dates.DateType",
    "period": "periods.PeriodType",
    "integer": "numbers.Integer",
    "decimal": "numbers.DecimalNumber",
    "percent": "numbers.Percent",
    "money": "money.Money",
    "area": "numbers.Area",
    "phone": "phone.Phone",
    "id-number": "identity.IdNumber",
    "disability-certificate": "certificate.DisabilityCertificate",
    "disability-category": "disability.DisabilityCategory",
    "disability-grade": "disability.DisabilityGrade",
    "disability": "disability.DisabilityType",
    "place": "text.PlaceName",
    "choice": "choice.Choice",
    "checkbox": "marks.Checkbox",
    "image": "image.Image",
    "signature": "marks.Signature",
    "seal": "marks.Seal",
    "table": "table.Table",
}
TYPE_NAMES = tuple(_CLASSES)
"""The words that manifests use."""

_VALUES = {"PartialDate": "dates", "Period": "periods", "Disability": "disability"}

_made: dict[tuple[str, object], ValueType[Any]] = {}


def value_type(name: str, **options: Any) -> ValueType[Any]:
    """The type that manifests call `name`, with its options.

    Raises:
        ValueError: no such type, an option it does not have, one it needs, or an option's value it cannot use.
    """
    key = (name, _frozen(options))
    if (made := _made.get(key)) is not None:
        return made
    known = type_options(name)
    if unknown := [option for option in options if option not in known]:
        has = ", ".join(known) or "none"
        raise ValueError(f"type {name}: no option {', '.join(unknown)}; its options: {has}")
    if missing := [option for option, is_required in known.items() if is_required and option not in options]:
        raise ValueError(f"type {name}: needs the option {', '.join(missing)}")
    try:
        _made[key] = _class(name)(**options)
    except (ValueError, TypeError, ArithmeticError) as exc:
        raise ValueError(f"type {name}: {exc}") from exc
    return _made[key]


def type_options(name: str) -> Mapping[str, bool]:
    """The options of a type, and whether each is required. Raises ValueError for an unknown type."""
    if name not in _CLASSES:
        raise ValueError(f"no type {name!r}; the types: {', '.join(TYPE_NAMES)}")
    constructor = _class(name).__init__
    if constructor is object.__init__:
        return {}
    words = constructor.__kwdefaults__ or {}
    code = constructor.__code__
    options = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return {option: option not in words for option in options}


def __getattr__(name: str) -> Any:
    if name not in _VALUES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_VALUES[name]}"), name)


def _class(name: str) -> type[ValueType[Any]]:
    module, _, attribute = _CLASSES[name].partition(".")
    found: type[ValueType[Any]] = getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
    return found


def _frozen(option: Any) -> object:
    """A hashable twin of an option's value. 1 and True, 1 and 1.0 stay apart."""
    if isinstance(option, Mapping):
        return tuple((key, _frozen(value)) for key, value in sorted(option.items()))
    if isinstance(option, (list, tuple)):
        return tuple(map(_frozen, option))
    return (type(option), option)
