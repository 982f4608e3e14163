#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples that run a job's parts on many machines: Slurm for real, on one, with a database over three clusters."""

import os
import re
import subprocess

import database
import kit
import slurm

EXAMPLES = os.path.join(kit.ROOT, "conf")
FOREIGN = ("activity", "decision_member", "participant", "resource_request")
DAY = "2026-01-15"


def is_slow():
    """A build with sanitizers looks at crmval, of which there is nothing new here."""
    with open(kit.PROGRAM, "rb") as file:
        return re.search(rb"__[at]san_init", file.read()) is not None


class Slurm(kit.Case):
    def setUp(self):
        super().setUp()
        if is_slow() or os.environ.get("WITHOUT_SLURM"):
            self.skipTest("Slurm runs what the build with gcc made")
        slurm.need(self)
        here = database.server(self)
        self.addCleanup(here.sql, "DROP SCHEMA IF EXISTS spread CASCADE", "DROP EXTENSION IF EXISTS postgres_fdw CASCADE")
        self.servers = [here, database.Server(), database.Server()]
        self.demo(scale="0.5")
        self.tables = {}
        for file in sorted(os.listdir(self.path("demo"))):
            if file.endswith(".csv"):
                header, rows = kit.decode_table(self.read("demo/" + file))
                place = header.index("id")
                self.tables[file[:-4]] = header, list({row[place]: row for row in rows}.values())

    def fill(self):
        """Some tables are partitions: one here, the others on two more clusters."""
        here, *others = self.servers
        columns = {name: ", ".join("%s text" % database.quoted(field) for field in header)
                   for name, (header, _) in self.tables.items()}
        here.sql("DROP SCHEMA IF EXISTS spread CASCADE", "CREATE SCHEMA spread", "CREATE EXTENSION IF NOT EXISTS postgres_fdw")
        for number, other in enumerate(others, 1):
            here.sql("CREATE SERVER far%d FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', dbname 'postgres')" %
                     (number, other.folder),
                     "CREATE USER MAPPING FOR CURRENT_USER SERVER far%d OPTIONS (user '%s', password_required 'false')" %
                     (number, database.OWNER))
        for name, (header, rows) in self.tables.items():
            if name in FOREIGN:
                here.sql("CREATE TABLE spread.%s (%s) PARTITION BY HASH (id)" % (name, columns[name]),
                         "CREATE TABLE spread.%s_0 PARTITION OF spread.%s FOR VALUES WITH (MODULUS 3, REMAINDER 0)" % (name, name))
            else:
                here.sql("CREATE TABLE spread.%s (%s)" % (database.quoted(name), columns[name]))
            for number, other in enumerate(others if name in FOREIGN else [], 1):
                other.sql("CREATE TABLE %s_%d (%s)" % (name, number, columns[name]))
                here.sql("CREATE FOREIGN TABLE spread.%s_%d PARTITION OF spread.%s FOR VALUES WITH (MODULUS 3, REMAINDER %d) "
                         "SERVER far%d OPTIONS (schema_name 'public', table_name '%s_%d')" %
                         (name, number, name, number, number, name, number))
            here.sql("\\copy spread.%s FROM STDIN (FORMAT csv, HEADER)" % database.quoted(name),
                     content=kit.encode_table(header, rows).decode())

    def environment(self, cluster):
        os.mkdir(self.path("bin"))
        os.symlink(kit.PROGRAM, self.path("bin/crmval"))
        path = ":".join([self.path("bin"), os.path.dirname(slurm.find("sbatch")), os.environ["PATH"]])
        return dict(cluster.environment, PATH=path, CRMVAL_DATE=DAY)

    def test_array(self):
        self.fill()
        here, *others = self.servers
        cluster = slurm.Cluster()
        connection = "host=%s dbname=postgres user='%s' options='-c search_path=spread'" % (self.path("socket"), database.OWNER)
        self.job(['{ plugin = "sql"; driver = "postgresql"; connection = %s; }' % kit.quoted(connection)],
                 in_job='name = "spread"; breakdown = "team,employee";', more='reports = ( { file = "merged.json"; } );')
        # The database is not there yet: the tasks are put off, until it is.
        merging = subprocess.run([os.path.join(EXAMPLES, "slurm/crmval-slurm"), "job.conf", "3", "parts"], cwd=self.folder,
                                 env=self.environment(cluster), check=True, capture_output=True, text=True).stdout.strip()
        cluster.wait(lambda: cluster.restarted() == 3)
        os.symlink(here.folder, self.path("socket"))
        cluster.hasten()
        self.assertEqual(cluster.outcome(merging), ("COMPLETED", "0:0"), self.listing("parts"))
        self.assertEqual(sorted(name for name in os.listdir(self.path("parts")) if name.endswith(".gz")), [])
        merged = self.read("merged.json")
        os.remove(self.path("merged.json"))
        self.run_ok("run", "--date", DAY, "job.conf")
        self.assertEqual(self.read("merged.json"), merged)
        # The rows were chosen where they are.
        for other in others:
            read = re.findall(r"FROM public\.activity_\d WHERE \(+btrim\(opportunity, [^;]*?md5\(", other.statements())
            self.assertEqual(len(read), 3)

    def test_a_part_that_fails(self):
        """Then nothing is merged."""
        cluster = slurm.Cluster()
        self.write("job.conf", b"job = { };\n")
        merging = subprocess.run([os.path.join(EXAMPLES, "slurm/crmval-slurm"), "job.conf", "2", "parts"], cwd=self.folder,
                                 env=self.environment(cluster), check=True, capture_output=True, text=True).stdout.strip()
        self.assertEqual(cluster.outcome(merging)[0], "CANCELLED")
        self.assertFalse(os.path.exists(self.path("parts/merge.log")))
        self.assertIn(b"job.period: is missing", self.read("parts/part-1.log"))


