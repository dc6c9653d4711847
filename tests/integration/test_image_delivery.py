# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delivery of images to two real hosts: streamed from the controller and from each other, and by a real registry with TLS and login."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from playbooks import PLAYBOOK, ROOT, wait_until

LAB = [str(ROOT / "tests/lab/lab")]
NAME = "image-delivery"
APP = "delivery-test"
CANARY = "canary-31c8-registry"
# Enough to be seen on its way.
BIG_MB = 120
# The program on a host that gets an image; the brackets keep the search from finding itself.
LOADING = "[l]angops_image_stream.py load"


def sh(*words, data=None, check=True):
    done = subprocess.run(words, input=data, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def make_image(folder, reference, megabytes=0, base="scratch"):
    """An image that nothing runs in: two layers of our own, one of them of bytes that do not shrink."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "blob").write_bytes(os.urandom(megabytes << 20 or 4096))
    (folder / "text").write_text(f"{reference}\n" * 20000)
    steps = [f"FROM {base}", f"COPY blob /blob-{os.urandom(3).hex()}", "COPY text /text", f"LABEL langops.langgraph.app={APP}", 'CMD ["/none"]']
    (folder / "Dockerfile").write_text("\n".join([*steps, ""]))
    sh("docker", "build", "--quiet", "--tag", reference, str(folder))


class Hosts:
    """The lab's two hosts, with Docker Engine by the collection's own roles."""

    def __init__(self, folder):
        self.folder = folder
        self.inventory = sh(*LAB, "inventory", "--path", "--lab", NAME)
        self.address = {name: row["ansible_host"] for name, row in self._listed()["_meta"]["hostvars"].items()}

    def _listed(self):
        return json.loads(sh(str(Path(PLAYBOOK).with_name("ansible-inventory")), "-i", self.inventory, "--list"))

    def environment(self):
        own = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        paths = {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"), "TMPDIR": str(self.folder / "tmp")}
        return own | paths | {"ANSIBLE_NOCOLOR": "true", "ANSIBLE_HOME": str(self.folder / "home")}

    def start(self, tasks, *words, hosts="all"):
        (self.folder / "tmp").mkdir(exist_ok=True)
        play = self.folder / "play.json"
        play.write_text(json.dumps([{"hosts": hosts, "gather_facts": False, "become": True, "tasks": tasks}]))
        command = [PLAYBOOK, "-i", self.inventory, "-e", f"{{local_python: {sys.executable}}}", str(play), *words]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, tasks, *words, hosts="all", good=True):
        """What was printed, and the result of the variable ``it`` of each host."""
        # Printed, which costs no module run; as letters that nothing folds.
        tell = {"ansible.builtin.debug": {"msg": "{{ inventory_hostname }}<{{ it | default({}) | to_json | b64encode }}>"}}
        process = self.start([*tasks, tell], *words, hosts=hosts)
        printed, _none = process.communicate(timeout=600)
        assert not good or process.returncode == 0, printed
        return printed, {host: json.loads(base64.b64decode(text)) for host, text in re.findall(r"(web|other)<([\w+/=]+)>", printed)}

    def inside(self, host, command, check=True):
        return sh("docker", "exec", f"langops-{NAME}-{host}", "sh", "-c", command, check=check)

    def wait_for_some(self, host, then=""):
        """Some of the image has arrived; what is done then is done at once, for on a fast machine the rest follows within a second."""
        arrived = f"pgrep -f '{LOADING}' > /dev/null && [ $(du -s /var/lib/docker/tmp | cut -f1) -gt 2000 ]"
        self.inside(host, f"n=0; until {arrived}; do n=$((n + 1)); [ $n -lt 3000 ] || exit 1; sleep 0.05; done; {then or 'true'}")

    def is_loading(self, host):
        return self.inside(host, f"pgrep -f '{LOADING}'", check=False) != ""

    def has(self, host, reference):
        return bool(self.inside(host, f"docker images --quiet {shlex.quote(reference)}"))


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("delivery")
    try:
        # What an earlier run left behind would decide what is seen now.
        sh(*LAB, "up", "web", "other", "--fresh", "--lab", NAME)
        made = Hosts(folder)
        authority(folder, made.address["web"])
        cas = [{"registry": f"{made.address['web']}:5000", "ca": str(folder / "ca.pem")}]
        role, given = "ansible.builtin.import_role", {"docker_engine_registry_cas": cas}
        roles = [{role: {"name": f"langops.langgraph.{name}"}, "vars": given} for name in ("host", "docker_engine")]
        made.run([{"ansible.builtin.setup": {"gather_subset": ["min", "hardware", "network", "virtual"]}}, *roles])
        yield made
    finally:
        if not os.environ.get("LANGOPS_KEEP_LAB"):
            subprocess.run([*LAB, "down", "--lab", NAME], check=False, capture_output=True)
        for image in sh("docker", "images", "--quiet", "--filter", f"label=langops.langgraph.app={APP}", check=False).split():
            sh("docker", "rmi", "--force", image, check=False)


def authority(folder, address):
    """A private authority, and a certificate of the registry."""
    (folder / "ext").write_text(f"subjectAltName=IP:{address}\n")
    new = ["openssl", "req", "-newkey", "rsa:2048", "-nodes"]
    sh(*new, "-x509", "-days", "2", "-subj", "/CN=delivery test CA", "-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.pem")
    sh(*new, "-subj", "/CN=registry", "-keyout", f"{folder}/registry.key", "-out", f"{folder}/registry.csr")
    signer = ["-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key", "-CAcreateserial"]
    sh("openssl", "x509", "-req", "-days", "2", "-in", f"{folder}/registry.csr", *signer, "-extfile", f"{folder}/ext", "-out", f"{folder}/registry.pem")


@pytest.fixture(scope="module")
def big(hosts):
    """The larger image, which is on the controller only."""
    reference = f"langops/{APP}:big"
    make_image(hosts.folder / "big", reference, BIG_MB)
    return reference


def copy(reference, **options):
    return {"langops.langgraph.image_copy": {"reference": reference, **options}, "register": "it"}


def test_check_mode_predicts_a_copy_and_makes_none(hosts, big):
    _printed, made = hosts.run([copy(big)], "--check")
    assert made["web"]["changed"]
    assert made["other"]["changed"]
    assert not hosts.has("web", big)


def test_a_copy_that_is_killed_half_way_is_one_sentence_and_leaves_nothing(hosts, big):
    running = hosts.start([copy(big)], hosts="web")
    hosts.wait_for_some("web", then=f"pkill -KILL -f '{LOADING}'")
    printed, _none = running.communicate(timeout=120)
    assert running.returncode == 2, printed
    assert f"{big} could not be copied from localhost to web: the connection to web was lost" in printed
    assert "run the playbook again" in printed
    assert "Traceback" not in printed
    assert not hosts.has("web", big)
    assert hosts.inside("web", "docker images --all --quiet") == ""
    assert hosts.inside("web", "ls /var/lib/docker/tmp") == ""


def test_the_hosts_that_lack_it_get_it_in_parallel_without_a_file_on_the_way(hosts, big):
    most = {"bytes": 0, "hosts": 0}
    over = threading.Event()

    def look():
        while not over.wait(0.2):
            with contextlib.suppress(OSError):
                most["bytes"] = max(most["bytes"], sum(path.stat().st_size for path in (hosts.folder / "tmp").rglob("*") if path.is_file()))
            most["hosts"] = max(most["hosts"], sum(hosts.is_loading(name) for name in ("web", "other")))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        _printed, made = hosts.run([copy(big)])
    finally:
        over.set()
        watcher.join()
    for name in ("web", "other"):
        assert made[name]["changed"]
        assert made[name]["streamed"]
        assert made[name]["image"]["id"] == sh("docker", "inspect", "--format", "{{.Id}}", big)
    assert most["hosts"] == 2, "one after the other"
    assert most["bytes"] < 8 << 20
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 300 << 10  # kB
    assert hosts.inside("web", "find / -xdev -name 'langops_image_stream*' -not -path '/proc/*'") == ""


def test_the_role_copies_what_was_built_and_tells_what_runs_next(hosts, big):
    built = {"reference": big, "tag": "big", "image": None}
    role = {"ansible.builtin.include_role": {"name": "langops.langgraph.image", "tasks_from": "copy"}, "vars": {"image_app": APP, "__image_build": built}}
    hosts.inside("other", f"docker rmi {big}")
    _printed, made = hosts.run([role, {"ansible.builtin.set_fact": {"it": {"copied": "{{ __image_copied }}", "built": "{{ __image_built }}"}}}])
    assert [made[name]["copied"]["changed"] for name in ("web", "other")] == [False, True]
    assert made["other"]["built"] == {"reference": big, "tag": "big", "digest": "", "id": sh("docker", "inspect", "--format", "{{.Id}}", big)}


def test_a_second_run_sends_nothing(hosts, big):
    _printed, made = hosts.run([copy(big)])
    for name in ("web", "other"):
        assert not made[name]["changed"]
        assert "sent" not in made[name]


def test_of_a_new_release_only_the_new_layers_are_sent(hosts, big):
    following = f"langops/{APP}:following"
    make_image(hosts.folder / "following", following, base=big)
    _printed, made = hosts.run([copy(following)], hosts="web")
    assert made["web"]["changed"]
    assert made["web"]["spared_layers"] == 2
    assert made["web"]["sent"] < 4 << 20
    assert hosts.inside("web", f"docker inspect --format '{{{{json .RootFS.Layers}}}}' {following}") == sh(
        "docker", "inspect", "--format", "{{json .RootFS.Layers}}", following
    )
    # All of it is there: what was not sent, too.
    assert int(hosts.inside("web", f"docker save {following} | wc -c")) > BIG_MB << 20


def test_a_build_host_serves_the_others(hosts):
    following = f"langops/{APP}:following"
    _printed, made = hosts.run([copy(following, source="web", source_become=True)])
    assert not made["web"]["changed"]
    assert made["other"]["changed"]
    assert made["other"]["streamed"]
    assert hosts.has("other", following)


def test_another_image_of_the_same_name_is_replaced(hosts):
    reference = f"langops/{APP}:same-name"
    make_image(hosts.folder / "one", reference)
    hosts.run([copy(reference)], hosts="web")
    make_image(hosts.folder / "two", reference)
    store = {"langops.langgraph.image_store": {"reference": reference}, "register": "here", "delegate_to": "localhost", "become": False}
    store["vars"] = {"ansible_python_interpreter": "{{ local_python }}"}
    _printed, made = hosts.run([store, copy(reference, fingerprint="{{ here.image.fingerprint }}")], hosts="web")
    assert made["web"]["changed"]
    assert made["web"]["image"]["id"] == sh("docker", "inspect", "--format", "{{.Id}}", reference)


def test_a_connection_without_a_stream_gets_a_file(hosts):
    reference = f"langops/{APP}:by-file"
    make_image(hosts.folder / "by-file", reference)
    if not shutil.which("docker"):
        pytest.skip("no docker client")
    variables = {"ansible_connection": "community.docker.docker", "ansible_host": f"langops-{NAME}-other", "ansible_user": "root"}
    task = copy(reference) | {"vars": variables}
    _printed, made = hosts.run([task], hosts="other")
    assert made["other"]["changed"]
    assert not made["other"]["streamed"]
    assert hosts.has("other", reference)


def test_a_full_disk_is_one_sentence(hosts):
    reference = f"langops/{APP}:full"
    make_image(hosts.folder / "full", reference, 30)
    hosts.inside("other", "mount -t tmpfs -o size=8m tmpfs /var/lib/docker/tmp")
    try:
        printed, _none = hosts.run([copy(reference)], hosts="other", good=False)
    finally:
        hosts.inside("other", "umount /var/lib/docker/tmp")
    assert "could not be copied from localhost to other: other: the engine answered:" in printed
    assert "no space left on device" in printed
    assert "free space there" in printed
    assert not hosts.has("other", reference)


def test_an_engine_that_is_down_is_one_sentence(hosts):
    hosts.inside("other", "systemctl stop docker.socket docker")
    try:
        printed, _none = hosts.run([copy(f"langops/{APP}:full")], hosts="other", good=False)
    finally:
        hosts.inside("other", "systemctl start docker")
    assert "No Docker Engine answers at /var/run/docker.sock" in printed
    assert "Traceback" not in printed


# --- registry ---------------------------------------------------------------------------------------------------------

USER = "deployer"
BUILT = f"langops/{APP}:0123456789abcdef"


@pytest.fixture(scope="module")
def registry(hosts):
    """Debian's docker-registry on the host web: with TLS and login at 5000, with neither at 5001."""
    for name in ("registry.pem", "registry.key"):
        sh("docker", "cp", str(hosts.folder / name), f"langops-{NAME}-web:/etc/{name}")
    hosts.run([{"ansible.builtin.apt": {"name": ["docker-registry", "apache2-utils"], "install_recommends": False}}], hosts="web")
    hosts.inside("web", f"systemctl disable --now docker-registry; mkdir -p /srv/r /srv/plain; htpasswd -Bbn {USER} {CANARY} > /etc/registry.htpasswd")
    auth = {"htpasswd": {"realm": "test", "path": "/etc/registry.htpasswd"}}
    tls = {"certificate": "/etc/registry.pem", "key": "/etc/registry.key"}
    for name, http, more in (("r", {"addr": ":5000", "tls": tls}, {"auth": auth}), ("plain", {"addr": ":5001"}, {})):
        config = {"version": 0.1, "storage": {"filesystem": {"rootdirectory": f"/srv/{name}"}, "delete": {"enabled": True}}, "http": http, **more}
        hosts.inside("web", f"printf %s {shlex.quote(json.dumps(config))} > /etc/registry-{name}.yml")
        serve(hosts, name)
    make_image(hosts.folder / "built", BUILT)
    hosts.run([copy(BUILT)], hosts="web")
    return f"{hosts.address['web']}:5000"


def serve(hosts, name):
    hosts.inside("web", f"systemd-run --quiet --collect --unit registry-{name} docker-registry serve /etc/registry-{name}.yml")


def deliver(registry, **options):
    """The role's own steps for an image that was built on web."""
    variables = {
        "image_app": APP, "image_build_host": "web", "image_build_become": True, "image_registry": f"{registry}/team", "image_registry_username": USER,
        "image_registry_password": CANARY, "__image_build": {"reference": BUILT, "tag": BUILT.rpartition(":")[2]}, **options,
    }  # fmt: skip
    role = {"ansible.builtin.include_role": {"name": "langops.langgraph.image", "tasks_from": "registry"}, "vars": variables}
    return [role, {"ansible.builtin.set_fact": {"it": {"pushed": "{{ __image_pushed }}", "pulled": "{{ __image_pulled }}", "built": "{{ __image_built }}"}}}]


def test_a_wrong_password_is_one_sentence(hosts, registry):
    printed, _none = hosts.run(deliver(registry, image_registry_password="wrong-8d1c"), good=False)
    assert f"{registry}/team/{APP}:0123456789abcdef could not be pushed" in printed
    assert "unauthorized" in printed.lower() or "no basic auth credentials" in printed
    assert "check the registry's name, `langgraph_image_registry_username` and `langgraph_image_registry_password`" in printed
    assert "wrong-8d1c" not in printed
    assert "Traceback" not in printed


def test_pushed_once_and_pulled_by_digest_with_a_login_that_leaves_no_trace(hosts, registry):
    seen = {"args": ""}
    over = threading.Event()

    def look():
        while not over.wait(0.3):
            # Wide, or what comes after the eightieth letter is not seen.
            seen["args"] += hosts.inside("web", "ps -eww -o args", check=False) + sh("ps", "-eww", "-o", "args", check=False)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        printed, made = hosts.run(deliver(registry), "-vvvv")
    finally:
        over.set()
        watcher.join()
    digest = made["other"]["pushed"]["digest"]
    assert made["other"]["pushed"]["changed"]
    assert made["other"]["pulled"]["changed"]
    assert digest.startswith(f"{registry}/team/{APP}@sha256:")
    assert made["other"]["built"]["digest"] == digest
    assert hosts.inside("other", f"docker inspect --format '{{{{.Id}}}}' {digest}") == sh("docker", "inspect", "--format", "{{.Id}}", BUILT)
    assert CANARY not in printed
    assert "dockerd" in seen["args"], "nobody looked"
    assert str(hosts.folder) in seen["args"], "nobody looked while it ran"
    assert CANARY not in seen["args"]
    for name in ("web", "other"):
        assert hosts.inside(name, "ls -d /root/.docker /home/ops/.docker 2>/dev/null", check=False) == ""
        assert hosts.inside(name, f"grep -rlF {CANARY} /root /home /tmp /var/tmp /etc /var/log --exclude=registry.htpasswd", check=False) == ""
        assert hosts.inside(name, "journalctl --quiet --lines 1") != ""
        assert hosts.inside(name, f"journalctl --quiet --no-pager | grep -F {CANARY}", check=False) == ""


def test_a_second_delivery_changes_nothing(hosts, registry):
    _printed, made = hosts.run(deliver(registry))
    assert not made["web"]["pushed"]["changed"]
    assert not made["other"]["pulled"]["changed"]


def test_a_registry_that_was_wiped_gets_the_image_again(hosts, registry):
    hosts.inside("web", "systemctl stop registry-r; rm -rf /srv/r/*")
    serve(hosts, "r")
    _printed, predicted = hosts.run(deliver(registry), "--check")
    assert predicted["web"]["pushed"]["changed"]
    _printed, made = hosts.run(deliver(registry))
    assert made["web"]["pushed"]["changed"]
    assert hosts.inside("web", "ls /srv/r/docker/registry/v2/repositories/team") == APP


def test_a_prebuilt_image_is_pulled_by_its_digest(hosts, registry):
    hosts.inside("other", f"docker rmi --force $(docker images --quiet {registry}/team/{APP})")
    digest = hosts.run(deliver(registry), hosts="web")[1]["web"]["pushed"]["digest"]
    variables = {"image_app": APP, "image_delivery": "prebuilt", "image_reference": digest, "image_registry_username": USER, "image_registry_password": CANARY}
    role = {"ansible.builtin.include_role": {"name": "langops.langgraph.image"}, "vars": variables}
    tasks = [role, {"ansible.builtin.set_fact": {"it": {"pulled": "{{ __image_pulled }}", "built": "{{ __image_built }}"}}}]
    _printed, made = hosts.run(tasks, hosts="other")
    assert made["other"]["pulled"]["changed"]
    assert made["other"]["built"]["reference"] == digest
    _printed, again = hosts.run(tasks, hosts="other")
    assert not again["other"]["pulled"]["changed"]
    printed, _none = hosts.run([role | {"vars": {**variables, "image_reference": digest.replace(digest[-8:], "0" * 8)}}], hosts="other", good=False)
    assert "could not be pulled" in printed
    assert "check the registry's name, `langgraph_image_registry_username` and `langgraph_image_registry_password`" in printed
    assert CANARY not in printed
    assert "Traceback" not in printed


def test_a_registry_without_tls_is_used_only_when_both_sides_were_told(hosts, registry):
    plain = registry.replace(":5000", ":5001")
    printed, _none = hosts.run(deliver(plain), hosts="web", good=False)
    assert "HTTP response to HTTPS client" in printed
    printed, _none = hosts.run(deliver(plain, image_registry_insecure=True), hosts="web", good=False)
    assert f"the engine of this host takes {plain} only with TLS: run the playbook site" in printed
    setup = {"ansible.builtin.setup": {"gather_subset": ["min"]}}
    engine = {"ansible.builtin.import_role": {"name": "langops.langgraph.docker_engine"}, "vars": {"docker_engine_insecure_registries": [plain]}}
    _printed, made = hosts.run([setup, engine, {"ansible.builtin.meta": "flush_handlers"}, *deliver(plain, image_registry_insecure=True)], hosts="web")
    assert made["web"]["pulled"]["digest"].startswith(f"{plain}/team/")
    printed, _none = hosts.run(deliver(plain), hosts="web", good=False)
    assert f"The registry {plain} is insecure for this engine: set `langgraph_image_registry_insecure` (`registry_insecure` of the module) to true" in printed


# Last: a host is gone after it.
def test_a_host_that_dies_half_way_is_named_and_the_others_finish(hosts, big):
    for name in ("web", "other"):
        hosts.inside(name, "docker rmi --force $(docker images --all --quiet)")
    running = hosts.start([copy(big)])
    # Held where it is until the whole host is: one that writes a lot cannot always be paused at the first attempt.
    hosts.wait_for_some("other", then=f"pkill -STOP -f '{LOADING}'")
    pause = ["docker", "pause", f"langops-{NAME}-other"]
    wait_until(lambda: subprocess.run(pause, check=False, capture_output=True).returncode == 0, "the host is paused", 30)
    try:
        printed, _none = running.communicate(timeout=300)
    finally:
        sh("docker", "unpause", f"langops-{NAME}-other")
        hosts.inside("other", f"pkill -CONT -f '{LOADING}'", check=False)
    assert f"{big} could not be copied from localhost to other: other has not answered for 40 s" in printed
    assert "fatal: [web]" not in printed
    assert "changed: [web]" in printed
    assert hosts.has("web", big)
    wait_until(lambda: not hosts.has("other", big), "nothing of it is on the host that died", 60)
