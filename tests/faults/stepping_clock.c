/* Preloaded into the program under test: the wall clock stands off by as many seconds as the file AORTA_CLOCK_FILE says
 * at the moment, so that a test can step it. What is monotonic goes on as it is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

static long offset(void) {
  const char* path = getenv("AORTA_CLOCK_FILE");
  char text[32];
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return 0;
  ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  text[size > 0 ? size : 0] = '\0';
  return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec* out) {
  int code = REAL("clock_gettime", int (*)(clockid_t, struct timespec*))(clock, out);
  if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) out->tv_sec += offset();
  return code;
}

int gettimeofday(struct timeval* out, void* zone) {
  int code = REAL("gettimeofday", int (*)(struct timeval*, void*))(out, zone);
  if (code == 0) out->tv_sec += offset();
  return code;
}

time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
