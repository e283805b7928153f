// SPDX-License-Identifier: Apache-2.0
#include "text.h"

#include <string.h>

enum { DEEPEST_NESTING = 32 };

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

// Length of the UTF-8 sequence at the start of the bytes, 0 when they do not start with one.
// Overlong forms, surrogates and what lies above U+10FFFF are none.
static size_t utf8_sequence(const unsigned char *bytes, size_t available)
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

// What is left to check; each function below moves it past what it recognises.
struct scan {
    const unsigned char *at;
    const unsigned char *end;
};

static bool scan_value(struct scan *scan, int depth);

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t'))
        scan->at++;
}

static bool take(struct scan *scan, char wanted)
{
    if (scan->at == scan->end || *scan->at != (unsigned char) wanted)
        return false;
    scan->at++;
    return true;
}

static bool take_word(struct scan *scan, const char *word)
{
    for (; *word != '\0'; word++) {
        if (!take(scan, *word))
            return false;
    }
    return true;
}

static bool take_hex_digit(struct scan *scan)
{
    if (scan->at == scan->end)
        return false;
    unsigned char c = *scan->at++;
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool take_escaped(struct scan *scan)
{
    if (scan->at == scan->end)
        return false;
    unsigned char c = *scan->at++;
    if (c == 'u') {
        return take_hex_digit(scan) && take_hex_digit(scan) && take_hex_digit(scan)
            && take_hex_digit(scan);
    }
    return c != '\0' && strchr("\"\\/bfnrt", c) != NULL;
}

static bool scan_string(struct scan *scan)
{
    if (!take(scan, '"'))
        return false;
    while (scan->at < scan->end) {
        if (take(scan, '"'))
            return true;
        if (take(scan, '\\')) {
            if (!take_escaped(scan))
                return false;
            continue;
        }
        size_t taken = utf8_sequence(scan->at, (size_t) (scan->end - scan->at));
        if (taken == 0 || *scan->at < 0x20)
            return false;
        scan->at += taken;
    }
    return false;
}

static bool take_digits(struct scan *scan)
{
    const unsigned char *start = scan->at;

    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return scan->at > start;
}

static bool scan_number(struct scan *scan)
{
    take(scan, '-');
    if (!take(scan, '0') && !take_digits(scan))
        return false;
    if (take(scan, '.') && !take_digits(scan))
        return false;
    if (take(scan, 'e') || take(scan, 'E')) {
        if (!take(scan, '+'))
            take(scan, '-');
        return take_digits(scan);
    }
    return true;
}

static bool scan_member(struct scan *scan, int depth)
{
    skip_blanks(scan);
    if (!scan_string(scan))
        return false;
    skip_blanks(scan);
    return take(scan, ':') && scan_value(scan, depth);
}

// The rest of an object or array after its opening bracket.
static bool scan_items(struct scan *scan, char close, int depth)
{
    if (depth > DEEPEST_NESTING)
        return false;
    skip_blanks(scan);
    if (take(scan, close))
        return true;
    do {
        if (!(close == '}' ? scan_member(scan, depth) : scan_value(scan, depth)))
            return false;
        skip_blanks(scan);
    } while (take(scan, ','));
    return take(scan, close);
}

static bool scan_value(struct scan *scan, int depth)
{
    skip_blanks(scan);
    if (scan->at == scan->end)
        return false;
    switch (*scan->at) {
    case '{':
        scan->at++;
        return scan_items(scan, '}', depth + 1);
    case '[':
        scan->at++;
        return scan_items(scan, ']', depth + 1);
    case '"':
        return scan_string(scan);
    case 't':
        return take_word(scan, "true");
    case 'f':
        return take_word(scan, "false");
    case 'n':
        return take_word(scan, "null");
    default:
        return scan_number(scan);
    }
}

bool is_json_object(const char *bytes, size_t length)
{
    struct scan scan = {(const unsigned char *) bytes, (const unsigned char *) bytes + length};

    if (!take(&scan, '{') || !scan_items(&scan, '}', 1))
        return false;
    skip_blanks(&scan);
    return scan.at == scan.end;
}
