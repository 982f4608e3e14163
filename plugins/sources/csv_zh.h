/* SPDX-License-Identifier: MIT */
/* The texts of csv.c in Chinese. */
#ifndef SOURCE_CSV_ZH_H
#define SOURCE_CSV_ZH_H

#include <crmval/plugin.h>

/* clang-format off */
static const struct crmval_translation translations[] = {
	{"zh_CN", "where the files are",
	 "文件所在的文件夹"},
	{"zh_CN", "the table's files: paths or patterns, relative to directory; by default ENTITY.csv or ENTITY.csv.gz",
	 "表的文件：路径或通配模式，相对于 directory；默认为 ENTITY.csv 或 ENTITY.csv.gz"},
	{"zh_CN", "what separates fields: one ASCII character, or \"tab\"",
	 "字段的分隔符：一个 ASCII 字符，或 \"tab\""},
	{"zh_CN", "the files' encoding, as iconv calls it; a byte order mark overrides it",
	 "文件的编码，用 iconv 的名称；有字节顺序标记时以标记为准"},
	{"zh_CN", "a row with a longer field is rejected",
	 "字段更长的行会被拒收"},
	{"zh_CN", "a longer row is rejected, without ever being held in memory",
	 "更长的行会被拒收，且从不保留在内存中"},
	{"zh_CN", "a file with more columns is refused",
	 "列数更多的文件会被拒绝"},
	{"zh_CN", "a file with a longer header is refused",
	 "表头更长的文件会被拒绝"},
	{"zh_CN", "a compressed file that grows by more is refused, from 64 MiB on",
	 "解压后增大超过此倍数的文件会被拒绝，从 64 MiB 起"},
	{"zh_CN", "how much of a file is read at a time, rounded up to 64; for tests and tuning",
	 "每次读取文件的多少，向上取整到 64；用于测试和调优"},
	{"zh_CN", "CSV files, plain or compressed",
	 "CSV 文件，未压缩或已压缩"},
};
/* clang-format on */

#endif
