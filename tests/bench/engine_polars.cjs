// SPDX-License-Identifier: MIT
// Runs queries in Polars.  usage: node engine_polars.cjs PACKAGE SCRIPT.json
// The script: {"tables": [{name, path, types, columns}], "stages": [{name, query}], "results": [{path, query}]}
"use strict";
const fs = require("fs");
const polars = require(process.argv[2]).default;
const script = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
const types = {text: polars.Utf8, date: polars.Date, number: polars.Float64, flag: polars.Bool, "?": polars.Utf8};
const frames = {};

for (const table of script.tables) {
	const schema = {};
	for (const [name, type] of Object.entries(table.types))
		schema[name] = types[type];
	frames[table.name] = polars.scanCSV(table.path, {schema}).select(table.columns).collectSync();
}
// A context of its own for each: it remembers aliases of earlier queries.
for (const stage of script.stages)
	frames[stage.name] = polars.SQLContext(frames).execute(stage.query, {eager: true});
for (const result of script.results)
	polars.SQLContext(frames).execute(result.query, {eager: true}).writeCSV(result.path, {includeHeader: true});
