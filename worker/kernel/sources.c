/* Which sources the library was built of: asked when it is loaded, so that an old one is never used with new Python. */

#include "kernel.h"

#define TEXT(name) #name
#define TEXT_OF(name) TEXT(name)

EXPORT const char *copydesk_sources(void) {
    return TEXT_OF(SOURCES);
}
