# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Containers on a Docker host, described: what is derived for each engine. What is refused: tests/integration/test_bad_containers.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils import _services

STRONG = "tD4xk9PqLw7ZrB2vNc8Y"
CANARY = "canary-71c0de"


def standalone(world, **changes):
    """The part of the description for this hosting model, for the engine that needs no licence."""
    return world.told(**changes)


def by_name(part):
    return {one["name"]: one for one in part["containers"]}


# --- containers -------------------------------------------------------------------------------------------------------


def test_each_replica_is_a_container_with_a_port_of_its_own(world):
    part = standalone(world, api_replicas=2, worker_replicas=2, app_name="shop")
    assert {one["name"]: (one["service"], one["port"]) for one in part["containers"]} == {
        "shop-api-1": ("api", 8100),
        "shop-api-2": ("api", 8101),
        "shop-worker-1": ("worker", 8164),
        "shop-worker-2": ("worker", 8165),
    }
    assert {one["publish_address"] for one in part["containers"]} == {"127.0.0.1"}


def test_one_more_api_container_changes_no_other_container(world):
    before, after = (by_name(standalone(world, api_replicas=count)) for count in (1, 2))
    assert {name: after[name] for name in before} == before


def test_only_workers_execute_runs_where_there_are_workers(world):
    counts = {name: one["env"]["WORKER_COUNT"] for name, one in by_name(standalone(world)).items()}
    assert counts == {"my-agent-api-1": "0", "my-agent-worker-1": "1"}
    alone = by_name(standalone(world, worker_replicas=0))
    assert {name: one["env"]["WORKER_COUNT"] for name, one in alone.items()} == {"my-agent-api-1": "1"}


def test_each_engine_has_a_database_of_its_own_because_their_tables_have_the_same_names(world):
    found = {engine: standalone(world, engine=engine, license_key="l" * 20, app_name="my-shop")["postgres"] for engine in ("aegra", "official")}
    assert {engine: part["database"] for engine, part in found.items()} == {"aegra": "my_shop_aegra", "official": "my_shop_official"}
    # Whoever removes the application with its data finds all of them.
    assert {part["database"] for part in found.values()} < set(found["aegra"]["databases"])


def test_the_gateway_is_told_of_api_containers_only(world):
    assert standalone(world, api_replicas=2)["gateway"]["backends"] == [
        {"name": "my-agent-api-1", "address": "127.0.0.1", "port": 8100},
        {"name": "my-agent-api-2", "address": "127.0.0.1", "port": 8101},
    ]


@pytest.mark.parametrize(
    ("longest", "most", "drain", "stop", "idle"),
    [
        (1, None, "1", 16, 61),
        (60, None, "60", 75, 120),
        (180, None, "180", 195, 240),
        (3600, None, "180", 195, 3660),
        (86400, None, "180", 195, 86460),
        (3600, 3600, "3600", 3615, 3660),
        (3600, 900, "900", 915, 3660),
        (60, 3600, "60", 75, 120),
        (3600, 1, "1", 16, 3660),
    ],
)
@pytest.mark.parametrize(("engine", "variable"), [("aegra", "WORKER_DRAIN_TIMEOUT"), ("official", "BG_JOB_SHUTDOWN_GRACE_PERIOD_SECS")])
def test_every_timeout_follows_the_longest_run(world, engine, variable, longest, most, drain, stop, idle):
    given = {"drain_max_seconds": most} if most else {}
    part = standalone(world, run_max_seconds=longest, engine=engine, license_key="lcl_0123456789abcdef" if engine == "official" else None, **given)
    worker = by_name(part)["my-agent-worker-1"]
    assert worker["env"]["BG_JOB_TIMEOUT_SECS"] == str(longest)
    assert worker["env"][variable] == drain
    # The engine is asked to end, and has the time that it may take and a margin, before it is killed.
    assert worker["stop_seconds"] == stop > int(drain)
    # The server's own answer comes before the gateway gives up.
    assert part["gateway"]["idle_seconds"] == idle > longest


