# SPDX-License-Identifier: MIT
"""The HTML report in a browser: it works, asks for nothing, can be read by everybody, and no text in it does harm."""

import re
import unittest

import browser
import kit
from test_worklist import Data

EVIL = ["</script><script>window.harmed=1</script>", "<img src=x onerror=window.harmed=1>", "\" onmouseover=\"harmed=1",
        "<!--<script>", "'\u2028;window.harmed=1", "a&lt;b & c"]

# What axe and its like look for, as far as it can come up in these pages; gives a list of complaints.
AUDIT = """
const complaints = [], say = (what, e) => complaints.push(what + ': ' + e.outerHTML.slice(0, 120));
const all = s => Array.from(document.querySelectorAll(s)), shown = e => e.getClientRects().length > 0;
const nameOf = e => (e.getAttribute('aria-label') || e.textContent || '').trim();
if (!document.documentElement.lang) complaints.push('no language');
if (!document.title) complaints.push('no title');
if (all('main').length !== 1) complaints.push('not one main');
if (all('h1').length !== 1) complaints.push('not one h1');
let level = 0;
all('h1,h2,h3,h4').forEach(e => { const l = +e.tagName[1]; if (l > level + 1) say('heading skips a level', e); level = l; });
const ids = new Set();
all('[id]').forEach(e => { if (ids.has(e.id)) say('id twice', e); ids.add(e.id); });
all('a[href^="#"]').forEach(e => { if (!ids.has(e.getAttribute('href').slice(1))) say('leads nowhere', e); });
all('[role=img],button,a,summary').forEach(e => { if (!nameOf(e)) say('has no name', e); });
all('svg:not([role=img]):not([aria-hidden])').forEach(e => say('picture without role', e));
all('input').forEach(e => { if (!e.getAttribute('aria-label')) say('has no label', e); });
all('th').forEach(e => { if (!e.getAttribute('scope')) say('no scope', e); if (!e.textContent.trim()) say('empty', e); });
all('table').forEach(e => { if (!e.tHead || !e.tHead.rows.length) say('no head', e); });
all('ul,ol').forEach(e => { if (Array.from(e.children).some(c => c.tagName !== 'LI')) say('not only items', e); });
all('.scroll').forEach(e => { if (e.tabIndex !== 0) say('cannot be scrolled by keys', e); });
const rgb = t => t.match(/[\\d.]+/g).map(Number);
const light = c => { const f = c.slice(0, 3).map(x => (x /= 255) <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
  return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) {
  const e = node.parentElement, style = getComputedStyle(e);
  if (!node.data.trim() || !shown(e) || e.closest('script,style')) continue;
  const a = light(rgb(style.color)), b = light(behind(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
  if (ratio < (large ? 3 : 4.5)) say('contrast ' + ratio.toFixed(2), e);
}
return complaints.slice(0, 10);
"""

DRAWN = """
const c = document.getElementById(arguments[0]), d = c.getContext('2d').getImageData(0, 0, c.width, c.height);
return d.data.some(x => x !== 0);
"""

# The names beside the waterfall's steps do not run into each other.
NAMES_FIT = """
const chart = Chart.getChart('waterfall');
chart.resize();
const axis = chart.scales[chart.options.indexAxis || 'x'], sizes = axis._getLabelSizes();
return axis.isHorizontal() ? sizes.widest.width * axis.ticks.length < axis.width
                           : sizes.highest.height * axis.ticks.length < axis.height;
"""

UNITS = """
return Array.from(document.querySelectorAll('#units-team tbody tr'), row => Array.from(row.cells, cell => cell.textContent));
"""


