// SPDX-License-Identifier: Apache-2.0
// The few keys of <driver>.json, beside the driver, that the driver itself needs.
#ifndef DORY_SETTINGS_H
#define DORY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

// Whether the file exists and has "enable1.6": true. False in any doubt: init must never fail.
bool init_without_capabilities(const char *driver);

// The value of "startAgent", an absolute path, written to the room with its end. False when there
// is none, or none that can be understood.
bool agent_to_start(const char *driver, char *room, size_t size);

#endif
