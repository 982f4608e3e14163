/* SPDX-License-Identifier: MIT */
/* A plugin from the future: made for the next major version of the interface. */
extern const int crmval_plugin_v2;

__attribute__((visibility("default"))) const int crmval_plugin_v2 = 2;