@unittest.skipUnless(browser.is_there(), "needs chromium and chromedriver")
class Page(kit.Case):
    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        super().setUp()
        self.demo(scale="0.15")

    def look_at(self, name):
        """Opens a report, which must ask for nothing and say nothing."""
        self.browser.open(self.path(name))
        self.assertEqual(self.browser.logs(), ([], ["file://" + self.path(name)]))

    def spoil(self):
        """As many teams as there are bad names, and the same for people and customers."""
        data = Data(self.path("demo"))
        for entity, fields in (("employee", ("team", "name")), ("account", ("region", "name")), ("contact", ("name",)),
                               ("opportunity", ("name",))):
            for i, row in enumerate(data.table(entity)):
                for field in fields:
                    row[field] = EVIL[i % len(EVIL)]
            data.write(entity)
        data.table("order")[0]["amount"] = EVIL[0]
        data.write("order")

    def test_report(self):
        self.run_ok("run", "demo/job.conf", "--output", "r.html", "--target", "75")
        self.look_at("r.html")
        overall = self.result("demo/job.conf")["overall"]
        self.assertEqual(self.browser.run("return document.querySelector('.score b').textContent"),
                         "%.1f" % overall["score"])
        for chart in ("radar", "bars"):
            self.assertTrue(self.browser.run(DRAWN, chart), chart)
        for scheme in ("light", "dark"):
            self.browser.scheme(scheme)
            self.assertEqual(self.browser.run(AUDIT), [], scheme)
        self.browser.scheme("light")
        self.browser.size(390, 844, True)
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 390)
        # Paper is narrow, too, but is printed as a screen is drawn: the charts side by side, with bars in the tables.
        self.browser.size(700, 900)
        self.browser.scheme("light", "print")
        places = self.browser.run("return ['radar', 'bars'].map(id => document.getElementById(id).getBoundingClientRect().top)")
        self.assertEqual(*places)
        self.assertGreater(self.browser.run("return document.querySelector('td.wide').getClientRects().length"), 0)
        self.browser.scheme("light")
        self.browser.size(1280, 900)
        self.assertTrue(self.browser.pdf().startswith(b"%PDF"))
        self.assertEqual(self.browser.logs()[0], [])

    def test_history(self):
        scores = []
        for day in ("2025-08-31", "2025-10-31", "2025-12-31"):
            words = ("demo/job.conf", "--period", "2025-01-01.." + day, "--set", "archive.directory=archive")
            self.run_ok("run", *words, "--quiet", "--output", "r.html",
                        environment=kit.clean_environment(SOURCE_DATE_EPOCH=str(kit.seconds(day))))
            scores.append(self.result(*words, "--dry-run", "--quiet")["overall"]["score"])
        self.look_at("r.html")
        self.assertEqual(self.browser.run(AUDIT), [])
        data = self.browser.run("return JSON.parse(document.getElementById('scores').textContent)")
        self.assertEqual([point[0] for point in data["trend"]], ["2025-08-31", "2025-10-31", "2025-12-31"])
        self.assertEqual([point[1] for point in data["trend"]], [round(score, 1) for score in scores])
        steps = data["waterfall"]
        self.assertEqual((steps[0][2], steps[-1][2]), (round(scores[1], 2), round(scores[2], 2)))
        self.assertEqual(len(steps), 7)
        table = self.browser.run("return Array.from(document.querySelectorAll('#change details tbody tr'), "
                                 "row => Array.from(row.cells, cell => cell.textContent))")
        self.assertEqual([row[0] for row in table], [step[0] for step in steps])
        for row, step in zip(table, steps):
            self.assertAlmostEqual(float(row[2]), step[2], delta=0.011)
            self.assertAlmostEqual(float(row[1] or 0), step[2] - step[1] if row[1] else 0, delta=0.011)
        self.assertEqual([bool(row[1]) for row in table], [False] + 5 * [True] + [False])
        for step, after in zip(steps, steps[1:-1]):
            self.assertEqual(step[2], after[1])
        self.assertAlmostEqual(steps[-2][2], steps[-1][2], delta=0.02)
        for chart in ("trend-chart", "waterfall"):
            self.assertTrue(self.browser.run(DRAWN, chart), chart)
        for width, is_phone in ((1280, False), (390, True), (1280, False)):
            self.browser.size(width, 844, is_phone)
            self.assertTrue(self.browser.run(NAMES_FIT), width)
        name = sorted(self.listing("demo/archive"))[-1]
        self.run_ok("show", name, "--output", "shown.html")
        self.assertEqual(self.read("shown.html"), self.read("r.html"))
        self.run_ok("run", "demo/job.conf", "--output", "r.html")
        self.look_at("r.html")
        self.assertEqual(self.browser.run("return document.querySelectorAll('#trend, #change').length"), 0)

    def test_sorting_and_searching(self):
        self.spoil()
        self.run_ok("run", "demo/job.conf", "--output", "r.html")
        units = self.result("demo/job.conf")["breakdowns"]["team"]
        self.look_at("r.html")
        self.assertEqual([row[0] for row in self.browser.run(UNITS)], [unit["unit"] for unit in units])
        click = "document.querySelectorAll('#units-team thead button')[arguments[0]].click();" + UNITS
        scores = [unit["overall"]["score"] for unit in units]
        known = ["%.1f" % score for score in sorted((x for x in scores if x is not None), reverse=True)]
        shown = [row[1] for row in self.browser.run(click, 1)]
        self.assertEqual(shown, known + ["–"] * scores.count(None))
        self.assertEqual(self.browser.run("return document.querySelector('#units-team [aria-sort]').cellIndex"), 1)
        shown = [row[1] for row in self.browser.run(click, 1)]
        self.assertEqual(shown, known[::-1] + ["–"] * scores.count(None))
        names = [row[0] for row in self.browser.run(click, 0)]
        self.assertEqual(names, sorted(names))
        search = """const i = document.querySelector('#units-team input'); i.value = arguments[0];
                    i.dispatchEvent(new Event('input'));""" + UNITS
        self.assertEqual([row[0] for row in self.browser.run(search, "IMG SRC")], [EVIL[1]])
        self.assertEqual(self.browser.run(search, "nobody is called this"), [])
        self.assertEqual(len(self.browser.run(search, "")), len(units))
        rows = "return Array.from(document.querySelectorAll('#measures table')[1].tBodies[0].rows, r => r.cells[7].textContent);"
        sort = "document.querySelectorAll('#measures table')[1].querySelectorAll('thead button')[7].click();"
        values = list(map(float, self.browser.run(sort + rows)))
        self.assertEqual(values, sorted(values, reverse=True))

    def test_texts_do_no_harm(self):
        self.spoil()
        self.run_ok("run", "demo/job.conf", "--output", "r.html", "--set", "job.name=" + kit.quoted("<b>x<!--"))
        self.run_ok("worklist", "demo/job.conf", "--output", "w.html")
        for name in ("r.html", "w.html"):
            self.look_at(name)
            self.assertFalse(self.browser.run("return 'harmed' in window"))
            self.assertEqual(self.browser.run("return document.querySelectorAll('main img, main script[src], main b b').length"), 0)
            self.assertEqual(self.browser.run(AUDIT), [], name)
            text = self.browser.run("return document.body.textContent")
            self.assertIn(EVIL[0], text)
            self.assertIn(EVIL[5], text)
            if name == "r.html":
                self.assertIn("<b>x<!--", self.browser.run("return document.querySelector('h1').textContent"))
                self.assertIn("<b>x<!--", self.browser.run("return document.title"))

    def test_a_script_that_got_in_would_not_run(self):
        self.run_ok("run", "demo/job.conf", "--output", "r.html")
        page = self.read("r.html").replace(b"</main>", b"<script>window.harmed = 1</script>"
                                           b"<img src='http://127.0.0.1:9/x' onerror='window.harmed = 1'></main>")
        self.write("r.html", page)
        self.browser.open(self.path("r.html"))
        said, asked = self.browser.logs()
        self.assertFalse(self.browser.run("return 'harmed' in window"))
        self.assertEqual(len([line for line in said if "Content Security Policy" in line]), 3, said)


