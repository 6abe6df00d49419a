#!/usr/bin/env python3
"""Holds the colours of the dashboard to what README.md says of them: the table there and page/palette.js
agree, every class can be told from every other by everybody, and every mark stands out from the surface. So do the
lines of the charts (page/charts.js) from each other and from their ground, in both themes. Swatches and bars
(page/style.css) have no colours of their own.

Colour-blindness: Machado, Oliveira, Fernandes (2009), severity 1. Difference: OKLab (Ottosson 2020), Euclidean.
Contrast: WCAG 2.2, 1.4.11. palette_check.py [--table]: --table prints the measured columns.
"""
import itertools
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
SURFACE = "#111418"
CONTRAST_MIN = 3.0    # of a mark on the surface: its colour or its border
GLYPH_MIN = 3.0       # of a glyph on its colour
DIFFERENCE_MIN = 0.09  # between any two classes, for anybody; a just noticeable one is about 0.02

SIGHT = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def times(matrix, vector):
    return [sum(m * v for m, v in zip(row, vector)) for row in matrix]


def oklab(rgb):
    lms = times(((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
                 (0.0883024619, 0.2817188376, 0.6299787005)), [min(1, max(0, c)) for c in rgb])
    return times(((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
                  (0.0259040371, 0.7827717662, -0.8086757660)), [c ** (1 / 3) for c in lms])


def difference(a, b, sight):
    # Machado's matrices are for linear light.
    seen = [oklab(times(SIGHT[sight], linear(c))) for c in (a, b)]
    return sum((x - y) ** 2 for x, y in zip(*seen)) ** 0.5


def contrast(a, b):
    light = sorted(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x))) + 0.05 for x in (a, b))
    return light[1] / light[0]


def classes():
    text = (HERE / "page/palette.js").read_text()
    assert f"kSurface = '{SURFACE}'" in text, "another surface"
    found = []
    for row in re.findall(r"^  \{ (code: \d.*) \},$", text, re.M):
        found.append(dict(re.findall(r"(\w+): '?([^',]*)'?", row)))
    assert len(found) == 6, found
    return found


GROUNDS = {"dark": "#161B20", "light": "#FFFFFF"}  # --card of style.css


def lines(theme):
    """The colours of lines in one theme, each by the first of its names."""
    text = (HERE / "page/charts.js").read_text()
    inks = dict(re.findall(r"(\w+): '(#\w{6})'", re.search(rf"^  {theme}: \{{(.*)\}},$", text, re.M)[1]))
    names = ("charging", "stopped", "faulted", "disconnected", "first", "second", "third")
    return {ink: name for name, ink in reversed([(name, inks[name]) for name in names])}


def flaws_of_lines(theme, readme, style):
    ground, inks = GROUNDS[theme], lines(theme)
    least, names, sight = min((difference(a, b, sight), " and ".join(sorted((inks[a], inks[b]))), sight)
                              for sight in SIGHT for a, b in itertools.combinations(inks, 2))
    line = f"lines, {theme}: {least:.3f} ({names}, {sight})"
    if "--table" in sys.argv:
        print(line)
    if f"--card: {ground};" not in style:
        yield f"style.css has another ground for charts of the {theme} theme"
    if f"- {line}" not in readme:
        yield f"README.md does not say: {line}"
    if least < DIFFERENCE_MIN:
        yield f"too alike: {line}"
    for ink, name in inks.items():
        if contrast(ink, ground) < CONTRAST_MIN:
            yield f"the line {name} does not stand out in the {theme} theme: {contrast(ink, ground):.2f}"


def rules_of(style, prefix):
    """By class, what style.css says of `.PREFIX-CLASS` where it stands alone: its declarations."""
    found = re.findall(rf"(?:^|\}})\s*\.{prefix}-(\w+) \{{ ([^}}]*) \}}", style.replace("}", "}\n}"), re.M)
    names = [name for name, _ in found]
    assert len(names) == len(set(names)), f"a class twice: {names}"
    return {name: dict(re.findall(r"([\w-]+): ([^;]+);", said)) for name, said in found}


