// SPDX-License-Identifier: Apache-2.0
// One request line to the agent's socket, one reply line back, within a deadline.
#ifndef DORY_EXCHANGE_H
#define DORY_EXCHANGE_H

#include <stddef.h>

enum { LONGEST_REPLY = 65536 };

enum exchange_end {
    REPLIED,         // a whole line that holds one JSON object
    NOT_THERE,       // nobody to send to; error_number says why
    PATH_TOO_LONG,   // the socket's path does not fit a socket address
    LOST,            // the connection broke; error_number says how
    NO_REPLY,        // closed without a byte
    CUT_OFF,         // closed within the reply
    TOO_LATE,        // the deadline came first
    TOO_LONG,        // more than LONGEST_REPLY
    NOT_UNDERSTOOD   // a line that is not exactly one JSON object, or more than one line
};

struct exchange {
    const char *socket_path;
    long long deadline;            // monotonic milliseconds
    int error_number;
    size_t length;                 // of the reply, with its newline
    char reply[LONGEST_REPLY + 1];
};

long long monotonic_milliseconds(void);

// Sends the request and fills in reply and length, or error_number.
enum exchange_end exchange_run(struct exchange *exchange, const char *request, size_t length);

// Sends something that is not answered, if that is possible at once. Never waits.
void exchange_tell(const char *socket_path, const char *message, size_t length);

#endif