@pytest.mark.parametrize("most", [0, 3601])
def test_more_time_to_end_than_the_server_takes_is_refused(world, most):
    found = world.errors(hosting_model="standalone_container", engine="aegra", drain_max_seconds=most)
    assert list(found) == ["langgraph_drain_max_seconds"]


@pytest.mark.parametrize("kept", [0, 51])
def test_a_rollback_has_something_to_go_back_to(world, kept):
    assert list(world.errors(hosting_model="standalone_container", engine="aegra", keep_releases=kept)) == ["langgraph_keep_releases"]


@pytest.mark.parametrize("pool", [4, 5, 7, 20, 33, 200])
def test_the_pools_of_a_container_are_together_as_large_as_was_asked_for(world, pool):
    env = by_name(standalone(world, postgres_pool_size=pool, postgres_max_connections=5000))["my-agent-api-1"]["env"]
    parts = [int(env[name]) for name in ("LANGGRAPH_MAX_POOL_SIZE", "SQLALCHEMY_POOL_SIZE", "SQLALCHEMY_MAX_OVERFLOW")]
    assert sum(parts) == pool
    assert min(parts) >= 1


def test_pools_that_just_fit_are_taken(world):
    given = {"hosting_model": "standalone_container", "engine": "aegra", "api_replicas": 2, "worker_replicas": 1, "postgres_max_connections": 100}
    assert world.good(**given, postgres_pool_size=30)
    found = world.errors(**given, postgres_pool_size=31)
    assert list(found) == ["langgraph_postgres_pool_size"]


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"postgres_pool_size": 0, "postgres_max_connections": 5}, {"langgraph_postgres_pool_size", "langgraph_postgres_max_connections"}),
        ({"api_replicas": 0, "worker_replicas": 0, "postgres_max_connections": 5}, {"langgraph_api_replicas", "langgraph_postgres_max_connections"}),
        ({"pgbouncer": True, "pgbouncer_pool_size": 3000}, {"langgraph_pgbouncer_pool_size"}),
    ],
)
def test_pools_are_not_worked_out_of_numbers_that_are_refused_already(world, given, refused):
    found = world.errors(hosting_model="standalone_container", engine="aegra", **given)
    assert set(found) == refused
    assert all("but must be" in sentence for sentence in found.values())


def test_the_health_of_aegra_covers_redis_which_its_own_health_does_not(world):
    words = by_name(standalone(world))["my-agent-api-1"]["health"]["command"]
    assert "/ready" in words[-1]
    assert "REDIS_URL" in words[-1]
    assert _services.ENV_FILE in words[2]


# --- engines ----------------------------------------------------------------------------------------------------------


def test_the_official_engine_differs_by_its_row_only(world):
    part = standalone(world, engine="official", license_key="lcl_0123456789abcdef")
    api, worker = part["containers"]
    assert api["command"] == ["/storage/entrypoint.sh"]
    assert worker["command"] == ["/storage/queue_entrypoint.sh"]
    assert (api["env"]["N_JOBS_PER_WORKER"], worker["env"]["N_JOBS_PER_WORKER"]) == ("0", "10")
    assert api["env"]["LANGGRAPH_POSTGRES_POOL_MAX_SIZE"] == "20"
    assert (part["engine"]["postgres_variable"], part["engine"]["redis_variable"]) == ("DATABASE_URI", "REDIS_URI")
    assert part["postgres"]["vector"] is True


@pytest.mark.parametrize("engine", _services.RUNTIMES)
def test_the_queue_of_an_engine_is_asked_by_one_query_where_that_is_known(world, engine):
    part = standalone(world, engine=engine, **({"license_key": "lcl_0123456789abcdef"} if engine == "official" else {}))["engine"]
    runtime = _services.RUNTIMES[engine]
    assert bool(part["queue_command"]) is bool(part["queue_variable"]) is bool(runtime.queue_query and len(runtime.leases) == 2)
    if part["queue_command"]:
        assert repr(part["queue_query"]) in part["queue_command"][3]
        assert all(name in part["queue_command"][3] for name in ("DATABASE_URL", "REDIS_URL", *runtime.leases))
        assert [f" as {column}" in part["queue_query"] for column in ("pending", "running", "abandoned", "lease_left")] == [True] * 4


