/* Compiled as C and as C++ by a test. */
#include "aorta/abi.h"
