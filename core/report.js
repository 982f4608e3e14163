/* SPDX-License-Identifier: MIT */
/* Charts, sorting and searching.  Texts reach the page as text nodes only, styles as properties, numbers as numbers. */
(function () {
	"use strict";
	var root = document.documentElement, charts = [], narrow = window.matchMedia("screen and (max-width: 46rem)");
	root.classList.add("scripted");

	function dataOf(id) {
		var element = document.getElementById(id);
		return element ? JSON.parse(element.textContent) : null;
	}

	function make(tag, attributes, text) {
		var element = document.createElement(tag);
		Object.keys(attributes || {}).forEach(function (name) { element.setAttribute(name, attributes[name]); });
		if (text !== undefined) element.textContent = text;
		return element;
	}

	function points(number, isDifference) {
		if (number === null) return "–";
		return (isDifference && number > 0 ? "+" : number < 0 ? "-" : "") + Math.abs(number).toFixed(1);
	}

	function classOf(score) {
		return score === null ? "none" : score < 40 ? "bad" : score < 70 ? "fair" : "good";
	}

	/* ---- charts ---- */

	function palette(isDark) {
		return isDark ? {
			ink: "#e6e9ee", dim: "#a2acb9", line: "#313a45", accent: "#7db8e0", soft: "rgba(125,184,224,.22)",
			before: "rgba(162,172,185,.85)", range: "rgba(240,244,250,.8)",
			good: "#3e9a69", fair: "#b9862b", bad: "#c25950", none: "#55606d"
		} : {
			ink: "#1d2430", dim: "#5b6472", line: "#e3e1dc", accent: "#1f5f8b", soft: "rgba(31,95,139,.16)",
			before: "rgba(91,100,114,.75)", range: "rgba(20,26,36,.7)",
			good: "#4aa574", fair: "#dfa437", bad: "#d9695f", none: "#b9bec6"
		};
	}

	/* A title in lines of about so many letters; wide ones count double. */
	function lines(title, most) {
		var out = [], line = "", width = 0;
		title.split(/(\s+|(?=[\u3000-\u9fff\uff00-\uffef]))/).forEach(function (word) {
			var size = 0;
			if (!word) return;
			for (var i = 0; i < word.length; i++) size += word.charCodeAt(i) > 0x2fff ? 2 : 1;
			if (width && width + size > most) { out.push(line.trim()); line = ""; width = 0; }
			line += word;
			width += size;
		});
		if (line.trim()) out.push(line.trim());
		return out;
	}

	function radar(data, colours) {
		function series(key) { return data.dimensions.map(function (node) { return node[key]; }); }
		var sets = [{
			label: data.now, data: series("score"), borderColor: colours.accent, backgroundColor: colours.soft,
			pointBackgroundColor: colours.accent, borderWidth: 2, spanGaps: true
		}];
		if (series("before").some(function (x) { return x !== null; }))
			sets.push({
				label: data.before, data: series("before"), borderColor: colours.before, borderDash: [5, 4],
				backgroundColor: "transparent", pointBackgroundColor: colours.before, borderWidth: 1.5, spanGaps: true
			});
		return {
			type: "radar",
			data: { labels: data.dimensions.map(function (node) { return lines(node.title, 18); }), datasets: sets },
			options: {
				scales: { r: {
					min: 0, max: 100, ticks: { stepSize: 25, color: colours.dim, backdropColor: "transparent" },
					grid: { color: colours.line }, angleLines: { color: colours.line },
					pointLabels: { color: colours.ink, padding: 2, font: { size: 11 } }
				} },
				layout: { padding: 0 },
				plugins: { legend: { display: sets.length > 1, position: "bottom", labels: { color: colours.ink, boxWidth: 18 } } }
			}
		};
	}

	function bars(data, colours) {
		return {
			type: "bar",
			data: {
				labels: data.dimensions.map(function (node) { return lines(node.title, 22); }),
				datasets: [{
					label: data.range, grouped: false, barThickness: 4, backgroundColor: colours.range, order: 0,
					data: data.dimensions.map(function (node) { return node.score === null ? null : [node.low, node.high]; })
				}, {
					label: data.now, grouped: false, maxBarThickness: 22, borderRadius: 3, order: 1,
					data: data.dimensions.map(function (node) { return node.score; }),
					backgroundColor: data.dimensions.map(function (node) { return colours[classOf(node.score)]; })
				}]
			},
			options: {
				indexAxis: "y",
				scales: {
					x: { min: 0, max: 100, ticks: { color: colours.dim }, grid: { color: colours.line } },
					y: { ticks: { color: colours.ink, autoSkip: false }, grid: { display: false } }
				},
				plugins: { legend: { display: false } }
			}
		};
	}

	function trend(data, colours) {
		function line(label, place, more) {
			return Object.assign({
				label: label, data: data.trend.map(function (point) { return point[place]; }),
				borderColor: "transparent", pointRadius: 0, tension: 0.25
			}, more);
		}
		return data.trend && {
			type: "line",
			data: { labels: data.trend.map(function (point) { return point[0]; }), datasets: [
				line(data.now, 1, { borderColor: colours.accent, backgroundColor: colours.accent, pointRadius: 3 }),
				line(data.range, 2, {}),
				line(data.range, 3, { backgroundColor: colours.soft, fill: "-1" })
			] },
			options: {
				interaction: { mode: "index", intersect: false },
				scales: {
					x: { ticks: { color: colours.dim, maxRotation: 0, autoSkipPadding: 16 }, grid: { display: false } },
					y: { min: 0, max: 100, ticks: { color: colours.dim, stepSize: 25 }, grid: { color: colours.line } }
				},
				plugins: { legend: { display: false } }
			}
		};
	}

	function waterfall(data, colours) {
		var steps = data.waterfall, last = steps && steps.length - 1, ends, least, most;
		if (!steps) return null;
		ends = steps.reduce(function (all, step, i) { return all.concat(i === 0 || i === last ? [step[2]] : [step[1], step[2]]); }, []);
		least = Math.min.apply(null, ends);
		most = Math.max.apply(null, ends);
		var room = Math.max((most - least) * 0.25, 0.5), from = Math.max(0, Math.floor(least - room));
		/* On a telephone there is no room for so many names beside each other: there the steps go down. */
		var isNarrow = narrow.matches, scales = {};
		scales[isNarrow ? "y" : "x"] = { ticks: { color: colours.ink, autoSkip: false, maxRotation: 0 }, grid: { display: false } };
		scales[isNarrow ? "x" : "y"] = {
			min: from, suggestedMax: Math.min(100, most + room / 2), ticks: { color: colours.dim }, grid: { color: colours.line }
		};
		return {
			type: "bar",
			data: { labels: steps.map(function (step) { return lines(step[0], 18); }), datasets: [{
				data: steps.map(function (step, i) { return i === 0 || i === last ? [from, step[2]] : [step[1], step[2]]; }),
				backgroundColor: steps.map(function (step, i) {
					return i === 0 || i === last ? colours.accent : step[2] >= step[1] ? colours.good : colours.bad;
				}), borderRadius: 3, maxBarThickness: 56, minBarLength: 2
			}] },
			options: {
				indexAxis: isNarrow ? "y" : "x",
				scales: scales,
				plugins: { legend: { display: false }, tooltip: { callbacks: { label: function (item) {
					var step = steps[item.dataIndex], isEnd = item.dataIndex === 0 || item.dataIndex === last;
					return isEnd ? points(step[2]) : points(step[2] - step[1], true);
				} } } }
			}
		};
	}

	var kinds = { radar: radar, bars: bars, "trend-chart": trend, waterfall: waterfall };

	function draw(isDark) {
		var data = dataOf("scores"), colours = palette(isDark);
		if (!data || typeof Chart === "undefined") return;
		charts.forEach(function (chart) { chart.destroy(); });
		charts = [];
		Chart.defaults.animation = false;
		Chart.defaults.maintainAspectRatio = false;
		Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
		Object.keys(kinds).forEach(function (id) {
			var canvas = document.getElementById(id), config = canvas && kinds[id](data, colours);
			if (config) charts.push(new Chart(canvas, config));
		});
	}

	var dark = window.matchMedia("(prefers-color-scheme: dark)"), opened = [];
	narrow.addEventListener("change", function () { draw(dark.matches); });
	draw(dark.matches);
	dark.addEventListener("change", function () { draw(dark.matches); });
	window.addEventListener("beforeprint", function () {
		opened = Array.prototype.filter.call(document.querySelectorAll("details:not([open])"), function (element) {
			element.open = true;
			return true;
		});
		draw(false);
	});
	window.addEventListener("afterprint", function () {
		opened.forEach(function (element) { element.open = false; });
		draw(dark.matches);
	});

	/* ---- sorting ---- */

	/* Numbers as they are shown, whatever stands around them; what is none comes last in either direction. */
	function keyOf(text) {
		var found = text.replace(/,/g, "").match(/^[+\s]*(-?\d+(\.\d+)?)/);
		return found ? Number(found[1]) : null;
	}

	function compare(a, b, direction) {
		if (typeof a === "string" && typeof b === "string")
			return direction * (a < b ? -1 : a > b ? 1 : 0);
		if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
		return direction * (a - b);
	}

	/* Puts a button into each heading; sort(column, direction) does it. */
	function sortable(table, sort) {
		var cells = table.tHead.rows[0].cells;
		Array.prototype.forEach.call(cells, function (cell, column) {
			var text = cell.textContent, button = make("button", { type: "button" }, text);
			if (!text) return;
			cell.textContent = "";
			cell.appendChild(button);
			button.addEventListener("click", function () {
				var isNumber = cell.classList.contains("n");
				var was = cell.getAttribute("aria-sort");
				var direction = was === "descending" ? 1 : was === "ascending" ? -1 : isNumber ? -1 : 1;
				Array.prototype.forEach.call(cells, function (other) { other.removeAttribute("aria-sort"); });
				cell.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
				sort(column, direction, isNumber);
			});
		});
	}

	Array.prototype.forEach.call(document.querySelectorAll("table.sortable"), function (table) {
		var body = table.tBodies[0];
		sortable(table, function (column, direction, isNumber) {
			var rows = Array.prototype.map.call(body.rows, function (row, place) {
				var text = row.cells[column].textContent.trim();
				return { row: row, place: place, key: isNumber ? keyOf(text) : text };
			});
			rows.sort(function (a, b) { return compare(a.key, b.key, direction) || a.place - b.place; });
			rows.forEach(function (item) { body.appendChild(item.row); });
		});
	});

	/* ---- units: all of them are data, a page of them is shown ---- */

	var PAGE = 50, MOST = 2000, SVG = "http://www.w3.org/2000/svg";

	function miniBar(score) {
		var svg = document.createElementNS(SVG, "svg");
		[["viewBox", "0 0 100 8"], ["preserveAspectRatio", "none"], ["aria-hidden", "true"], ["class", "bar"]]
			.forEach(function (pair) { svg.setAttribute(pair[0], pair[1]); });
		[["track", 100], [classOf(score), score || 0]].forEach(function (pair) {
			var rect = document.createElementNS(SVG, "rect");
			rect.setAttribute("class", pair[0]);
			rect.setAttribute("width", pair[1]);
			rect.setAttribute("height", 8);
			svg.appendChild(rect);
		});
		return svg;
	}

	/* unit: name, score, low, high, gained, whether that may be chance, data, dimensions. */
	function unitRow(unit, dimensions) {
		var row = make("tr"), cell;
		row.appendChild(make("th", { scope: "row" }, unit[0]));
		cell = row.appendChild(make("td", { "class": "n strong mini " + classOf(unit[1]) }, points(unit[1])));
		cell.appendChild(miniBar(unit[1]));
		row.appendChild(make("td", { "class": "n dim" }, unit[1] === null ? "–" : points(unit[2]) + "–" + points(unit[3])));
		row.appendChild(make("td", {
			"class": "n " + (unit[4] === null || unit[5] ? "dim" : unit[4] > 0 ? "good" : "bad")
		}, points(unit[4], true) + (unit[4] !== null && unit[5] ? "~" : "")));
		for (var d = 0; d < dimensions; d++) {
			cell = row.appendChild(make("td", { "class": "n mini" }, points(unit[7 + d])));
			cell.appendChild(miniBar(unit[7 + d]));
		}
		row.appendChild(make("td", { "class": "n dim" }, unit[6] + "%"));
		return row;
	}

	function showUnits(id) {
		var data = dataOf(id), section = data && document.getElementById(data.id);
		if (!section) return;
		var table = section.querySelector("table"), body = table.tBodies[0], list = data.units, shown = PAGE;
		/* The column's place among a unit's numbers. */
		var places = [0, 1, 2, 4];
		for (var d = 0; d < data.dimensions; d++) places.push(7 + d);
		places.push(6);
		var tools = make("div", { "class": "tools" }), count = make("span", { "class": "dim", "aria-live": "polite" });
		var input = make("input", { type: "search", placeholder: data.search, "aria-label": data.search });
		var more = make("button", { type: "button" }, data.more), all = make("button", { type: "button" }, data.all);
		var below = make("div", { "class": "tools" });
		tools.appendChild(input);
		tools.appendChild(count);
		section.insertBefore(tools, section.querySelector(".scroll"));
		below.appendChild(more);
		below.appendChild(all);
		section.appendChild(below);

		function show() {
			var end = Math.min(shown, list.length), rows = document.createDocumentFragment();
			for (var i = 0; i < end; i++) rows.appendChild(unitRow(list[i], data.dimensions));
			body.textContent = "";
			body.appendChild(rows);
			count.textContent = list.length === 0 ? data.none
				: data.shown.replace("{0}", end.toLocaleString("en")).replace("{1}", list.length.toLocaleString("en"));
			below.hidden = end === list.length;
			all.hidden = list.length > MOST; /* a browser takes its time for so many rows */
			tools.hidden = data.units.length < 2;
		}

		function find() {
			var wanted = input.value.trim().toLowerCase();
			list = data.units.filter(function (unit) { return unit[0].toLowerCase().indexOf(wanted) >= 0; });
			shown = PAGE;
			show();
		}

		input.addEventListener("input", find);
		more.addEventListener("click", function () { shown += 4 * PAGE; show(); });
		all.addEventListener("click", function () { shown = list.length; show(); });
		sortable(table, function (column, direction) {
			var place = places[column];
			data.units.forEach(function (unit, i) { unit.order = i; });
			data.units.sort(function (a, b) { return compare(a[place], b[place], direction) || a.order - b.order; });
			find();
		});
		find();
	}

	Array.prototype.forEach.call(document.querySelectorAll("script[type='application/json'][id^='data-']"),
		function (element) { showUnits(element.id); });
})();
