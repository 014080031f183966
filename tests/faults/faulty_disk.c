/* Preloaded into the program under test: a disk that fails.
 *
 * AORTA_FAULT_PATH   files whose path contains one of these words (separated by ':') are concerned
 * AORTA_FAULT_LOG    each call that could fail is noted there: its number, its name, the path
 * AORTA_FAULT_AT     the number of the call that fails, from 1; 0 or absent: none
 * AORTA_FAULT_KIND   how: eio, enospc; short: half of a write is done and told; torn: half of it is done, then EIO.
 *                    What is no write fails with EIO where one of the latter two is asked for
 * AORTA_FAULT_STAY   set: all that follow fail too
 * AORTA_FULL_DISK_BYTES   these files can take as many in all, then every write to them fails with ENOSPC
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum Kind { kNone, kEio, kEnospc, kShort, kTorn };

static atomic_long calls;
static atomic_long written;

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))
typedef ssize_t (*PwriteFunction)(int, const void*, size_t, off_t);
typedef int (*OpenFunction)(const char*, int, ...);

static int is_concerned(const char* path) {
  const char* words = getenv("AORTA_FAULT_PATH");
  char copy[1024];
  char* rest = copy;
  if (!words) return 0;
  snprintf(copy, sizeof copy, "%s", words);
  for (char* word; (word = strsep(&rest, ":"));) {
    if (*word && strstr(path, word)) return 1;
  }
  return 0;
}

static const char* path_of(int fd, char* into, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, into, size - 1);
  into[length > 0 ? length : 0] = '\0';
  return into;
}

static void note(long number, const char* name, const char* path) {
  const char* log = getenv("AORTA_FAULT_LOG");
  char line[4200];
  if (!log) return;
  int file = REAL("open", OpenFunction)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int size = snprintf(line, sizeof line, "%ld %s %s\n", number, name, path);
  if (file < 0) return;
  (void)!REAL("write", ssize_t(*)(int, const void*, size_t))(file, line, (size_t)size);
  close(file);
}

static enum Kind kind_of(const char* name) {
  if (!strcmp(name, "enospc")) return kEnospc;
  if (!strcmp(name, "short")) return kShort;
  return !strcmp(name, "torn") ? kTorn : kEio;
}

static enum Kind next_call(const char* name, const char* path) {
  const char* at = getenv("AORTA_FAULT_AT");
  const char* kind = getenv("AORTA_FAULT_KIND");
  if (!is_concerned(path)) return kNone;
  long number = atomic_fetch_add(&calls, 1) + 1;
  note(number, name, path);
  long wanted = at ? atol(at) : 0;
  int fails = wanted > 0 && (number == wanted || (number > wanted && getenv("AORTA_FAULT_STAY")));
  return fails ? kind_of(kind ? kind : "eio") : kNone;
}

/* 0: to be done; else -1 with errno. */
static int refuse(const char* name, const char* path) {
  enum Kind kind = next_call(name, path);
  if (kind == kNone) return 0;
  errno = kind == kEnospc ? ENOSPC : EIO;
  return -1;
}

static int refuse_file(const char* name, int fd) {
  char path[4096];
  int before = errno;
  path_of(fd, path, sizeof path);
  errno = before;
  return refuse(name, path);
}

static int is_full(size_t count) {
  const char* limit = getenv("AORTA_FULL_DISK_BYTES");
  return limit && atomic_fetch_add(&written, (long)count) + (long)count > atol(limit);
}

/* How much of a write is done, and in *then what is told: 0, or an error. */
static size_t allowed(const char* name, int fd, size_t count, int* then) {
  char path[4096];
  *then = 0;
  path_of(fd, path, sizeof path);
  enum Kind kind = next_call(name, path);
  if (kind == kNone && !(is_concerned(path) && is_full(count))) return count;
  if (kind == kShort) return count / 2;
  *then = kind == kEio || kind == kTorn ? EIO : ENOSPC;
  return kind == kTorn ? count / 2 : 0;
}

static ssize_t write_at(const char* name, int fd, const void* data, size_t count, off_t offset) {
  int then = 0;
  int before = errno;
  size_t some = allowed(name, fd, count, &then);
  errno = before;
  ssize_t done = some > 0 ? REAL("pwrite", PwriteFunction)(fd, data, some, offset) : 0;
  if (then == 0) return done;
  errno = then;
  return -1;
}

ssize_t pwrite(int fd, const void* data, size_t count, off_t offset) {
  return write_at("pwrite", fd, data, count, offset);
}
ssize_t pwrite64(int fd, const void* data, size_t count, off64_t offset) {
  return write_at("pwrite", fd, data, count, offset);
}

ssize_t write(int fd, const void* data, size_t count) {
  int then = 0;
  int before = errno;
  size_t some = allowed("write", fd, count, &then);
  errno = before;
  ssize_t done = some > 0 || count == 0 ? REAL("write", ssize_t(*)(int, const void*, size_t))(fd, data, some) : 0;
  if (then == 0) return done;
  errno = then;
  return -1;
}

#define OPEN(name)                                                                   \
  int name(const char* path, int flags, ...) {                                       \
    va_list rest;                                                                    \
    va_start(rest, flags);                                                           \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;          \
    va_end(rest);                                                                    \
    return refuse("open", path) ? -1 : REAL(#name, OpenFunction)(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define OF_FILE(name, told) \
  int name(int fd) { return refuse_file(told, fd) ? -1 : REAL(#name, int (*)(int))(fd); }
OF_FILE(fsync, "fsync")
OF_FILE(fdatasync, "fsync")

#define TRUNCATE(name)                                                                     \
  int name(int fd, off_t size) {                                                           \
    return refuse_file("ftruncate", fd) ? -1 : REAL(#name, int (*)(int, off_t))(fd, size); \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

#define MMAP(name)                                                                                           \
  void* name(void* at, size_t size, int rights, int flags, int fd, off_t offset) {                           \
    if (fd >= 0 && refuse_file("mmap", fd)) return MAP_FAILED;                                               \
    return REAL(#name, void* (*)(void*, size_t, int, int, int, off_t))(at, size, rights, flags, fd, offset); \
  }
MMAP(mmap)
MMAP(mmap64)

int unlink(const char* path) { return refuse("unlink", path) ? -1 : REAL("unlink", int (*)(const char*))(path); }
int mkdir(const char* path, mode_t mode) {
  return refuse("mkdir", path) ? -1 : REAL("mkdir", int (*)(const char*, mode_t))(path, mode);
}
int rename(const char* from, const char* to) {
  return refuse("rename", to) ? -1 : REAL("rename", int (*)(const char*, const char*))(from, to);
}
