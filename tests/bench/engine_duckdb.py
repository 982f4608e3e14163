#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs statements in DuckDB, by its C library.

usage: engine_duckdb.py LIBRARY DATABASE SCRIPT [SETTING=VALUE...]     DATABASE may be :memory:
       engine_duckdb.py LIBRARY                                        tells its version
"""
import ctypes
import sys


class Result(ctypes.Structure):
    _fields_ = [("words", ctypes.c_uint64 * 16)]


def check(status, what):
    if status:
        sys.exit("duckdb: " + what)


def main(library, database, script, *settings):
    duckdb = ctypes.CDLL(library)
    duckdb.duckdb_result_error.restype = ctypes.c_char_p
    config, handle, connection = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    check(duckdb.duckdb_create_config(ctypes.byref(config)), "no configuration")
    for setting in settings:
        name, _, value = setting.partition("=")
        check(duckdb.duckdb_set_config(config, name.encode(), value.encode()), "cannot set " + setting)
    check(duckdb.duckdb_open_ext(database.encode(), ctypes.byref(handle), config, None), "cannot open " + database)
    check(duckdb.duckdb_connect(handle, ctypes.byref(connection)), "cannot connect")
    with open(script, encoding="utf-8") as stream:
        statements = stream.read().split(";\n")
    for statement in filter(str.strip, statements):
        result = Result()
        status = duckdb.duckdb_query(connection, statement.encode(), ctypes.byref(result))
        check(status, "%s, in: %s" % ((duckdb.duckdb_result_error(ctypes.byref(result)) or b"").decode(), statement))
        duckdb.duckdb_destroy_result(ctypes.byref(result))
    duckdb.duckdb_disconnect(ctypes.byref(connection))
    duckdb.duckdb_close(ctypes.byref(handle))


if __name__ == "__main__":
    if len(sys.argv) == 2:
        LIBRARY = ctypes.CDLL(sys.argv[1])
        LIBRARY.duckdb_library_version.restype = ctypes.c_char_p
        print(LIBRARY.duckdb_library_version().decode().lstrip("v"))
    elif len(sys.argv) < 4:
        sys.exit(__doc__)
    else:
        main(*sys.argv[1:])
