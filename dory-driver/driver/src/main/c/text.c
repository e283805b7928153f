// SPDX-License-Identifier: Apache-2.0
#include "text.h"

#include <string.h>

void text_add(struct text *text, const char *bytes, size_t length)
{
    if (text->overflowed || length > text->room - text->length) {
        text->overflowed = true;
        return;
    }
    memcpy(text->at + text->length, bytes, length);
    text->length += length;
}

void text_add_plain(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_add_number(struct text *text, unsigned long number)
{
    char digits[24];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char) ('0' + number % 10);
        number /= 10;
    } while (number > 0);
    text_add(text, digits + at, sizeof digits - at);
}

size_t utf8_sequence(const unsigned char *bytes, size_t available)
{
    unsigned char first = bytes[0];
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t length;

    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        if (first == 0xE0)
            low = 0xA0;
        if (first == 0xED)
            high = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        if (first == 0xF0)
            low = 0x90;
        if (first == 0xF4)
            high = 0x8F;
    } else {
        return 0;
    }
    if (available < length || bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++) {
        if (bytes[i] < 0x80 || bytes[i] > 0xBF)
            return 0;
    }
    return length;
}

static void add_escape(struct text *text, unsigned char control)
{
    static const char digits[] = "0123456789abcdef";
    char escape[6] = {'\\', 'u', '0', '0', digits[control >> 4], digits[control & 15]};

    text_add(text, escape, sizeof escape);
}

void text_add_quoted(struct text *text, const char *string)
{
    const unsigned char *at = (const unsigned char *) string;
    size_t left = strlen(string);

    text_add(text, "\"", 1);
    while (left > 0) {
        size_t taken = utf8_sequence(at, left);

        if (taken == 0) {
            text_add(text, "\\ufffd", 6);
            taken = 1;
        } else if (*at == '"' || *at == '\\') {
            text_add(text, "\\", 1);
            text_add(text, (const char *) at, 1);
        } else if (*at < 0x20) {
            add_escape(text, *at);
        } else {
            text_add(text, (const char *) at, taken);
        }
        at += taken;
        left -= taken;
    }
    text_add(text, "\"", 1);
}
