// SPDX-License-Identifier: Apache-2.0
// Text into a buffer of fixed size, as JSON strings where asked.
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

// In decimal digits.
void text_add_number(struct text *text, unsigned long number);

// A zero-terminated string of any bytes as a JSON string with its quotes. Bytes that are no UTF-8
// become U+FFFD, so that the result is valid whatever kubelet was given.
void text_add_quoted(struct text *text, const char *string);

// Length of the UTF-8 sequence at the start of the bytes, 0 when they do not start with one.
// Overlong forms, surrogates and what lies above U+10FFFF are none.
size_t utf8_sequence(const unsigned char *bytes, size_t available);

#endif
