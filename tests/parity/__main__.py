from __future__ import annotations
import time
from formgen.compiling.office import Office
from tests.parity.prints import compare_all, forms_with_layout, print_all
import sys

t = time.time()
prints = print_all(list(forms_with_layout()), Office.find())
print(f"printed {time.time() - t:.1f}")
if len(sys.argv) > 1:
    import pickle, pathlib

    for p in prints:
        b = pathlib.Path(sys.argv[1]) / f"{p.name}-{p.record_name}"
        open(f"{b}-word.pdf", "wb").write(p.word)
        open(f"{b}-ours.pdf", "wb").write(p.ours)
for outcome in compare_all(prints):
    print(
        outcome.form,
        outcome.record,
        outcome.pages,
        outcome.sheets,
        outcome.fields,
        outcome.characters,
        f"{outcome.dx:.2f} {outcome.dy:.2f}",
        len(outcome.differences),
    )
    for d in outcome.differences:
        print("   ", d.kind, d.page, d.area, d.distance, "\n        ", d.word, "\n        ", d.ours)
print(f"compared {time.time() - t:.1f}")
