#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Dimensions that do all that they must not, while they are evaluated: each has a named outcome, and no other dimension
notices."""

import errno
import os
import subprocess

import kit
import test_hostile

# What is tried, and what the message of the failed dimension says.
DEATHS = (
    ("crashes", "*(volatile int *)8 = 1;", r"crashed \(SIGSEGV\) while evaluating the view of account"),
    ("recurses", "deeper(1);", r"crashed \(SIGSEGV\) while evaluating"),
    ("overruns", "for (uint32_t i = 0;; i++) out[0].numerator[i] = 0;", r"crashed \(SIGSEGV\) while evaluating"),
    ("aborts", "abort();", r"crashed \(SIGABRT\) while evaluating"),
    ("loops", "for (volatile int forever = 1; forever;);", r"took longer than 0\.5 s while evaluating"),
    ("sleeps", "for (;;) sleep(1000);", r"took longer than 0\.5 s"),
    ("stops", "raise(SIGSTOP);", r"took longer than 0\.5 s"),
    ("ignores", "for (int i = 1; i < 65; i++) signal(i, SIG_IGN); for (volatile int f = 1; f;);", r"took longer than 0\.5 s"),
    ("exits", "exit(0);", r"ended without an answer \(exit 0\)"),
    ("leaves", "_exit(3);", r"ended without an answer \(exit 3\)"),
    ("half", 'for (int fd = 3; fd < 64; fd++) write(fd, "half a frame", 12); _exit(0);', r"ended before its answer was whole"),
    ("closes", "for (int i = 0; i < 64; i++) close(i); for (volatile int f = 1; f;);", r"was killed \(SIGKILL\)"),
    ("floods", "static char junk[1 << 20]; for (;;) for (int fd = 3; fd < 64; fd++) write(fd, junk, sizeof junk);",
     r"wrote more than the \d+ bytes"),
    ("grows", "for (char *p; (p = malloc(1 << 20)); ) memset(p, 1, 1 << 20); abort();", r"crashed \(SIGABRT\)"),
    ("infinite", "if (batch->row_count) out[0].numerator[0] = 1e308 * 10;", r"measure rows: numerator inf"),
    ("nan", "for (uint32_t i = 0; i < batch->row_count; i++) { out[0].numerator[i] = 1; out[0].denominator[i] = 0.0 / 0.0; } "
     "if (batch->row_count) out[0].numerator[0] = 1e19;", r"measure rows: numerator 1e\+19"),
    ("codes", "return 7;", r"evaluate returned 7, which is no code"),
    ("refuses", "strcpy(error->message, \"I would rather not\"); return CRMVAL_EDATA;", r"I would rather not"),
    ("other_words", "asm volatile (\"int $0x80\" : : \"a\"(20));", r"crashed \(SIG(SYS|SEGV|ILL)\)"),
    ("other_abi", "syscall(0x40000000 + 39);", r"crashed \(SIGSYS\)"),
)

# What is tried, and answered by EPERM.
DENIED = (
    ("forks", "fork()"), ("vforks", "syscall(SYS_vfork)"), ("clones", "syscall(SYS_clone3, 0, 0)"),
    ("executes", 'execve("/bin/true", 0, 0)'), ("kills", "kill(getppid(), SIGKILL)"),
    ("kills_all", "kill(-1, SIGKILL)"), ("threads", "tgkill(getppid(), getppid(), SIGKILL)"),
    ("traces", "syscall(SYS_ptrace, 16, getppid(), 0, 0)"),
    ("peeks", "syscall(SYS_process_vm_readv, getppid(), 0, 0, 0, 0, 0)"),
    ("pokes", "syscall(SYS_process_vm_writev, getppid(), 0, 0, 0, 0, 0)"),
    ("reads", 'open("/etc/passwd", O_RDONLY)'), ("environment", 'open("/proc/self/environ", O_RDONLY)'),
    ("memory", 'open("/proc/self/mem", O_RDWR)'), ("writes", 'open("/tmp/x", O_WRONLY | O_CREAT, 0600)'),
    ("looks", 'syscall(SYS_newfstatat, AT_FDCWD, "/etc", 0, 0)'),
    ("sockets", "socket(AF_INET, SOCK_STREAM, 0)"), ("pairs", "syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 0)"),
    ("rings", "syscall(425, 8, 0)"), ("files", 'memfd_create("x", 0)'),
    ("faults", "syscall(SYS_userfaultfd, 0)"), ("keys", "syscall(SYS_keyctl, 0, -1, 0, 0, 0)"),
    ("persona", "syscall(SYS_personality, 0)"), ("controls", "prctl(PR_SET_DUMPABLE, 1)"),
    ("duplicates", "dup(1)"), ("shares", "syscall(SYS_shmget, 0, 4096, 01600)"),
    ("limits", "setrlimit(RLIMIT_CPU, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY})"),
    ("timers", "alarm(1) ? -1 : syscall(SYS_setitimer, 0, 0, 0)"),
    ("filters", "syscall(SYS_seccomp, 1, 0, 0)"), ("unshares", "syscall(SYS_unshare, 0x10000000)"),
    ("opens_pid", "syscall(434, getppid(), 0)"), ("finds", 'getenv("PATH") ? 1 : (errno = EPERM, -1)'),
)

BEFORE = r"""
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