class Kubernetes(kit.Case):
    def test_it_is_well_formed(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("PyYAML is not installed")
        with open(os.path.join(EXAMPLES, "kubernetes/crmval.yaml"), encoding="utf-8") as file:
            claim, parts, merge = yaml.safe_load_all(file)
        self.assertEqual((claim["kind"], parts["kind"], merge["kind"]), ("PersistentVolumeClaim", "Job", "Job"))
        container = parts["spec"]["template"]["spec"]["containers"][0]
        environment = {entry["name"]: entry["value"] for entry in container["env"]}
        self.assertEqual(str(parts["spec"]["completions"]), environment["COUNT"])
        # Its words are those that the program takes: as a shell would run them, on the first of two parts.
        self.demo()
        self.job(['{ plugin = "csv"; directory = "demo"; }'])
        os.mkdir(self.path("bin"))
        os.symlink(kit.PROGRAM, self.path("bin/crmval"))

        def run(container, **environment):
            script = container["command"][2].replace("/data/parts", self.path(".")).replace("/job/", self.folder + "/")
            return subprocess.run(["/bin/sh", "-c", script], check=False, capture_output=True, cwd=self.folder, env=dict(
                kit.clean_environment(), PATH=self.path("bin") + ":" + os.environ["PATH"], **environment)).returncode
        self.assertEqual([run(container, JOB_COMPLETION_INDEX=str(index), COUNT="2", DATE=DAY) for index in (0, 1)], [0, 0])
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if name.startswith("part-")), ["part-0.gz", "part-1.gz"])
        self.assertEqual(run(merge["spec"]["template"]["spec"]["containers"][0], DATE=DAY), 0)
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("part-")], [])
        self.write("job.conf", b"job = { };\n")
        self.assertEqual(run(container, JOB_COMPLETION_INDEX="0", COUNT="2", DATE=DAY), 78)


if __name__ == "__main__":
    kit.main()
