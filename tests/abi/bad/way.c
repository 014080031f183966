#include "way.h"

const int bad_way = BAD;

#ifdef BAD_EXPORTS
__attribute__((visibility("default"))) int bad_symbol(void);
int bad_symbol(void) { return 0; }
#endif