@pytest.mark.parametrize("engine", _services.RUNTIMES)
def test_what_an_engine_does_without_is_waived_with_a_reason_and_nothing_else(engine):
    found = _services.resolve(engine, None)
    without = {"4.1": not found.runtime.user, "5.12": not found.runtime.read_only, "redis": bool(found.row.redis_variable) and not found.runtime.redis_probe}
    assert {number for number, missing in without.items() if missing} == set(found.runtime.waivers)


def test_the_docs_show_every_waiver():
    page = (Path(__file__).resolve().parents[4] / "docs" / "hosting-models.md").read_text(encoding="utf-8")
    rows = [(name, number, why) for name, runtime in _services.RUNTIMES.items() for number, why in runtime.waivers.items()]
    rows += [("custom", number, why) for number, why in _services.CUSTOM_WAIVERS.items()]
    assert [line for line in (f"| `{name}` | {number} | {why} |" for name, number, why in rows) if line not in page] == []


def test_a_key_for_tracing_is_enough_for_the_lite_mode(world):
    assert standalone(world, engine="official", secrets={"LANGSMITH_API_KEY": CANARY})


def test_the_in_memory_engine_is_one_container_without_databases(world):
    part = standalone(world, engine="inmem")
    assert [one["name"] for one in part["containers"]] == ["my-agent-api-1"]
    assert part["postgres"]["install"] is part["redis"]["install"] is False
    assert part["containers"][0]["mounts"] == []
    assert part["containers"][0]["command"][-2:] == ["--config", "/app/langgraph.json"]


def test_an_engine_of_ones_own_is_a_row(world):
    row = {"command": ["serve"], "port": 9000, "health_path": "/up", "postgres_variable": "PG", "user": "7:7", "read_only": False}
    part = standalone(world, engine="custom", engine_custom=row, image_base="serve:1")
    (api,) = part["containers"]
    assert (api["command"], api["container_port"], api["user"], api["read_only"]) == (["serve"], 9000, "7:7", False)
    assert "/up" in api["health"]["command"][-1]
    assert api["env_from"] == "file"
    without_shell = standalone(world, engine="custom", engine_custom={**row, "env_from": "environment"}, image_base="serve:1")
    assert without_shell["containers"][0]["env_from"] == "environment"
    assert (part["postgres"]["install"], part["redis"]["install"]) == (True, False)
    assert part["engine"]["custom"] == {"health_path": "/up", "health_field": "", "info_path": "/info", "queue_path": ""}


# --- data and environment ---------------------------------------------------------------------------------------------


def test_databases_of_the_host_are_reached_by_verified_tls(world):
    part = standalone(world)
    env = part["containers"][0]["env"]
    assert (env["PGSSLMODE"], env["PGSSLROOTCERT"], env["PGCONNECT_TIMEOUT"]) == ("verify-full", "/run/langops/ca/ca.pem", "3")
    assert part["containers"][0]["mounts"] == [{"source": "/etc/langops/tls/databases-ca", "target": "/run/langops/ca", "read_only": True}]
    assert part["containers"][0]["watch"] == {"ca": "/etc/langops/tls/databases-ca/ca.pem"}
    assert part["postgres"]["address"] == part["redis"]["address"] == "172.30.0.1"


def test_all_applications_of_a_host_share_one_address_and_one_authority(world):
    first, second = (standalone(world, app_name=name, network_subnet=subnet) for name, subnet in (("shop", "172.30.98.0/24"), ("blog", "172.30.97.0/24")))
    assert first["tls"]["ca_dir"] == second["tls"]["ca_dir"]
    assert first["tls"]["ca_dir"].endswith("/langops/_ca")
    assert first["state_dir"] != second["state_dir"]
    assert first["internal_address"] == second["internal_address"] == first["postgres"]["address"] == second["redis"]["address"]
    # Those of another engine, too: its containers work until the new ones do.
    assert first["redis"]["keys"] == ["aegra:shop:*", "shop:*"]
    # One without Redis has no prefix, and no keys but those of before.
    assert standalone(world, app_name="shop", engine="inmem", environment="development")["redis"]["keys"] == ["aegra:shop:*", "shop:*"]


