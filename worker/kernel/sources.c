/* The digest of the sources of this library: checked at load, so that an old library is never used with new Python. */

#include "kernel.h"

#define TEXT(name) #name
#define TEXT_OF(name) TEXT(name)

EXPORT const char *copydesk_sources(void) {
    return TEXT_OF(SOURCES);
}