class Bytes(kit.Case):
    def test_file(self):
        self.demo(scale="0.15")
        self.run_ok("run", "demo/job.conf", "--output", "r.html")
        page = self.read("r.html").decode()
        self.assertIn("default-src 'none'", page)
        content = page.split("<main>")[1].split("</main>")[0]
        self.assertEqual(re.findall(r"\b(?:src|action|srcset|style)=|href=(?!\"#)", content), [])
        self.assertEqual(page.count("<html lang=\"en\">"), 1)
        self.run_ok("run", "demo/job.conf", "--format", "html", "--output", "zh", "--set", "job.language=zh_CN")
        self.assertIn("<html lang=\"zh-CN\">", self.read("zh").decode())

    def test_a_thousand_units_are_less_than_two_megabytes(self):
        employees = ["e%d,Employee %d,Team %d,true" % (i, i, i) for i in range(1000)]
        self.table("employee.csv", "id,name,team,sales", *employees)
        self.table("account.csv", "id,name,owner,region,size_class", *["a%d,A%d,e%d,R%d,large" % (i, i, i, i) for i in range(1000)])
        self.table("order.csv", "id,account,signed_on,amount,quantity,product",
                   *["o%d,a%d,2025-02-03,%d,%d,p" % (i, i, i, i % 7) for i in range(1000)])
        self.job(in_job='breakdown = ( "team", "employee", "region", "size_class" );')
        self.run_ok("run", "job.conf", "--output", "r.html")
        self.assertLess(len(self.read("r.html")), 2000000)
