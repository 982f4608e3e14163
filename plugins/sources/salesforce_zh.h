/* SPDX-License-Identifier: MIT */
/* The texts of salesforce.c in Chinese. */
#ifndef SOURCE_SALESFORCE_ZH_H
#define SOURCE_SALESFORCE_ZH_H

#include <crmval/plugin.h>

/* clang-format off */
static const struct crmval_translation translations[] = {
	{"zh_CN", "the archives of a weekly export, WE_*.ZIP, or the folder they or their CSV files are in",
	 "每周导出的压缩包 WE_*.ZIP，或存放它们或其 CSV 文件的文件夹"},
	{"zh_CN", "a file in an archive that grows by more is refused, from 64 MiB on",
	 "压缩包中解压后增大超过此倍数的文件会被拒绝，从 64 MiB 起"},
	{"zh_CN", "a larger file in an archive is refused",
	 "压缩包中更大的文件会被拒绝"},
	{"zh_CN", "an archive of more files is refused",
	 "文件更多的压缩包会被拒绝"},
	{"zh_CN", "a broken archive that was written to since is taken to be still being written: try later",
	 "在此秒数之内被写过的损坏压缩包视为仍在写入：稍后再试"},
	{"zh_CN", "a row with a longer field is rejected",
	 "字段更长的行会被拒收"},
	{"zh_CN", "a longer row is rejected",
	 "更长的行会被拒收"},
	{"zh_CN", "a file with more columns is refused",
	 "列数更多的文件会被拒绝"},
	{"zh_CN", "a file with a longer header is refused",
	 "表头更长的文件会被拒绝"},
	{"zh_CN", "how much of a file is read at a time, rounded up to 64; for tests and tuning",
	 "每次读取文件的多少，向上取整到 64；用于测试和调优"},
	{"zh_CN", "the table's files, by their names in the archives or the folder; by default OBJECT.csv",
	 "表的文件，用其在压缩包或文件夹中的名称；默认为 OBJECT.csv"},
	{"zh_CN", "what separates fields: one ASCII character, \"tab\", or \"auto\": what follows the first name of the header",
	 "字段的分隔符：一个 ASCII 字符、\"tab\"，或 \"auto\"：即表头中第一个名称之后的字符"},
	{"zh_CN", "the files' encoding, as iconv calls it, or \"auto\": UTF-8 or windows-1252, as each file shows; a byte order mark overrides it",
	 "文件的编码，用 iconv 的名称，或 \"auto\"：按每个文件判断为 UTF-8 或 windows-1252；有字节顺序标记时以标记为准"},
	{"zh_CN", "weekly exports of Salesforce, as they come or unpacked",
	 "Salesforce 的每周导出，原样或已解包"},
};
/* clang-format on */

#endif
