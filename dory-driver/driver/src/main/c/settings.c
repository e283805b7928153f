// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "text.h"

enum { LARGEST_FILE = 1 << 16 };

static bool is_true(struct span value)
{
    // what the original takes for true
    static const char *const words[] = {"true", "\"1\"", "\"t\"", "\"T\"",
                                        "\"TRUE\"", "\"true\"", "\"True\""};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (value.length == strlen(words[i]) && memcmp(value.at, words[i], value.length) == 0)
            return true;
    }
    return false;
}

// The length of the file's content in the room, 0 when it does not fit or is no plain file.
static size_t read_file(const char *path, char *room, size_t size)
{
    struct stat status;
    size_t length = 0;
    // without waiting: in place of the file there may be a pipe nobody writes to
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return 0;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        ssize_t got = 1;

        while (got != 0 && length < size) {
            got = read(fd, room + length, size - length);
            if (got < 0 && errno != EINTR) {
                length = 0;
                break;
            }
            if (got > 0)
                length += (size_t) got;
        }
    }
    close(fd);
    return length < size ? length : 0;
}

// The value of the key in <driver>.json, within the content; nothing when there is none.
static struct span value_of(const char *driver, const char *key)
{
    static char content[LARGEST_FILE + 1];
    char path_room[PATH_MAX];
    struct text path = {path_room, sizeof path_room - 1, 0, false};

    text_add_plain(&path, driver);
    text_add_plain(&path, ".json");
    if (path.overflowed)
        return (struct span) {NULL, 0};
    path_room[path.length] = '\0';
    return json_member(content, read_file(path_room, content, sizeof content), key);
}

bool init_without_capabilities(const char *driver)
{
    struct span value = value_of(driver, "enable1.6");

    return value.at != NULL && is_true(value);
}

bool agent_to_start(const char *driver, char *room, size_t size)
{
    struct span value = value_of(driver, "startAgent");

    // a string that is a path and has no escapes
    if (value.at == NULL || value.length < 4 || value.length - 2 >= size || value.at[0] != '"'
        || value.at[1] != '/' || memchr(value.at, '\\', value.length) != NULL)
        return false;
    memcpy(room, value.at + 1, value.length - 2);
    room[value.length - 2] = '\0';
    return true;
}
