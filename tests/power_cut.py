#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Power cuts: a copy of a disk at a random moment, while runs write to it, is what a machine finds that lost its power.

The disk is an ext4 image on XFS, which copies it in an instant, without what the kernel still holds back.  Each copy is
mounted and looked through: every snapshot must be whole, each that a run vouched for by exit status 0 must be there, but
for those that keep rules removed, and the report be whole and no older.  The same with fsync made a no-op must fail, else
the test could not tell.

Takes root and loop devices; IMAGES is how many copies (default 200), POWER_CUT_FOLDER where there is room (4 GB at most)."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone

PROGRAM = os.path.abspath(os.environ.get("CRMVAL", "crmval"))
SHIM = os.path.join(os.environ.get("BUILDDIR", "build"), "tests", "faults", ".libs", "shim.so")
IMAGES = int(os.environ.get("IMAGES", 200))
KEEP = 200
EPOCH = datetime(2030, 1, 1, tzinfo=timezone.utc)
JOB = """
job = { period = [ "2025-01-01", "2025-12-31" ]; };
sources = ( { plugin = "csv"; } );
dimensions = ( { plugin = "customer_management"; } );
archive = { directory = "%(disk)s/archive"; keep = { last = %(keep)d; }; };
reports = ( { file = "%(disk)s/report.json"; } );
"""


def skip(why):
    print("skipped: " + why)
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(77)