def test_the_authority_may_be_on_another_host_whose_user_has_another_home(world):
    tls = standalone(world, ca_host="vault")["tls"]
    assert (tls["ca_host"], tls["ca_dir"]) == ("vault", "~/.local/state/langops/_ca")


def test_a_server_of_ones_own_is_held_to_its_keys(world):
    row = {"command": ["serve"], "redis_variable": "CACHE", "redis_key_prefix": "serve:"}
    part = standalone(world, engine="custom", engine_custom=row, image_base="serve:1")
    assert part["redis"]["keys"][0] == "serve:*"
    # An application of this name would have the keys of all that run on Aegra.
    assert standalone(world, app_name="aegra", engine="official", license_key="lsv2_" + "a" * 40)["redis"]["keys"] == ["aegra:*"]
    assert part["claims"]["redis_key_prefix"] == "serve:"


BESIDE = {"strategy": "blue_green", "postgres_max_connections": 200}


def test_a_release_has_a_slot_of_its_own_where_it_meets_nothing_of_the_other(world):
    part = standalone(world, api_replicas=2, **BESIDE)
    first, second = part["slots"].values()
    assert [(one["name"], one["port"]) for one in second] == [
        ("my-agent-api-1-b", 8228),
        ("my-agent-api-2-b", 8229),
        ("my-agent-worker-1-b", 8292),
    ]
    assert {one["env"]["WORKER_QUEUE_KEY"] for one in first} == {"aegra:my-agent:jobs"}
    assert {one["env"]["WORKER_QUEUE_KEY"] for one in second} == {"aegra:my-agent:jobs-b"}
    own = {"name", "port", "env"}
    assert [{key: value for key, value in one.items() if key not in own} for one in first] == [
        {key: value for key, value in one.items() if key not in own} for one in second
    ]
    assert [(one["name"], one["port"]) for one in part["gateway"]["backends"]] == [
        ("my-agent-api-1", 8100),
        ("my-agent-api-2", 8101),
        ("my-agent-api-1-b", 8228),
        ("my-agent-api-2-b", 8229),
    ]
    assert part["claims"]["ports"] == [8100, 8101, 8164, 8228, 8229, 8292]


def test_two_releases_beside_each_other_need_the_connections_of_both(world):
    assert standalone(world, api_replicas=2, worker_replicas=1, postgres_pool_size=31, **BESIDE)["claims"]["connections"] == 186
    found = world.errors(hosting_model="standalone_container", engine="aegra", api_replicas=2, worker_replicas=1, postgres_pool_size=32, **BESIDE)
    assert list(found) == ["langgraph_postgres_pool_size"]
    assert "`langgraph_strategy` to in_place" in found["langgraph_postgres_pool_size"]


@pytest.mark.parametrize("alone", [{"strategy": "in_place"}, {"strategy": "blue_green", "gateway": "none"}])
def test_who_starts_no_release_beside_the_other_has_one_slot(world, alone):
    part = standalone(world, api_replicas=2, worker_replicas=1, postgres_pool_size=30, **alone)
    assert (part["claims"]["connections"], part["slots"]["b"], part["claims"]["ports"]) == (90, [], [8100, 8101, 8164])


def test_with_a_pooler_the_application_counts_as_its_pool(world):
    alone, pooled = standalone(world, api_replicas=3), standalone(world, api_replicas=30, pgbouncer=True)
    assert (alone["postgres"]["client_port"], alone["claims"]["connections"]) == (5432, 80)
    assert (pooled["postgres"]["client_port"], pooled["claims"]["connections"], pooled["claims"]["pool_clients"]) == (6432, 20, 1240)
    assert pooled["postgres"]["port"] == 5432


def test_databases_of_ones_own_are_neither_installed_nor_given_our_certificates(world):
    part = standalone(world, postgres_uri="postgresql://u:p@db.example.org/app", redis_uri="redis://cache.example.org/0")
    assert part["postgres"]["install"] is part["redis"]["install"] is False
    assert part["containers"][0]["mounts"] == []
    assert "PGSSLMODE" not in part["containers"][0]["env"]


