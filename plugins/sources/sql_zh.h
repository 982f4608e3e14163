/* SPDX-License-Identifier: MIT */
/* The texts of sql.c in Chinese. */
#ifndef SOURCE_SQL_ZH_H
#define SOURCE_SQL_ZH_H

#include <crmval/plugin.h>

/* clang-format off */
static const struct crmval_translation translations[] = {
	{"zh_CN", "what the database speaks: \"sqlite\", \"postgresql\" or \"odbc\"",
	 "数据库的种类：\"sqlite\"、\"postgresql\" 或 \"odbc\""},
	{"zh_CN", "SQLite's file; a connection string of libpq; a DSN of ODBC or a connection string; without a password",
	 "SQLite 的文件；libpq 的连接字符串；ODBC 的 DSN 或连接字符串；不含密码"},
	{"zh_CN", "where a relative path of SQLite's file starts",
	 "SQLite 文件的相对路径从何处算起"},
	{"zh_CN", "a file with the password and no more, which nobody else may read",
	 "只存放密码的文件，他人不得可读"},
	{"zh_CN", "the same, as the name of a file in systemd's $CREDENTIALS_DIRECTORY",
	 "同上，但为 systemd 的 $CREDENTIALS_DIRECTORY 中的文件名"},
	{"zh_CN", "how many connections may read at a time, where all can see the same state of the data",
	 "同时可有多少个连接读取，前提是都能看到数据的同一状态"},
	{"zh_CN", "seconds that a statement may take; 0: as long as it does",
	 "一条语句可用的秒数；0：不限"},
	{"zh_CN", "of the transaction that ODBC reads in: \"read committed\", \"repeatable read\", \"serializable\", or \"default\": as the database has it",
	 "ODBC 读取时事务的隔离级别：\"read committed\"、\"repeatable read\"、\"serializable\"，或 \"default\"：按数据库的设置"},
	{"zh_CN", "the table's or view's name, or SCHEMA.NAME; by default that of the entity",
	 "表或视图的名称，或 SCHEMA.NAME；默认为实体的名称"},
	{"zh_CN", "instead of a table: one statement that begins with SELECT, VALUES or WITH",
	 "代替表：一条以 SELECT、VALUES 或 WITH 开头的语句"},
	{"zh_CN", "databases: SQLite, PostgreSQL, and what ODBC reaches",
	 "数据库：SQLite、PostgreSQL，以及 ODBC 可及的数据库"},
};
/* clang-format on */

#endif