static int deeper(volatile int depth)
{
	volatile char frame[4096];
	frame[depth %% 4096] = (char)depth;
	return deeper(depth + 1) + frame[0];
}
""".replace("%%", "%")

LATER = "if (batch->row_count == 0) return CRMVAL_OK; "
ERRNO = "for (uint32_t i = 0; i < batch->row_count; i++) { errno = 0; out[0].numerator[i] = (%s) < 0 ? errno : -1; }"


class Escapes(test_hostile.Hostile):
    def setUp(self):
        super().setUp()
        self.demo("0.05")
        expected = self.run_raw("run", self.hostile_job(), "--format", "json", "--breakdown", "team")
        self.assertEqual(expected.status, 0, expected.messages)
        self.expected = self.ours(kit.json.loads(expected.output))

    def hostile_job(self, *names, more="", deadline=0.5):
        text = "dimensions = ( %s );\nplugins = { directories = \"plugins\"; deadline = %g; memory_mb = 64; %s };" % (
            ", ".join('{ plugin = "%s"; }' % name for name in (*test_hostile.OURS, *names)), deadline, more)
        return self.job(['{ plugin = "csv"; directory = "demo"; }'], more=text, name="hostile.conf")

    def ours(self, result):
        def own(dimensions):
            return [dict(dimension, weight=None) for dimension in dimensions if dimension["id"] in test_hostile.OURS]
        return [own(result["dimensions"])] + [own(unit["dimensions"]) for unit in result["breakdowns"]["team"]]

    def run_hostile(self, status, *names, **more):
        done = self.run_raw("run", self.hostile_job(*names, **more), "--format", "json", "--breakdown", "team")
        self.assertEqual(done.status, status, (names, done.messages))
        result = kit.json.loads(done.output)
        self.assertEqual(self.ours(result), self.expected, names)
        return result, done.messages

    def test_deaths(self):
        if kit.is_sanitized():
            self.skipTest("sanitizers turn signals into exits")
        for name, body, says in DEATHS:
            self.plugin(name, LATER + body, BEFORE)
            result, messages = self.run_hostile(1, name)
            self.assertRegex(messages, r"^crmval: plugin %s: .*%s" % (name, says))
            self.assertEqual(kit.measures(result)["rows"]["status"], "failed", name)

    def test_all_at_once(self):
        """Ten of them in one run: each fails as itself, and the rest stands."""
        if kit.is_sanitized():
            self.skipTest("sanitizers turn signals into exits")
        names = [name for name, _, _ in DEATHS if name not in ("grows", "floods")][:10]
        for name, body, _ in DEATHS:
            if name in names:
                self.plugin(name, LATER + body, BEFORE)
        _, messages = self.run_hostile(1, *names)
        for name, _, says in DEATHS:
            if name in names:
                self.assertRegex(messages, r"(?m)^crmval: plugin %s: .*%s" % (name, says))

    def test_denied(self):
        """A plugin for each, whose observations are the errno that it got."""
        if kit.counts_coverage():
            self.skipTest("where coverage is counted, opening a file is not what the filter forbids")
        names = [name for name, _ in DENIED]
        for name, call in DENIED:
            self.plugin(name, ERRNO % call, BEFORE)
        result, messages = self.run_hostile(0, *names)
        self.assertEqual(messages, "")
        accounts = result["data"]["account"]["rows"]
        for dimension in result["dimensions"]:
            if dimension["id"] in names:
                measure = dimension["indicators"][0]["measures"][0]
                self.assertEqual((dimension["id"], measure["numerator"] / accounts), (dimension["id"], errno.EPERM))

    def test_harmless_in_the_end(self):
        """A million lines, columns that are written to, a row that is no number, pages that are taken away."""
        for name, body in (
                ("talks", 'for (int i = 0; i < 1000000; i++) fprintf(i % 2 ? stderr : stdout, "line %d\\n", i);'),
                ("scribbles", "for (uint32_t i = 0; i < batch->row_count; i++) ((unsigned char *)batch->columns[0].data)[i] = 7;"),
                ("nothing", "for (uint32_t i = 0; i < batch->row_count; i++) out[0].numerator[i] = 0.0 / 0.0;"),
                ("reasons", "memset(out[0].no_data, 'x', 128);"),
                ("wanders", "for (uint32_t i = 0; i < batch->row_count; i++) out[0].denominator[i] = -1e300;")):
            self.plugin(name, body, BEFORE)
            result, messages = self.run_hostile(0, name, deadline=60)
            self.assertEqual(messages, "", name)
            self.assertIn(kit.measures(result)["rows"]["status"], ("ok", "no_data"), name)

    def test_library_of_a_plugin(self):
        """Its constructor runs where the plugin's does; from where nobody may read, it is not even loaded."""
        self.write("evil.c", '#include <unistd.h>\n__attribute__((constructor)) static void f(void) { if (fork() >= 0) _exit(0); }\n'
                   "int evil(void);\nint evil(void) { return 1; }\n")
        compiler = os.environ.get("CC", "cc").split()
        os.makedirs(self.path("plugins"), exist_ok=True)
        subprocess.run([*compiler, "-w", "-shared", "-fPIC", "-o", self.path("plugins/libevil.so"), self.path("evil.c")], check=True)
        self.plugin("needy", "out[0].numerator[0] = evil();", "int evil(void);",
                    flags=["-Wl,--no-as-needed", "-L" + self.path("plugins"), "-levil", "-Wl,-rpath," + self.path("plugins")])
        done = self.run_raw("run", self.hostile_job("needy"))
        self.assertEqual(done.status, 78)
        self.assertRegex(done.messages, r"plugin needy: cannot be loaded: libevil.so: cannot open shared object file")

    def test_kernels_that_cannot_confine(self):
        """With the calls of Landlock or seccomp made unknown: require refuses, best effort warns and records."""
        lose = os.path.join(os.environ.get("BUILDDIR", "."), "tests", "lose")
        if not os.access(lose, os.X_OK):
            self.skipTest("tests/lose was not built")
        self.plugin("counts", test_hostile.COUNT)
        for calls, in_force in (("landlock_create_ruleset", "seccomp"), ("seccomp", "landlock [0-9]+"),
                                ("landlock_create_ruleset,seccomp", "none")):
            def run(sandbox, *names):
                job = self.hostile_job(*names, more='sandbox = "%s";' % sandbox)
                process = subprocess.run([lose, calls, kit.PROGRAM, "run", job, "--format", "json", "--breakdown", "team"],
                                         cwd=self.folder, env=kit.clean_environment(), stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=120)
                return kit.Done(process)
            if run("off").status == 99:
                self.skipTest("this kernel has no seccomp to lose others by")
            done = run("require", "counts")
            self.assertEqual((done.status, done.output), (77, ""), done.messages)
            self.assertRegex(done.messages, "cannot be confined, since the kernel has no (Landlock|seccomp)")
            done = run("default", "counts")
            self.assertEqual(done.status, 77, "a stranger's plugin is not run unconfined unless somebody says so")
            done = run("best-effort", "counts")
            self.assertEqual(done.status, 0, done.messages)
            self.assertRegex(done.messages, r"plugin counts runs less confined than it could be \(%s\)" % in_force)
            plugins = kit.json.loads(done.output)["provenance"]["plugins"]
            (sandbox,) = [plugin["sandbox"] for plugin in plugins if plugin["name"] == "counts"]
            self.assertRegex(sandbox, "^%s$" % in_force)
            self.assertEqual(run("default").status, 0, "our own run all the same")


if __name__ == "__main__":
    kit.main()
