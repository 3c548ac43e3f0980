#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

// Swift Testing begins every test at once, and each with an app of its own holds a dozen descriptors: of
// 1,500 tests more than a process may have. So many at a time keep two cores as busy. A width that
// somebody has set stays.
__attribute__((constructor)) static void limit_width(void) {
    setenv("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "64", 0);
}
