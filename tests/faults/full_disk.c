/* Preloaded into the program under test: files whose path contains AORTA_FULL_DISK_PATH can take AORTA_FULL_DISK_BYTES
 * in all, then every write to them fails with ENOSPC, as on a full disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long written;

static int is_full(int fd, size_t count) {
  const char* part = getenv("AORTA_FULL_DISK_PATH");
  const char* limit = getenv("AORTA_FULL_DISK_BYTES");
  char link[64];
  char path[4096];
  if (!part || !limit) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = '\0';
  if (!strstr(path, part)) return 0;
  return atomic_fetch_add(&written, (long)count) + (long)count > atol(limit);
}

#define FORWARD(name, type) ((type)dlsym(RTLD_NEXT, name))

ssize_t write(int fd, const void* data, size_t count) {
  if (is_full(fd, count)) return errno = ENOSPC, -1;
  return FORWARD("write", ssize_t(*)(int, const void*, size_t))(fd, data, count);
}

ssize_t pwrite(int fd, const void* data, size_t count, off_t offset) {
  if (is_full(fd, count)) return errno = ENOSPC, -1;
  return FORWARD("pwrite", ssize_t(*)(int, const void*, size_t, off_t))(fd, data, count, offset);
}

ssize_t pwrite64(int fd, const void* data, size_t count, off64_t offset) {
  if (is_full(fd, count)) return errno = ENOSPC, -1;
  return FORWARD("pwrite64", ssize_t(*)(int, const void*, size_t, off64_t))(fd, data, count, offset);
}
