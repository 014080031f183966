/* A shared library that is no plugin. */
int aorta_nothing(void);
int aorta_nothing(void) { return 0; }