def call(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


class Disk:
    """An ext4 image on a loop-mounted XFS."""

    def __init__(self, work):
        self.work, self.mounted = work, []
        self.image = self.path("store/disk.img")
        try:
            self.make("store.img", 8 << 30, ["mkfs.xfs", "-q"])
            self.mount("store.img", "store")
            self.make("store/disk.img", 512 << 20, ["mkfs.ext4", "-q"])
            self.mount("store/disk.img", "disk", "commit=1")
        except (OSError, subprocess.CalledProcessError) as problem:
            self.close()
            skip("no disk can be made of a file here: %s" % problem)

    def path(self, name):
        return os.path.join(self.work, name)

    def make(self, name, size, command):
        with open(self.path(name), "wb") as file:
            file.truncate(size)
        call(*command, self.path(name))

    def mount(self, image, name, options=None):
        os.makedirs(self.path(name), exist_ok=True)
        call("mount", "-o", "loop" + ("," + options if options else ""), self.path(image), self.path(name))
        self.mounted.append(name)

    def unmount(self, name):
        call("umount", self.path(name))
        self.mounted.remove(name)

    def close(self):
        for name in reversed(self.mounted):
            subprocess.run(["umount", "--lazy", self.path(name)], check=False)
        self.mounted = []


class Writer(threading.Thread):
    """One run after the other; `vouched` is the number of the last one that said that all is safe."""

    def __init__(self, disk, is_synced):
        super().__init__()
        self.disk, self.vouched, self.done, self.problem = disk, 0, threading.Event(), None
        self.environment = dict(os.environ)
        if not is_synced:
            self.environment.update(LD_PRELOAD=SHIM, FAULT_FOLDER=disk.path("disk"), FAULT_CALLS="S", FAULT_AT="1",
                                    FAULT_ON="1", FAULT_DOES="nothing", ASAN_OPTIONS="verify_asan_link_order=0")

    def run(self):
        number = 0
        while not self.done.is_set():
            number += 1
            # The number is in the snapshot's name, as the second of its run, and in the report, as the day it is about.
            day = (EPOCH + timedelta(days=number)).strftime("%Y-%m-%d")
            self.environment["SOURCE_DATE_EPOCH"] = str(int(EPOCH.timestamp()) + number)
            done = subprocess.run([PROGRAM, "run", "--quiet", "--period", day + ".." + day, self.disk.path("job.conf")],
                                  stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=self.environment, check=False)
            if done.returncode:
                self.problem = done.stderr.decode()
                return
            self.vouched = number


class Findings:
    def __init__(self):
        self.images, self.runs, self.snapshots, self.torn, self.lost, self.reports = 0, 0, 0, [], [], []

    def bad(self):
        return len(self.torn) + len(self.lost) + len(self.reports)

    def look(self, folder, vouched):
        archive = os.path.join(folder, "archive")
        names = [name for name in (os.listdir(archive) if os.path.isdir(archive) else []) if name.endswith("Z.gz")]
        numbers = {int((datetime.strptime(name[-19:], "%Y%m%dT%H%M%SZ.gz").replace(tzinfo=timezone.utc) -
                        EPOCH).total_seconds()) for name in names}
        self.images += 1
        self.runs = vouched
        self.snapshots += len(names)
        # The run that left the newest one may have pruned all but the last KEEP.
        first = max(1, max(numbers, default=vouched) - KEEP + 1)
        self.lost += [number for number in range(first, vouched + 1) if number not in numbers]
        if names:
            done = subprocess.run([PROGRAM, "archive", "verify", archive], stderr=subprocess.PIPE, check=False)
            complaints = done.stderr.decode().splitlines()
            if done.returncode not in (0, 65) or (done.returncode == 65) != bool(complaints):
                raise RuntimeError("archive verify ended with %d: %s" % (done.returncode, complaints))
            self.torn += complaints
        self.look_at_report(os.path.join(folder, "report.json"), vouched)

    def look_at_report(self, path, vouched):
        try:
            with open(path, encoding="utf-8") as file:
                day = datetime.strptime(json.load(file)["period"]["from"], "%Y-%m-%d")
            number = (day.replace(tzinfo=timezone.utc) - EPOCH).days
            if number < vouched:
                self.reports.append("run %d in the report, though %d was done" % (number, vouched))
        except FileNotFoundError:
            if vouched:
                self.reports.append("no report, though %d was done" % vouched)
        except ValueError as problem:
            self.reports.append("torn report: %s" % problem)


def cut(disk, findings, vouched):
    call("cp", "--reflink=always", disk.image, disk.path("store/cut.img"))
    disk.mount("store/cut.img", "cut")
    try:
        findings.look(disk.path("cut"), vouched)
    finally:
        disk.unmount("cut")
        os.remove(disk.path("store/cut.img"))


def torture(is_synced, images, is_enough):
    luck = random.Random(images)
    with tempfile.TemporaryDirectory(prefix="power-cut.", dir=os.environ.get("POWER_CUT_FOLDER", "/var/tmp")) as work:
        disk, findings = Disk(work), Findings()
        with open(disk.path("account.csv"), "w", encoding="ascii") as file:
            file.write("id,name\n" + "".join("A%d,Acme %d\n" % (i, i) for i in range(100)))
        with open(disk.path("job.conf"), "w", encoding="ascii") as file:
            file.write(JOB % {"disk": disk.path("disk"), "keep": KEEP})
        writer = Writer(disk, is_synced)
        writer.start()
        try:
            while findings.images < images and writer.is_alive() and not is_enough(findings):
                time.sleep(luck.random() * 0.3)
                cut(disk, findings, writer.vouched)
        finally:
            writer.done.set()
            writer.join()
            disk.close()
        if writer.problem:
            raise RuntimeError("a run failed: " + writer.problem)
    print("%s fsync: %d runs, %d images, %d snapshots: %d torn, %d lost, %d bad reports" % (
        "with" if is_synced else "without", findings.runs, findings.images, findings.snapshots, len(findings.torn),
        len(findings.lost), len(findings.reports)), flush=True)
    return findings


def main():
    if os.geteuid() != 0:
        skip("only root mounts disks")
    if not all(map(shutil.which, ("mkfs.xfs", "mkfs.ext4", "mount"))):
        skip("mkfs.xfs or mkfs.ext4 is not installed")
    synced = torture(True, IMAGES, lambda findings: False)
    for complaint in (synced.torn + synced.lost + synced.reports)[:20]:
        print("FAILED:", complaint)
    control = torture(False, IMAGES, lambda findings: findings.torn and findings.lost)
    failed = (synced.bad() > 0 or synced.images < IMAGES) + (not control.torn)
    print("%d passed, %d failed" % (2 - failed, failed))
    return 1 if failed else 0


sys.exit(main())
