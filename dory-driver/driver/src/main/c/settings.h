// SPDX-License-Identifier: Apache-2.0
// The one thing of the driver's settings file that must be known without the agent.
#ifndef DORY_SETTINGS_H
#define DORY_SETTINGS_H

#include <stdbool.h>

// Whether <driver>.json beside the driver sets "enable1.6". False in any doubt: no such file, one
// that is no file, is larger than 64 KiB or is no JSON object, a value that is no boolean.
bool init_without_capabilities(const char *driver);

#endif
