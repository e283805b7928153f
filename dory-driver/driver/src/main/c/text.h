// SPDX-License-Identifier: Apache-2.0
// Text into a buffer of fixed size, as JSON strings where asked, and a strict JSON object check.
#ifndef DORY_TEXT_H
#define DORY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

// A buffer that remembers that something did not fit instead of writing past its end.
struct text {
    char *at;
    size_t room;
    size_t length;
    bool overflowed;
};

void text_add(struct text *text, const char *bytes, size_t length);

// A zero-terminated string as it is.
void text_add_plain(struct text *text, const char *string);

// A zero-terminated string of any bytes as a JSON string with its quotes. Bytes that are no UTF-8
// become U+FFFD, so that the result is valid whatever kubelet was given.
void text_add_quoted(struct text *text, const char *string);

// Whether the bytes are exactly one JSON object in valid UTF-8, nesting at most 32 deep.
bool is_json_object(const char *bytes, size_t length);

#endif
