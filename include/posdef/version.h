/* The version of posdef that this header belongs to: major.minor.patch. While the major number is 0, a new minor number
 * may change the interface and the soname. For C and C++. */
#ifndef POSDEF_VERSION_H
#define POSDEF_VERSION_H

#define POSDEF_VERSION_MAJOR 0
#define POSDEF_VERSION_MINOR 1
#define POSDEF_VERSION_PATCH 0

/* The inline namespace of all C++ names. It changes with the soname, so that two versions can be in one process. */
#define POSDEF_ABI v0_1

#endif
