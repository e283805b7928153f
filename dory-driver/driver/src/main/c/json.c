// SPDX-License-Identifier: Apache-2.0
#include "json.h"

#include <string.h>

#include "text.h"

enum { DEEPEST_NESTING = 32 };

// What is left to check; each function below moves it past what it recognises.
struct scan {
    const unsigned char *at;
    const unsigned char *end;
    const char *key;     // looked for in the outermost object, or NULL
    struct span found;   // its value; of several keys the last, as Go's decoder has it
};

static bool scan_value(struct scan *scan, int depth);

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end && memchr(" \t\r\n", *scan->at, 4) != NULL)
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

// Whether the string with its quotes is the word; one written with escapes is taken for another.
static bool is_quoted(const unsigned char *string, const unsigned char *end, const char *word)
{
    size_t length = strlen(word);

    return (size_t) (end - string) == length + 2 && memcmp(string + 1, word, length) == 0;
}

static bool scan_member(struct scan *scan, int depth)
{
    skip_blanks(scan);
    const unsigned char *name = scan->at;
    if (!scan_string(scan))
        return false;
    bool wanted = depth == 1 && scan->key != NULL && is_quoted(name, scan->at, scan->key);
    skip_blanks(scan);
    if (!take(scan, ':'))
        return false;
    skip_blanks(scan);
    const unsigned char *value = scan->at;
    if (!scan_value(scan, depth))
        return false;
    if (wanted)
        scan->found = (struct span) {(const char *) value, (size_t) (scan->at - value)};
    return true;
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

static bool scan_object(struct scan *scan)
{
    skip_blanks(scan);
    return take(scan, '{') && scan_items(scan, '}', 1);
}

bool is_json_object(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *) bytes;
    struct scan scan = {at, at + length, NULL, {NULL, 0}};

    if (!scan_object(&scan))
        return false;
    skip_blanks(&scan);
    return scan.at == scan.end;
}

struct span json_member(const char *bytes, size_t length, const char *key)
{
    const unsigned char *at = (const unsigned char *) bytes;
    struct scan scan = {at, at + length, key, {NULL, 0}};

    return scan_object(&scan) ? scan.found : (struct span) {NULL, 0};
}