def test_a_description_of_containers_holds_no_secret(world):
    given = {
        "secrets": {"OPENAI_API_KEY": f"{CANARY}-a"}, "license_key": f"{CANARY}-b-0123456789", "postgres_password": f"{CANARY}-c-{STRONG}",
        "redis_uri": f"rediss://u:{CANARY}-d@cache.example.org/0", "smoke_headers": {"x-api-key": f"{CANARY}-e"}, "ca_passphrase": f"{CANARY}-f-{STRONG}",
        "image_delivery": "registry", "image_registry": "r.example.org/t", "image_registry_username": "u", "image_registry_password": f"{CANARY}-g",
    }  # fmt: skip
    assert CANARY not in repr(world.describe(hosting_model="standalone_container", engine="official", **given))


def test_what_langgraph_json_says_of_the_environment_reaches_the_containers(world):
    world.configure(env={"MODEL": "small", "DEPTH": "2"})
    env = standalone(world, env={"DEPTH": 3})["containers"][0]["env"]
    assert (env["MODEL"], env["DEPTH"]) == ("small", "3")


def test_a_file_of_secrets_stays_on_the_machine_and_that_is_said(world):
    world.configure(env=".env")
    world.write(".env", f"OPENAI_API_KEY={CANARY}\n")
    description, problems = world.describe(hosting_model="standalone_container", engine="aegra")
    assert CANARY not in repr(description)
    assert any(".env, which stays on this machine" in one.sentence for one in problems)


@pytest.mark.parametrize("engine", ["aegra", "inmem"])
def test_graphs_in_javascript_need_the_official_engine(world, engine):
    world.configure(node_version="20", dependencies=None, graphs={"agent": "./src/agent.ts:graph"})
    world.write("src/agent.ts", "export const graph = {};\n")
    world.write("package.json", "{}")
    found = world.errors(hosting_model="standalone_container", engine=engine)
    assert found["langgraph_engine"].endswith("set it to 'official'.")


def test_moving_the_same_description_between_models_takes_one_variable(world):
    given = {"engine": "aegra", "domain": "agents.example.org", "api_replicas": 3, "smoke": [{"assistant": "agent"}]}
    assert world.good(hosting_model="local_development", **given)["engine"] == "inmem"
    assert world.good(hosting_model="standalone_container", **given)["engine"] == "aegra"


def test_an_open_application_is_told_of_outside_of_development(world):
    assert "langgraph_environment" in world.warnings(hosting_model="standalone_container", engine="aegra", environment="production")
    assert "langgraph_environment" not in world.warnings(hosting_model="standalone_container", engine="aegra")
    world.write("auth.py", "auth = object()\n")
    world.configure(auth={"path": "./auth.py:auth"})
    assert standalone(world, environment="production")["auth"] is True
    assert by_name(standalone(world))["my-agent-api-1"]["env"]["AUTH_TYPE"] == "custom"


def test_what_a_server_tells_everybody_is_closed_unless_opened(world):
    closed = standalone(world)["gateway"]["closed_paths"]
    assert closed == ["/metrics", "/docs", "/redoc", "/openapi.json", "/ui", "/noauth", "/internal"]
    assert standalone(world, public_paths=["/docs", "/ui"])["gateway"]["closed_paths"] == [path for path in closed if path not in {"/docs", "/ui"}]


def test_components_for_browsers_behind_a_closed_path_are_told_of(world):
    model = {"hosting_model": "standalone_container", "engine": "official", "license_key": "l" * 20}
    assert "langgraph_public_paths" not in world.warnings(**model)
    world.write("ui.tsx", "export default {}\n")
    world.configure(ui={"agent": "./ui.tsx"})
    assert world.warnings(**model)["langgraph_public_paths"].endswith("add '/ui' to `langgraph_public_paths` when browsers need it.")
    assert "langgraph_public_paths" not in world.warnings(**model, public_paths=["/ui"])
    assert "langgraph_public_paths" not in world.warnings(**model, gateway="none")