def flaws_of_style(kinds, style):
    """Swatches (.s-) and bars (.f-) are those of the table; nothing is painted that it does not have."""
    common = dict(re.findall(r"([\w-]+): ([^;]+);", re.search(r"^\.swatch \{ (.*) \}$", style, re.M)[1]))
    swatches, bars = rules_of(style, "s"), rules_of(style, "f")
    names = sorted(kind["name"] for kind in kinds)
    for prefix, rules in (("s", swatches), ("f", bars)):
        if sorted(rules) != names:
            yield f"style.css has .{prefix}- of {sorted(rules)}, palette.js of {names}"
            return
    for kind in kinds:
        name, colour = kind["name"], kind["colour"]
        if bars[name] != {"fill": colour}:
            yield f"style.css has another bar for {name}: {bars[name]}"
        swatch = swatches[name]
        grounds = re.findall(r"#\w{6}", swatch.get("background", ""))
        if grounds[:1] != [colour] or (len(grounds) > 1) != bool(kind["pattern"]):
            yield f"style.css has another swatch for {name}: {swatch}"
        # In a letter's size a glyph may be brighter than on the map, never fainter.
        ink = swatch.get("color", common["color"])
        if ink != kind["ink"] and contrast(ink, colour) <= contrast(kind["ink"], colour):
            yield f"the glyph of {name} is fainter in style.css than in palette.js: {ink}"
        for ground in grounds:
            if contrast(ink, ground) < GLYPH_MIN:
                yield f"the glyph of {name} does not stand out from {ground} of its swatch"
        if kind["border"] and swatch.get("border-color") != kind["border"]:
            yield f"style.css has another border for {name}: {swatch.get('border-color')}"
        if not kind["border"] and "border-color" in swatch:
            yield f"style.css has a border for {name}, and palette.js has none"
        if kind["border"] and f".timeline .f-{name} {{ stroke: {kind['border']};" not in style:
            yield f"a bar of {name} has another edge in style.css: {kind['border']} is palette.js's"
    for ground in ("map", "timeline", "energy"):
        if not re.search(rf"(?:^|\}} )\.{ground} \{{[^}}]*background: {SURFACE};", style, re.M):
            yield f"style.css has another surface below .{ground}"


def main():
    kinds = classes()
    bad = []
    readme = (HERE / "README.md").read_text()
    style = (HERE / "page/style.css").read_text()
    for kind in kinds:
        colour, border = kind["colour"], kind["border"]
        measured = f"{contrast(colour, SURFACE):.2f}" + (f", border {contrast(border, SURFACE):.2f}" if border else "")
        glyph = contrast(kind["ink"], colour)
        row = f"| {kind['code']} | {kind['name']} | {kind['word']} | `{colour}` | {measured} | {kind['glyph']} | {glyph:.2f} | {kind['key']} |"
        if "--table" in sys.argv:
            print(row)
        if row not in readme:
            bad.append(f"README.md has no row: {row}")
        if max(contrast(colour, SURFACE), contrast(border, SURFACE) if border else 0) < CONTRAST_MIN:
            bad.append(f"{kind['name']} does not stand out from the surface")
        if glyph < GLYPH_MIN:
            bad.append(f"the glyph of {kind['name']} does not stand out from its colour: {glyph:.2f}")
    for what in ("glyph", "key", "colour", "name"):
        if len({kind[what] for kind in kinds}) != len(kinds):
            bad.append(f"two classes have one {what}")
    for sight in SIGHT:
        least, names = min((difference(a["colour"], b["colour"], sight), f"{a['name']} and {b['name']}")
                           for a, b in itertools.combinations(kinds, 2))
        line = f"{sight}: {least:.3f} ({names})"
        if "--table" in sys.argv:
            print(line)
        if line not in readme:
            bad.append(f"README.md does not say: {line}")
        if least < DIFFERENCE_MIN:
            bad.append(f"too alike: {line}")
    for theme in GROUNDS:
        bad += flaws_of_lines(theme, readme, style)
    bad += flaws_of_style(kinds, style)
    print("\n".join(bad) if bad else "the palette is as README.md says")
    return 1 if bad else 0


sys.exit(main())
