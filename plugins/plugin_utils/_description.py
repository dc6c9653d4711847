# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""One application, described: every variable resolved, every derived value worked out once, every problem found.

The playbooks hand parts of the description to roles. It never holds the value of a secret, so that it may be printed.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._engines import Engine
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest
from ansible_collections.langops.langgraph.plugins.plugin_utils import (
    _application,
    _checks,
    _local_development,
    _resource_checks,
    _sources,
    _spec,
    _standalone,
    _strategy,
    _this_run,
    _thread_ttl,
)
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Application, Data, Place, name_of

# What each hosting model has to say. One that is not carried out yet is refused by the checks.
MODELS = {"local_development": _local_development.examine, "standalone_container": _standalone.examine}


def describe(given: t.Mapping[str, t.Any], place: Place, lenient: bool = False) -> tuple[Data, list[Problem]]:
    """The description of the application, and every problem of its variables and files.

    :param given: the ``langgraph_*`` variables as the user set them, templated.
    :param lenient: what is wrong with files is only a warning. For the verbs that look at, stop or remove an application,
        which must work for a broken one too.
    """
    values, problems = _spec.resolve(_spec.load("application"), given)
    lenient = lenient or values["langgraph_state"] == "stopped"
    problems = _spec.unknown(given, _spec.known_names()) + problems + _checks.check(values)
    application, about_files = _application.load(values, place.cwd)
    name = values["langgraph_app_name"] or name_of(application.path)
    model = MODELS.get(values["langgraph_hosting_model"], _local_development.examine)(values, name, application, place)
    problems += [*model.problems, *_thread_ttl.check(values, application.section("checkpointer"), model.engine)]
    about_files += model.about_files
    resources = _resources(values, application, model.engine)
    problems += resources.problems
    about_files += resources.about_files
    about_files += _check_smoke(values, application)
    # Containers never see that file.
    if lenient or values["langgraph_hosting_model"] == "standalone_container":
        about_files = [one for one in about_files if not _application.is_missing_env_file(one, application)]
    problems += [Problem("warning", one.where, one.sentence) for one in about_files] if lenient else about_files
    if not any(problem.level == "error" for problem in problems):
        problems += model.settle(lenient)
    if any(problem.level == "error" for problem in problems):
        return {}, problems
    description = {
        "app": {
            "name": name,
            "path": str(application.path),
            "config_file": values["langgraph_config_file"],
            "config": str(application.config_path),
            "runtime": application.runtime,
            "graphs": sorted(application.graphs),
            "environment": values["langgraph_environment"],
            "commit": _this_run.commit(application.path),
            "source_hash": _sources.digest(application.path, application.beside) if application.path.is_dir() else "",
        },
        "hosting_model": values["langgraph_hosting_model"],
        "state": values["langgraph_state"],
        "prove": values["langgraph_prove"],
        "converge": values["langgraph_converge"],
        "by": _this_run.owner(),
        **_strategy.part(values),
        "keep_releases": values["langgraph_keep_releases"],
        "break_lock": values["langgraph_break_lock"],
        "allow_missing_hosts": values["langgraph_allow_missing_hosts"],
        "rollback": {"wanted": values["langgraph_release"] or "", "allow_schema_change": values["langgraph_allow_schema_change"]},
        "smoke": values["langgraph_smoke"],
        "resources": {"wanted": resources.wanted, "line": resources.line},
        "remove_state": values["langgraph_remove_state"],
        "tracing": _application.tracing(values, application, name),
        **model.part(),
    }
    return description, problems


@dataclass(frozen=True)
class _Resources:
    """What there is to say of the assistants and crons. ``line`` counts them for people."""

    wanted: bool = False
    line: str = ""
    problems: t.Sequence[Problem] = ()
    about_files: t.Sequence[Problem] = ()


def _resources(values: Data, application: Application, engine: Engine) -> _Resources:
    if not (values["langgraph_assistants"] or values["langgraph_crons"] or values["langgraph_purge_crons"]):
        return _Resources()
    about_files = tuple(_resource_checks.check_application(values, application, engine))
    return _Resources(True, _resource_checks.line(values), _resource_checks.check(values, engine), about_files)


def _check_smoke(values: Data, application: Application) -> t.Iterator[Problem]:
    graphs = application.graphs
    for number, run in enumerate(values["langgraph_smoke"] or [] if graphs else []):
        assistant = (run or {}).get("assistant")
        if assistant and assistant not in graphs and not _checks.UUID.fullmatch(assistant):
            name = f"langgraph_smoke[{number}].assistant"
            near = nearest(assistant, graphs)
            fix = f"did you mean {near!r}?" if near else f"set it to one of {', '.join(sorted(graphs))}."
            yield Problem("error", name, f"`{name}` is {assistant!r}, which is no graph of {application.config_path.name} and no assistant id: {fix}")
