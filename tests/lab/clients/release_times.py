# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long the parts of a release took: release_times.py BEAT, of what the callback plugin beat has written in that run. Prints one JSON object, in seconds.

"image_to_serving" is from the moment in which all hosts have the image to that in which the new version gets the requests.
"""

from __future__ import annotations

import json
import sys
import typing as t
from pathlib import Path

from played import Beat, beats

IMAGE = "langops.langgraph.image : "
# The task of a release, by the end of its name, that begins when the one before has come to its end.
STARTED, SWITCHED = "Start the new containers beside those that serve", "Write it into the rules of the application"


def times(written: t.Iterable[Beat]) -> dict[str, float]:
    """What there is to measure. A release that started nothing beside another, or did not get the requests, has less of it."""
    begun = [beat for beat in written if beat.what == "begun"]
    if not begun:
        return {}
    found = {"whole": begun[-1].at - begun[0].at}
    start = _first(begun, STARTED, 0)
    if start is None:
        return found
    # What is removed of old images afterwards is a task of that role, too.
    images = [number for number in range(start) if begun[number].name.startswith(IMAGE)]
    there = begun[images[-1] + 1 if images else 0].at
    found |= {"until_image": there - begun[0].at, "image_to_start": begun[start].at - there}
    serving = _first(begun, SWITCHED, start)
    if serving is not None:
        at = begun[serving].at
        found |= {"start_to_serving": at - begun[start].at, "image_to_serving": at - there, "serving_to_end": begun[-1].at - at}
    return {name: round(seconds, 1) for name, seconds in found.items()}


def _first(begun: t.Sequence[Beat], name: str, since: int) -> t.Optional[int]:
    return next((number for number in range(since, len(begun)) if begun[number].name.rpartition(" : ")[2] == name), None)


def main() -> int:
    print(json.dumps(times(beats(Path(sys.argv[1]).read_text(encoding="utf-8")))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
