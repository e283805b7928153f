// SPDX-License-Identifier: Apache-2.0
// Strict JSON, looked at without being copied: no memory is taken, nesting goes at most 32 deep.
#ifndef DORY_JSON_H
#define DORY_JSON_H

#include <stdbool.h>
#include <stddef.h>

// Bytes within a text; at is NULL when there are none.
struct span {
    const char *at;
    size_t length;
};

// Whether the bytes are exactly one JSON object in valid UTF-8.
bool is_json_object(const char *bytes, size_t length);

// The value of a key of the object the bytes begin with, as it is written; what follows the object
// does not matter. None when there is no such key, or no such object.
struct span json_member(const char *bytes, size_t length, const char *key);

#endif
